"""The budget of a fit: wall seconds, a number of evaluations, or both."""

import time
from collections.abc import Callable, Collection
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from math import inf
from numbers import Integral, Real
from typing import Any

from automl.errors import SettingsError

PULSE = 0.5  # seconds of a sleep
FINISHING = 4.0  # seconds for what comes after a search that was interrupted


def enlarged(evaluations: int | None, n_evaluated: int) -> str:
    """Return a larger budget in words, as advice after a search that ended too early.

    Parameters
    ----------
    evaluations : int or None
        The number of pipelines to evaluate; None without a limit.
    n_evaluated : int
        The pipelines that were evaluated.

    Examples
    --------
    >>> enlarged(None, 8), enlarged(8, 8)
    ('more time', 'more evaluations than 8')
    """
    is_full = evaluations is not None and n_evaluated >= evaluations
    return f"more evaluations than {evaluations}" if is_full else "more time"


@dataclass
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
    interrupted: float | None = field(default=None, init=False)
    """The time of the first Ctrl-C on the same clock; None before."""
    pulse: Callable[[], None] = field(
        default_factory=lambda: lambda: None, init=False, repr=False, compare=False
    )
    """Called about every half second of a wait, for those who watch the fit."""

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
    def is_interrupted(self) -> bool:
        """Whether the user wants an end."""
        return self.interrupted is not None

    def interrupt(self) -> None:
        """Leave a few seconds, in which the best so far is fitted."""
        self.interrupted = time.monotonic()

    @property
    def is_ordered(self) -> bool:
        """Whether outcomes are told in the order of asking, so that the clock has no say.

        Then a fit with the same settings finds the same pipelines, on any number of workers.
        """
        return self.evaluations is not None

    @property
    def ignores_clock(self) -> bool:
        """Whether final fits take the time that they take, for the same result on any machine."""
        return self.is_ordered and not self.is_interrupted

    def elapsed(self) -> float:
        """Return the seconds since the start."""
        return time.monotonic() - self.started

    def remaining(self) -> float:
        """Return the seconds until the end, never below 0; infinity without a budget of seconds."""
        end = inf if self.seconds is None else self.started + self.seconds
        if self.interrupted is not None:
            end = min(end, self.interrupted + FINISHING)
        return max(0.0, end - time.monotonic())

    def allowance(self, share: float) -> float:
        """Return the seconds that checks may take after the search, as a share of the budget.

        They are 0 after an interruption, and endless where the clock has no say.

        Parameters
        ----------
        share : float
        """
        if self.is_interrupted:
            return 0.0
        return inf if self.seconds is None or self.is_ordered else share * self.seconds

    def allows(self, n_asked: int) -> bool:
        """Tell whether one more pipeline may be asked for after `n_asked` of them."""
        return self.evaluations is None or n_asked < self.evaluations

    def wait(self, jobs: Collection["Future[Any]"], grace: float = 0.0) -> None:
        """Wait until jobs are done, or the budget has ended and some seconds more.

        Parameters
        ----------
        jobs : collection of Future
        grace : float
            The seconds.
        """
        pending = set(jobs)
        # A signal may bring the end nearer, so there is no long sleep.
        while pending and (remaining := self.remaining()) > 0:
            pending = wait(pending, timeout=min(PULSE, remaining)).not_done
            self.pulse()
        wait(pending, timeout=grace)
