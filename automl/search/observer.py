"""Who watches a search."""

from typing import Any, Protocol

from automl.outcome import Outcome
from automl.search.trial import Trial

OBSERVED = ("on_start", "on_pulse", "on_trial", "on_end")  # what an observer hears of


class Observer(Protocol):
    """Watches a search; nothing that it does changes the search, not even an error."""

    def on_start(self, search: Any) -> None:
        """Hear that the search begins."""

    def on_pulse(self, search: Any) -> None:
        """Hear that some time went by."""

    def on_trial(self, search: Any, trial: Trial, outcome: Outcome) -> None:
        """Hear what came of a pipeline."""

    def on_end(self, search: Any) -> None:
        """Hear that the search ended, in whatever way."""
