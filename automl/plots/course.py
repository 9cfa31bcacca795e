"""The course of a search: the score of each pipeline, and the best so far."""

from collections.abc import Sequence
from typing import Any, Self

from sklearn.utils.validation import check_is_fitted

from automl.page.course import course
from automl.plots.display import Display

Points = Sequence[tuple[float, float]]


class CourseDisplay(Display):
    """A point for each pipeline in the order in which they ended, and the best score so far.

    Parameters
    ----------
    scores : sequence of tuple
        Place and score of each pipeline.
    best : sequence of tuple
        The same wherever the best score changed, and at the end of the search.
    metric : str
        The name of the score.

    Attributes
    ----------
    ax_, figure_ : matplotlib axes and figure
    line_ : matplotlib line
        The best score so far.
    points_ : matplotlib collection
        All scores.
    """

    def __init__(self, scores: Points, best: Points, *, metric: str) -> None:
        self.scores = scores
        self.best = best
        self.metric = metric

    @classmethod
    def from_estimator(cls, estimator: Any, *, ax: Any = None) -> Self:
        """Draw the search of a fitted estimator.

        Parameters
        ----------
        estimator : AutoMLClassifier or AutoMLRegressor
        ax : matplotlib axes, optional

        Raises
        ------
        SettingsError
            If the estimator was loaded, or matplotlib is not installed.
        """
        check_is_fitted(estimator)
        facts = course(estimator._fitted.origin("plot the course").evaluated.values())
        end = [(float(facts.n_pipelines), facts.best[-1][1])] if facts.best else []
        best = [*facts.best, *end]
        return cls(facts.scores, best, metric=estimator._fitted.metric).plot(ax)

    def _draw(self, ax: Any) -> None:
        across, upwards = zip(*self.best, strict=True) if self.best else ((), ())
        (self.line_,) = ax.step(across, upwards, where="post", label="best so far")
        across, upwards = zip(*self.scores, strict=True) if self.scores else ((), ())
        self.points_ = ax.scatter(across, upwards, s=12, alpha=0.5, label="pipelines")
        ax.set_xlabel("pipelines evaluated")
        ax.set_ylabel(self.metric)
        ax.legend()
