"""Random SIGKILLs of workers, while they compute, answer or wait.

::

    batch ─► attempts ─► jobs in flight ─► results: whole and of their own job, or a death
                            ▲ SIGKILL at random moments, as often as there are tries

It goes below the public names, because a fit makes too few jobs for ten thousand kills.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.torture.attempts import run_attempts
from benchmarks.torture.part import Batch, Part, Try

SIZES = {"1 KB": 2**10, "100 KB": 100 * 2**10, "1 MB": 2**20, "10 MB": 10 * 2**20}
HANG = 30.0  # seconds in which a job of milliseconds was not answered
SPAWN = "spawn"
MODULE = "benchmarks.torture.killing"


def answer(number: int, size: int, seconds: float, folder: str) -> tuple[int, bytes]:
    """Do the job of a worker: tell its process, wait, return many bytes of its number."""
    Path(folder, str(os.getpid())).touch()
    time.sleep(seconds)
    return number, answer_of(number, size)


def answer_of(number: int, size: int) -> bytes:
    """Return the bytes of an answer."""
    return number.to_bytes(8, "little") * (size // 8)


def run(batch: Batch) -> Iterator[Try]:
    """Kill workers."""
    return run_attempts(["-m", MODULE], batch, patience=4 * HANG)


KILLS = Part(
    "kills",
    "After a SIGKILL of any worker at any moment every job is answered within 30 s: by its own "
    "result, whole, or by the death of its worker; never more deaths than kills.",
    {f"answers of {size}": 2_500 for size in SIZES} | {f"{SPAWN}: answers of 1 MB": 100},
    run,
    batch_size=250,
)
