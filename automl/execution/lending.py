"""The executor of a fit: this machine, or the cluster that the user wants."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any

import joblib

from automl.errors import warn
from automl.execution.connection import chosen_cluster, outside_of_pool
from automl.execution.cores import workers_for
from automl.execution.dask import DaskExecutor
from automl.execution.executor import Executor
from automl.execution.limits import Limits
from automl.execution.warm import borrow_executor


def lend_executor(
    executor: Any, n_jobs: int | None, limits: Limits
) -> AbstractContextManager[Executor]:
    """Return a context manager of what computes the jobs of a fit.

    Parameters
    ----------
    executor : str, Client or None
        The address of a Dask scheduler, a client, or None for this machine, unless joblib's backend
        is Dask.
    n_jobs : int or None
        The number of workers on this machine; a cluster has its own.
    limits : Limits

    Raises
    ------
    SettingsError
        If `n_jobs` or `executor` is none, or the scheduler does not answer.
    AutoMLError
        If no worker can be started.
    """
    # No context yet: a warning points at the line of the user who called.
    cluster = chosen_cluster(executor)
    if cluster is None:
        workers = limits.workers_of(n_jobs)
        return borrow_executor(workers, limits.mebibytes_of(workers))
    if n_jobs not in (None, -1):
        warn(f"n_jobs={n_jobs} is for this machine; a cluster has as many workers as threads")
    mebibytes = None if limits.mebibytes == "auto" else limits.mebibytes
    return _entered(DaskExecutor(cluster, mebibytes))


def threads_at_home(executor: Any, n_jobs: int | None) -> int:
    """Return the most threads of a fit in this process.

    Parameters
    ----------
    executor : str, Client or None
        Where it is a cluster, `n_jobs` has no say, so all cores are taken.
    n_jobs : int or None

    Raises
    ------
    SettingsError
        As `lend_executor`.
    """
    return workers_for(n_jobs if chosen_cluster(executor) is None else -1)


@contextmanager
def _entered(executor: DaskExecutor) -> Iterator[Executor]:
    # What this process does by itself, such as a prediction, is too small to be sent around.
    with outside_of_pool(), joblib.parallel_config("loky"), closing(executor):
        yield executor
