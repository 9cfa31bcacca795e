"""A line that tells how far the search is, on a terminal."""

from automl.outcome import Outcome
from automl.search.search import Search
from automl.search.trial import Trial


class ProgressLine:
    """An observer that keeps one line of a terminal up to date; silent elsewhere.

    Parameters
    ----------
    metric : str
        The name of the score.
    """

    def __init__(self, metric: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._metric = metric
        self._failed = 0
        self._progress = Progress(
            BarColumn(bar_width=20),
            TextColumn("{task.description}"),
            console=Console(stderr=True),
            transient=True,
        )
        self._line = self._progress.add_task("the workers start")

    def on_start(self, search: Search) -> None:
        """Show the line."""
        if self._progress.console.is_terminal:
            self._progress.start()

    def on_pulse(self, search: Search) -> None:
        """Bring the line up to date."""
        budget = search.budget
        if budget.seconds is None:
            done, total = float(len(search.evaluated)), float(budget.evaluations or 0)
        else:
            done, total = budget.elapsed(), budget.seconds
        self._progress.update(
            self._line, completed=done, total=total, description=self._describe(search)
        )

    def on_trial(self, search: Search, trial: Trial, outcome: Outcome) -> None:
        """Count what has no score for a reason of its own."""
        self._failed += bool(outcome.cause)

    def on_end(self, search: Search) -> None:
        """Take the line away."""
        if self._progress.console.is_terminal:  # elsewhere it would leave an empty line
            self._progress.stop()

    def _describe(self, search: Search) -> str:
        limit = "" if search.budget.seconds is None else f" of {search.budget.seconds:.0f}"
        text = f"{search.budget.elapsed():.0f}{limit} s, {len(search.evaluated)} pipelines"
        if self._failed:
            text += f", {self._failed} failed"
        if search.best is not None:
            trial, outcome = search.best
            text += f", best {self._metric} {outcome.score:.4f} by {trial.genome.operator}"
        return text
