"""The site of a fit: what a Dask worker keeps as long as it has jobs of that fit.

::

    Dask worker: thread ──run_order──► Site ─┬─ LocalExecutor ──► slots, as many as threads
                                             └─ folder: the files of the problem, written once
                                                         └──► mapped into memory by the slots

Dask has no limits for a task and cannot stop one. So a task only waits for a slot, which is killed
at its limit as on the user's own machine. It is killed, too, when Dask forgets the task: somebody
cancelled it, or the process that had asked for it is gone.

All of this runs inside of a Dask worker. The process that fits only names `run_order`.
"""

import shutil
import tempfile
import threading
import time
from collections.abc import Mapping
from concurrent.futures import CancelledError, Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import cloudpickle
import numpy as np
from numpy.typing import NDArray

from automl.errors import AutoMLError
from automl.execution.job import JobFile
from automl.execution.limits import Limits, share_of
from automl.execution.local import LocalExecutor
from automl.execution.versions import differences, own_versions
from automl.execution.worker import Stamp, stamps_of
from automl.outcome import cause_of

PULSE = 0.1  # seconds after which a task looks whether it is still wanted
IDLE = 300.0  # seconds without a job after which a site closes: its fit may have been killed
CANCELLED = "cancelled"  # the state of a task that runs, and that Dask wants no more


class RefusedError(Exception):
    """A Dask worker can do no job; the text says why."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(address, reason)
        self.address = address
        self.reason = reason


class MissingError(Exception):
    """A Dask worker lacks the files that a job reads, which have to go with it."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


class Order(NamedTuple):
    """A job on its way to a Dask worker."""

    fit: str
    """The name of the fit."""
    key: str
    """The name of the task at Dask."""
    content: bytes
    """The pickle of a function and its arguments, which only the slot reads."""
    timeout: float | None
    """The seconds after which the slot is killed."""
    traces: str
    """The classes of the user that it runs."""
    mebibytes: float | None
    """The memory of a slot; None is a share of that of the Dask worker."""
    versions: Mapping[str, str]
    """The versions that the Dask worker has to have."""
    parcel: str | None
    """The name of the files that the job reads."""


class Answer(NamedTuple):
    """What comes back: a result, or the error of the job as `LocalExecutor` has it."""

    value: Any
    """The result; that of a `JobFile` is its bytes."""
    error: Exception | None
    """The error. It is no error of the Dask task, which Dask would log as its own."""
    is_file: bool = False
    """Whether the value is what was in a file."""


@dataclass(frozen=True)
class Parcel:
    """The files of a problem, as they travel; they go to each Dask worker once."""

    names: tuple[str, ...]
    """The names of the files; the first is the one that jobs are given."""
    contents: tuple[NDArray[np.uint8], ...]
    """Their bytes."""


def pass_on(parcel: Parcel) -> Parcel:
    """Return a parcel: the task by which Dask has it, and has it again if its holders are lost."""
    return parcel


def run_order(order: Order, parcel: Parcel | None = None) -> Answer:
    """Do a job in a slot of this Dask worker.

    Parameters
    ----------
    order : Order
    parcel : Parcel, optional
        The files that the job reads, if this worker lacked them when the job came first. If they
        were an input of each task, Dask would pile the tasks up where large data are.
    """
    from distributed import get_worker

    worker = get_worker()
    if difference := differences(own_versions(), order.versions):
        return Answer(None, RefusedError(worker.address, difference))
    try:
        return _site_of(order, worker).run(order, parcel)
    except (OSError, AutoMLError) as error:  # such as a full disk, or no room for a process
        return Answer(None, RefusedError(worker.address, cause_of(error)))


class Site:
    """Slots and a folder inside of a Dask worker, for the jobs of one fit.

    Parameters
    ----------
    worker : distributed.Worker
    executor : LocalExecutor
    """

    def __init__(self, worker: Any, executor: LocalExecutor) -> None:
        self._worker = worker
        self._executor = executor
        # Dask removes its own folder, also if the worker was killed and another one follows.
        self._folder = Path(tempfile.mkdtemp(prefix="automl-", dir=worker.local_directory))
        self._lock = threading.Lock()
        self._written: dict[str | None, tuple[JobFile, tuple[Stamp, ...]]] = {}
        self._n_running = 0
        self._last = time.monotonic()

    @property
    def is_alive(self) -> bool:
        """Whether it takes jobs."""
        return self._executor.is_alive

    @property
    def is_idle(self) -> bool:
        """Whether it had no job for long."""
        return self._n_running == 0 and time.monotonic() - self._last > IDLE

    def enter(self) -> None:
        """Note that a job comes, so that the site is not closed before."""
        with self._lock:
            self._n_running += 1

    def run(self, order: Order, parcel: Parcel | None) -> Answer:
        """Do a job, if its files are there, and still are so afterwards.

        Parameters
        ----------
        order : Order
        parcel : Parcel or None
            Files to write if they are not there.
        """
        try:
            path = self._path_of(order.parcel, parcel)
            if path is None and order.parcel is not None:
                return Answer(None, MissingError(self._worker.address))
            job = self._executor.submit(
                run_content, order.content, path, timeout=order.timeout, traces=order.traces
            )
            while not wait([job], PULSE).done:
                if not _is_wanted(self._worker, order.key):
                    job.cancel()
            # Code of the user is the only one that harms files, so its own outcome counts. That of
            # another job beside it says nothing.
            is_void = path is not None and not (order.traces or self._is_sound(order.parcel))
            return Answer(None, MissingError(self._worker.address)) if is_void else _answer_of(job)
        finally:
            with self._lock:
                self._n_running -= 1
                self._last = time.monotonic()

    def _path_of(self, name: str | None, parcel: Parcel | None) -> JobFile | None:
        """Return where the files of a parcel lie, and write them if they do not."""
        with self._lock:
            if self._is_sound(name):
                return self._written[name][0]
            if name is None or parcel is None:
                return None
            folder = Path(tempfile.mkdtemp(dir=self._folder))
            for file_name, content in zip(parcel.names, parcel.contents, strict=True):
                content.tofile(folder / file_name)
            path = JobFile(folder / parcel.names[0])
            self._written[name] = path, stamps_of(path)
            return path

    def _is_sound(self, name: str | None) -> bool:
        path, stamps = self._written.get(name, (None, ()))
        return path is not None and stamps_of(path) == stamps

    def close(self) -> LocalExecutor:
        """End all jobs, remove the folder, and return the executor, which may serve others."""
        self._executor.renew()  # its workers have mapped the files
        shutil.rmtree(self._folder, ignore_errors=True)
        return self._executor


def run_content(content: bytes, path: JobFile | None) -> Any:
    """Run the function of a job inside of a slot, with the files where they lie here.

    Parameters
    ----------
    content : bytes
    path : JobFile or None
    """
    function, arguments = cloudpickle.loads(content)
    return function(*(path if isinstance(value, JobFile) else value for value in arguments))


def _answer_of(job: "Future[Any]") -> Answer:
    try:
        value = job.result()
    except CancelledError:
        return Answer(None, None)  # nobody waits for it
    except AutoMLError:
        raise
    except Exception as error:  # noqa: BLE001 an error of job.py
        return Answer(None, error)
    if not isinstance(value, JobFile):
        return Answer(value, None)
    try:
        return Answer(Path(value).read_bytes(), None, is_file=True)
    finally:
        Path(value).unlink()


def _is_wanted(worker: Any, key: str) -> bool:
    """Tell whether Dask still wants the result of a task that runs."""
    task = worker.state.tasks.get(key)
    return task is not None and task.state != CANCELLED


def _mebibytes(worker: Any, n_threads: int) -> float:
    """Return the MiB of a slot out of those that the Dask worker may use."""
    limit = worker.memory_manager.memory_limit
    if not limit:  # the Dask worker has none
        return Limits().mebibytes_of(n_threads)
    return share_of(limit / 2**20, n_threads)


_sites: dict[tuple[str, str], Site] = {}
"""By fit and address: a process may have several Dask workers."""
_warm: dict[str, tuple[LocalExecutor, float]] = {}
"""Executors of fits that have ended, and when that was, by address: imports take seconds."""
_lock = threading.Lock()
_tidying: list[threading.Thread] = []


def _site_of(order: Order, worker: Any) -> Site:
    key = order.fit, worker.address
    with _lock:
        site = _sites.get(key)
        if site is None or not site.is_alive:
            if site is not None:
                site.close()
            _sites[key] = site = Site(worker, _executor_of(order, worker))
            if not _tidying:
                _tidying.append(threading.Thread(target=_tidy, name="automl-sites", daemon=True))
                _tidying[0].start()
        site.enter()
    return site


def _executor_of(order: Order, worker: Any) -> LocalExecutor:
    """Return the executor of the last fit, or a new one."""
    n_threads = worker.state.nthreads
    mebibytes = order.mebibytes or _mebibytes(worker, n_threads)
    executor, _ = _warm.pop(worker.address, (None, 0.0))
    if executor is None or not executor.is_alive:
        return LocalExecutor(n_threads, mebibytes)
    executor.resize(n_threads, mebibytes)
    return executor


def _tidy() -> None:
    """Close what nobody uses any more; it ends with the last of it."""
    while True:
        time.sleep(1.0)
        with _lock:
            # Their fits went without a word.
            closed = [_sites.pop(key) for key in list(_sites) if _sites[key].is_idle]
            end = time.monotonic() - IDLE
            cold = [_warm.pop(key)[0] for key in list(_warm) if _warm[key][1] < end]
            is_last = not (_sites or _warm)
            if is_last:
                _tidying.clear()
        for executor in [*cold, *(site.close() for site in closed)]:
            executor.close()
        if is_last:
            return


def leave(fit: str) -> None:
    """Close the sites of a fit that has ended; Dask runs this where nothing may wait.

    Parameters
    ----------
    fit : str
        Its name.
    """
    threading.Thread(target=_leave, args=(fit,), name="automl-leaving").start()


def _leave(fit: str) -> None:
    with _lock:
        for key in [key for key in _sites if key[0] == fit]:
            executor = _sites.pop(key).close()
            replaced, _ = _warm.pop(key[1], (None, 0.0))
            _warm[key[1]] = executor, time.monotonic()
            if replaced is not None:
                replaced.close()
