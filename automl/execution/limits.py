"""The seconds and the memory that a single job may use."""

import math
from dataclasses import dataclass
from numbers import Real
from typing import Any, Literal

from automl.errors import SettingsError, warn
from automl.execution.cores import workers_for
from automl.execution.memory import own_mebibytes, total_mebibytes

SHARE_OF_BUDGET = 0.2  # a pipeline with five such folds has no time left for its final fit
LONGEST_SECONDS = 600.0  # without a time budget: a fit that hangs has to end some day
LEAST_SECONDS = 5.0  # below this, noise of the machine kills sound pipelines
SHARE_OF_MEMORY = 0.8  # the rest is for the system, and for what the choice takes
NURSERY_MEBIBYTES = 160.0  # of the process that has made the imports
WORKER_MEBIBYTES = 40.0  # of a worker before its first job
LEAST_MEBIBYTES = 100.0  # of a job: with less of them, fewer workers do more
# Below this limit even small fits on all rows fail. It may be more than there is: whoever takes
# more than that is stopped when memory is short.
LEAST_LIMIT = 256.0
STEP = 256.0  # MiB
MOST = 1e12  # seconds or MiB: the system has no larger limits


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
    """Memory in MiB; "auto" is an equal share of what the user's process leaves of four fifths of
    the memory that the machine has, or the container."""

    def __post_init__(self) -> None:
        for name in ("seconds", "mebibytes"):
            value = getattr(self, name)
            if value != "auto" and not _is_amount(value):
                raise SettingsError(
                    f"expected {name} to be 'auto' or a finite number above 0, got {value!r}"
                )

    def seconds_of(self, budget: float | None) -> float:
        """Return the seconds of a job under a budget of seconds.

        None stands for a budget without seconds.
        """
        if self.seconds != "auto":
            return self.seconds
        if budget is None:
            return LONGEST_SECONDS
        return min(max(LEAST_SECONDS, SHARE_OF_BUDGET * budget), LONGEST_SECONDS)

    def workers_of(self, n_jobs: int | None) -> int:
        """Return the number of workers, which may be fewer where memory is short.

        Parameters
        ----------
        n_jobs : int or None
            As in joblib: -1 stands for a worker for each core.

        Raises
        ------
        SettingsError
            If it is no number of processes, or more than four for each core.
        """
        workers = workers_for(n_jobs)
        if self.mebibytes != "auto":
            return workers
        sized = max(1, int(_for_workers(total_mebibytes()) / (LEAST_MEBIBYTES + WORKER_MEBIBYTES)))
        if sized < workers:
            warn(
                f"memory is enough for {sized} of {workers} workers, so {sized} start; "
                "Limits(mebibytes=...) sets the memory of each by hand"
            )
        return min(sized, workers)

    def mebibytes_of(self, workers: int) -> float:
        """Return the MiB of a job beside those of the other workers."""
        if self.mebibytes != "auto":
            return self.mebibytes
        return share_of(total_mebibytes(), workers)


def share_of(mebibytes: float, workers: int) -> float:
    """Return the MiB of a job, as an equal share of what this process leaves.

    Parameters
    ----------
    mebibytes : float
        All that this process and its workers may use.
    workers : int
    """
    return max(LEAST_LIMIT, _for_workers(mebibytes) / workers - WORKER_MEBIBYTES)


def _is_amount(value: Any) -> bool:
    return not isinstance(value, bool) and isinstance(value, Real) and 0 < float(value) < MOST


def _for_workers(mebibytes: float) -> float:
    """Return the MiB that this process and the nursery leave to the workers."""
    # In steps, so that two fits in a row have the same limit, and the second finds warm workers.
    own = math.ceil(own_mebibytes() / STEP) * STEP
    return max(SHARE_OF_MEMORY * mebibytes - own - NURSERY_MEBIBYTES, 0.0)
