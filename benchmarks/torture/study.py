"""All parts as one study, so that they share a journal, a command and a page."""

import argparse
import datetime
import platform
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from benchmarks.errors import BenchmarkError
from benchmarks.options import count, names, positive
from benchmarks.running.provenance import usable_cores
from benchmarks.studies.study import RESULTS, Study, StudyRow
from benchmarks.torture.part import Batch, Part, Skipped, Try
from benchmarks.torture.parts import PARTS
from benchmarks.torture.report import render

DETAILS = 3  # different problems that a row names
DETAIL_LENGTH = 200  # characters of each


@dataclass(frozen=True)
class TortureKey:
    """A batch of tries."""

    part: str
    """The name of its part."""
    case: str
    """The name of its case."""
    batch: int
    """The number among the batches of the case."""
    tries: int
    """The tries of the batch."""

    def __str__(self) -> str:
        return f"{self.part}, {self.case}, batch {self.batch}"


@dataclass(frozen=True)
class Tally:
    """The counts of a batch."""

    tried: int
    """Tries; none if the machine does not allow them."""
    held: int
    """Tries after which the promise was held."""
    lost: int
    """Tries after which it was not."""
    seconds: float
    """Wall seconds of the batch."""
    date: str
    """The day, as in 2026-01-31."""
    system: str
    """The operating system and Python, in words."""
    detail: list[str] = field(default_factory=list)
    """What was not held, the most frequent first."""
    skipped: str = ""
    """Why the machine does not allow the case."""
    values: list[float] = field(default_factory=list)
    """The numbers of the tries, where the part has them."""


class Torture(Study[TortureKey, Tally]):
    """Parts of the torture, batch by batch.

    Parameters
    ----------
    parts : mapping of str to Part
        By their names.
    scale : float
        The share of all tries.
    rounds : int
        How often all is tried, with other random choices.
    """

    journal = RESULTS / "torture.jsonl"
    key_type = TortureKey
    result_type = Tally
    jobs = usable_cores()

    def __init__(self, parts: Mapping[str, Part], scale: float = 1.0, rounds: int = 1) -> None:
        self.parts, self.scale, self.rounds = parts, scale, rounds

    @classmethod
    def add_options(cls, parser: argparse.ArgumentParser) -> None:
        """Add the options that say what to try, and how often."""
        add = parser.add_argument
        add("--part", type=names, help=f"only these parts, out of {','.join(PARTS)}")
        add("--scale", type=positive, default=1.0, help="share of all tries (%(default)g)")
        add("--rounds", type=count, default=1, help="times that all is tried (%(default)s)")

    @classmethod
    def from_options(cls, options: argparse.Namespace) -> Self:
        """Return the study that the options describe."""
        if unknown := [name for name in options.part or () if name not in PARTS]:
            raise BenchmarkError(f"expected --part out of {list(PARTS)}, got {unknown}")
        if options.scale > 1:
            raise BenchmarkError(f"expected --scale of 1 or less, got {options.scale:g}")
        chosen = {name: PARTS[name] for name in options.part or PARTS}
        return cls(chosen, options.scale, options.rounds)

    def keys(self) -> Iterator[TortureKey]:
        """Yield the batches, part by part."""
        for part in self.parts.values():
            for batch in part.batches(self.scale, self.rounds):
                yield TortureKey(part.name, batch.case, batch.number, batch.tries)

    def measure(self, key: TortureKey) -> Tally:
        """Try, and count."""
        started = time.monotonic()
        tries: list[Try] = []
        skipped = ""
        try:
            tries.extend(self.parts[key.part].run(Batch(key.case, key.batch, key.tries)))
        except Skipped as reason:
            skipped = str(reason)
        problems = Counter(attempt.problem for attempt in tries if attempt.problem)
        return Tally(
            tried=len(tries),
            held=len(tries) - problems.total(),
            lost=problems.total(),
            seconds=round(time.monotonic() - started, 1),
            date=datetime.date.today().isoformat(),
            system=f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
            detail=[problem[:DETAIL_LENGTH] for problem, _ in problems.most_common(DETAILS)],
            skipped=skipped,
            values=[attempt.value for attempt in tries if attempt.value is not None],
        )

    @staticmethod
    def describe(result: Tally) -> str:
        """Return the counts, and what was not held."""
        if result.skipped:
            return f"skipped, {result.skipped}"
        text = f"held {result.held} of {result.tried} in {result.seconds:.0f} s"
        return "; ".join([text, *result.detail])

    @staticmethod
    def report(rows: Sequence[StudyRow[TortureKey, Tally]]) -> str:
        """Return the page on reliability."""
        return render(rows, PARTS)
