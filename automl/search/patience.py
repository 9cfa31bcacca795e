"""The end of a search that has nothing more to gain."""

from dataclasses import dataclass
from math import inf, isfinite
from numbers import Real
from typing import Any

from automl.errors import SettingsError
from automl.search.evaluated import Evaluated
from automl.search.observer import Observer, RunningSearch


@dataclass
class Patience(Observer):
    """Ends a search whose best score has not gained enough for some time.

    The time runs from the first pipeline with a score, the baseline aside. When it ends depends on
    the machine. A search with `max_evaluations` tells outcomes in the order of asking all the same:
    as many `max_evaluations` as it told give the same result again.

    Examples
    --------
    >>> from automl import AutoMLClassifier, Patience
    >>> search = AutoMLClassifier(time_budget=3600, callbacks=[Patience(seconds=60, gain=0.001)])
    """

    seconds: float = 60
    """The wall seconds in which the best score has to gain."""
    gain: float = 0.001
    """The least gain, in units of the score; 0 takes any."""

    def __post_init__(self) -> None:
        if not (_is_number(self.seconds) and self.seconds > 0):
            raise SettingsError(f"expected Patience of more than 0 seconds, got {self.seconds!r}")
        if not (_is_number(self.gain) and self.gain >= 0):
            raise SettingsError(f"expected the gain of Patience as 0 or more, got {self.gain!r}")
        self._start()

    def _start(self) -> None:
        # No fields, for they are no settings.
        self._since, self._reference = inf, -inf

    def on_start(self, search: RunningSearch) -> None:
        """Forget an earlier search."""
        self._start()

    def on_evaluated(self, search: RunningSearch, evaluated: Evaluated) -> None:
        """Begin to wait anew after a gain."""
        best = search.best
        if best is None or best.is_baseline or best.score is None:
            return
        if best.score > self._reference and best.score >= self._reference + self.gain:
            self._since, self._reference = search.budget.elapsed(), best.score
        # A leader that has seen the folds drawn more often may have a lower score.
        self._reference = min(self._reference, best.score)

    def on_pulse(self, search: RunningSearch) -> None:
        """End the search after the time without a gain."""
        if search.budget.elapsed() - self._since >= self.seconds:
            search.stop()


def _is_number(value: Any) -> bool:
    return not isinstance(value, bool) and isinstance(value, Real) and isfinite(float(value))
