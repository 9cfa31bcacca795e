"""The budget of a fit: wall seconds, a number of evaluations, or both."""

import time
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Any

from automl.errors import SettingsError


@dataclass(frozen=True)
class Budget:
    """Wall seconds for a whole fit, a number of evaluations, or both.

    The clock starts with the record.

    Examples
    --------
    >>> Budget(seconds=None, evaluations=10).remaining()
    inf
    """

    seconds: float | None = None
    """Wall seconds from the start of the fit to its end."""
    evaluations: int | None = None
    """The number of pipelines to evaluate."""
    started: float = field(default_factory=time.monotonic)
    """The start of the fit on the monotonic clock, which no change of the time of day moves."""

    def __post_init__(self) -> None:
        if self.seconds is None and self.evaluations is None:
            raise SettingsError("expected time_budget or max_evaluations, got None for both")
        seconds: Any = self.seconds  # users may give anything
        evaluations: Any = self.evaluations
        if seconds is not None and not (isinstance(seconds, Real) and float(seconds) > 0):
            raise SettingsError(f"expected time_budget above 0 seconds, got {seconds!r}")
        if evaluations is not None and not (
            isinstance(evaluations, Integral) and int(evaluations) > 0
        ):
            raise SettingsError(f"expected max_evaluations of at least 1, got {evaluations!r}")

    @property
    def is_ordered(self) -> bool:
        """Whether outcomes are told in the order of asking, so that the clock has no say.

        Then a fit with the same settings finds the same pipelines, on any number of workers.
        """
        return self.evaluations is not None

    def elapsed(self) -> float:
        """Return the seconds since the start."""
        return time.monotonic() - self.started

    def remaining(self) -> float:
        """Return the seconds until the end, never below 0; infinity without a budget of seconds."""
        if self.seconds is None:
            return float("inf")
        return max(0.0, self.seconds - self.elapsed())

    def allows(self, n_asked: int) -> bool:
        """Tell whether one more pipeline may be asked for after `n_asked` of them."""
        return self.evaluations is None or n_asked < self.evaluations
