"""What rows that the search has not seen tell: scores, and the importance of the raw columns."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn import config_context
from sklearn.inspection import permutation_importance

from automl.page.tables import Table
from automl.problem.objectives import resolve_objectives

MOST_ROWS = 2_000  # whose cells are shuffled: more change the importances little, and take longer
REPEATS = 5  # of the shuffling of a column, enough to see how much it varies
MOST_COLUMNS = 50
SEED = 0  # the same rows give the same importances


@dataclass(frozen=True)
class NewRowsFacts:
    """What new rows tell of a model."""

    scores: Table
    """The scores of what predicts, and of its members."""
    importances: Table
    """How much the score falls when the cells of a column are shuffled, the most important first;
    a mean over shuffles with its standard deviation."""


def new_rows_facts(search: Any, X: Any, y: Any, sample_weight: Any) -> NewRowsFacts:
    """Return what new rows tell of a fitted estimator.

    Parameters
    ----------
    search : AutoMLClassifier or AutoMLRegressor
    X : dataframe or array-like of shape (n_rows, n_columns)
    y : array-like of shape (n_rows,) or (n_rows, n_outputs)
    sample_weight : array-like of shape (n_rows,) or None

    References
    ----------
    Breiman, L. (2001). Random forests. Machine Learning 45.
    """
    scores = search.leaderboard(X, y, sample_weight)
    names = list(search.columns_.names)
    frame, target = search._frame(X)[names], np.asarray(y)
    rng = np.random.default_rng(SEED)
    rows = np.sort(rng.permutation(len(frame))[:MOST_ROWS])
    classes = getattr(search, "classes_", None)
    metric, _ = resolve_objectives(search.scoring, search._task, classes)
    with config_context(transform_output="default"):
        falls = permutation_importance(
            search.ensemble_,
            frame.iloc[rows],
            target[rows],
            scoring=metric.scorer,
            n_repeats=REPEATS,
            random_state=SEED,
            sample_weight=None if sample_weight is None else np.asarray(sample_weight)[rows],
        )
    order = np.argsort(-falls.importances_mean, kind="stable")
    lines = [(names[i], falls.importances_mean[i], falls.importances_std[i]) for i in order]
    columns = ["column", "fall of the score", "standard deviation"]
    return NewRowsFacts(Table.from_frame(scores), Table.from_rows(columns, lines, MOST_COLUMNS))
