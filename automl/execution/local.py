"""Worker processes on this machine that can be killed at any moment.

::

    fit ──submit──► Pebble's pool ──► worker (forkserver, one thread, bounded memory)
     ▲                                   │ reads the problem once, from a memory map
     └──────── Future ◄── result, or ────┘
               timeout: the worker is killed and replaced

A fit in compiled code heeds no exception and no deadline, so killing its process is the only way to
end it. A pool is kept warm between fits, because its start costs some seconds of imports. The
imports begin with the executor. Where there is a fork server, workers start with the first job.
"""

import atexit
import multiprocessing
import os
import sys
import threading
import types
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager
from multiprocessing import forkserver
from typing import Any

from pebble import ProcessExpired, ProcessPool

from automl.errors import AutoMLError
from automl.execution.worker import start_worker, warm_up
from automl.outcome import CAUSE_LENGTH, FoldOutcome, State, failure

PRELOADED = ["automl.execution.preload"]
# Variables that numeric libraries read once, when they are loaded.
THREAD_SETTINGS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
PATIENCE = 60.0  # seconds to wait for a pool to end, which kills workers that do not obey

# A fork of this process would inherit the locks of its threads, held for ever. A fork of a server
# without threads is clean, and has the imports already. Windows knows only new processes.
METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
_base: Any = multiprocessing.get_context(METHOD)


@contextmanager
def _no_main() -> Iterator[None]:
    """Keep processes that start now from running the user's script again.

    Otherwise a script that calls `fit` outside of ``if __name__ == "__main__"`` would call it in
    every worker. Workers do not need the script: functions that it defines travel by value.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


class _Process(_base.Process):  # type: ignore[misc]
    """A process that does not run the user's script again."""

    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: N802 the name is that of multiprocessing
        with _no_main():
            return _base.Process._Popen(process_obj)


class _Context(type(_base)):  # type: ignore[misc]
    """A context of multiprocessing that starts such processes."""

    Process = _Process


class LocalExecutor:
    """A pool of worker processes.

    Parameters
    ----------
    workers : int
        The number of processes.
    mebibytes : float
        The memory that a job may use beyond that of a worker at its start.
    """

    def __init__(self, workers: int, mebibytes: float) -> None:
        self.workers = workers
        self.mebibytes = mebibytes
        self._context = _Context()
        self._pool: ProcessPool | None = None
        if METHOD == "forkserver":
            self._context.set_forkserver_preload(PRELOADED)
            with _one_thread_each(), _no_main():
                forkserver.ensure_running()  # its imports go on while the data are read
        else:  # without a server, each worker has to import by itself: the sooner, the better
            self._pool = self._start()

    def _start(self) -> ProcessPool:
        pool = ProcessPool(
            max_workers=self.workers,
            initializer=start_worker,
            initargs=[self.mebibytes],
            context=self._context,
        )
        with _one_thread_each():  # a pool starts its workers with the first job
            pool.schedule(warm_up)
        return pool

    def submit(
        self, function: Callable[..., Any], *args: Any, timeout: float | None
    ) -> "Future[Any]":
        """Run a function in a worker.

        Parameters
        ----------
        function : callable
            A function of a module, which the worker imports by its name.
        *args
            Its arguments.
        timeout : float or None
            The seconds after which the worker is killed; None is no limit.
        """
        if self._pool is None or not self._pool.active:
            self.close()  # Pebble gives up a pool in which an idle worker was killed
            self._pool = self._start()
        future: Future[Any] = self._pool.schedule(function, args=list(args), timeout=timeout)
        return future

    @property
    def is_alive(self) -> bool:
        """Whether it takes jobs; one that has not started its workers yet does."""
        return self._pool is None or bool(self._pool.active)

    def close(self) -> None:
        """End all workers."""
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join(PATIENCE)


def outcome_of(future: "Future[FoldOutcome]") -> FoldOutcome:
    """Return the outcome of a finished job, or one that tells why there is none."""
    try:
        return future.result()
    except FutureTimeout as error:
        seconds = float(error.args[1])
        cause = f"stopped after its limit of {seconds:.3g} s"
        return FoldOutcome(State.TIMED_OUT, fit_seconds=seconds, cause=cause)
    except CancelledError:
        return FoldOutcome(State.CANCELLED, cause="the search ended")
    except ProcessExpired as error:
        return FoldOutcome(State.CRASHED, cause=f"the worker died with exit code {error.exitcode}")
    except MemoryError as error:
        return failure(error)
    except Exception as error:  # noqa: BLE001 for example, a result that cannot be pickled
        return FoldOutcome(State.CRASHED, cause=f"{type(error).__name__}: {error}"[:CAUSE_LENGTH])


class _WarmPool:
    """The pool that is kept between fits, and lent to one of them at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._executor: LocalExecutor | None = None
        self._owner = os.getpid()

    @contextmanager
    def borrow(self, workers: int, mebibytes: float) -> Iterator[LocalExecutor]:
        # A second fit, in another thread, gets a pool of its own rather than wait for the first.
        if not self._lock.acquire(blocking=False):
            executor = LocalExecutor(workers, mebibytes)
            try:
                yield executor
            finally:
                executor.close()
            return
        try:
            yield self._warm_executor(workers, mebibytes)
        finally:
            self._lock.release()

    def _warm_executor(self, workers: int, mebibytes: float) -> LocalExecutor:
        """Return the pool of the last fit if it has the same size, or else a new one."""
        # The child of a fork has a copy of the pool, but none of the threads that serve it.
        if self._executor is not None and self._owner != os.getpid():
            raise AutoMLError(
                "this process was forked from one that had fitted, and cannot start workers of its "
                "own; predict here, or start the process by 'spawn'"
            )
        self._owner = os.getpid()
        warm = self._executor
        if warm and warm.is_alive and (warm.workers, warm.mebibytes) == (workers, mebibytes):
            return warm
        self.close()
        self._executor = LocalExecutor(workers, mebibytes)
        return self._executor

    def close(self) -> None:
        if self._executor is not None and self._owner == os.getpid():
            self._executor.close()
            self._executor = None


_warm = _WarmPool()
atexit.register(_warm.close)
borrow_executor = _warm.borrow


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Let processes that start now inherit a setting of one thread.

    More threads than cores make OpenMP spin: a fit beside another then takes 30 times as long.
    """
    before = {name: os.environ.get(name) for name in THREAD_SETTINGS}
    os.environ.update(dict.fromkeys(THREAD_SETTINGS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
