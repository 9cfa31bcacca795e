"""The connection to the scheduler of a Dask cluster, and how a user names it.

::

    executor="tcp://..."        a client of our own, which connects again as long as there is hope
    executor=Client(...)        the user's client, which is left as it is
    parallel_config("dask")     the client of joblib's backend
"""

import asyncio
import gc
import sys
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

import joblib

from automl.errors import AutoMLError, SettingsError
from automl.execution.cores import is_task
from automl.execution.versions import versions_by
from automl.outcome import cause_of

CONNECTING = 10.0  # seconds for a scheduler to answer at the start
PATIENCE = 60.0  # seconds without a scheduler after which a fit is given up
PAUSE = 1.0  # seconds between two attempts
CLOSING = 5.0
RUNNING, CONNECTED_LATER = "running", "connecting"
TLS_ERRORS = (TypeError, RuntimeError)  # of Dask: no certificates, or an address without TLS
BACKEND = "DaskDistributedBackend"  # of joblib


class LostSchedulerError(AutoMLError):
    """The scheduler of a cluster is gone."""


def is_client(value: Any) -> bool:
    """Tell whether a value is a `dask.distributed.Client`, without an import of Dask."""
    module = sys.modules.get("distributed")
    return module is not None and isinstance(value, module.Client)


def by_address(executor: Any) -> Any:
    """Return an executor as it can be copied and stored: a client as the address of its scheduler.

    Parameters
    ----------
    executor : str, Client or None
    """
    return address_of(executor) if is_client(executor) else executor


def address_of(client: Any) -> str:
    """Return the address of the scheduler of a client."""
    # That of a client which is closed by now is what it was made with.
    scheduler = client.scheduler
    return str(scheduler.address if scheduler is not None else client._start_arg)


def check_executor(executor: Any) -> None:
    """Raise an error if an executor is none.

    Raises
    ------
    SettingsError
        If it is neither an address, nor a client, nor None; or if Dask is not installed.
    """
    if executor is None:
        return
    if isinstance(executor, str) and executor:
        try:
            import distributed  # noqa: F401
        except ModuleNotFoundError as error:
            if error.name not in ("distributed", "dask"):
                raise
            raise SettingsError(
                f"executor={executor!r} needs distributed, which is not installed: "
                "pip install 'automl-gp[cluster]'"
            ) from error
    elif not is_client(executor):
        raise SettingsError(
            "expected executor as the address of a Dask scheduler, such as 'tcp://127.0.0.1:8786', "
            f"as a dask.distributed.Client, or as None for this machine, got {executor!r:.100}"
        )
    elif executor.asynchronous:
        raise SettingsError(
            "expected executor as a Client that waits, got an asynchronous one; leave "
            "asynchronous=True out"
        )


def chosen_cluster(executor: Any) -> Any:
    """Return the address or the client of the cluster that the user wants; None is this machine.

    Parameters
    ----------
    executor : str, Client or None
        What the estimator was given. None stands for the backend of joblib, if that is Dask.

    Raises
    ------
    SettingsError
        As `check_executor`.
    """
    check_executor(executor)
    if executor is not None:
        return executor
    backend, _ = joblib.parallel.get_active_backend()
    return backend.client if type(backend).__name__ == BACKEND else None


class Connection:
    """A client, which is made again if it is our own and lost its scheduler.

    Parameters
    ----------
    cluster : str or Client
    """

    def __init__(self, cluster: Any) -> None:
        self._is_own = isinstance(cluster, str)
        self.address = cluster if self._is_own else address_of(cluster)
        self.client: Any = self._connect() if self._is_own else cluster
        self._last = time.monotonic()
        self._next = 0.0
        if not self.is_running:
            raise SettingsError(
                f"expected a Client that is connected, got one that is {self.client.status}; "
                "make a new one"
            )

    def _connect(self) -> Any:
        from distributed import Client

        try:
            return Client(self.address, timeout=CONNECTING, set_as_default=False)
        except (OSError, ValueError, *TLS_ERRORS) as error:
            cause = cause_of(error)
            advice = "start one by `dask scheduler` and check the address"
            is_tls = self.address.startswith("tls://") or "encryption" in str(error)
            if isinstance(error, TLS_ERRORS) and is_tls:
                advice = "use tls:// and the certificates of distributed.comm.tls, or a Client"
        # The client that failed lives on in the error, which is gone now. Dask closes a client that
        # is collected, and waits for ever if another one is just starting.
        gc.collect()
        raise SettingsError(
            f"no Dask scheduler answers at {self.address!r} ({cause}); {advice}, or leave "
            "executor=None to use this machine"
        )

    @property
    def is_running(self) -> bool:
        """Whether the scheduler is there."""
        return bool(self.client.status == RUNNING)

    def restore(self) -> bool:
        """Tell whether the scheduler is there, and try to reach it if it is not.

        Raises
        ------
        LostSchedulerError
            If it was away for too long, or the user's client was closed.
        """
        now = time.monotonic()
        if self.is_running:
            self._last = now
            return True
        if not self._is_own and self.client.status != CONNECTED_LATER:
            self._give_up("its Client was closed")
        if now - self._last > PATIENCE:
            self._give_up(f"it did not answer for {PATIENCE:.0f} s")
        if self._is_own and self.client.status != CONNECTED_LATER and now > self._next:
            try:
                self.client = self._connect()
            except SettingsError:
                self._next = time.monotonic() + PAUSE
        return self.is_running

    def _give_up(self, reason: str) -> None:
        raise LostSchedulerError(
            f"the Dask scheduler at {self.address!r} is lost: {reason}; start it again, and "
            "continue a run that has a history by fit(..., resume=True)"
        )

    def versions_of(self, address: str) -> "Future[dict[str, str]]":
        """Ask a Dask worker for its versions, and do not wait: it may be stopped.

        Parameters
        ----------
        address : str
        """
        client = self.client

        async def call(function: Any, *args: Any) -> Any:
            return (await client.run(function, *args, workers=[address]))[address]

        return self._start(versions_by(call))

    def result_of(self, task: Any) -> "Future[Any]":
        """Fetch the result of a task, and do not wait: its worker may be stopped.

        Parameters
        ----------
        task : distributed.Future
        """
        client = self.client

        async def fetch() -> Any:
            return await client.gather(task)

        return self._start(fetch())

    def call_all(self, function: Any, *args: Any) -> "Future[Any]":
        """Call a function in all Dask workers, and do not wait.

        Parameters
        ----------
        function : callable
        *args
        """
        client = self.client

        async def call() -> Any:
            return await client.run(function, *args, on_error="ignore")

        return self._start(call())

    def _start(self, work: Coroutine[Any, Any, Any]) -> "Future[Any]":
        # Inside of the client's own loop, its methods can be awaited.
        return asyncio.run_coroutine_threadsafe(work, self.client.loop.asyncio_loop)

    def close(self) -> None:
        """Close the client if it is our own."""
        if self._is_own:
            self.client.close(CLOSING)


@contextmanager
def outside_of_pool() -> Iterator[None]:
    """Leave the threads of a Dask worker while a fit that runs as its task waits for other tasks.

    Else as many fits as there are threads would wait for ever: no thread would be left for them.
    """
    if not is_task():
        yield
        return
    module = sys.modules["distributed"]
    module.secede()
    try:
        yield
    finally:
        module.rejoin()
