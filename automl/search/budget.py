"""How long a fit may take, and what is left of it."""

import time
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Any

from automl.errors import SettingsError


@dataclass(frozen=True)
class Budget:
    """Wall seconds for a whole fit, a number of evaluations, or both.

    Examples
    --------
    >>> Budget(seconds=None, evaluations=10).remaining()
    inf
    """

    seconds: float | None = None
    """Wall seconds from the start of the fit to its end."""
    evaluations: int | None = None
    """Pipelines to be evaluated."""
    started: float = field(default_factory=time.monotonic)
    """When it began, on the monotonic clock."""

    def __post_init__(self) -> None:
        if self.seconds is None and self.evaluations is None:
            raise SettingsError("expected time_budget or max_evaluations, got None for both")
        seconds: Any = self.seconds  # users give what they like
        evaluations: Any = self.evaluations
        if seconds is not None and not (isinstance(seconds, Real) and float(seconds) > 0):
            raise SettingsError(f"expected time_budget above 0 seconds, got {seconds!r}")
        if evaluations is not None and not (
            isinstance(evaluations, Integral) and int(evaluations) > 0
        ):
            raise SettingsError(f"expected max_evaluations of at least 1, got {evaluations!r}")

    @property
    def is_ordered(self) -> bool:
        """Whether outcomes are told in the order of asking, so that the clock has no say."""
        return self.evaluations is not None

    def elapsed(self) -> float:
        """Return the seconds since the start."""
        return time.monotonic() - self.started

    def remaining(self) -> float:
        """Return the seconds that are left, never below 0."""
        if self.seconds is None:
            return float("inf")
        return max(0.0, self.seconds - self.elapsed())

    def allows(self, asked: int) -> bool:
        """Tell whether one more pipeline may be asked for after `asked` of them."""
        return self.evaluations is None or asked < self.evaluations
