"""A line that tells how far the search is, on a terminal."""

from automl.outcome import Outcome
from automl.search import Search, Trial


class ProgressLine:
    """An observer that keeps one line of a terminal up to date; silent elsewhere.

    Parameters
    ----------
    metric : str
        The name of the score.
    """

    def __init__(self, metric: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._metric = metric
        self._progress = Progress(
            BarColumn(bar_width=20),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task("the workers start")
        self._failed = 0

    def on_start(self, search: Search) -> None:
        """Show the line."""
        if self._progress.console.is_terminal:
            self._progress.start()

    def on_pulse(self, search: Search) -> None:
        """Move the bar."""
        budget = search.budget
        if budget.seconds is not None:
            self._progress.update(self._task, completed=budget.elapsed(), total=budget.seconds)
        else:
            total = budget.evaluations
            self._progress.update(self._task, completed=len(search.finished), total=total)

    def on_trial(self, search: Search, trial: Trial, outcome: Outcome) -> None:
        """Show the best pipeline so far."""
        self._failed += bool(outcome.cause)
        best = search.best
        text = f"{len(search.finished)} pipelines"
        if self._failed:
            text += f", {self._failed} without a score"
        if best is not None:
            text += f", best {self._metric} {best[1].score:.4f} by {best[0].genome.operator}"
        self._progress.update(self._task, description=text)

    def on_end(self, search: Search) -> None:
        """Take the line away."""
        self._progress.stop()
