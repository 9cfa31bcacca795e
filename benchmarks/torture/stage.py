"""A search on a Dask cluster while something fails, and what it has to come to.

::

    at home ──► Reference: winner, folds, fits           once for all tries of a process
                    │ is compared with
    Stage ─┬─ fit ──┴─► history, noted fits
           └─ cluster ◄── a fault, which notes before: what was reported, what was in flight
"""

import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.errors import BenchmarkError
from benchmarks.torture.fitting import FitFacts
from benchmarks.torture.noted import noted_fits
from benchmarks.torture.sandbox import Sandbox
from benchmarks.torture.surroundings import WORKERS, Surroundings
from benchmarks.torture.trees import stored_scores
from benchmarks.torture.verdict import command_of, order_in

HUNG = 3_600.0  # seconds of a fit, many times what it takes
LOOK = 0.2  # seconds between two looks at the history
N_ROWS = 300
LIMIT = 600.0  # seconds of a job: a slow worker is no reason to blame a pipeline

Folds = dict[tuple[int, int], tuple[str, float]]
"""State and score by pipeline and fold."""


@dataclass(frozen=True)
class Reference:
    """What comes of a search at home."""

    best: str
    """The text of the winner."""
    folds: Folds
    """All outcomes."""
    fits: Counter[str]
    """How often each fit was made."""


def settings_of(evaluations: int, folder: Path) -> dict[str, Any]:
    """Return the settings of the search whose traces lie in a folder."""
    return {
        "budget": None,
        "evaluations": evaluations,
        "limit": LIMIT,
        "n_rows": N_ROWS,
        "history": str(folder / "run.db"),
        "noted": str(folder / "noted"),
    }


@cache
def reference_of(evaluations: int) -> Reference:
    """Search at home.

    Parameters
    ----------
    evaluations : int
    """
    with Sandbox() as sandbox:
        order = order_in(sandbox, settings_of(evaluations, sandbox.folder))
        ended = sandbox.run(command_of(order), HUNG)
        facts = FitFacts.read(Path(order.report))
        if facts is None or not facts.predicts:
            raise BenchmarkError(f"the search at home failed: {facts or ended}")
        folds = stored_scores(sandbox.folder / "run.db")
        return Reference(facts.best, folds, noted_fits(sandbox.folder / "noted"))


class Stage:
    """A context manager around a search on a cluster.

    Parameters
    ----------
    sandbox : Sandbox
    evaluations : int
    rng : Generator
        Draws the moments and the victims.
    surroundings : Surroundings
    """

    def __init__(
        self,
        sandbox: Sandbox,
        evaluations: int,
        rng: np.random.Generator,
        surroundings: Surroundings,
    ) -> None:
        self.sandbox, self.rng, self.surroundings = sandbox, rng, surroundings
        self.reference = reference_of(evaluations)
        self.problems: list[str] = []
        self.n_in_flight = 0
        self._settings = settings_of(evaluations, sandbox.folder)
        self._reported: Folds = {}
        self._fit: subprocess.Popen[bytes] | None = None
        self.cluster = surroundings.cluster("first")

    def start_fit(self) -> None:
        """Begin the search on the cluster, or go on with it."""
        target = {"executor": self.cluster.address, "resume": self.history.exists()}
        order = order_in(self.sandbox, self._settings | target)
        command = [*self.surroundings.prefix, *command_of(order)]
        self._fit = self.sandbox.start(command, self.surroundings.environment)

    @property
    def history(self) -> Path:
        """The history of the search."""
        return Path(self._settings["history"])

    def wait_for(self, n_folds: int) -> bool:
        """Wait until so many more folds are reported; say whether the search still goes on."""
        awaited = len(stored_scores(self.history)) + n_folds
        end = time.monotonic() + HUNG
        while self.is_running and time.monotonic() < end:
            self.cluster.replace_ended()
            if len(stored_scores(self.history)) >= awaited:
                return True
            time.sleep(LOOK)
        self.problems.append(f"the search ended before fold {awaited} was reported")
        return False

    def note(self, n_in_flight: int) -> None:
        """Note what is reported now, and how many evaluations may be lost by what follows."""
        self._reported |= self._checked(stored_scores(self.history))
        self.n_in_flight += n_in_flight

    @property
    def is_running(self) -> bool:
        """Whether the search goes on."""
        assert self._fit is not None
        return self._fit.poll() is None

    @property
    def capacity(self) -> int:
        """The most jobs that are handed out at once."""
        return WORKERS + 1

    def kill_fit(self) -> None:
        """Send SIGKILL to the process at home."""
        assert self._fit is not None
        self._fit.kill()
        self._fit.wait()

    def _checked(self, folds: Folds) -> Folds:
        """Return outcomes, after a look whether all that was reported before is among them."""
        lost = [key for key in self._reported if folds.get(key) != self._reported[key]]
        if lost:
            self.problems.append(f"{len(lost)} of {len(self._reported)} reported folds lost")
        return folds

    def end(self) -> Iterator[str]:
        """Wait for the end of the search, and yield what was not held."""
        assert self._fit is not None
        end = time.monotonic() + HUNG
        while self.is_running and time.monotonic() < end:
            self.cluster.replace_ended()
            time.sleep(LOOK)
        facts = FitFacts.read(self.sandbox.folder / "facts")
        folds = self._checked(stored_scores(self.history))
        yield from self.problems
        if facts is None:
            status = self._fit.poll()
            yield "the search hung" if status is None else f"its process ended with {status}"
        elif facts.error or facts.foreign:
            yield f"no winner: {facts.error or facts.foreign}"
        else:
            yield from self._differences(facts.best, folds)

    def _differences(self, best: str, folds: Folds) -> Iterator[str]:
        if best != self.reference.best:
            yield f"the winner is {best}, at home {self.reference.best}"
        if folds != self.reference.folds:
            keys = folds.keys() | self.reference.folds.keys()
            n_other = sum(folds.get(key) != self.reference.folds.get(key) for key in keys)
            yield f"{n_other} of {len(keys)} folds differ from those at home"
        if self.n_repeated > self.n_in_flight:
            yield f"{self.n_repeated} fits were repeated, {self.n_in_flight} were in flight"

    def close(self) -> None:
        """End the search, if it has not ended, and the cluster."""
        if self._fit is not None:
            self.kill_fit()
        self.cluster.close()

    @property
    def n_repeated(self) -> int:
        """How many fits were begun again that the search at home began less often."""
        fits = noted_fits(Path(self._settings["noted"]))
        return sum(max(0, fits[key] - max(1, self.reference.fits[key])) for key in fits)
