"""A Dask cluster of this machine beside the local pool, and two of its workers beside one."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl import AutoMLClassifier
from automl.execution import Limits, lend_executor
from benchmarks.tasks.bundled import bundled_tasks

WORKERS = 2
SHARE = 5  # pipelines of a search for each job that only computes
SHORTEST, LONGEST = 0.1, 2.0  # seconds of the processor of such a job


def cluster_cost(n: int) -> dict[str, float]:
    """Return the speed of searches on a cluster and at home, and that of two workers and one.

    Parameters
    ----------
    n : int
        The pipelines of a search, and five times the jobs of two workers.
    """
    with _cluster(WORKERS) as pair, _cluster(1) as single:
        away, home = _pipelines_a_minute(n, pair), _pipelines_a_minute(n, None)
        alone, together = _job_seconds(n, single), _job_seconds(n, pair)
    return {
        "a search by two workers of Dask: pipelines, 1/min": away,
        "a search by a local pool of two: pipelines, 1/min": home,
        "speed by Dask, of that by the pool, %": 100 * away / home,
        "jobs of 0.1 to 2 s of CPU, one worker of Dask, s": alone,
        "the same jobs, two workers, s": together,
        "speed of two workers, of that of one, %": 100 * alone / together,
    }


@contextmanager
def _cluster(workers: int) -> Iterator[str]:
    """Yield the address of a cluster on the loopback, with workers of one thread."""
    from distributed import LocalCluster

    options: dict[str, Any] = {"host": "127.0.0.1", "threads_per_worker": 1}
    # Two clusters cannot have their pages at the same port.
    with LocalCluster(n_workers=workers, dashboard_address="127.0.0.1:0", **options) as cluster:
        yield cluster.scheduler_address


def _pipelines_a_minute(n: int, executor: str | None) -> float:
    """Search for so many pipelines, the same in any place; the first search makes the imports."""
    (reference,) = bundled_tasks(["breast_cancer"])
    task = reference.load()
    for evaluations in (2, n):
        search = AutoMLClassifier(
            time_budget=None,
            max_evaluations=evaluations,
            refit=False,
            n_jobs=WORKERS if executor is None else None,
            executor=executor,
            random_state=0,
            verbose=0,
        ).fit(task.X, task.y)
    return 60 * search.run_.pipelines / search.run_.seconds


def _job_seconds(n: int, executor: str) -> float:
    """Return the wall seconds of jobs that only compute; each was done once before by a worker."""
    lengths = np.random.default_rng(0).uniform(SHORTEST, LONGEST, ceil(n / SHARE))
    with lend_executor(executor, None, Limits()) as lent:
        _compute_all(lent, np.zeros(2 * WORKERS))
        started = time.perf_counter()
        _compute_all(lent, lengths)
        return time.perf_counter() - started


def _compute_all(executor: Any, lengths: NDArray[np.float64]) -> None:
    jobs = [executor.submit(compute, float(seconds), timeout=None) for seconds in lengths]
    for job in jobs:
        job.result()


def compute(seconds: float) -> None:
    """Take seconds of the processor, however busy the machine is."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
