"""Partial dependence: the mean prediction when all rows have the same value in a raw column."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.explanation.outputs import Outputs
from automl.pipelines import Columns

N_VALUES = 12  # of a column: points enough to see a bend
ENDS = 0.05, 0.95  # quantiles, as in scikit-learn: further out are few rows to learn from
MEASURED = ("numeric", "dates", "durations")


def grids(frame: pd.DataFrame, columns: Columns) -> dict[str, "pd.Series[Any]"]:
    """Return the values of each column at which predictions are looked at; free texts have none.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
        The cells of all rows.
    columns : Columns

    Returns
    -------
    dict of str to Series
        Quantiles of numbers, dates and durations, and the most frequent of all other values.

    Examples
    --------
    >>> frame = pd.DataFrame({"age": np.arange(100.0), "city": ["Oslo", "Rome", "Oslo", None] * 25})
    >>> values = grids(frame, Columns(numeric=("age",), categorical=("city",)))
    >>> values["age"].tolist()[:2], values["city"].tolist()
    ([5.0, 13.0], ['Oslo', 'Rome'])
    """
    values = {}
    for kind, names in columns.kinds().items():
        for name in names if kind != "texts" else ():
            cells = frame[name].dropna()
            if kind in MEASURED:
                values[name] = _spread(cells)
            else:
                order = columns.orders.get(name, ())
                values[name] = _frequent(cells, order)
    return values


def _spread(cells: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return values that spread over a column evenly by rank, or all if they are few."""
    unique = cells.drop_duplicates().sort_values()
    if len(unique) <= N_VALUES:
        return unique
    levels = np.linspace(*ENDS, N_VALUES)
    return cells.quantile(levels, interpolation="nearest").drop_duplicates()


def _frequent(cells: "pd.Series[Any]", order: tuple[str, ...]) -> "pd.Series[Any]":
    """Return the most frequent values, in their order where they have one."""
    counts = cells.value_counts()
    frequent = counts.index[:N_VALUES].to_series().astype(cells.dtype)
    return frequent.loc[[value for value in order if value in frequent.index] or frequent.index]


def partial_dependence(
    predictor: Any,
    outputs: Outputs,
    values: "pd.Series[Any]",
    frame: pd.DataFrame,
    weights: NDArray[Any] | None = None,
) -> NDArray[np.float64]:
    """Return the mean prediction for each value of a column.

    It is what scikit-learn's `partial_dependence` gives, also for several targets of classes, and
    for columns of any type.

    Parameters
    ----------
    predictor : Pipeline
    outputs : Outputs
    values : Series
        The values, with the name of the column.
    frame : DataFrame of shape (n_rows, n_columns)
        The other columns are as in these rows.
    weights : ndarray of shape (n_rows,), optional

    Returns
    -------
    ndarray of shape (n_values, n_outputs)

    References
    ----------
    Friedman, J. H. (2001). Greedy function approximation: a gradient boosting machine. Annals of
    Statistics 29.
    """
    # Predicted at once, which takes hardly longer than a single value with most models.
    changed = pd.concat([frame] * len(values), ignore_index=True)
    places = np.repeat(np.arange(len(values)), len(frame))
    column = values.iloc[places].set_axis(changed.index)  # its type stays
    predictions = outputs.predicted(predictor, changed.assign(**{str(values.name): column}))
    by_value = predictions.reshape(len(values), len(frame), -1)
    return np.asarray(np.average(by_value, axis=1, weights=weights))
