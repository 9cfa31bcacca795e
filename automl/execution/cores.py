"""The number of workers that `n_jobs` stands for.

::

    n_jobs=-1, -2, None   as joblib counts them ──► at most one worker for each core
    n_jobs above the cores                       ──► so many workers, and a warning
    n_jobs above four for each core              ──► an error

Inside of a worker of joblib or Dask, -1 and less are a single worker: there, the other workers have
the other cores. Joblib by itself would count all cores once more.
"""

import sys
from numbers import Integral
from typing import Any

import joblib

from automl.errors import SettingsError, warn

# With more of them, even the process that enforces the limits waits for a core.
MOST_PER_CORE = 4


def workers_for(n_jobs: int | None) -> int:
    """Return the number of workers on this machine, and warn if it is more than the cores.

    Parameters
    ----------
    n_jobs : int or None
        As in joblib: -1 stands for a worker for each core.

    Raises
    ------
    SettingsError
        If it is no number of processes, or more than four for each core.

    Examples
    --------
    >>> workers_for(1), workers_for(None)
    (1, 1)
    """
    number: Any = n_jobs  # users may give anything
    if number == 0 or not isinstance(number, Integral | None):
        raise SettingsError(f"expected n_jobs to be a number of processes or -1, got {n_jobs!r}")
    if n_jobs is not None and n_jobs < 0 and is_inside_of_pool():
        return 1
    workers = int(joblib.effective_n_jobs(n_jobs))
    cores = joblib.cpu_count()  # it respects affinity and the limits of a container
    counted = "the single core" if cores == 1 else f"the {cores} cores"
    if workers > MOST_PER_CORE * cores:
        raise SettingsError(
            f"expected n_jobs of at most {MOST_PER_CORE * cores}, {MOST_PER_CORE} for each of "
            f"{counted} that this process may use, got {workers}; n_jobs=-1 starts one for each "
            "core"
        )
    if workers > cores:
        warn(
            f"n_jobs={workers} is more than {counted} that this process may use, so workers wait "
            "for each other; n_jobs=-1 starts one for each core"
        )
    return workers


def is_inside_of_pool() -> bool:
    """Tell whether this runs in a worker of joblib, or as a task of Dask."""
    backend, _ = joblib.parallel.get_active_backend()
    return bool(backend.nesting_level) or is_task()


def is_task() -> bool:
    """Tell whether this thread is that of a task in a Dask worker, without an import of Dask."""
    if (module := sys.modules.get("distributed")) is None:
        return False
    try:
        module.get_worker()
    except ValueError:
        return False
    return True
