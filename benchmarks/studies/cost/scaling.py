"""The engine with many workers that are simulated: jobs that sleep, and take no processor.

::

    Search ──submit──► SimulatedWorkers: a queue by the time of the end ──► outcome, made up

The loop, the strategy, the bank and the history are real. So what is measured is the limit that one
conductor sets, whatever its workers are.
"""

import heapq
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import psutil

from automl.evaluation import FoldOutcome, State
from automl.execution import Evaluator, Limits
from automl.outcome import Outcome
from automl.pipelines import Genome
from automl.problem import Problem
from automl.search.bank import Bank
from automl.search.budget import Budget
from automl.search.evaluated import Evaluated
from automl.search.history import History
from automl.search.make import make_grammar, make_search

WORKERS = (1, 8, 64, 512)
SECONDS = (0.1, 1.0, 10.0)  # of a job
# Of a search with a hundred tasks: at least so long, and so many jobs of a worker.
LEAST_SECONDS, LEAST_TURNS = 6.0, 2.5
BANKED = (10, 1_000)  # pipelines in a bank, for each task
BANKED_ROWS = 1_000  # that are held out, of two classes


class SimulatedWorkers:
    """An executor whose jobs take their time and nothing else.

    Parameters
    ----------
    workers : int
    seconds : float
        Of a job.
    n_rows : int
        The held-out rows of an outcome.
    """

    threads = 1

    def __init__(self, workers: int, seconds: float, n_rows: int) -> None:
        self.workers = self.capacity = workers
        self.n_done = 0
        self._seconds, self._n_rows = seconds, n_rows
        self._rng = np.random.default_rng(0)
        self._queue: list[tuple[float, int, Future[FoldOutcome]]] = []
        self._numbers = count()
        self._changed = threading.Condition()
        self._is_closed = False
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def submit(
        self, function: Callable[..., Any], *args: Any, timeout: float | None, traces: str = ""
    ) -> "Future[FoldOutcome]":
        """Let a worker sleep; the function is not called."""
        job: Future[FoldOutcome] = Future()
        with self._changed:
            end = time.monotonic() + self._seconds
            heapq.heappush(self._queue, (end, next(self._numbers), job))
            self._changed.notify()
        return job

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        self._thread.join()

    def _work(self) -> None:
        while True:
            with self._changed:
                if self._is_closed:
                    return
                wait = self._queue[0][0] - time.monotonic() if self._queue else None
                if wait is None or wait > 0:
                    self._changed.wait(wait)
                    continue
                _, _, job = heapq.heappop(self._queue)
            if job.set_running_or_notify_cancel():
                self.n_done += 1
                job.set_result(self._outcome())

    def _outcome(self) -> FoldOutcome:
        predictions = self._rng.random((self._n_rows, 2), dtype=np.float32)
        score = 0.8 + 0.05 * float(self._rng.random())
        return FoldOutcome(
            State.DONE, score=score, fit_seconds=self._seconds, predictions=predictions
        )


def scaling_cost(problem: Problem, n: int) -> dict[str, float]:
    """Return what a search with simulated workers costs, for each number and length of jobs.

    Parameters
    ----------
    problem : Problem
    n : int
        Searches last n hundredths of their full length.
    """
    numbers: dict[str, float] = {}
    for workers in WORKERS:
        for seconds in SECONDS:
            wall = n / 100 * max(LEAST_SECONDS, LEAST_TURNS * seconds)
            numbers |= _searched(problem, workers, seconds, wall)
    return numbers


def _searched(problem: Problem, workers: int, seconds: float, wall: float) -> dict[str, float]:
    """Return the numbers of one search of some wall seconds."""
    n_rows = len(problem.splits[0][1])
    executor = SimulatedWorkers(workers, seconds, n_rows)
    try:
        with (
            TemporaryDirectory() as folder,
            History(Path(folder) / "run.db") as history,
            Evaluator(problem, executor, Limits()) as evaluator,
        ):
            budget = Budget(wall, None)
            search = make_search(
                evaluator,
                make_grammar(problem),
                budget,
                history,
                lambda leaders, n_candidates: 0.0,
                strategy="genetic",
                size=5,
            )
            busy = time.process_time()
            result = search.run()
            busy = time.process_time() - busy
    finally:
        executor.close()
    n_jobs = max(executor.n_done, 1)
    label = f"{workers} workers, jobs of {seconds:g} s"
    # The jobs under way at the end count half, on average.
    used = (n_jobs + workers / 2) * seconds / (workers * result.seconds)
    return {
        f"{label}: jobs, 1/s": n_jobs / result.seconds,
        f"{label}: idle, %": 100 * max(0.0, 1 - used),
        f"{label}: the engine for a job, ms of CPU": 1e3 * busy / n_jobs,
    }


def bank_cost(n: int) -> dict[str, float]:
    """Return the memory and the time of a bank of many pipelines.

    Parameters
    ----------
    n : int
        A hundredth of those of the smaller bank.
    """
    numbers: dict[str, float] = {}
    predictions = np.random.default_rng(0).random((BANKED_ROWS, 2), dtype=np.float32)
    scores = np.random.default_rng(1).random(n * BANKED[-1])
    genome = Genome.parse("gaussian_nb(numeric)")
    with History(None) as history:
        for size in (n * banked for banked in BANKED):
            bank, before = Bank(history), psutil.Process().memory_info().rss
            started = time.process_time()
            for number, score in enumerate(scores[:size]):
                fold = FoldOutcome(State.DONE, score=float(score), predictions=predictions.copy())
                bank.put(number, 0, fold)
                outcome = Outcome(State.DONE, (FoldOutcome(State.DONE, score=float(score)),))
                bank.settle(Evaluated(genome, outcome, number=number))
            seconds = time.process_time() - started
            grown = psutil.Process().memory_info().rss - before
            numbers |= {
                f"a bank of {size:,} pipelines, MiB": grown / 2**20,
                f"to put one of {size:,} there, µs of CPU": 1e6 * seconds / size,
            }
    return numbers
