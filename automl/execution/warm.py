"""The executor that is kept between fits, since the imports of its workers cost seconds."""

import atexit
import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

from automl.execution.local import LocalExecutor


class WarmExecutor:
    """The executor of the last fit, lent to one fit at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._executor: LocalExecutor | None = None

    @contextmanager
    def borrow(self, workers: int, mebibytes: float) -> Iterator[LocalExecutor]:
        """Lend the executor of the last fit, or a new one if there is none that works.

        Parameters
        ----------
        workers : int
        mebibytes : float
        """
        # A second fit, in another thread, gets an executor of its own rather than wait.
        if not self._lock.acquire(blocking=False):
            executor = LocalExecutor(workers, mebibytes)
            try:
                yield executor
            finally:
                executor.close()
            return
        try:
            yield self._of_size(workers, mebibytes)
        except KeyboardInterrupt:
            self.close()  # nobody waits for whatever goes on in its workers
            raise
        finally:
            if self._executor is not None:
                self._executor.sweep()
            self._lock.release()

    def _of_size(self, workers: int, mebibytes: float) -> LocalExecutor:
        warm = self._executor
        if warm and warm.is_alive:
            warm.resize(workers, mebibytes)
            return warm
        self.close()
        self._executor = LocalExecutor(workers, mebibytes)
        return self._executor

    def close(self) -> None:
        """End the executor."""
        executor, self._executor = self._executor, None
        if executor is not None:
            executor.close()


_warm = WarmExecutor()


def borrow_executor(workers: int, mebibytes: float) -> AbstractContextManager[LocalExecutor]:
    """Return a context manager of an executor that may be warm already.

    Parameters
    ----------
    workers : int
    mebibytes : float
    """
    return _warm.borrow(workers, mebibytes)


def _close() -> None:
    with suppress(KeyboardInterrupt):  # whoever hits Ctrl-C once more sees no traceback
        _warm.close()


def _forget() -> None:
    """Begin anew in a forked child, which has the memory of the executor, but not its thread."""
    global _warm
    _warm = WarmExecutor()


atexit.register(_close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
