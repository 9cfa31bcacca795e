"""Every repeat of a measure in a process of its own: imports, pools and memory start anew."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Self

from benchmarks.errors import BenchmarkError
from benchmarks.options import count, names
from benchmarks.running.provenance import ROOT, usable_cores
from benchmarks.scores.markdown import (
    EMPTY,
    bullets,
    describe_origin,
    document,
    markdown_table,
)
from benchmarks.studies.cost.measures import MEASURES, Numbers
from benchmarks.studies.study import RESULTS, Study, StudyRow, failures

TASKS = 100  # of a repeat: medians of fewer would depend on what else the machine does
HEADER = ["measure", "what", "median", "from – to", "why it matters"]


@dataclass(frozen=True)
class CostKey:
    """A repeat of a measure."""

    measure: str
    """Its name."""
    repeat: int
    """The number of the repeat, from 0."""
    tasks: int
    """Tasks or pipelines that it drives."""

    def __str__(self) -> str:
        return f"{self.measure}, repeat {self.repeat}"


class Cost(Study[CostKey, Numbers]):
    """Repeats of measures, in turns, so that a machine that slows down does so for all of them.

    Parameters
    ----------
    measures : sequence of str
        Their names.
    repeats : int
        Of every measure.
    tasks : int
        Tasks or pipelines that a repeat drives.
    """

    journal = RESULTS / "speed.jsonl"
    key_type = CostKey
    result_type = dict
    jobs = usable_cores()

    def __init__(self, measures: Sequence[str], repeats: int, tasks: int = TASKS) -> None:
        self.measures, self.repeats, self.tasks = measures, repeats, tasks

    @classmethod
    def add_options(cls, parser: argparse.ArgumentParser) -> None:
        """Add the options that say what to measure."""
        add = parser.add_argument
        add("--only", type=names, help=f"only these measures, out of {','.join(MEASURES)}")
        add("--repeats", type=count, default=5, help="of every measure (%(default)s)")

    @classmethod
    def from_options(cls, options: argparse.Namespace) -> Self:
        """Return the study that the options describe."""
        if unknown := [name for name in options.only or () if name not in MEASURES]:
            raise BenchmarkError(f"expected --only out of {list(MEASURES)}, got {unknown}")
        return cls(options.only or list(MEASURES), options.repeats)

    def keys(self) -> Iterator[CostKey]:
        """Yield the repeats."""
        for repeat in range(self.repeats):
            for name in self.measures:
                yield CostKey(name, repeat, self.tasks)

    def measure(self, key: CostKey) -> Numbers:
        """Measure in a new process, and note how busy the machine was."""
        busy = {"load average of the minute before, processes": os.getloadavg()[0]}
        # Its own process: imports are cached and pools stay warm in this one.
        command = [sys.executable, "-m", __name__, key.measure, str(key.tasks)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            lines = done.stderr.strip().splitlines() or ["it printed nothing"]
            raise BenchmarkError(f"{key} ended with status {done.returncode}: {lines[-1]}")
        return dict(json.loads(done.stdout)) | busy

    @staticmethod
    def describe(result: Numbers) -> str:
        """Return the numbers with their names."""
        return "; ".join(f"{name} {show_number(value)}" for name, value in result.items())

    @staticmethod
    def report(rows: Sequence[StudyRow[CostKey, Numbers]]) -> str:
        """Return the report of what was read."""
        if not rows:
            return EMPTY
        measured = dict.fromkeys(row.key.measure for row in rows)
        body = [line for name in measured for line in _lines(name, rows)]
        repeats = max(row.key.repeat for row in rows) + 1
        return document(
            "# What the engine costs",
            describe_origin("repeats", [row.provenance for row in rows]),
            f"Medians of {repeats} repeats, in turns, each in a process of its own.",
            markdown_table(HEADER, body),
            "## How it is measured",
            bullets(f"**{name}**: {MEASURES[name].how}" for name in measured),
            failures(rows),
        )


def _lines(name: str, rows: Sequence[StudyRow[CostKey, Numbers]]) -> Iterator[list[str]]:
    results = [row.result for row in rows if row.key.measure == name and row.result]
    for place, label in enumerate(results[0] if results else ()):
        text, _, unit = label.rpartition(", ")
        values = [result[label] for result in results]
        why = "" if place else MEASURES[name].why  # once for all that it reads
        spread = f"{show_number(min(values))} – {show_number(max(values))}"
        yield [name, text, f"{show_number(median(values))} {unit}", spread, why]


def show_number(value: float) -> str:
    """Return a number with three digits, or all of those before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


if __name__ == "__main__":
    print(json.dumps(MEASURES[sys.argv[1]].read(int(sys.argv[2]))))
