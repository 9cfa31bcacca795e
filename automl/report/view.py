"""What every view of a search does: note, draw now and then, and go at the end."""

import time

from automl.report.course import Course
from automl.search.evaluated import Evaluated
from automl.search.observer import Observer, Phase, RunningSearch


class View(Observer):
    """Draws the course of a search; a subclass says how.

    A view is opened by the start of the search, and closed by the end of the fit.
    """

    interval = 0.45  # seconds between two drawings: below the half second of a pulse

    def __init__(self) -> None:
        self.course = Course()
        self._drawn = 0.0

    def on_start(self, search: RunningSearch) -> None:
        """Show the first drawing."""
        self._drawn = time.monotonic()
        self.open(search)

    def on_pulse(self, search: RunningSearch) -> None:
        """Draw again, unless that was done a moment ago."""
        self.course.begin(search)
        now = time.monotonic()
        if now - self._drawn >= self.interval:
            self._drawn = now
            self.draw(search)

    def on_evaluated(self, search: RunningSearch, evaluated: Evaluated) -> None:
        """Count the pipeline."""
        self.course.note(search, evaluated)

    def on_phase(self, search: RunningSearch, phase: Phase) -> None:
        """Say what goes on after the search; the last phase takes the view away."""
        self.course.phase = phase
        if phase is Phase.DONE:
            self.close(search)
        else:
            self.draw(search)

    def open(self, search: RunningSearch) -> None:
        """Begin to show the search."""

    def draw(self, search: RunningSearch) -> None:
        """Bring the view up to date."""

    def close(self, search: RunningSearch) -> None:
        """End the view."""
