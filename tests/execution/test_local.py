"""Workers meet monsters: a pipeline may do anything, and the search gets an outcome and goes on."""

import ctypes
import mmap
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from automl.errors import SettingsError
from automl.evaluation import evaluate_fold
from automl.execution import Limits, LocalExecutor, local, worker
from automl.execution.local import borrow_executor, outcome_of
from automl.execution.worker import run_on_fold, warm_up
from automl.outcome import State
from automl.pipelines import load_catalogue
from automl.problem import Problem
from automl.problem.dataset import read_dataset
from automl.problem.metric import resolve_metric

FOREVER = 10**6  # seconds; so that a limit ends it on any machine
PLENTY = 600.0  # seconds: a job that takes them hangs, also on a busy machine


@pytest.fixture(scope="module")
def executor():
    executor = LocalExecutor(workers=2, mebibytes=512)
    yield executor
    executor.close()


def hang_ignoring_signals():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        time.sleep(FOREVER)


def hang_in_compiled_code():
    ctypes.PyDLL(None).sleep(FOREVER)  # holds the interpreter's lock: no Python handler ever runs


def die():
    os._exit(3)


def bomb():
    return np.ones((1 << 17, 1 << 14)).sum()  # 16 GiB


def unpicklable():
    return threading.Lock()


@pytest.mark.parametrize(
    ("monster", "limit", "state"),
    [
        (hang_ignoring_signals, 0.5, State.TIMED_OUT),
        (hang_in_compiled_code, 0.5, State.TIMED_OUT),
        (die, PLENTY, State.CRASHED),
        (bomb, PLENTY, State.OUT_OF_MEMORY),
        (unpicklable, PLENTY, State.CRASHED),
    ],
)
def test_monsters_become_outcomes_and_the_pool_goes_on(executor, monster, limit, state):
    outcome = outcome_of(executor.submit(monster, timeout=limit))
    assert outcome.state is state
    assert outcome.score is None
    assert outcome.cause
    assert executor.submit(warm_up, timeout=PLENTY).result() > 0


def test_a_killed_worker_is_dead(executor):
    before = {executor.submit(warm_up, timeout=PLENTY).result() for _ in range(20)}
    outcome_of(executor.submit(hang_in_compiled_code, timeout=0.5))
    after = {executor.submit(warm_up, timeout=PLENTY).result() for _ in range(20)}
    killed = before - after
    assert all(not Path(f"/proc/{pid}").exists() for pid in killed)


def test_an_idle_worker_may_be_killed():
    executor = LocalExecutor(workers=2, mebibytes=512)
    try:
        pid = executor.submit(os.getpid, timeout=PLENTY).result()
        os.kill(pid, signal.SIGKILL)
        while executor.is_alive:
            time.sleep(0.05)  # until Pebble has noticed, which gives up its pool
        assert executor.submit(os.getpid, timeout=PLENTY).result() != pid
        assert executor.is_alive
    finally:
        executor.close()


def test_a_cancelled_job_ends(executor):
    future = executor.submit(hang_in_compiled_code, timeout=PLENTY)
    while not future.running():
        time.sleep(0.05)
    future.cancel()
    assert outcome_of(future).state is State.CANCELLED
    assert executor.submit(warm_up, timeout=PLENTY).result() > 0


ONE_THREAD = """
import os
import threadpoolctl
from automl.execution import LocalExecutor

executor = LocalExecutor(workers=1, mebibytes=512)
variable = executor.submit(os.getenv, "OMP_NUM_THREADS", timeout=None).result()
pools = executor.submit(threadpoolctl.threadpool_info, timeout=None).result()
print(variable, {pool["num_threads"] for pool in pools}, os.getenv("OMP_NUM_THREADS"))
executor.close()
"""


def test_workers_have_one_thread():
    """In a new process, because workers inherit the variables of the first server of processes."""
    environment = {name: value for name, value in os.environ.items() if "THREADS" not in name}
    command = [sys.executable, "-c", ONE_THREAD]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "1 {1} None\n"


def test_an_unknown_problem_is_refused_with_its_cause(executor, tmp_path):
    arguments = str(tmp_path / "none"), evaluate_fold, "ridge(numeric)", 0
    future = executor.submit(run_on_fold, *arguments, timeout=PLENTY)
    outcome = outcome_of(future)
    assert outcome.state is State.REFUSED
    assert "FileNotFoundError" in outcome.cause


def test_the_pool_is_warm_for_the_next_fit():
    with borrow_executor(1, 512.0) as first:
        pid = first.submit(warm_up, timeout=PLENTY).result()
    with borrow_executor(1, 512.0) as second:
        assert second.submit(warm_up, timeout=PLENTY).result() == pid


def test_a_fit_beside_another_gets_a_pool_of_its_own():
    with borrow_executor(1, 512.0) as first, borrow_executor(1, 512.0) as second:
        assert first is not second
        executors = (first, second)
        pids = [executor.submit(warm_up, timeout=PLENTY).result() for executor in executors]
        assert pids[0] != pids[1]
    assert not second.is_alive


@pytest.mark.slow
def test_a_script_without_a_main_guard_runs_once(tmp_path):
    script = tmp_path / "unguarded.py"
    script.write_text(
        "del __spec__\n"  # under some debuggers there is none
        "print('top level')\n"
        "from automl import AutoMLClassifier\n"
        "from sklearn.datasets import load_iris\n"
        "def scorer(estimator, X, y):\n"
        "    return float((estimator.predict(X) == y).mean())\n"
        "X, y = load_iris(return_X_y=True)\n"
        "search = AutoMLClassifier(max_evaluations=2, n_jobs=2, scoring=scorer, verbose=0)\n"
        "print('score', round(search.fit(X, y).best_score_, 1))\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["top level", "score 0.9"] or done.stdout.splitlines() == [
        "top level",
        "score 1.0",
    ]


@pytest.mark.parametrize("options", [{"seconds": 0}, {"mebibytes": -1}, {"seconds": "much"}])
def test_limits_that_cannot_be_are_refused(options):
    with pytest.raises(SettingsError, match=str(next(iter(options.values())))):
        Limits(**options)


def test_limits_follow_the_budget():
    assert Limits().seconds_of(100.0) == 20.0
    assert Limits().seconds_of(1.0) == 5.0
    assert Limits(mebibytes=100).mebibytes_of(8) == 100
    assert Limits().mebibytes_of(2) == pytest.approx(Limits().mebibytes_of(1) / 2)


def test_a_container_has_less_memory_than_the_machine(monkeypatch, tmp_path):
    limit = tmp_path / "memory.max"
    monkeypatch.setattr("automl.execution.limits.CONTAINER", limit)
    limit.write_text("max\n")
    assert Limits().mebibytes_of(1) > 80
    limit.write_text(f"{100 * 2**20}\n")
    assert Limits().mebibytes_of(1) == pytest.approx(80)


def kinds_of_memory(path):
    dataset = worker._problem(path).dataset
    bases = []
    for array in (dataset.frame["number"].to_numpy(), dataset.y):
        while isinstance(array.base, np.ndarray):
            array = array.base
        bases.append(isinstance(array, np.memmap) or isinstance(array.base, mmap.mmap))
    return bases


def test_texts_come_back_as_they_were(tmp_path):
    cells = {"text": ["b", "", None, "a b", "b"] * 8, "number": np.arange(40.0)}
    frame = pd.DataFrame(cells).assign(
        when=pd.Timestamp("2024-01-31") + pd.to_timedelta(cells["number"], "D")
    )
    dataset = read_dataset(frame, np.arange(40.0), "regression")
    problem = Problem(dataset, load_catalogue(), [], resolve_metric(None, "regression", None), 0)
    back = worker._problem(worker.write_problem(problem, tmp_path)).dataset.frame
    pd.testing.assert_frame_equal(back.copy(), dataset.frame, check_exact=True)
    assert [type(cell) for cell in back["text"]] == [type(cell) for cell in dataset.frame["text"]]


def test_a_fitted_pipeline_comes_back_by_a_file(executor, tmp_path):
    frame = pd.DataFrame({"number": np.arange(100.0)})
    target = np.random.default_rng(0).normal(size=100)
    dataset = read_dataset(frame, target, "regression")
    problem = Problem(dataset, load_catalogue(), [], resolve_metric(None, "regression", None), 0)
    path = worker.write_problem(problem, tmp_path)
    before = set(tmp_path.iterdir())
    ridge = "ridge(numeric, alpha=0.0001)"
    place = executor.submit(worker.run_final, path, ridge, None, 1, timeout=PLENTY).result()
    assert set(tmp_path.iterdir()) - before == {Path(place)}
    final = worker.read_final(place)
    line = LinearRegression().fit(frame, target)
    assert final.pipeline.predict(frame) == pytest.approx(line.predict(frame), rel=1e-3)
    assert final.genome == ridge
    assert set(tmp_path.iterdir()) == before


@pytest.mark.skipif(local.METHOD != "forkserver", reason="workers start with the executor")
def test_packages_are_imported_before_the_first_task(monkeypatch):
    started = []
    monkeypatch.setattr(local.forkserver, "ensure_running", lambda: started.append(True))
    executor = LocalExecutor(1, 512.0)
    assert started == [True]
    assert executor.is_alive
    assert executor._pool is None
    executor.close()  # there is no worker to end
    assert executor.submit(warm_up, timeout=PLENTY).result() > 0
    executor.close()


def test_the_frame_is_mapped_into_the_memory_of_workers(executor, tmp_path):
    frame = pd.DataFrame({"number": np.arange(1000.0), "other": np.arange(1000.0)[::-1]})
    target = np.random.default_rng(0).normal(size=1000)
    dataset = read_dataset(frame, target, "regression")
    problem = Problem(dataset, load_catalogue(), [], resolve_metric(None, "regression", None), 0)
    path = worker.write_problem(problem, tmp_path)
    assert executor.submit(kinds_of_memory, path, timeout=PLENTY).result() == [True, True]
