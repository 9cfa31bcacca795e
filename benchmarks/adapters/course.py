"""How the best score of a search came about."""

from typing import Any

NEAR = 0.02  # of the final score


class Course:
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
    def points(self) -> list[tuple[float, float]]:
        """The steps at which the best score grew."""
        found: list[tuple[float, float]] = []
        for seconds, score in self.steps:
            if not found or score > found[-1][1]:
                found.append((seconds, score))
        return found

    @property
    def near_seconds(self) -> float | None:
        """Seconds until the best score on the folds was within 2 % of the final one."""
        return next((seconds for seconds, score in self.steps if self._is_near(score)), None)

    def _is_near(self, score: float) -> bool:
        final = self.steps[-1][1]
        return final - score <= NEAR * abs(final)

    def on_start(self, search: Any) -> None:
        """Nothing is known yet."""

    def on_pulse(self, search: Any) -> None:
        """Nothing came of a pipeline."""

    def on_trial(self, search: Any, trial: Any, outcome: Any) -> None:
        """Note the best score so far."""
        if search.best is not None and not search.best[0].is_baseline:
            self.steps.append((search.budget.elapsed(), float(search.best[1].score)))

    def on_end(self, search: Any) -> None:
        """The last step is the final one."""
