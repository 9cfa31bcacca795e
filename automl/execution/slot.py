"""A slot: one worker process, one socket, one owner."""

import selectors
import time
from math import inf

from automl.execution.job import DEVICE, Job
from automl.execution.messages import Channel, Hello, Reply, pack, socket_pair
from automl.execution.starting import Starter

STARTING = 300.0  # seconds in which a worker is there, also on a very busy machine
# Seconds in which the end of a process is reported after that of its connection: the exit code says
# why it died, and a kill would hide it.
DYING = 1.0


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
        self.traces = ""  # of the jobs so far
        self.failure: str | None = None
        self.deadline: float | None = time.monotonic() + STARTING
        self.end: float | None = None  # when it is killed, for its connection is gone
        self.is_open = True
        self.is_dying = False
        self._starter = starter
        own_end, its_end = socket_pair()
        self.channel = Channel(own_end)
        with its_end:
            try:
                starter.start(number, its_end, mebibytes)
            except OSError:
                own_end.close()
                raise

    @property
    def is_idle(self) -> bool:
        """Whether it can take a job."""
        return self.pid is not None and self.job is None and not self.is_dying

    @property
    def owns_device(self) -> bool:
        """Whether its process uses the GPU, or has been killed and may still have its memory."""
        return DEVICE in self.traces.split() and not self.is_idle

    def take(self, job: Job) -> None:
        """Hand a job to the worker; its seconds run from now."""
        self.job = job
        self.traces = self.traces or job.traces
        self.deadline = None if job.timeout is None else time.monotonic() + job.timeout
        self.channel.send(pack((job.number, job.content)))

    def drop(self) -> Job | None:
        """Return the job, and forget it."""
        job, self.job, self.deadline = self.job, None, None
        return job

    @property
    def events(self) -> int:
        """What to wait for at its socket."""
        writing = selectors.EVENT_WRITE if self.channel.has_unsent else 0
        return selectors.EVENT_READ | writing

    def receive(self) -> list[Reply]:
        """Return the replies that are there; a process that sends anything else is killed."""
        self.channel.flush()
        try:
            messages, self.is_open = self.channel.receive()
            if messages and self.pid is None:
                self._greet(messages.pop(0))
            if not all(isinstance(message, Reply) for message in messages):
                raise ValueError("a message is no reply")
        # Bytes of a stranger, such as a process that the job started: to read them may do anything.
        except BaseException:  # noqa: BLE001
            messages, self.is_open = [], False
            self.kill()
        if not self.is_open:
            self.end = time.monotonic() + DYING
        return messages

    def _greet(self, hello: Hello) -> None:
        if not isinstance(hello, Hello):
            raise ValueError("a message is no greeting")
        if hello.failure is None:
            self.pid, self.deadline = hello.pid, None
        else:
            self.failure = hello.failure

    @property
    def next_look(self) -> float:
        """The time at which something is to be done, whatever the process does."""
        times = (self.deadline, None if self.is_dying else self.end)
        return min((moment for moment in times if moment is not None), default=inf)

    def kill(self) -> None:
        """Kill the worker with all that it has started."""
        if not self.is_dying:
            self.is_dying = True
            self._starter.kill(self.number)
