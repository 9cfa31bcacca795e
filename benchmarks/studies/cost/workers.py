"""What worker processes cost: a task, their start, and the replacement of one that was killed."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from automl.execution import LocalExecutor
from automl.execution.worker import run_fold, warm_up, write_problem
from benchmarks.running.provenance import usable_cores
from benchmarks.studies.cost.measure import Reading, Scale, seconds_of
from benchmarks.studies.cost.parts import MEBIBYTES, grammar_of, pose, starts_of

FOLD = 0
LIMIT = 0.5  # seconds of a task that is to be stopped
HANG = 600.0  # seconds that a task would take


def task_overhead(scale: Scale) -> list[Reading]:
    """Measure what a fold costs beyond its fit and its prediction.

    Parameters
    ----------
    scale : Scale
    """
    problem = pose("iris")
    text = starts_of(grammar_of(problem))[0].text
    with tempfile.TemporaryDirectory() as folder, _pool(1) as executor:
        path = write_problem(problem, Path(folder))
        run_fold(path, text, FOLD)  # reads the problem, as the first task of a worker does
        executor.submit(run_fold, path, text, FOLD, timeout=None).result()
        folds = [_fold_seconds(executor, path, text) for _ in range(scale.tasks)]
        empty = [
            seconds_of(executor.submit(warm_up, timeout=None).result) for _ in range(scale.tasks)
        ]
        inside = [_inside_seconds(path, text) for _ in range(scale.tasks)]
    beyond = median(whole - estimator for whole, estimator in folds)
    share = median(1 - estimator / whole for whole, estimator in folds)
    return [
        Reading("a fold beyond its fit and prediction", 1e3 * beyond, "ms"),
        Reading("of this an empty task: there and back", 1e3 * median(empty), "ms"),
        Reading("of this reading and building the pipeline", 1e3 * median(inside), "ms"),
        Reading(f"share of a fold of iris by {text.partition('(')[0]}", 100 * share, "%"),
    ]


def worker_start(scale: Scale) -> list[Reading]:
    """Measure how long fresh pools take to answer their first task.

    Parameters
    ----------
    scale : Scale
        Does not matter.
    """
    return [
        Reading("the first pool of a process", _start_seconds(), "s"),
        Reading("a later pool", _start_seconds(), "s"),
    ]


def worker_replacement(scale: Scale) -> list[Reading]:
    """Measure how long it takes until the place of a killed worker is taken.

    Parameters
    ----------
    scale : Scale
        Does not matter.
    """
    with _pool(1) as executor:
        killed = _seconds_after_kill(executor)
        stopped = _seconds_after_limit(executor)
    return [
        Reading("killed (SIGKILL), until the next task is answered", killed, "s"),
        Reading("past its limit, until the next task is answered", stopped, "s"),
    ]


@contextmanager
def _pool(workers: int) -> Iterator[LocalExecutor]:
    executor = LocalExecutor(workers, MEBIBYTES)
    try:
        executor.submit(warm_up, timeout=None).result()
        yield executor
    finally:
        executor.close()


def _fold_seconds(executor: LocalExecutor, path: str, text: str) -> tuple[float, float]:
    """Return the seconds until the outcome of a fold is here, and those inside its estimator."""
    started = time.perf_counter()
    outcome = executor.submit(run_fold, path, text, FOLD, timeout=None).result()
    return time.perf_counter() - started, outcome.estimator_seconds


def _inside_seconds(path: str, text: str) -> float:
    """Return what a worker does of this beside the estimator, done in this process."""
    started = time.perf_counter()
    outcome = run_fold(path, text, FOLD)
    return time.perf_counter() - started - outcome.estimator_seconds


def _start_seconds() -> float:
    started = time.perf_counter()
    with _pool(usable_cores()):
        return time.perf_counter() - started


def _seconds_after_kill(executor: LocalExecutor) -> float:
    pid = executor.submit(warm_up, timeout=None).result()
    task = _hanging_task(executor, timeout=None)
    os.kill(pid, signal.SIGKILL)
    return _seconds_to_answer(executor, task)


def _seconds_after_limit(executor: LocalExecutor) -> float:
    task = _hanging_task(executor, timeout=LIMIT)
    return _seconds_to_answer(executor, task) - LIMIT


def _hanging_task(executor: LocalExecutor, timeout: float | None) -> "Future[Any]":
    task = executor.submit(time.sleep, HANG, timeout=timeout)
    while not task.running():
        time.sleep(1e-3)
    return task


def _seconds_to_answer(executor: LocalExecutor, lost: "Future[Any]") -> float:
    """Return the seconds until another task is answered, sent once one is known to be lost."""
    started = time.perf_counter()
    wait([lost])
    executor.submit(warm_up, timeout=None).result()
    return time.perf_counter() - started
