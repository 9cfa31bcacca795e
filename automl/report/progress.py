"""A line on a terminal with the progress of a search."""

from automl.search.evaluated import Evaluated
from automl.search.observer import Observer, RunningSearch


class ProgressLine(Observer):
    """Keeps one line of a terminal up to date; silent elsewhere."""

    def __init__(self) -> None:
        # Imported here, for rich takes a while, and a quiet search has no use for it.
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._n_failed = 0
        self._progress = Progress(
            BarColumn(bar_width=20),
            TextColumn("{task.description}"),
            console=Console(stderr=True),
            transient=True,  # the line goes when the search ends
        )
        self._line = self._progress.add_task("the workers start")

    def on_start(self, search: RunningSearch) -> None:
        """Show the line."""
        if self._progress.console.is_terminal:
            self._progress.start()

    def on_pulse(self, search: RunningSearch) -> None:
        """Bring the line up to date."""
        budget = search.budget
        if budget.seconds is None:
            done, total = float(len(search.evaluated)), float(budget.evaluations or 0)
        else:
            done, total = budget.elapsed(), budget.seconds
        self._progress.update(
            self._line, completed=done, total=total, description=self._describe(search)
        )

    def on_evaluated(self, search: RunningSearch, evaluated: Evaluated) -> None:
        """Count the pipelines that failed; those that were raced out have no cause."""
        self._n_failed += bool(evaluated.outcome.cause)

    def on_end(self, search: RunningSearch) -> None:
        """Take the line away."""
        if self._progress.console.is_terminal:  # elsewhere it would leave an empty line
            self._progress.stop()

    def _describe(self, search: RunningSearch) -> str:
        limit = "" if search.budget.seconds is None else f" of {search.budget.seconds:.0f}"
        text = f"{search.budget.elapsed():.0f}{limit} s, {len(search.evaluated)} pipelines"
        if self._n_failed:
            text += f", {self._n_failed} failed"
        if search.best is not None:
            best = search.best
            text += f", best {search.metric} {best.score:.4f} by {best.genome.operator}"
        return text
