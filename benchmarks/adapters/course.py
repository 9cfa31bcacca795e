"""The best score of a search over time."""

from typing import Any

from automl import Observer

NEAR = 0.02  # of the final score: nobody would wait longer for less


class Course(Observer):
    """Watches a search: seconds and score, whenever a pipeline is done.

    Examples
    --------
    >>> course = Course()
    >>> course.steps = [(2.0, -0.5), (7.0, -0.403), (20.0, -0.4)]
    >>> course.near_seconds
    7.0
    """

    def __init__(self) -> None:
        self.steps: list[tuple[float, float]] = []

    @property
    def near_seconds(self) -> float | None:
        """Seconds until the best score on the folds was within 2 % of the final one."""
        return next((seconds for seconds, score in self.steps if self._is_near(score)), None)

    def _is_near(self, score: float) -> bool:
        final = self.steps[-1][1]
        return final - score <= NEAR * abs(final)

    def on_evaluated(self, search: Any, evaluated: Any) -> None:
        """Note the best score so far; the baseline is no model."""
        best = search.best
        if best is not None and best.score is not None and not best.is_baseline:
            self.steps.append((search.budget.elapsed(), float(best.score)))
