"""The progress of a search as lines: for pipes, files and logs."""

from collections.abc import Callable

from automl.report.view import View
from automl.report.wording import first_line, score_of
from automl.search.evaluated import Evaluated
from automl.search.observer import Phase, RunningSearch


class ProgressLines(View):
    """Writes a line now and then.

    Parameters
    ----------
    write : callable
        Writes a line.
    """

    interval = 5.0  # seconds: often enough to see that it lives, and an hour fits in a log

    def __init__(self, write: Callable[[str], None]) -> None:
        super().__init__()
        self._write = write

    def draw(self, search: RunningSearch) -> None:
        """Write a line with the progress."""
        self._write(self.course.line(search))


class PipelineLines(View):
    """Writes a line for every pipeline.

    Parameters
    ----------
    write : callable
        Writes a line.
    """

    def __init__(self, write: Callable[[str], None]) -> None:
        super().__init__()
        self._write = write

    def on_evaluated(self, search: RunningSearch, evaluated: Evaluated) -> None:
        """Write how the pipeline ended."""
        super().on_evaluated(search, evaluated)
        outcome = evaluated.outcome
        end = outcome.state.value
        if outcome.state.has_score():
            end = score_of(search.metric, evaluated)
        elif outcome.cause:
            end += f" ({first_line(outcome.cause)})"
        seconds = f"{outcome.estimator_seconds:.1f} s"
        self._write(f"#{evaluated.number} {end}, {seconds}: {evaluated.genome}")

    def on_pulse(self, search: RunningSearch) -> None:
        """Do nothing: whoever sees each pipeline needs no clock."""

    def on_phase(self, search: RunningSearch, phase: Phase) -> None:
        """Say what goes on after the search."""
        self.course.phase = phase
        if phase is not Phase.DONE:
            self._write(self.course.line(search))
