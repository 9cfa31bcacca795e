"""A cluster whose scheduler and workers fail while jobs run."""

import os
import signal
import sys
import threading
import time
from concurrent.futures import FIRST_COMPLETED, wait
from pathlib import Path

import pytest

from automl import AutoMLWarning
from automl.execution import connection, dask
from automl.execution.connection import LostSchedulerError
from automl.execution.dask import DaskExecutor
from benchmarks.torture.dask_cluster import end, signal_tree
from tests.clusters import PLENTY, files_of, started_cluster, wait_until
from tests.execution import jobs

distributed = pytest.importorskip("distributed")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are stopped as on Linux"),
]


@pytest.fixture
def cluster():
    with started_cluster(1) as cluster:
        yield cluster


def executor_of(cluster):
    """Return an executor of a cluster that has a worker."""
    with distributed.Client(cluster.address, timeout=PLENTY, set_as_default=False) as client:
        client.wait_for_workers(1, timeout=PLENTY)
    return DaskExecutor(cluster.address, 512)


def test_a_scheduler_that_is_killed_and_started_again(cluster, tmp_path):
    executor = executor_of(cluster)
    running = executor.submit(jobs.first_time_slow, tmp_path / "pid", timeout=None)
    waiting = executor.submit(abs, -1, timeout=PLENTY)
    wait_until((tmp_path / "pid").exists)
    end(cluster.scheduler)
    meanwhile = executor.submit(abs, -2, timeout=PLENTY)
    cluster.start_scheduler()
    cluster.start_worker()
    results = [job.result(PLENTY) for job in (running, waiting, meanwhile)]
    assert results == ["done", 1, 2]
    executor.close()


def test_a_scheduler_that_does_not_come_back_is_an_error(cluster, tmp_path, monkeypatch):
    monkeypatch.setattr(connection, "CONNECTING", 1.0)
    monkeypatch.setattr(connection, "PATIENCE", 3.0)
    executor = executor_of(cluster)
    job = executor.submit(jobs.leave_trace, tmp_path / "pid", timeout=None)
    end(cluster.scheduler)
    with pytest.raises(LostSchedulerError, match=r"is lost: .*start it again, and continue a run"):
        job.result(PLENTY)
    executor.close()


def test_a_silence_of_ten_seconds_is_survived(cluster):
    executor = executor_of(cluster)
    assert executor.submit(abs, -1, timeout=PLENTY).result(PLENTY) == 1
    running = executor.submit(time.sleep, 3, timeout=PLENTY)
    cluster.scheduler.send_signal(signal.SIGSTOP)
    meanwhile = executor.submit(abs, -2, timeout=PLENTY)
    time.sleep(10)
    cluster.scheduler.send_signal(signal.SIGCONT)
    assert (running.result(PLENTY), meanwhile.result(PLENTY)) == (None, 2)
    executor.close()


def test_workers_that_are_stopped_hold_up_no_other(cluster):
    """One with an answer that nobody has fetched, and one before it tells its versions."""
    executor = executor_of(cluster)
    holding = threading.Event()
    (stopped,) = cluster.nannies
    with distributed.Client(cluster.address, timeout=60, set_as_default=False) as client:
        answered = executor.submit(abs, -1, timeout=PLENTY)
        wait_until(lambda: answered.done() or executor._jobs)
        executor._inbox.put(holding.wait)  # so that it fetches nothing and asks nobody
        jobs_sent = [executor.submit(abs, -2, timeout=PLENTY) for _ in range(4)]
        wait_until(lambda: answered.done() or _is_finished(executor))
        signal_tree(stopped.pid, signal.SIGSTOP)
        silent = cluster.start_worker()
        client.wait_for_workers(2, timeout=PLENTY)
        signal_tree(silent.pid, signal.SIGSTOP)
        cluster.start_worker()
        client.wait_for_workers(3, timeout=PLENTY)
        holding.set()
        assert wait(jobs_sent, PLENTY, FIRST_COMPLETED).done
    for worker in (stopped, silent):
        signal_tree(worker.pid, signal.SIGCONT)
    assert [job.result(PLENTY) for job in [answered, *jobs_sent]] == [1, 2, 2, 2, 2]
    executor.close()


def _is_finished(executor):
    tasks = [job.task for job in executor._jobs.values()]
    return any(task is not None and task.status == "finished" for task in tasks)


def test_workers_that_are_gone_are_told_and_others_go_on(cluster, monkeypatch):
    monkeypatch.setattr(dask, "ABSENCE", 1.0)
    executor = executor_of(cluster)
    (worker,) = cluster.nannies
    end(worker)
    job = executor.submit(abs, -1, timeout=PLENTY)
    wait_until(lambda: not executor._news.empty())
    with pytest.warns(AutoMLWarning, match="no worker any more that can do jobs"):
        assert executor.workers == 1
    cluster.start_worker()
    assert job.result(PLENTY) == 1
    executor.close()


def test_a_cluster_without_workers_waits_for_one():
    with started_cluster(0) as cluster:
        with pytest.warns(AutoMLWarning, match="no worker yet that answers; jobs wait until"):
            executor = DaskExecutor(cluster.address, 512)
        job = executor.submit(abs, -1, timeout=PLENTY)
        cluster.start_worker()
        assert job.result(PLENTY) == 1
        executor.close()


def test_a_worker_with_a_full_disk_is_left_out(cluster, tmp_path):
    executor = executor_of(cluster)
    for folder in files_of(cluster):  # as of another fit
        folder.rmdir()
    (worker,) = Path(cluster.folder / "local" / "dask-scratch-space").glob("worker-*[!k]")
    for file in (worker, *worker.glob("*")):
        file.chmod(0o500)
    if os.access(worker, os.W_OK):  # the superuser may write everywhere
        worker.rename(worker.with_name("moved"))
    job = executor.submit(abs, -1, timeout=PLENTY)
    wait_until(lambda: executor._refused)
    cluster.start_worker()
    assert job.result(PLENTY) == 1
    with pytest.warns(UserWarning, match="is left out: FileNotFoundError|PermissionError"):
        assert executor.workers == 1
    executor.close()
