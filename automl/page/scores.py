"""The scores of a fit that a report compares, and how they are shown."""

from dataclasses import dataclass
from typing import Self

from automl.report.leaderboard import constant_score
from automl.selection import HonestScore
from automl.winner.fitted import Fitted

LOSS = "neg_"  # scikit-learn's losses have this in front, and a sign that makes more better


@dataclass(frozen=True)
class Scores:
    """The scores of a fit that a report compares; greater is better.

    Examples
    --------
    >>> scores = Scores("neg_log_loss", None, -0.25, None)
    >>> scores.is_loss, scores.signed(-0.25), scores.shown(-0.25)
    (True, 0.25, '0.25')
    """

    metric: str
    """The name of the score."""
    honest: HonestScore | None
    """The score to expect on new rows, if it is known."""
    best: float
    """The mean score of the best pipeline over the folds."""
    constant: float | None
    """The score of a constant prediction, if it has one."""

    @classmethod
    def of_fitted(cls, fitted: Fitted) -> Self:
        """Return the scores of a fitted estimator."""
        constant = constant_score(fitted.search.leaderboard)
        return cls(fitted.metric, fitted.honest_score, fitted.best_score, constant)

    @property
    def is_loss(self) -> bool:
        """Whether less is better once it has its usual sign."""
        return self.metric.startswith(LOSS)

    def signed(self, score: float) -> float:
        """Return a score with its usual sign: a loss is positive."""
        return -score if self.is_loss else score

    def shown(self, score: float) -> str:
        """Return a score with its usual sign as text."""
        return f"{self.signed(score):.4g}"
