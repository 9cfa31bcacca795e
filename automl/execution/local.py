"""Worker processes on this machine that can be killed at any moment, without harm to any other.

::

    fit ──submit──► inbox ──► the thread of the executor ──one socket each──► slot: one worker
     ▲                          │  waits for sockets and for the next deadline         │
     └───────── Future ◄────────┴───────────── reply, whole or not at all ◄────────────┘

A fit in compiled code heeds no exception and no deadline, so killing its process is the only way to
end it. A slot shares no lock and no pipe with another. So a worker may die at any instruction, and
only its own job is lost. A job whose worker died is tried once more, in a fresh worker: somebody
else may have been the cause. After a death of several at once, each is tried again alone.
"""

import logging
import os
import selectors
import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

import cloudpickle

from automl.errors import AutoMLError
from automl.execution.job import Job, JobError, JobMemoryError, JobTimeoutError, WorkerDiedError
from automl.execution.memory import MemoryWatch, own_mebibytes
from automl.execution.messages import socket_pair
from automl.execution.slot import STARTING, Slot
from automl.execution.starting import (
    CAN_FORK,
    ForkServer,
    Interpreters,
    Starter,
    StartError,
)
from automl.outcome import cause_of

logger = logging.getLogger("automl.execution")

PULSE = 0.5  # seconds after which the thread looks around, if nothing wakes it
MOST_LOSSES = 2  # workers that may die with a job
MOST_FAILED_STARTS = 3  # in a row: one may be killed, but not each of them
KILLED = -getattr(signal, "SIGKILL", 9)  # the exit code; Windows has no such signal
CLOSED = "the workers were closed"
NO_WORKER = "no worker could be started"
CLOSING = 20.0  # seconds to wait for the end of the thread, which kills all workers


class LocalExecutor:
    """Slots for workers on this machine; they start with the first jobs.

    Parameters
    ----------
    workers : int
        The number of processes.
    mebibytes : float
        The memory that a job may use beyond that of a worker at its start.
    can_fork : bool
        Whether workers are forks of one process, which start at once; or interpreters, which
        take some seconds each.

    Raises
    ------
    AutoMLError
        If the system starts no process.
    """

    def __init__(self, workers: int, mebibytes: float, can_fork: bool = CAN_FORK) -> None:
        self.workers = workers
        self.mebibytes = mebibytes
        self._can_fork = can_fork
        try:  # its imports go on while the data are read
            self._starter: Starter = (ForkServer if can_fork else Interpreters)()
        except OSError as error:  # the system has no room for one more process, or no interpreter
            raise AutoMLError(f"{NO_WORKER}: {cause_of(error)}") from error
        self._inbox: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._wakeup, self._waker = socket_pair()
        self._waker.setblocking(False)
        self._wakeup.setblocking(False)
        self._waiting: deque[Job] = deque()
        self._slots: dict[int, Slot] = {}
        self._n_jobs = self._n_slots = self._n_failed_starts = 0
        self._most_busy = workers  # fewer when memory is short
        self._watch = MemoryWatch()
        self._lock = threading.Lock()
        self._is_closed = False
        self._thread: threading.Thread | None = None

    def submit(
        self, function: Callable[..., Any], *args: Any, timeout: float | None, traces: str = ""
    ) -> "Future[Any]":
        """Run a function in a worker.

        Parameters
        ----------
        function, *args, timeout, traces
            As `Executor.submit` takes them. Where workers are no forks, classes count for nothing.

        Returns
        -------
        Future
            As that of `Executor.submit`.
        """
        self._n_jobs += 1
        content = cloudpickle.dumps((function, args))
        # Until it is done the future counts as pending, which any future can be cancelled in.
        # Where nothing forks, a fresh process takes seconds, which all would pay for a rare harm.
        job = Job(self._n_jobs, content, timeout, Future(), traces)
        if not self._can_fork:
            job.forget_classes()
        job.future.add_done_callback(lambda future: self._note_cancel(job))
        with self._lock:  # a job that comes too late would wait for ever
            if self._is_closed:
                job.settle(error=AutoMLError(CLOSED))
                return job.future
            self._tell(lambda: self._waiting.append(job))
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="automl-slots", daemon=True)
            self._thread.start()
        return job.future

    def _note_cancel(self, job: Job) -> None:
        if job.future.cancelled():
            self._tell(lambda: self._forget(job))

    @property
    def capacity(self) -> int:
        """The number of jobs to hand out at once."""
        return self.workers

    @property
    def threads(self) -> int:
        """The most threads that a single job may use."""
        return self.workers

    @property
    def is_alive(self) -> bool:
        """Whether it takes jobs."""
        return not self._is_closed

    def sweep(self) -> None:
        """End all jobs, and whatever they have left behind."""
        self._tell(self._clear)

    def resize(self, workers: int, mebibytes: float) -> None:
        """Change the size between two fits; what has made the imports stays.

        Parameters
        ----------
        workers : int
        mebibytes : float
        """
        if (workers, mebibytes) != (self.workers, self.mebibytes):
            self.workers, self.mebibytes = workers, mebibytes
            self._tell(self._replace_all)

    def renew(self) -> None:
        """End all jobs, and replace all workers; what has made the imports stays."""
        self.sweep()
        self._tell(self._replace_all)

    def close(self) -> None:
        """End all workers."""
        with self._lock:
            self._is_closed = True
        self._tell(lambda: None)
        if self._thread is not None:
            self._thread.join(CLOSING)
        else:
            self._starter.close()
            self._close_sockets()

    def _tell(self, command: Callable[[], None]) -> None:
        """Let the thread do something; this neither waits nor locks."""
        self._inbox.put(command)
        with suppress(OSError):  # it is full, so the thread wakes in any case
            self._waker.send(b"\0")

    # The rest runs in the thread of the executor, which owns all slots.

    def _serve(self) -> None:
        error: BaseException = AutoMLError(CLOSED)
        try:
            while not self._is_closed:
                self._obey()
                self._assign()
                self._wait()
                self._receive()
                self._bury()
                self._enforce()
        except StartError as failure:
            error = AutoMLError(f"{NO_WORKER}: {failure}")
        except BaseException as failure:
            error = AutoMLError(f"the workers failed: {cause_of(failure)}")
            logger.exception("the executor failed")
        with self._lock:
            self._is_closed = True
        self._fail(error)
        self._starter.close()
        self._close_sockets()

    def _close_sockets(self) -> None:
        for slot in self._slots.values():
            slot.channel.close()
        self._wakeup.close()
        self._waker.close()

    def _obey(self) -> None:
        with suppress(BlockingIOError):
            while self._wakeup.recv(1 << 10):
                pass
        with suppress(Empty):
            while True:
                self._inbox.get_nowait()()

    def _assign(self) -> None:
        """Hand jobs to idle workers, and start workers while there are more jobs."""
        idle = [slot for slot in self._slots.values() if slot.is_idle]
        while idle and (job := self._next_job()) is not None and self._may_start(job):
            suited = [slot for slot in idle if slot.traces in ("", job.traces)]
            if not suited:
                self._replace(idle)
                break
            slot = max(suited, key=lambda slot: slot.traces == job.traces)
            idle.remove(slot)
            self._waiting.remove(job)
            slot.take(job)
        alive = [slot for slot in self._slots.values() if not slot.is_dying]
        n_free = len(idle) + sum(slot.pid is None for slot in alive)
        for _ in range(min(len(self._waiting) - n_free, self._most_busy - len(alive))):
            self._n_slots += 1
            try:
                slot = Slot(self._n_slots, self._starter, self.mebibytes)
            except OSError as error:  # the system has no room for one more process or socket
                self._count_failed_start(cause_of(error))
                return
            self._slots[self._n_slots] = slot

    def _replace(self, idle: list[Slot]) -> None:
        """Kill a worker in which the next job may not run, unless a fresh one is under way."""
        if all(slot.pid is not None or slot.is_dying for slot in self._slots.values()):
            idle[0].kill()
        idle.clear()

    def _next_job(self) -> Job | None:
        """Return the job that is next: one that waits for the GPU keeps no other one waiting."""
        is_taken = any(slot.owns_device for slot in self._slots.values())
        return next((job for job in self._waiting if not (is_taken and job.uses_device)), None)

    def _may_start(self, job: Job) -> bool:
        running = [slot.job for slot in self._slots.values() if slot.job is not None]
        if len(running) >= self._most_busy:
            return False
        return not running or not (job.is_alone or any(rival.is_alone for rival in running))

    def _wait(self) -> None:
        """Wait until a socket has something, or the next deadline is there."""
        looks = [slot.next_look - time.monotonic() for slot in self._slots.values()]
        seconds = min([PULSE, *looks])
        with selectors.DefaultSelector() as selector:
            selector.register(self._wakeup, selectors.EVENT_READ)
            if self._starter.connection is not None:
                selector.register(self._starter.connection, selectors.EVENT_READ)
            for slot in self._slots.values():
                if slot.is_open:
                    selector.register(slot.channel.connection, slot.events)
            selector.select(max(seconds, 0))

    def _receive(self) -> None:
        """Take the replies of the workers; a worker that is no longer sound is replaced."""
        for slot in self._slots.values():
            if slot.is_open:
                self._answer(slot)

    def _answer(self, slot: Slot) -> None:
        for reply in slot.receive():
            if slot.job is not None and slot.job.number == reply.number:
                if reply.is_result:
                    slot.job.settle(reply.value)
                else:
                    slot.job.settle(error=JobError(reply.value))
                slot.drop()
            if not reply.is_sound:
                slot.kill()

    def _bury(self) -> None:
        """Take leave of the workers that ended, and try their jobs once more."""
        ended = self._starter.ended()
        is_starved = any(code == KILLED for _, code in ended) and self._watch.n_killed_since() > 0
        for number, code in ended:
            slot = self._slots.pop(number, None)
            if slot is None:  # of the size before
                continue
            slot.is_dying = True  # it cannot be killed any more
            if slot.is_open:  # its last reply may be there
                self._answer(slot)
            slot.channel.close()
            if code is None and slot.pid is not None:  # nobody has killed what it started
                _kill_group(slot.pid)
            if slot.pid is not None:
                self._n_failed_starts = 0
            elif code is not None:  # else it ended with the nursery
                self._count_failed_start(slot.failure or f"a process ended with code {code}")
            if (job := slot.drop()) is not None:
                is_hungry = code == KILLED and is_starved
                error = JobMemoryError(self.mebibytes) if is_hungry else WorkerDiedError(code)
                self._lose(job, error, is_common=code is None or is_hungry)

    def _lose(self, job: Job, error: Exception, is_common: bool) -> None:
        """Try a job once more; afterwards it is to blame."""
        job.n_losses += 1
        job.is_alone = job.is_alone or is_common
        if job.n_losses < MOST_LOSSES:
            self._waiting.appendleft(job)
        else:
            job.settle(error=error)

    def _count_failed_start(self, reason: str) -> None:
        """Count the workers that end before they are ready, in a row."""
        self._n_failed_starts += 1
        if self._n_failed_starts < MOST_FAILED_STARTS:
            return
        n_ready = sum(slot.pid is not None for slot in self._slots.values())
        if n_ready == 0:
            raise StartError(reason)
        self._most_busy = n_ready  # the system has no room for more of them

    def _enforce(self) -> None:
        """Kill the workers whose jobs take too long, and the largest when memory is short."""
        now = time.monotonic()
        for slot in self._slots.values():
            if slot.deadline is not None and now >= slot.deadline:
                job = slot.drop()
                if job is None:
                    raise StartError(f"a process was not ready after {STARTING:.0f} s")
                job.settle(error=JobTimeoutError(job.timeout or 0.0))
                slot.kill()
            if slot.end is not None and now >= slot.end:
                slot.kill()
        busy = [slot for slot in self._slots.values() if slot.job is not None]
        if busy and self._watch.is_short():
            sizes = {slot: own_mebibytes(slot.pid) for slot in busy}
            largest = max(busy, key=lambda slot: sizes[slot])
            job = largest.drop()
            largest.kill()
            # From now on fewer jobs run side by side.
            self._most_busy = max(1, min(self._most_busy, len(busy)) - 1)
            logger.warning("memory is short: %d workers go on", self._most_busy)
            if job is not None:
                self._lose(job, JobMemoryError(sizes[largest]), is_common=True)

    def _forget(self, job: Job) -> None:
        """End a job that was cancelled."""
        with suppress(ValueError):
            self._waiting.remove(job)
        for slot in self._slots.values():
            if slot.job is job:
                slot.drop()
                slot.kill()
        job.settle()

    def _clear(self) -> None:
        jobs = [slot.job for slot in self._slots.values() if slot.job is not None]
        for job in [*self._waiting, *jobs]:
            job.future.cancel()
        self._most_busy = self.workers
        self._watch.n_killed_since()
        self._starter.sweep()

    def _replace_all(self) -> None:
        for slot in self._slots.values():
            slot.kill()
            slot.channel.close()
        self._slots.clear()
        self._most_busy = self.workers

    def _fail(self, error: BaseException) -> None:
        """Let no future wait for ever."""
        self._obey()
        jobs = [slot.drop() for slot in self._slots.values()]
        for job in [*self._waiting, *(job for job in jobs if job is not None)]:
            job.settle(error=error)


def _kill_group(pid: int) -> None:
    if hasattr(os, "killpg"):
        with suppress(OSError):
            os.killpg(pid, signal.SIGKILL)
