"""What rows that the search has not seen tell: scores, and the importance of the raw columns."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.explanation.explaining import MOST_ROWS
from automl.explanation.importances import importances
from automl.page.tables import Table
from automl.problem.metric import Metric
from automl.winner.default_output import default_output

MOST_COLUMNS = 50


@dataclass(frozen=True)
class NewRowsFacts:
    """What new rows tell of a model."""

    scores: Table
    """The scores of what predicts, and of its members."""
    importances: Table
    """How much the score falls when the cells of a column are shuffled, the most important first;
    a mean over shuffles with its standard deviation."""


def new_rows_facts(
    search: Any, metric: Metric, X: Any, target: NDArray[Any], sample_weight: Any
) -> NewRowsFacts:
    """Return what new rows tell of a fitted estimator.

    Parameters
    ----------
    search : AutoMLClassifier or AutoMLRegressor
    metric : Metric
    X : dataframe or array-like of shape (n_rows, n_columns)
    target : ndarray of shape (n_rows,) or (n_rows, n_outputs)
        As `read_target` gives it.
    sample_weight : array-like of shape (n_rows,) or None
    """
    scores = search.leaderboard(X, target, sample_weight)
    names = list(search.columns_.names)
    frame = search._frame(X)[names]
    places = sampled_rows(len(frame), MOST_ROWS)
    rows = frame.iloc[places], target[places]
    weights = None if sample_weight is None else np.asarray(sample_weight)[places]
    predictor = search.ensemble_
    with default_output():
        # One column after another, for the tables of all together may be large.
        falls = [importances(predictor, metric, [name], rows, weights)[0] for name in names]
    means, deviations = np.mean(falls, axis=1), np.std(falls, axis=1)
    order = np.argsort(-means, kind="stable")
    lines = [(names[i], means[i], deviations[i]) for i in order]
    columns = ["column", "fall of the score", "standard deviation"]
    return NewRowsFacts(Table.from_frame(scores), Table.from_rows(columns, lines, MOST_COLUMNS))


def sampled_rows(n_rows: int, n_most: int) -> NDArray[np.intp]:
    """Return the positions of some rows, sorted; the same each time.

    Parameters
    ----------
    n_rows : int
    n_most : int
        The most positions.
    """
    return np.sort(np.random.default_rng(0).permutation(n_rows)[:n_most])
