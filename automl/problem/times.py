"""The moments of rows, by which folds follow time."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from automl.errors import DataError
from automl.pipelines import Columns, read_columns
from automl.problem.arrays import as_array

KINDS = ("dates", "durations", "numeric")  # whose cells have an order in time


def read_times(values: ArrayLike) -> NDArray[Any]:
    """Return the moments of rows, which can be compared.

    Parameters
    ----------
    values : array-like of shape (n_rows,)
        Dates, times or numbers, also as texts.

    Raises
    ------
    DataError
        If they are none, or some are missing.
    """
    table = pd.DataFrame({"time": pd.Series(as_array(values))})
    columns = read_columns(table)
    kind = next(iter(columns.kinds()), columns.dropped.get("time"))
    if kind not in KINDS:
        raise DataError(
            f"expected dates or numbers as time, got {kind}, such as {table['time'].iloc[0]!r}"
        )
    moments = columns.read(table)["time"]
    if missing := int(moments.isna().sum()):
        raise DataError(
            f"expected a time for every row, got {missing} of {len(moments)} missing or unreadable "
            "ones; drop these rows or correct them"
        )
    return np.asarray(moments.to_numpy())


def only_dates(columns: Columns) -> str:
    """Return the name of the only column of dates.

    Raises
    ------
    DataError
        If there are none, or several.
    """
    if len(columns.dates) != 1:
        names = f"the columns {list(columns.dates)}" if columns.dates else "no column"
        raise DataError(
            f"cv='time' takes the column of dates, got {names} of them; name the column of the "
            "order in time, as in fit(..., time='sold_on')"
        )
    return columns.dates[0]
