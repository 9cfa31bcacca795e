"""A job: a function for a worker, its files and its future, and the errors of its end."""

import signal
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from automl.errors import AutoMLError
from automl.outcome import FoldOutcome, State


class JobFile(str):
    """The path of a file that goes with a job, or that comes back as its result.

    On this machine it stays as it is. A job on another one is given the path of a copy.
    """


class JobTimeoutError(Exception):
    """A job took longer than its limit."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"stopped after its limit of {seconds:.3g} s")
        self.seconds = seconds

    def __reduce__(self) -> tuple[Any, ...]:  # a pickle would give the text to the constructor
        return type(self), (self.seconds,)


class JobMemoryError(Exception):
    """The worker of a job used the memory up, and was killed."""

    def __init__(self, mebibytes: float) -> None:
        super().__init__(f"stopped at {mebibytes:,.0f} MiB: the memory was used up")
        self.mebibytes = mebibytes

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.mebibytes,)


DEVICE = "device"
"""The trace of a job that uses the GPU, beside the classes of the user."""


class JobError(Exception):
    """The function of a job raised an error, of which the text came back.

    The error itself does not: its class may run any code when it is read.
    """


class WorkerDiedError(Exception):
    """The worker of a job died, twice in a row."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"the worker died {_in_words(code)}")
        self.code = code

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.code,)


def _in_words(code: int | None) -> str:
    """Return an exit code in words."""
    if code is None:
        return "together with all other workers"
    if code >= 0:
        return f"with exit code {code}"
    with suppress(ValueError):
        return f"by signal {signal.Signals(-code).name}"
    return f"by signal {-code}"


@dataclass(eq=False)
class Job:
    """A job that waits for a worker, or is in one."""

    number: int
    content: bytes
    """The pickle of a function and its arguments."""
    timeout: float | None
    """The seconds after which the worker is killed."""
    future: "Future[Any]"
    traces: str = ""
    """The classes of the user that it runs. They may change functions of any package, which nothing
    tells, so no other job follows them in their process. `DEVICE` stands among them for a GPU."""
    is_alone: bool = False
    """Whether no other job may run beside it, so that nobody else is to blame for its end."""
    n_losses: int = 0
    """The workers that died with it."""
    is_settled: bool = False
    """Whether the future was told."""

    @property
    def uses_device(self) -> bool:
        """Whether it uses the GPU, which one job at a time owns."""
        return DEVICE in self.traces.split()

    def forget_classes(self) -> None:
        """Let its process be used by others, whatever classes of the user it runs."""
        self.traces = DEVICE if self.uses_device else ""

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
    except JobMemoryError as error:
        return FoldOutcome(State.OUT_OF_MEMORY, cause=str(error))
    except (JobError, WorkerDiedError) as error:
        return FoldOutcome(State.CRASHED, cause=str(error))
