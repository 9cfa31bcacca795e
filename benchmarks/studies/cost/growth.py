"""What a long search costs beside its fits: memory and seconds that every pipeline adds."""

import gc
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from automl.search.history import History
from benchmarks.studies.cost.measure import Reading, Scale
from benchmarks.studies.cost.parts import instant_search, pose

STATM = Path("/proc/self/statm")
MANY = 10_000  # pipelines for which memory is told


class Marks:
    """Watches a search and notes memory and time at its begin, in its middle and at its end.

    Parameters
    ----------
    half : int
        Pipelines of a half.
    """

    def __init__(self, half: int) -> None:
        self._half = half
        self._seen = 0
        self.mebibytes: list[float] = []
        self.seconds: list[float] = []

    def on_start(self, search: Any) -> None:
        """Note the begin."""
        self._mark()

    def on_pulse(self, search: Any) -> None:
        """Hear that some time went by."""

    def on_trial(self, search: Any, trial: Any, outcome: Any) -> None:
        """Note the end of a half."""
        self._seen += 1
        if self._seen % self._half == 0:
            self._mark()

    def on_end(self, search: Any) -> None:
        """Hear that the search ended."""

    def _mark(self) -> None:
        self.mebibytes.append(_resident_mebibytes())
        self.seconds.append(time.perf_counter())


def search_growth(scale: Scale) -> list[Reading]:
    """Measure how memory grows in a search that fits nothing, and what a pipeline takes of time.

    Parameters
    ----------
    scale : Scale
    """
    marks = Marks(scale.half)
    with tempfile.TemporaryDirectory() as folder, History(Path(folder) / "run.db") as history:
        instant_search(pose("breast_cancer"), history, 2 * scale.half, [marks]).run()
    _, middle, end = marks.mebibytes
    first, second = (
        1e3 * (after - before) / scale.half
        for before, after in zip(marks.seconds, marks.seconds[1:], strict=False)
    )
    return [
        Reading(f"memory of {MANY:,} pipelines", (end - middle) * MANY / scale.half, "MiB"),
        Reading("engine's time a pipeline, first half", first, "ms"),
        Reading("engine's time a pipeline, second half", second, "ms"),
    ]


def _resident_mebibytes() -> float:
    """Return the memory of this process: now where the system tells, else the most so far."""
    gc.collect()  # what is only waiting to be freed is no growth
    if STATM.exists():
        return int(STATM.read_text().split()[1]) * resource.getpagesize() / 2**20
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)
