"""The jobs of a search in the processes of a real Dask cluster."""

import copy
import gc
import os
import pickle
import signal
import sys
import time
from concurrent.futures import CancelledError
from pathlib import Path

import joblib
import psutil
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_val_score

import automl
from automl.errors import AutoMLError, AutoMLWarning, SettingsError
from automl.execution import connection, lend_executor
from automl.execution.cores import workers_for
from automl.execution.dask import DaskExecutor
from automl.execution.job import (
    JobError,
    JobFile,
    JobTimeoutError,
    WorkerDiedError,
)
from automl.execution.limits import Limits
from automl.execution.versions import differences, own_versions
from benchmarks.running.provenance import ROOT
from benchmarks.torture.dask_cluster import end
from tests.clusters import PLENTY, files_of, started_cluster, wait_until
from tests.execution import jobs
from tests.recording import check_threads, recording_search
from tests.searches import X, classifier, labels

distributed = pytest.importorskip("distributed")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the processes are watched as on Linux"),
]

TARGET = labels(0.4)


@pytest.fixture(scope="module")
def cluster():
    with started_cluster(2) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def client(cluster):
    with distributed.Client(cluster.address, timeout=PLENTY, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=PLENTY)
        yield client


@pytest.fixture(scope="module")
def executor(client):
    executor = DaskExecutor(client, 512)
    yield executor
    executor.close()


def problem_in(folder, content=b"abc"):
    """Return the first of the two files that a problem has."""
    folder.mkdir(exist_ok=True)
    path = folder / "problem"
    path.write_bytes(content)
    path.with_suffix(".settings").write_bytes(b"settings")
    return JobFile(path)


def test_jobs_run_in_the_slots_of_the_workers(executor, client):
    assert (executor.workers, executor.threads) == (2, 1)
    pids = {executor.submit(os.getpid, timeout=PLENTY).result(PLENTY) for _ in range(4)}
    assert not pids & {os.getpid(), *client.run(os.getpid).values()}
    dask_workers = set(client.run(os.getpid).values())
    assert {parent.pid for pid in pids for parent in psutil.Process(pid).parents()} & dask_workers


@pytest.mark.parametrize(
    ("function", "error"),
    [(jobs.fail, JobError), (jobs.die, WorkerDiedError), (jobs.fill_memory, JobError)],
)
def test_the_end_of_a_job_is_the_same_as_at_home(executor, function, error):
    with pytest.raises(error):
        executor.submit(function, timeout=PLENTY).result(PLENTY)


def test_a_job_that_hangs_is_killed_at_its_limit(executor):
    job = executor.submit(time.sleep, jobs.FOREVER, timeout=0.5)
    with pytest.raises(JobTimeoutError, match=r"its limit of 0\.5 s"):
        job.result(PLENTY)


def test_a_job_that_is_cancelled_is_killed(executor, tmp_path):
    job = executor.submit(jobs.leave_trace, tmp_path / "pid", timeout=None)
    wait_until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
    pid = int((tmp_path / "pid").read_text())
    assert job.cancel()
    with pytest.raises(CancelledError):
        job.result(0)
    wait_until(lambda: not psutil.pid_exists(pid))
    assert executor.submit(abs, -1, timeout=PLENTY).result(PLENTY) == 1


def test_a_job_whose_dask_worker_is_killed_is_done_by_another_one(executor, client, tmp_path):
    job = executor.submit(jobs.first_time_slow, tmp_path / "pid", timeout=PLENTY)
    wait_until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
    pid = int((tmp_path / "pid").read_text())
    parents = {parent.pid for parent in psutil.Process(pid).parents()}
    (worker,) = parents & set(client.run(os.getpid).values())
    os.kill(worker, signal.SIGKILL)
    assert job.result(PLENTY) == "done"
    wait_until(lambda: not psutil.pid_exists(pid))  # its nursery has seen the end
    client.wait_for_workers(2, timeout=PLENTY)


def test_files_go_along_and_come_back(executor, cluster, tmp_path):
    file = problem_in(tmp_path / "problem")
    result = executor.submit(jobs.double, file, timeout=PLENTY).result(PLENTY)
    assert Path(result).read_bytes() == b"abcabc"
    assert Path(result).parent == tmp_path / "problem"  # where the fit removes it
    inside = [path.name for folder in files_of(cluster) for path in folder.rglob("*")]
    assert {"problem", "problem.settings"} <= set(inside)
    assert "doubled" not in inside


def test_files_that_a_job_has_harmed_are_written_again(executor, tmp_path):
    file = problem_in(tmp_path / "problem")
    for _ in range(2):  # workers
        executor.submit(jobs.harm, file, timeout=PLENTY, traces="own.Class").result(PLENTY)
        assert executor.submit(jobs.content_of, file, timeout=PLENTY).result(PLENTY) == b"abc"


def test_nothing_is_left_when_the_executor_closes(client, cluster, tmp_path):
    before = set(files_of(cluster))
    executor = DaskExecutor(client, None)
    file = problem_in(tmp_path / "problem", b"x" * 2**24)  # more than Dask takes for code
    running = executor.submit(jobs.leave_trace, tmp_path / "pid", timeout=None)
    assert len(executor.submit(jobs.content_of, file, timeout=PLENTY).result(PLENTY)) == 2**24
    wait_until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
    executor.close()
    with pytest.raises(AutoMLError, match="was closed"):
        running.result(0)
    with pytest.raises(AutoMLError, match="was closed"):
        executor.submit(abs, -1, timeout=None).result(0)
    wait_until(lambda: not psutil.pid_exists(int((tmp_path / "pid").read_text())))
    wait_until(lambda: set(files_of(cluster)) <= before)


def test_another_version_is_refused_by_name(executor, client, cluster, tmp_path):
    info = tmp_path / "catboost-0.0.1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: catboost\nVersion: 0.0.1\n")
    stale = cluster.start_worker(
        options=["--no-nanny"], environment={"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    )
    here = own_versions()["catboost"]
    try:
        client.wait_for_workers(3, timeout=PLENTY)
        reason = rf"is left out: catboost 0\.0\.1 there, {here} here"
        with pytest.warns(AutoMLWarning, match=reason):  # of a worker that has joined
            wait_until(lambda: executor.workers == 2 and executor._refused)
        pids = {executor.submit(os.getpid, timeout=PLENTY).result(PLENTY) for _ in range(6)}
        parents = {parent.pid for pid in pids for parent in psutil.Process(pid).parents()}
        assert stale.pid not in parents
    finally:
        end(stale)


def test_a_cluster_of_other_versions_is_an_error(monkeypatch, client):
    ours = {**own_versions(), "numpy": "1.0"}
    monkeypatch.setattr("automl.execution.dask.own_versions", lambda: ours)
    with pytest.raises(SettingsError, match=r"tcp://127.*: numpy 2.* there, 1\.0 here"):
        DaskExecutor(client, None)


def test_the_same_winner_as_at_home(client, cluster, caplog):
    """Even where a worker is killed."""
    home = classifier(max_evaluations=8).fit(X, TARGET)

    class Killing(automl.Observer):
        def on_evaluated(self, search, evaluated):
            if len(search.trials.evaluated) == 3:
                os.kill(min(client.run(os.getpid).values()), signal.SIGKILL)

    options = {"n_jobs": None, "executor": client}
    away = classifier(max_evaluations=8, callbacks=[Killing()], **options).fit(X, TARGET)
    assert away.best_genome_ == home.best_genome_
    assert away.best_score_ == home.best_score_
    assert away.members_.equals(home.members_)
    assert (away.predict_proba(X) == home.predict_proba(X)).all()
    columns = ["number", "fold", "score", "state"]
    assert away.history_[columns].equals(home.history_[columns])
    wait_until(lambda: len(files_of(cluster)) <= 2)  # those of the fixture
    client.wait_for_workers(2, timeout=PLENTY)


def test_copies_share_the_cluster(client, cluster, tmp_path):
    search = classifier(executor=client, n_jobs=None, max_evaluations=2)
    assert search.get_params()["executor"] is client
    assert clone(search).executor is client
    assert pickle.loads(pickle.dumps(search)).executor == cluster.address
    assert copy.deepcopy(search).executor == cluster.address
    search.fit(X, TARGET).save(tmp_path / "model")
    assert automl.load(tmp_path / "model").executor == cluster.address
    assert pickle.loads(pickle.dumps(search)).predict(X).shape == (len(X),)


def test_the_address_is_enough(cluster, client):
    search = classifier(executor=cluster.address, n_jobs=1000, max_evaluations=2, refit=False)
    assert clone(search).executor == cluster.address
    with pytest.warns(AutoMLWarning, match="n_jobs=1000 is for this machine"):
        search.fit(X, TARGET)
    assert search.run_.workers == 2


def test_cross_validation_of_the_estimator(cluster, client):
    search = classifier(executor=client, n_jobs=None, max_evaluations=2)
    assert len(cross_val_score(search, X, TARGET, cv=2)) == 2


def test_the_backend_of_joblib_is_taken(client):
    with client.as_current(), joblib.parallel_config("dask"):
        with lend_executor(None, None, Limits()) as executor:
            assert isinstance(executor, DaskExecutor)
        # Two fits as tasks of the cluster, whose jobs are tasks of the cluster: more than threads.
        search = classifier(n_jobs=None, max_evaluations=2)
        assert len(cross_val_score(search, X, TARGET, cv=2, n_jobs=2)) == 2


def test_a_task_of_the_user_takes_one_core(client):
    """Dask has a task for each thread already, so as many workers again would wait."""
    assert client.submit(workers_for, -1, pure=False).result(PLENTY) == 1


def test_a_fit_in_a_task_of_the_user_takes_one_core(client, tmp_path):
    search = recording_search(tmp_path, n_jobs=-1)
    assert client.submit(search.fit, X, TARGET, pure=False).result(PLENTY).run_.workers == 1
    check_threads(tmp_path)


def test_slots_of_the_cluster_have_one_thread_each(cluster, tmp_path):
    recording_search(tmp_path, n_jobs=None, executor=cluster.address).fit(X, TARGET)
    check_threads(tmp_path)


def test_a_scheduler_that_is_not_there(monkeypatch):
    monkeypatch.setattr(connection, "CONNECTING", 0.5)
    with pytest.raises(SettingsError, match=r"no Dask scheduler answers at 'tcp://127.0.0.1:9'"):
        DaskExecutor("tcp://127.0.0.1:9", None)


def test_a_client_that_failed_is_collected_at_once(monkeypatch):
    """Later, its end might come amid the start of another client, and wait for ever."""
    monkeypatch.setattr(connection, "CONNECTING", 0.5)
    before = sum(isinstance(item, distributed.Client) for item in gc.get_objects())
    with pytest.raises(SettingsError):
        DaskExecutor("tcp://127.0.0.1:9", None)
    assert sum(isinstance(item, distributed.Client) for item in gc.get_objects()) <= before


@pytest.mark.parametrize("address", ["tls://127.0.0.1:9", "tcp://127.0.0.1:9"])
def test_tls_without_certificates_or_an_address_without_tls(address):
    import dask

    with (
        dask.config.set({"distributed.comm.require-encryption": True}),
        pytest.raises(SettingsError, match=rf"{address}.*; use tls:// and the certificates of"),
    ):
        DaskExecutor(address, None)


@pytest.mark.parametrize("executor", [3, "", object()])
def test_no_executor(executor):
    with pytest.raises(SettingsError, match="expected executor as the address of a Dask sched"):
        classifier(executor=executor).fit(X, TARGET)


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SettingsError, match=r"pip install 'automl-gp\[cluster\]'"):
        classifier(executor="tcp://127.0.0.1:9").fit(X, TARGET)


def test_versions_that_differ():
    assert differences(own_versions(), own_versions()) == ""
    assert differences({}, {"numpy": "2.0"}) == "numpy none there, 2.0 here"
