"""The process that keeps workers busy and kills them: case, seed, tries, report."""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from automl.execution import LocalExecutor
from automl.execution.job import JobTimeoutError
from automl.execution.starting import CAN_FORK
from benchmarks.torture.attempts import HUNG, SKIPPED, Report
from benchmarks.torture.kills import HANG, SIZES, SPAWN, answer, answer_of
from benchmarks.torture.part import Try

WORKERS = 2
MEBIBYTES = 1024.0  # of a job
IN_FLIGHT = 4  # jobs: those that are computed, and some that wait
LONGEST_JOB = 0.02  # seconds
LONGEST_PAUSE = 0.05  # seconds between two kills


@dataclass(frozen=True)
class Sent:
    """A job that was sent."""

    number: int
    """Its number."""
    future: "Future[Any]"
    """Its answer."""
    time: float
    """When it was sent."""


class Killing:
    """Keeps jobs in flight, and kills workers.

    Parameters
    ----------
    executor : LocalExecutor
    size : int
        Bytes of an answer.
    folder : path
        Where workers leave the numbers of their processes.
    seed : int
    """

    def __init__(self, executor: Any, size: int, folder: Path, seed: int) -> None:
        self.executor, self.size, self.folder = executor, size, folder
        self.rng = np.random.default_rng(seed)
        self.n_sent = self.n_deaths = self.n_kills = 0
        self.jobs: list[Sent] = []

    def kill(self) -> str:
        """Kill a worker at a random moment, and return what is wrong with the answers since."""
        self._refill()
        time.sleep(self.rng.uniform(0, LONGEST_PAUSE))
        problems: list[str] = []
        end = time.monotonic() + HANG
        while not self._kill_any():
            if time.monotonic() > end:
                return f"{HUNG}: no worker is there"
            problems += self._check()  # so that there are new jobs, for which workers start
            self._refill()
            time.sleep(1e-3)
        self.n_kills += 1
        problems += self._check()
        return "; ".join(sorted(set(problems)))

    def drain(self) -> str:
        """Wait for all answers, and return what is wrong with them."""
        problems: list[str] = []
        while self.jobs and not problems:
            problems = list(self._check())
            time.sleep(1e-3)
        return "; ".join(sorted(set(problems)))

    def _refill(self) -> None:
        while len(self.jobs) < IN_FLIGHT:
            self.n_sent += 1
            arguments = self.n_sent, self.size, self.rng.uniform(0, LONGEST_JOB), str(self.folder)
            future = self.executor.submit(answer, *arguments, timeout=HANG / 2)
            self.jobs.append(Sent(self.n_sent, future, time.monotonic()))

    def _kill_any(self) -> bool:
        """Kill a worker, if there is any that is alive."""
        alive = {process.pid for process in psutil.Process().children(recursive=True)}
        workers = []
        for path in self.folder.iterdir():
            if int(path.name) in alive:
                workers.append(int(path.name))
            else:
                path.unlink(missing_ok=True)
        if not workers:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(self.rng.choice(sorted(workers))), signal.SIGKILL)
            return True
        return False

    def _check(self) -> Iterator[str]:
        """Yield what is wrong with the answers that came; forget these jobs."""
        now = time.monotonic()
        for job in list(self.jobs):
            if job.future.done():
                self.jobs.remove(job)
                yield from self._check_answer(job)
            elif now - job.time > HANG:
                yield f"{HUNG}: a job has no answer"

    def _check_answer(self, job: Sent) -> Iterator[str]:
        error = job.future.exception()
        if error is not None:
            self.n_deaths += 1
            if self.n_deaths > self.n_kills:
                yield f"more jobs failed than workers were killed: {type(error).__name__}"
            elif isinstance(error, JobTimeoutError):
                yield "a job ran into its limit"
            return
        number, content = job.future.result()
        if number != job.number or content != answer_of(number, self.size):
            yield "an answer of another job, or a part of one"


def main() -> None:
    """Kill as often as the command line says."""
    case, seed, tries, path = sys.argv[1:]
    report = Report(path)
    folder = Path(path).parent / "workers"
    folder.mkdir()
    by_spawn = case.startswith(SPAWN)
    if not by_spawn and not CAN_FORK:
        report.add(Try(f"{SKIPPED}this system has no fork"))
        return
    executor = LocalExecutor(WORKERS, MEBIBYTES, can_fork=not by_spawn)
    executor.submit(os.getpid, timeout=HANG).result()
    killing = Killing(executor, SIZES[case.rpartition("of ")[2]], folder, int(seed))
    for number in range(int(tries)):
        problem = killing.kill()
        if number == int(tries) - 1:
            problem = problem or killing.drain()
        report.add(Try(problem))
        if problem.startswith(HUNG):
            os._exit(1)  # closing would hang, too
    executor.close()


if __name__ == "__main__":
    main()
