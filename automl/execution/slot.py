"""A slot: one worker process, one socket, one owner; and the job that it has."""

import selectors
import signal
import socket
import time
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from automl.execution.messages import Channel
from automl.execution.starting import Starter

STARTING = 300.0  # seconds in which a worker is there, also on a very busy machine


class JobTimeoutError(Exception):
    """A job took longer than its limit."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"stopped after its limit of {seconds:.3g} s")
        self.seconds = seconds


class JobMemoryError(Exception):
    """The worker of a job used the memory up, and was killed."""

    def __init__(self, mebibytes: float) -> None:
        super().__init__(f"stopped at {mebibytes:,.0f} MiB, for the memory was used up")
        self.mebibytes = mebibytes


class JobError(Exception):
    """The function of a job raised an error, of which the text came back.

    The error itself does not: its class may run any code when it is read.
    """


class WorkerDiedError(Exception):
    """The worker of a job died, twice in a row."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"the worker died with {_in_words(code)}")
        self.code = code


def _in_words(code: int | None) -> str:
    """Return an exit code in words."""
    if code is None:
        return "all others"
    if code >= 0:
        return f"exit code {code}"
    with suppress(ValueError):
        return f"signal {signal.Signals(-code).name}"
    return f"signal {-code}"


@dataclass(eq=False)
class Job:
    """A job that waits for a worker, or is in one."""

    number: int
    message: bytes
    """The request to the worker."""
    timeout: float | None
    """The seconds after which the worker is killed."""
    future: "Future[Any]"
    is_alone: bool = False
    """Whether no other job may run beside it, so that nobody else is to blame for its end."""
    n_losses: int = 0
    """The workers that died with it."""
    is_settled: bool = False
    """Whether the future was told."""

    def settle(self, result: Any = None, error: BaseException | None = None) -> None:
        """Tell the future once; one that was cancelled hears nothing but that it is done."""
        if self.is_settled:
            return
        self.is_settled = True
        if not self.future.set_running_or_notify_cancel():
            return
        if error is None:
            self.future.set_result(result)
        else:
            self.future.set_exception(error)


class Slot:
    """One worker process, one socket, one owner.

    Parameters
    ----------
    number : int
    starter : Starter
        Starts and kills the process.
    mebibytes : float
        The memory that a job may use.
    """

    def __init__(self, number: int, starter: Starter, mebibytes: float) -> None:
        self.number = number
        self.pid: int | None = None
        self.job: Job | None = None
        self.deadline: float | None = time.monotonic() + STARTING
        self.is_open = True
        self.is_dying = False
        self._starter = starter
        own_end, its_end = socket.socketpair()
        self.channel = Channel(own_end)
        with its_end:
            starter.start(number, its_end, mebibytes)

    @property
    def is_idle(self) -> bool:
        """Whether it can take a job."""
        return self.pid is not None and self.job is None and not self.is_dying

    def take(self, job: Job) -> None:
        """Hand a job to the worker; its seconds run from now."""
        self.job = job
        self.deadline = None if job.timeout is None else time.monotonic() + job.timeout
        self.channel.send(job.message)

    def drop(self) -> Job | None:
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
        """Kill the worker with all that it has started."""
        if not self.is_dying:
            self.is_dying = True
            self._starter.kill(self.number)
