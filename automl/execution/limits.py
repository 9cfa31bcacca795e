"""The seconds and the memory that a single job may use."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from automl.errors import SettingsError

SHARE_OF_BUDGET = 0.2  # a pipeline with five such folds has no time left for its final fit
LONGEST_SECONDS = 600.0  # without a time budget: a fit that hangs has to end some day
LEAST_SECONDS = 5.0  # below this, noise of the machine kills sound pipelines
SHARE_OF_MEMORY = 0.8  # the rest is for the main process and the system
CONTAINER = Path("/sys/fs/cgroup/memory.max")  # a number of bytes, or "max"
FALLBACK_MEBIBYTES = 4096.0  # where the system does not tell its memory


@dataclass(frozen=True)
class Limits:
    """The most seconds and memory that one job may use, such as a pipeline on a fold.

    Examples
    --------
    >>> Limits(seconds=30).seconds_of(budget=60.0), Limits().seconds_of(budget=60.0)
    (30, 12.0)
    """

    seconds: float | Literal["auto"] = "auto"
    """Wall seconds; "auto" is a fifth of the time budget, between 5 and 600 seconds."""
    mebibytes: float | Literal["auto"] = "auto"
    """Memory in MiB; "auto" is an equal share of four fifths of the machine's memory."""

    def __post_init__(self) -> None:
        for name in ("seconds", "mebibytes"):
            value = getattr(self, name)
            if value != "auto" and not (isinstance(value, int | float) and value > 0):
                raise SettingsError(f"expected {name} to be 'auto' or above 0, got {value!r}")

    def seconds_of(self, budget: float | None) -> float:
        """Return the seconds of a job under a budget of seconds.

        None stands for a budget without seconds.
        """
        if self.seconds != "auto":
            return self.seconds
        if budget is None:
            return LONGEST_SECONDS
        return min(max(LEAST_SECONDS, SHARE_OF_BUDGET * budget), LONGEST_SECONDS)

    def mebibytes_of(self, workers: int) -> float:
        """Return the MiB of a job beside those of the other workers."""
        if self.mebibytes != "auto":
            return self.mebibytes
        return SHARE_OF_MEMORY * _memory() / workers


def _memory() -> float:
    """Return the memory of the machine, or of the container around this process, in MiB."""
    # A container's limit is not in the numbers of its machine, and the smaller of them holds.
    try:
        sizes = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**20]
    except (AttributeError, ValueError, OSError):  # not every system tells
        sizes = [FALLBACK_MEBIBYTES]
    if CONTAINER.is_file() and (limit := CONTAINER.read_text().strip()).isdigit():
        sizes.append(int(limit) / 2**20)
    return min(sizes)
