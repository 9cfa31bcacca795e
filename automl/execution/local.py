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
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

from automl.errors import AutoMLError
from automl.execution.messages import Channel, pack
from automl.execution.starting import (
    CAN_FORK,
    ForkServer,
    Interpreters,
    Starter,
    StartError,
)
from automl.outcome import FoldOutcome, State

logger = logging.getLogger("automl.execution")

PULSE = 0.5  # seconds after which the thread looks around, if nothing wakes it
STARTING = 300.0  # seconds in which a worker is there, also on a very busy machine
MOST_LOSSES = 2  # workers that may die with a job
MOST_FAILED_STARTS = 3  # in a row
CLOSED = "the workers were closed"
CLOSING = 20.0  # seconds to wait for the end of the thread, which kills all workers


class JobTimeoutError(Exception):
    """A job took longer than its limit."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"stopped after its limit of {seconds:.3g} s")
        self.seconds = seconds


class JobError(Exception):
    """The function of a job raised an error, of which the text came back.

    The error itself does not: its class may run any code when it is read.
    """


class WorkerDiedError(Exception):
    """The worker of a job died, twice in a row."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"the worker died with {_words(code)}")
        self.code = code


def _words(code: int | None) -> str:
    """Return an exit code in words."""
    if code is None:
        return "all others"
    if code >= 0:
        return f"exit code {code}"
    with suppress(ValueError):
        return f"signal {signal.Signals(-code).name}"
    return f"signal {-code}"


@dataclass(eq=False)
class _Job:
    """A job that waits for a worker, or is in one."""

    message: bytes
    timeout: float | None
    future: "Future[Any]"
    number: int
    is_alone: bool = False
    losses: list[int | None] = field(default_factory=list)
    """The exit codes of the workers that died with it."""


class _Slot:
    """One worker process, one socket, one owner."""

    def __init__(self, number: int, starter: Starter, mebibytes: float) -> None:
        self.number = number
        self.pid: int | None = None
        self.job: _Job | None = None
        self.deadline: float | None = time.monotonic() + STARTING
        self.is_open = True
        self.is_dying = False
        self._starter = starter
        ours, theirs = socket.socketpair()
        self.channel = Channel(ours)
        with theirs:
            starter.start(number, theirs, mebibytes)

    @property
    def is_idle(self) -> bool:
        """Whether it can take a job."""
        return self.pid is not None and self.job is None and not self.is_dying

    def take(self, job: _Job) -> None:
        self.job = job
        self.deadline = None if job.timeout is None else time.monotonic() + job.timeout
        self.channel.send(job.message)

    def drop(self) -> _Job | None:
        """Return the job, and forget it."""
        job, self.job, self.deadline = self.job, None, None
        return job

    @property
    def events(self) -> int:
        """What to wait for at its socket."""
        writing = selectors.EVENT_WRITE if self.channel.has_unsent else 0
        return selectors.EVENT_READ | writing

    def receive(self) -> list[Any]:
        """Return the replies that are there; a process that sends anything else is killed."""
        self.channel.flush()
        try:
            messages, self.is_open = self.channel.receive()
        except Exception:  # noqa: BLE001 bytes of a stranger, such as a process that the job started
            messages, self.is_open = [], False
        if not self.is_open:
            self.kill()
        if messages and self.pid is None:
            self.pid, self.deadline = messages.pop(0), None
        return messages

    def kill(self) -> None:
        if not self.is_dying:
            self.is_dying = True
            self._starter.kill(self.number)


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
    """

    def __init__(self, workers: int, mebibytes: float, can_fork: bool = CAN_FORK) -> None:
        self.workers = workers
        self.mebibytes = mebibytes
        # Its imports go on while the data are read.
        self._starter: Starter = ForkServer() if can_fork else Interpreters()
        self._inbox: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._wakeup, self._waker = socket.socketpair()
        self._waker.setblocking(False)
        self._wakeup.setblocking(False)
        self._waiting: deque[_Job] = deque()
        self._slots: dict[int, _Slot] = {}
        self._n_jobs = self._n_slots = self._n_failed_starts = 0
        self._is_closed = False
        self._thread: threading.Thread | None = None

    def submit(
        self, function: Callable[..., Any], *args: Any, timeout: float | None
    ) -> "Future[Any]":
        """Run a function in a worker.

        Parameters
        ----------
        function : callable
        *args
            Its arguments.
        timeout : float or None
            The seconds after which the worker is killed; None is no limit.

        Returns
        -------
        Future
            It can be cancelled until it is done. Its exception is a `JobError`, a
            `JobTimeoutError` or a `WorkerDiedError`.
        """
        self._n_jobs += 1
        number = self._n_jobs
        # Until it is done the future counts as pending, which any future can be cancelled in.
        job = _Job(pack((number, function, args)), timeout, Future(), number)
        job.future.add_done_callback(lambda future: self._note_cancel(job))
        self._tell(lambda: self._waiting.append(job))
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="automl-slots", daemon=True)
            self._thread.start()
        if self._is_closed:  # whether the thread still saw the job, nobody knows
            _settle(job, error=AutoMLError(CLOSED))
        return job.future

    def _note_cancel(self, job: _Job) -> None:
        if job.future.cancelled():
            self._tell(lambda: self._forget(job))

    @property
    def is_alive(self) -> bool:
        """Whether it takes jobs."""
        return not self._is_closed

    def sweep(self) -> None:
        """End all jobs, and whatever they have left behind."""
        self._tell(self._clear)

    def close(self) -> None:
        """End all workers."""
        self._is_closed = True
        self._tell(lambda: None)
        if self._thread is not None:
            self._thread.join(CLOSING)
        else:
            self._starter.close()
        self._wakeup.close()
        self._waker.close()

    def _tell(self, command: Callable[[], None]) -> None:
        """Let the thread do something; this neither waits nor locks."""
        self._inbox.put(command)
        with suppress(OSError):  # it is full, so the thread wakes in any case
            self._waker.send(b"\0")

    # What follows runs in the thread of the executor, which owns everything.

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
            error = AutoMLError(f"no worker could be started: {failure}; its error is above")
        except BaseException as failure:
            error = failure
            logger.exception("the executor failed")
        self._is_closed = True
        self._fail(error)
        self._starter.close()
        for slot in self._slots.values():
            slot.channel.close()

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
        while self._waiting and idle and self._may_start(self._waiting[0]):
            idle.pop().take(self._waiting.popleft())
        alive = [slot for slot in self._slots.values() if not slot.is_dying]
        n_free = len(idle) + sum(slot.pid is None for slot in alive)
        for _ in range(min(len(self._waiting) - n_free, self.workers - len(alive))):
            self._n_slots += 1
            self._slots[self._n_slots] = _Slot(self._n_slots, self._starter, self.mebibytes)

    def _may_start(self, job: _Job) -> bool:
        running = [slot.job for slot in self._slots.values() if slot.job is not None]
        return not running or not (job.is_alone or any(other.is_alone for other in running))

    def _wait(self) -> None:
        """Wait until a socket has something, or the next deadline is there."""
        deadlines = [slot.deadline for slot in self._slots.values() if slot.deadline is not None]
        seconds = min([PULSE, *(deadline - time.monotonic() for deadline in deadlines)])
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
            for number, is_result, value, is_sound in slot.receive() if slot.is_open else ():
                if slot.job is not None and slot.job.number == number:
                    job = slot.drop()
                    if is_result:
                        _settle(job, value)
                    else:
                        _settle(job, error=JobError(value))
                if not is_sound:
                    slot.kill()

    def _bury(self) -> None:
        """Take leave of the workers that ended, and try their jobs once more."""
        for number, code in self._starter.ended():
            slot = self._slots.pop(number)
            if code is None and slot.pid is not None:  # nobody has killed what it started
                _kill_group(slot.pid)
            self._count_start(slot)
            slot.channel.close()
            if (job := slot.drop()) is not None:
                job.losses.append(code)
                job.is_alone = job.is_alone or code is None
                if len(job.losses) < MOST_LOSSES:
                    self._waiting.appendleft(job)
                else:
                    _settle(job, error=WorkerDiedError(code))

    def _count_start(self, slot: _Slot) -> None:
        """Count the workers that end before they are ready, in a row."""
        self._n_failed_starts = 0 if slot.pid is not None else self._n_failed_starts + 1
        if self._n_failed_starts >= MOST_FAILED_STARTS:
            raise StartError(f"{self._n_failed_starts} processes ended before they were ready")

    def _enforce(self) -> None:
        """Kill the workers whose jobs take too long."""
        now = time.monotonic()
        for slot in self._slots.values():
            if slot.deadline is not None and now >= slot.deadline:
                job = slot.drop()
                if job is None:
                    raise StartError(f"a process was not ready after {STARTING:.0f} s")
                assert job.timeout is not None
                _settle(job, error=JobTimeoutError(job.timeout))
                slot.kill()

    def _forget(self, job: _Job) -> None:
        """End a job that was cancelled."""
        with suppress(ValueError):
            self._waiting.remove(job)
            job.future.set_running_or_notify_cancel()
        for slot in self._slots.values():
            if slot.job is job:
                slot.drop()
                slot.kill()
                job.future.set_running_or_notify_cancel()

    def _clear(self) -> None:
        jobs = [slot.job for slot in self._slots.values() if slot.job is not None]
        for job in [*self._waiting, *jobs]:
            job.future.cancel()
        self._starter.sweep()

    def _fail(self, error: BaseException) -> None:
        """Let no future wait for ever."""
        self._obey()
        jobs = [slot.drop() for slot in self._slots.values()]
        for job in [*self._waiting, *(job for job in jobs if job is not None)]:
            _settle(job, error=error)


def _settle(job: _Job, result: Any = None, error: BaseException | None = None) -> None:
    """Tell the future of a job; one that was cancelled hears nothing more."""
    with suppress(InvalidStateError):
        if not job.future.set_running_or_notify_cancel():
            return
        if error is None:
            job.future.set_result(result)
        else:
            job.future.set_exception(error)


def _kill_group(pid: int) -> None:
    if hasattr(os, "killpg"):
        with suppress(OSError):
            os.killpg(pid, signal.SIGKILL)


def outcome_of(future: "Future[FoldOutcome]") -> FoldOutcome:
    """Return the outcome of a finished job, or one that tells why there is none.

    Raises
    ------
    AutoMLError
        If no worker could be started.
    """
    try:
        return future.result()
    except AutoMLError:
        raise
    except JobTimeoutError as error:
        return FoldOutcome(State.TIMED_OUT, fit_seconds=error.seconds, cause=str(error))
    except CancelledError:
        return FoldOutcome(State.CANCELLED, cause="the search ended")
    except (JobError, WorkerDiedError) as error:
        return FoldOutcome(State.CRASHED, cause=str(error))
