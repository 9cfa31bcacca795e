"""Importance of raw columns: how much the score falls when the cells of a column are shuffled."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.inspection import permutation_importance

from automl.explanation.tables import TablesPredictor
from automl.problem import Metric

REPEATS = 5  # of the shuffling of a column, enough to see how much it varies
SEED = 0  # the same rows give the same importances


def importances(
    predictor: Any,
    metric: Metric,
    columns: Sequence[str],
    rows: tuple[pd.DataFrame, NDArray[Any]],
    weights: NDArray[Any] | None = None,
) -> NDArray[np.float64]:
    """Return the mean fall of the score over five shuffles of each column.

    scikit-learn's `permutation_importance` shuffles the columns, and the result is the same. Its
    tables are predicted at once, which is several times as fast.

    Parameters
    ----------
    predictor : Pipeline
    metric : Metric
    columns : sequence of str
        The columns that are shuffled.
    rows : tuple of X and y
        Rows that the predictor has not learnt from.
    weights : ndarray of shape (n_rows,), optional

    Returns
    -------
    ndarray of shape (n_columns,)

    References
    ----------
    Breiman, L. (2001). Random forests. Machine Learning 45.
    """
    frame, target = rows
    tables: list[pd.DataFrame] = []

    def note(_: Any, shuffled: pd.DataFrame, target: Any) -> float:
        """Keep a table, whose place stands for its score until this is known."""
        tables.append(frame.assign(**{str(name): shuffled[name] for name in shuffled}))
        return len(tables) - 1.0

    noted = permutation_importance(
        predictor,
        frame[list(columns)],
        target,
        scoring=note,
        n_repeats=REPEATS,
        random_state=SEED,
    )
    at_once = TablesPredictor(predictor, tables)
    options = {} if weights is None else {"sample_weight": weights}
    scores = np.array([metric.scorer(at_once, table, target, **options) for table in tables])
    # The first table is not shuffled, and a fall is its place less that of a shuffled table.
    places = -noted.importances.astype(int)
    return np.asarray(scores[0] - scores[places].mean(axis=1))
