"""A part of the torture: cases, how often each is tried, and how."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import ceil

from benchmarks.errors import BenchmarkError


class Skipped(BenchmarkError):  # noqa: N818 it is no error
    """The machine does not allow a case; the message says why."""


@dataclass(frozen=True)
class Try:
    """One try of a case."""

    problem: str = ""
    """The reason why the promise was not held, empty if it was."""
    value: float | None = None
    """A number that the page sums up, where the part has one."""


@dataclass(frozen=True)
class Batch:
    """The tries of one row of the journal."""

    case: str
    """The name of the case; what stands before a colon is its group."""
    number: int
    """The place among the batches of the case, the seed of its random choices."""
    tries: int
    """The number of tries."""


@dataclass(frozen=True)
class Part:
    """A part of the torture."""

    name: str
    """Its name."""
    promise: str
    """The promise that every try puts to the test, in a sentence or two."""
    cases: Mapping[str, int]
    """The tries of a whole run, by case."""
    run: Callable[[Batch], Iterable[Try]]
    """Tries a case, or raises `Skipped`."""
    batch_size: int = 1
    """The most tries of a row, so that a run that was stopped loses no more than these."""
    summary: Callable[[Mapping[str, list[float]]], str] = lambda values: ""
    """Says in a sentence what the numbers of the tries are, by case."""

    def batches(self, scale: float, rounds: int) -> Iterator[Batch]:
        """Yield the batches of a run.

        Parameters
        ----------
        scale : float
            The share of all tries. Cases are drawn evenly where each is tried once only.
        rounds : int
            How often all is tried.
        """
        for turn in range(rounds):
            before = 0
            for case, n_whole in self.cases.items():
                tries = ceil(scale * (before + n_whole)) - ceil(scale * before)
                before += n_whole
                n_batches = ceil(tries / self.batch_size)
                for place in range(n_batches):
                    size = min(self.batch_size, tries - place * self.batch_size)
                    yield Batch(case, turn * n_batches + place, size)
