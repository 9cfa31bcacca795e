"""What a measure is: a name, a reason, and a function that gives readings."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """How much the measures do in one repeat; the defaults are those of the report."""

    tasks: int = 100
    """Folds and empty tasks that go through a worker, one after the other."""
    pipelines: int = 30
    """Pipelines of the fit whose CPU seconds are counted."""
    half: int = 2000
    """Pipelines of each half of the search that fits nothing."""
    resumed: int = 1000
    """Pipelines in the history that is written and resumed."""
    exports: int = 20
    """Times that a script is made and written."""
    proposals: int = 50
    """Pipelines that a strategy proposes and hears of."""


@dataclass(frozen=True)
class Reading:
    """One number."""

    what: str
    """What was measured; the same in every repeat."""
    value: float
    """The number."""
    unit: str
    """Its unit."""


@dataclass(frozen=True)
class Measure:
    """One thing that is measured."""

    name: str
    """Its name on the command line."""
    why: str
    """Why it matters, in one sentence."""
    how: str
    """How it is measured."""
    read: Callable[[Scale], list[Reading]]
    """Measures once, in a process that has measured nothing else."""


def seconds_of(run: Callable[[], object]) -> float:
    """Return the wall seconds of a call.

    Parameters
    ----------
    run : callable
    """
    started = time.perf_counter()
    run()
    return time.perf_counter() - started
