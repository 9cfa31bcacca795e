"""Every repeat of a measure in a process of its own: imports, pools and memory start anew."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict

from benchmarks.errors import BenchmarkError
from benchmarks.running.provenance import ROOT
from benchmarks.studies.cost.measure import Measure, Reading, Scale
from benchmarks.studies.cost.registry import MEASURES


def repeat(
    measures: Sequence[Measure],
    repeats: int,
    scale: Scale,
    on_readings: Callable[[Measure, list[Reading]], object] = lambda measure, readings: None,
) -> dict[str, list[list[Reading]]]:
    """Return the readings of every repeat, by the names of the measures.

    Parameters
    ----------
    measures : sequence of Measure
        Taken in turns, so that a machine that slows down does so for all of them.
    repeats : int
    scale : Scale
    on_readings : callable
        Is told what came of every repeat.
    """
    found: dict[str, list[list[Reading]]] = {measure.name: [] for measure in measures}
    for _ in range(repeats):
        for measure in measures:
            found[measure.name].append(read_apart(measure, scale))
            on_readings(measure, found[measure.name][-1])
    return found


def read_apart(measure: Measure, scale: Scale) -> list[Reading]:
    """Measure once in a new process.

    Parameters
    ----------
    measure : Measure
    scale : Scale

    Raises
    ------
    BenchmarkError
        If that fails, with what it said.
    """
    command = [sys.executable, "-m", __name__, measure.name, json.dumps(asdict(scale))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        raise BenchmarkError(f"measure {measure.name!r} ended with {done.returncode}: {said[-1]}")
    return [Reading(**one) for one in json.loads(done.stdout)]


def main(name: str, scale: str) -> None:
    """Measure once and print what was read, as JSON."""
    readings = MEASURES[name].read(Scale(**json.loads(scale)))
    print(json.dumps([asdict(one) for one in readings]))


if __name__ == "__main__":
    main(*sys.argv[1:])
