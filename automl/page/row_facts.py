"""What the rows tell that a report was given: new ones, or those of the fit.

::

    X, y ─┬─ rows of the fit ──► training score, and held-out predictions ─┐
          └─ new rows ──► scores, importances, predictions ────────────────┴─ by ──► groups
"""

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from automl.errors import SettingsError
from automl.page.groups import GroupFacts, group_facts, groups_of
from automl.page.new_rows_facts import NewRowsFacts, new_rows_facts, sampled_rows
from automl.page.scored_rows import are_of_fit, check_rows, held_out_scored, new_scored
from automl.problem.metric import Metric
from automl.problem.objectives import resolve_objectives
from automl.problem.target import read_target
from automl.winner.default_output import default_output
from automl.winner.fitted import Fitted

MOST_ROWS = 5_000  # of the training score, which more rows hardly change
HELD_OUT = "These are held-out rows of the fit, all folds together."
NEW = "These are rows that the search has not seen."


@dataclass(frozen=True)
class RowFacts:
    """What the rows tell that a report was given."""

    new_rows: NewRowsFacts | None = None
    """Scores and importances; None for the rows of the fit, or where there are no rows."""
    groups: GroupFacts | None = None
    """Scores by the groups of a column; None where none was given."""
    training_score: float | None = None
    """The score on the rows of the fit; None for new rows."""
    are_of_fit: bool = False
    """Whether they are the rows of the fit."""


NO_ROWS = RowFacts()


def row_facts(search: Any, X: Any, y: Any, sample_weight: Any, by: Any) -> RowFacts:
    """Return what rows tell.

    Parameters
    ----------
    search : AutoMLClassifier or AutoMLRegressor
    X : dataframe or array-like of shape (n_rows, n_columns)
    y : array-like of shape (n_rows,) or (n_rows, n_outputs)
    sample_weight : array-like of shape (n_rows,) or None
        Of new rows; the rows of the fit have those of the fit.
    by : str, array-like of shape (n_rows,) or None

    Raises
    ------
    DataError, SettingsError
        If there is no such column, rows cannot be scored, the scoring is not that of the fit, or
        held-out predictions are not there.
    """
    fitted: Fitted = search._fitted
    metric, _ = resolve_objectives(search.scoring, search._task, getattr(search, "classes_", None))
    if metric.name != fitted.metric:
        raise SettingsError(
            f"expected the scoring of fit, {fitted.metric}, for scores of rows, got {metric.name}; "
            "set it by set_params(scoring=...)"
        )
    target = read_target(y, fitted.task)
    check_rows(fitted, X, target, sample_weight)
    groups = None if by is None else groups_of(fitted, X, by)
    if are_of_fit(fitted, X, target):
        scores = None
        if groups is not None:
            rows = held_out_scored(fitted, target)
            scores = group_facts(*groups, rows, metric, fitted.classes, HELD_OUT)
        training_score = _training_score(search, metric, X, target)
        return RowFacts(groups=scores, training_score=training_score, are_of_fit=True)
    new_rows = new_rows_facts(search, metric, X, target, sample_weight)
    if groups is None:
        return RowFacts(new_rows)
    rows = new_scored(search, metric, X, target, sample_weight)
    return RowFacts(new_rows, group_facts(*groups, rows, metric, fitted.classes, NEW))


def _training_score(search: Any, metric: Metric, X: Any, target: NDArray[Any]) -> float | None:
    """Return the score on rows of the fit, with their weights; None without a final fit."""
    if not search.refit:
        return None
    frame, weights = search._frame(X), search._fitted.search.origin.weights
    rows = sampled_rows(len(frame), MOST_ROWS)
    options = {} if weights is None else {"sample_weight": weights[rows]}
    with default_output():
        return float(metric.scorer(search.ensemble_, frame.iloc[rows], target[rows], **options))
