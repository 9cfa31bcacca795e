"""Importance of raw columns: how much the score falls when the cells of a column are shuffled."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.inspection import permutation_importance

from automl.evaluation.held_out import CachingPredictor
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
    """Return the fall of the score for each of five shuffles of each column.

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
    ndarray of shape (n_columns, 5)

    References
    ----------
    Breiman, L. (2001). Random forests. Machine Learning 45.
    """
    frame, target = rows
    tables: list[pd.DataFrame] = []

    def keep(_: Any, shuffled: pd.DataFrame, target: Any) -> float:
        """Keep a table instead of scoring it."""
        tables.append(frame.assign(**{str(name): shuffled[name] for name in shuffled}))
        return 0.0

    permutation_importance(
        predictor,
        frame[list(columns)],
        target,
        scoring=keep,
        n_repeats=REPEATS,
        random_state=SEED,
    )
    at_once = _TablesPredictor(predictor, tables)
    options = {} if weights is None else {"sample_weight": weights}
    scores = np.array([metric.scorer(at_once, table, target, **options) for table in tables])
    # The first table is not shuffled; then come those of one column after another.
    return np.asarray(scores[0] - scores[1:].reshape(len(columns), REPEATS))


class _TablesPredictor(CachingPredictor):
    """A fitted predictor that predicts all of some tables when it is asked for the first of them.

    Scorers call it as they would call the predictor: its labels may depend on a threshold, which
    probabilities do not show, and a scorer of the user may look at the rows.

    Parameters
    ----------
    pipeline : Pipeline
    tables : sequence of DataFrame
        Of as many rows each.
    """

    def __init__(self, pipeline: Any, tables: Sequence[pd.DataFrame]) -> None:
        super().__init__(pipeline, None)  # it knows its classes itself
        self.tables = tables
        self._rows = pd.concat(tables, ignore_index=True)

    def predict(self, X: Any) -> NDArray[Any]:
        """Return labels or numbers."""
        return np.asarray(self._part(super().predict, X))

    def predict_proba(self, X: Any) -> Any:
        """Return probabilities, of several targets a list."""
        return self._part(super().predict_proba, X)

    def _part(self, method: Callable[[Any], Any], X: Any) -> Any:
        place = next((place for place, table in enumerate(self.tables) if table is X), None)
        if place is None:  # a scorer has changed the rows
            return method(X)
        predictions = method(self._rows)
        part = slice(place * len(X), (place + 1) * len(X))
        if isinstance(predictions, list):  # of several targets
            return [target[part] for target in predictions]
        return predictions[part]
