"""Workers of a Dask cluster, each of which keeps slots that can be killed.

::

    fit ──submit──► inbox ──► the thread of the executor ──task──► scheduler ──► Dask worker
     ▲                          │  every two seconds: which workers are there?      │ Site: slots
     └───────── Future ◄────────┴──────────────── answer ◄──────────────────────────┘

Dask decides which worker does which job, and does it again if the worker is lost. The limits are
those of the slots (`site.py`). This thread turns jobs into tasks and answers into results. It sends
what was lost with the scheduler once more, and keeps away from workers that can do no job. It waits
for no worker: one that is stopped would hold up all jobs.
"""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from math import inf
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import cloudpickle
import numpy as np

from automl.errors import AutoMLError, SettingsError, warn
from automl.execution.connection import PATIENCE, Connection
from automl.execution.job import JobFile, WorkerDiedError
from automl.execution.remote_job import RemoteJob
from automl.execution.site import (
    Answer,
    MissingError,
    Order,
    Parcel,
    RefusedError,
    leave,
    pass_on,
    run_order,
)
from automl.execution.versions import differences, own_versions
from automl.execution.worker import files_of
from automl.outcome import cause_of

logger = logging.getLogger("automl.execution")

PULSE = 0.5  # seconds after which the thread looks around, if nothing wakes it
LOOK = 2.0  # seconds between two looks at the workers of the cluster
ANSWERING = 10.0  # seconds to wait for the versions of the workers at the start
LEAVING = 5.0  # seconds to wait for the workers at the end; sites close by themselves, only later
ABSENCE = 30.0  # seconds without any worker after which that is told; a nanny may start one again
CLOSING = 20.0  # seconds to wait for the end of the thread
WAITING = 4  # threads for each job that waits, beside the first
MOST_LOSSES = 2  # times that Dask gives a job up for the workers that died with it
MOST_RETURNS = 10  # times that a job comes back for reasons that are not its own
CLOSED = "the connection to the cluster was closed"
# A problem travels within a task, of which Dask thinks as code: it warns of more than 10 MB.
QUIETLY = {"distributed.admin.large-graph-warning-threshold": "1 TB"}


class DaskExecutor:
    """The workers of a cluster, which may come and go.

    Parameters
    ----------
    cluster : str or Client
        The address of the scheduler, or a client.
    mebibytes : float or None
        The memory that a job may use; None is a share of that of its Dask worker.

    Raises
    ------
    SettingsError
        If no scheduler answers, or all its workers have other versions than this process.
    """

    def __init__(self, cluster: Any, mebibytes: float | None) -> None:
        self._connection = Connection(cluster)
        self._mebibytes = mebibytes
        self._name = f"automl-{uuid.uuid4().hex[:12]}"
        self._inbox: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._jobs: dict[int, RemoteJob] = {}
        self._unsent: list[RemoteJob] = []
        self._parcels: dict[str, Any] = {}
        self._threads: dict[str, int] = {}  # of the workers that may do jobs, by address
        self._asked: dict[str, Future[dict[str, str]]] = {}  # for their versions, by address
        self._refused: dict[str, str] = {}  # the reasons, by address
        self._news: SimpleQueue[str] = SimpleQueue()  # of the refused, for the user's thread
        self._last_seen = inf  # a worker that can do jobs, unless its absence was told
        self._n_jobs = 0
        self._next_look = 0.0
        self._lock = threading.Lock()
        self._is_closed = False
        self._failure: BaseException = AutoMLError(CLOSED)
        try:
            self._look()
            wait(self._asked.values(), ANSWERING)
            wait(self._asked.values(), PATIENCE, FIRST_COMPLETED)  # on a busy machine
            self._look()
            self._check_start()
        except BaseException:
            self._connection.close()
            raise
        self._thread = threading.Thread(target=self._serve, name="automl-cluster", daemon=True)
        self._thread.start()

    @property
    def workers(self) -> int:
        """The threads of the cluster, at least one; it may grow and shrink."""
        with suppress(Empty):
            while True:
                warn(self._news.get_nowait())
        return max(1, sum(self._threads.values()))

    @property
    def capacity(self) -> int:
        """The number of jobs to hand out at once.

        A few wait at the scheduler, so that no thread waits for the next one, and a cluster that
        adapts to what waits sees that there is more to do.
        """
        return self.workers + 1 + self.workers // WAITING

    @property
    def threads(self) -> int:
        """The threads of the smallest worker, since nobody knows which one does a job."""
        return max(1, min(self._threads.values(), default=1))

    def submit(
        self, function: Callable[..., Any], *args: Any, timeout: float | None, traces: str = ""
    ) -> "Future[Any]":
        """Run a function in a slot of a Dask worker.

        Parameters
        ----------
        function, *args, timeout, traces
            As `Executor.submit` takes them.

        Returns
        -------
        Future
            As that of `Executor.submit`.
        """
        self._n_jobs += 1
        content = cloudpickle.dumps((function, args))
        file = next((value for value in args if isinstance(value, JobFile)), None)
        job = RemoteJob(self._n_jobs, content, timeout, Future(), traces, file=file)
        job.future.add_done_callback(lambda future: self._note_cancel(job))
        with self._lock:  # a job that comes too late would wait for ever
            if self._is_closed:
                job.settle(error=self._failure)
            else:
                self._inbox.put(lambda: self._take(job))
        return job.future

    def _note_cancel(self, job: RemoteJob) -> None:
        if job.future.cancelled():
            self._inbox.put(lambda: self._settle(job))

    def close(self) -> None:
        """End all jobs, and whatever is left of them in the cluster."""
        with self._lock:
            self._is_closed = True
        self._inbox.put(lambda: None)
        self._thread.join(CLOSING)

    # The rest runs in the thread of the executor, which owns all jobs.

    def _serve(self) -> None:
        try:
            while not self._is_closed:
                self._obey()
                if self._connection.restore():
                    self._look_again()
                    self._send_all()
        except AutoMLError as failure:
            self._failure = failure
        except BaseException as failure:
            self._failure = AutoMLError(f"the jobs for the cluster failed: {cause_of(failure)}")
            logger.exception("the executor failed")
        with self._lock:
            self._is_closed = True
        self._end(self._failure)

    def _obey(self) -> None:
        with suppress(Empty):
            self._inbox.get(timeout=PULSE)()
            while True:
                self._inbox.get_nowait()()

    def _take(self, job: RemoteJob) -> None:
        if not job.future.cancelled():
            self._jobs[job.number] = job
            self._unsent.append(job)

    def _send_all(self) -> None:
        if self._refused and not self._threads:
            return  # those that are there can do none
        unsent, self._unsent = self._unsent, []
        for job in unsent:
            if job.number in self._jobs:
                self._send(job)

    def _send(self, job: RemoteJob) -> None:
        """Turn a job into a task, for any worker as long as none was refused."""
        job.n_sent += 1
        key = f"{self._name}-{job.number}-{job.n_sent}"
        parcel = None if job.file is None else self._parcel_of(job.file)
        order = Order(
            self._name,
            key,
            job.content,
            job.timeout,
            job.traces,
            self._mebibytes,
            own_versions(),
            None if parcel is None else parcel.key,
        )
        inputs: tuple[Any, ...] = (order,)
        job.places = tuple(self._threads) if self._refused else ()
        if job.destination in self._threads:  # which lacks the files
            inputs, job.places = (order, parcel), (job.destination,)
        job.destination = ""
        job.task = self._connection.client.submit(
            run_order, *inputs, key=key, pure=False, workers=job.places or None
        )
        job.task.add_done_callback(lambda task: self._inbox.put(lambda: self._receive(job, task)))

    def _parcel_of(self, file: JobFile) -> Any:
        """Return the future of the files beside a job, which are sent once."""
        parcel = self._parcels.get(file)
        if parcel is None or parcel.status in ("cancelled", "lost"):
            import dask

            paths = [Path(path) for path in files_of(file)]
            contents = tuple(np.fromfile(path, dtype=np.uint8) for path in paths)
            content = Parcel(tuple(path.name for path in paths), contents)
            self._parcels.clear()  # that of files that a job has harmed
            with dask.config.set(QUIETLY):
                parcel = self._connection.client.submit(
                    pass_on, content, key=f"{self._name}-{uuid.uuid4().hex}", pure=False
                )
            self._parcels[file] = parcel
        return parcel

    def _receive(self, job: RemoteJob, task: Any) -> None:
        """Take what became of a task."""
        if job.task is not task or job.number not in self._jobs:
            return
        if task.status == "finished":
            result = self._connection.result_of(task)
            result.add_done_callback(
                lambda result: self._inbox.put(lambda: self._read(job, task, result))
            )
        elif task.status == "error":
            self._fail(job, task.exception())
        else:  # it was lost with the scheduler
            self._unsent.append(job)

    def _read(self, job: RemoteJob, task: Any, result: "Future[Answer]") -> None:
        """Read the result of a task, if its job still waits for it."""
        if job.task is not task or job.number not in self._jobs:
            return
        try:
            answer = result.result(timeout=0)
        except Exception as error:  # noqa: BLE001 its worker died, or it is no pickle
            self._return(job, cause_of(error))
        else:
            self._answer(job, answer)

    def _answer(self, job: RemoteJob, answer: Answer) -> None:
        if isinstance(answer.error, RefusedError):
            self._refuse(answer.error.address, answer.error.reason)
            self._return(job, answer.error.reason)
        elif isinstance(answer.error, MissingError):
            job.destination = answer.error.address
            self._return(job, "its files are missing")
        elif answer.error is not None:
            self._settle(job, error=answer.error)
        elif answer.is_file:
            try:
                self._settle(job, result=job.file_of(answer.value))
            except OSError as error:
                self._settle(job, error=AutoMLError(f"a result is lost: {cause_of(error)}"))
        else:
            self._settle(job, result=answer.value)

    def _fail(self, job: RemoteJob, error: BaseException) -> None:
        """Try a job again that Dask has given up, unless several workers have died with it."""
        if type(error).__name__ != "KilledWorker":
            self._return(job, cause_of(error))  # such as a worker that lacks this package
            return
        # The scheduler has a number of tries of its own, which may be none.
        job.n_losses += 1 + getattr(error, "allowed_failures", 0)
        if job.n_losses < MOST_LOSSES:
            self._unsent.append(job)
        else:
            self._settle(job, error=WorkerDiedError(None))

    def _return(self, job: RemoteJob, reason: str) -> None:
        """Send a job once more that is not to blame for what happened."""
        job.n_returns += 1
        logger.info("job %d comes back: %s", job.number, reason)
        self._next_look = 0.0
        if job.n_returns < MOST_RETURNS:
            self._unsent.append(job)
        else:
            self._settle(job, error=AutoMLError(f"no worker of the cluster can do it: {reason}"))

    def _settle(
        self, job: RemoteJob, result: Any = None, error: BaseException | None = None
    ) -> None:
        """Tell the future of a job, and let Dask forget the task, which kills its slot."""
        self._jobs.pop(job.number, None)
        task, job.task = job.task, None
        if task is not None:
            task.release()
        job.settle(result, error)

    def _look_again(self) -> None:
        """Look at the cluster when it is time to; a scheduler that is silent may be back later."""
        if time.monotonic() >= self._next_look:
            with suppress(OSError, TimeoutError):
                self._look()
            self._next_look = time.monotonic() + LOOK

    def _look(self) -> None:
        """See which workers there are, and ask those that are new for their versions."""
        threads: dict[str, int] = dict(self._connection.client.nthreads())
        self._asked = {place: answer for place, answer in self._asked.items() if place in threads}
        for address in sorted(threads.keys() - self._asked.keys()):
            self._asked[address] = self._connection.versions_of(address)
        usable = [address for address in threads if self._is_usable(address)]
        self._threads = {address: threads[address] for address in usable}
        if usable:
            self._last_seen = time.monotonic()
        elif time.monotonic() - self._last_seen > ABSENCE:
            self._last_seen = inf
            self._news.put("the cluster has no worker any more that can do jobs; they wait for one")
        self._send_again(self._threads)

    def _is_usable(self, address: str) -> bool:
        """Tell whether a worker has answered, and has the versions of this process."""
        answer = self._asked[address]
        if address in self._refused or not answer.done():
            return False
        if answer.cancelled() or answer.exception() is not None:
            del self._asked[address]  # it is asked once more if it is there at the next look
            return False
        if difference := differences(answer.result(), own_versions()):
            self._refuse(address, difference)
        return not difference

    def _check_start(self) -> None:
        """Raise an error if all workers are refused; others may come where there are none yet."""
        if self._refused and not self._threads:
            reasons = "; ".join(f"{place}: {reason}" for place, reason in self._refused.items())
            raise SettingsError(
                "no worker of the cluster can do a job; install there what is installed here, or "
                f"start others: {reasons}"
            )
        if not self._threads:
            warn("the cluster has no worker yet that answers; jobs wait until there is one")

    def _send_again(self, addresses: Collection[str]) -> None:
        """Free the jobs that wait for workers which are gone."""
        for job in self._jobs.values():
            if job.task is not None and job.places and not set(job.places) & set(addresses):
                task, job.task = job.task, None
                task.release()
                self._unsent.append(job)

    def _refuse(self, address: str, reason: str) -> None:
        if address not in self._refused:
            self._refused[address] = reason
            self._threads = {
                place: number for place, number in self._threads.items() if place != address
            }
            message = f"the Dask worker {address} is left out: {reason}"
            logger.warning(message)
            self._news.put(message)

    def _end(self, error: BaseException) -> None:
        """Let no future wait for ever, and nothing stay in the cluster."""
        with suppress(Empty):
            while True:
                self._inbox.get_nowait()()
        for job in list(self._jobs.values()):
            self._settle(job, error=error)
        self._parcels.clear()
        try:
            if self._connection.is_running:
                self._connection.call_all(leave, self._name).result(LEAVING)
        except Exception as failure:  # noqa: BLE001 sites close by themselves, only later
            logger.info("the cluster was left without a word: %s", cause_of(failure))
        with suppress(Exception):
            self._connection.close()
