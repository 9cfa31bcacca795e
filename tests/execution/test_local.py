"""Workers meet monsters: a pipeline may do anything, and the search gets an outcome and goes on."""

import builtins
import contextlib
import ctypes
import gc
import json
import mmap
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Future, wait
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest
from sklearn.linear_model import LinearRegression

from automl.errors import AutoMLError
from automl.evaluation import evaluate_fold
from automl.execution import LocalExecutor, starting, worker
from automl.execution.job import DEVICE, Job, JobError, WorkerDiedError, outcome_of
from automl.execution.messages import Hello, Reply, pack, send
from automl.execution.slot import Slot
from automl.execution.starting import CAN_FORK
from automl.execution.worker import run_on_fold
from automl.outcome import State
from automl.pipelines import Operator, Prediction, Scaled, load_catalogue
from automl.problem import Problem
from automl.problem.dataset import read_dataset
from automl.problem.metric import resolve_metric
from benchmarks.torture.misdeeds import ODDITIES
from tests.clusters import wait_until
from tests.execution import jobs
from tests.pipelines.columns.test_reading import calls_of, frame_of

if sys.platform != "win32":
    import resource

FOREVER = 10**6  # seconds; so that a limit ends it on any machine
PLENTY = 600.0  # seconds: a job that takes them hangs, also on a busy machine


@pytest.fixture(scope="module")
def executor():
    executor = LocalExecutor(workers=2, mebibytes=512)
    yield executor
    executor.close()


@pytest.fixture(scope="module")
def single():
    executor = LocalExecutor(workers=1, mebibytes=4096)
    yield executor
    executor.close()


def pids_of(executor):
    """Return the processes of an executor's workers, as far as two quick jobs meet them."""
    jobs = [executor.submit(os.getpid, timeout=PLENTY) for _ in range(20)]
    return {job.result(PLENTY) for job in jobs}


def hang_ignoring_signals():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    while True:
        time.sleep(FOREVER)


def hang_in_compiled_code():
    ctypes.PyDLL(None).sleep(FOREVER)  # holds the interpreter's lock: no Python handler ever runs


def stop_itself():
    os.kill(os.getpid(), signal.SIGSTOP)


def die():
    os._exit(3)


def leave():
    os._exit(0)


def be_killed():
    os.kill(os.getpid(), signal.SIGKILL)


def interrupt_the_group():
    os.killpg(0, signal.SIGINT)
    time.sleep(FOREVER)


def raise_(name):
    raise getattr(builtins, name)("on purpose")


def unheard_of():
    raise type("Own", (BaseException,), {})


def without_text():
    class MuteError(Exception):
        def __str__(self):
            raise KeyError("no text")

    raise MuteError


def bomb():
    return np.ones((1 << 17, 1 << 14)).sum()  # 16 GiB


def unpicklable():
    return threading.Lock()


def close_everything():
    os.closerange(0, 1 << 10)
    return 1


def write_to_everything():
    for number in range(3, 1 << 10):
        with contextlib.suppress(OSError):
            os.write(number, b"\xff" * 100)
    time.sleep(FOREVER)


def return_in_a_child():
    if os.fork():
        time.sleep(0.1)
        raise RuntimeError("the parent")


@pytest.mark.parametrize(
    ("monster", "limit", "state"),
    [
        (hang_ignoring_signals, 0.5, State.TIMED_OUT),
        (hang_in_compiled_code, 0.5, State.TIMED_OUT),
        (stop_itself, 0.5, State.TIMED_OUT),
        (die, PLENTY, State.CRASHED),
        (leave, PLENTY, State.CRASHED),
        (be_killed, PLENTY, State.CRASHED),
        (interrupt_the_group, PLENTY, State.CRASHED),
        (partial(raise_, "SystemExit"), PLENTY, State.CRASHED),
        (partial(raise_, "KeyboardInterrupt"), PLENTY, State.CRASHED),
        (partial(raise_, "GeneratorExit"), PLENTY, State.CRASHED),
        (unheard_of, PLENTY, State.CRASHED),
        (without_text, PLENTY, State.CRASHED),
        (bomb, PLENTY, State.CRASHED),
        (unpicklable, PLENTY, State.CRASHED),
        (close_everything, PLENTY, State.CRASHED),
        (write_to_everything, PLENTY, State.CRASHED),
        (return_in_a_child, PLENTY, State.CRASHED),
    ],
)
def test_monsters_become_outcomes_and_the_workers_go_on(executor, monster, limit, state):
    outcome = outcome_of(executor.submit(monster, timeout=limit))
    assert outcome.state is state
    assert outcome.score is None
    assert outcome.cause
    assert executor.submit(os.getpid, timeout=PLENTY).result(PLENTY) > 0


def test_a_limit_of_another_job_is_kept_while_one_cannot_be_stopped(executor):
    pids_of(executor)  # both workers are there
    jobs = [executor.submit(hang_ignoring_signals, timeout=0.3) for _ in range(4)]
    assert [outcome_of(job).state for job in jobs] == [State.TIMED_OUT] * 4


def is_alive(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_for_the_end_of(pid):
    end = time.monotonic() + PLENTY
    while is_alive(pid):
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_killed_worker_is_dead(executor):
    before = pids_of(executor)
    outcome_of(executor.submit(hang_in_compiled_code, timeout=0.5))
    for pid in before - pids_of(executor):
        wait_for_the_end_of(pid)


def test_an_idle_worker_may_be_killed(executor):
    pid = executor.submit(os.getpid, timeout=PLENTY).result(PLENTY)
    os.kill(pid, signal.SIGKILL)
    wait_for_the_end_of(pid)
    assert pid not in pids_of(executor)


def once(flag, do):
    """Do something the first time, and return True afterwards."""
    if Path(flag).exists():
        return True
    Path(flag).touch()
    return do()


def kill_the_parent(number):
    parent = psutil.Process().parent()
    if "nursery" in " ".join(parent.cmdline()):  # else it has died a moment ago
        parent.send_signal(number)
    time.sleep(FOREVER)


def test_a_job_that_lost_its_worker_is_tried_once_more(executor, tmp_path):
    flag = str(tmp_path / "flag")
    assert executor.submit(once, flag, die, timeout=PLENTY).result(PLENTY) is True


needs_fork = pytest.mark.skipif(not CAN_FORK, reason="there is no nursery")


@pytest.mark.slow
@needs_fork
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP])
def test_the_nursery_may_die(number, tmp_path, monkeypatch):
    monkeypatch.setattr(starting, "STUCK", 0.1)
    executor = LocalExecutor(workers=2, mebibytes=512)
    flag, kill = str(tmp_path / "flag"), partial(kill_the_parent, number)
    limit = PLENTY if number == signal.SIGKILL else 0.5
    monster = executor.submit(once, flag, kill, timeout=limit)
    innocent = executor.submit(time.sleep, 1, timeout=PLENTY)
    if number == signal.SIGKILL:  # nobody knows whose fault that was, so the job has another chance
        assert monster.result(PLENTY) is True
    else:
        assert outcome_of(monster).state is State.TIMED_OUT
    assert innocent.result(PLENTY) is None
    executor.close()


@pytest.mark.slow
@needs_fork
def test_who_kills_all_others_twice_is_found_out():
    executor = LocalExecutor(workers=2, mebibytes=512)
    monster = executor.submit(kill_the_parent, signal.SIGKILL, timeout=PLENTY)
    innocents = [executor.submit(time.sleep, 0.5, timeout=PLENTY) for _ in range(3)]
    assert outcome_of(monster).state is State.CRASHED
    assert [job.result(PLENTY) for job in innocents] == [None] * 3
    executor.close()


def result_of(n_bytes, fill):
    return bytes([fill]) * n_bytes


def check_kills(executor, n_jobs, n_kills):
    """Kill random workers while results of many sizes are on their way."""
    rng = np.random.default_rng(0)
    sizes = [int(size) for size in rng.choice([1 << 10, 1 << 16, 1_600_000], size=n_jobs)]
    jobs = [
        executor.submit(result_of, size, number, timeout=PLENTY)
        for number, size in enumerate(sizes)
    ]
    while n_kills and not all(job.done() for job in jobs):
        slots = [slot for slot in list(executor._slots.values()) if slot.pid is not None]
        if slots:
            with contextlib.suppress(ProcessLookupError):
                os.kill(slots[rng.integers(len(slots))].pid, signal.SIGKILL)
            n_kills -= 1
        time.sleep(float(rng.uniform(0, 0.02)))
    for number, (job, size) in enumerate(zip(jobs, sizes, strict=True)):
        if job.exception(PLENTY) is None:
            assert job.result() == bytes([number]) * size
        else:
            assert isinstance(job.exception(), WorkerDiedError)
    assert pids_of(executor)


def test_kills_at_random_moments_lose_and_mix_up_nothing(executor):
    check_kills(executor, n_jobs=60, n_kills=40)


@pytest.mark.slow
def test_interpreters_serve_where_there_is_no_fork():
    executor = LocalExecutor(workers=2, mebibytes=512, can_fork=False)
    hanging = executor.submit(hang_ignoring_signals, timeout=0.5)
    assert outcome_of(hanging).state is State.TIMED_OUT
    assert outcome_of(executor.submit(leave, timeout=PLENTY)).state is State.CRASHED
    assert outcome_of(executor.submit(close_everything, timeout=PLENTY)).state is State.CRASHED
    wait_for_the_end_of(executor.submit(leave_a_child, timeout=PLENTY).result(PLENTY))
    check_kills(executor, n_jobs=8, n_kills=1)
    executor.close()


def leave_a_child():
    command = [sys.executable, "-c", f"import time; time.sleep({FOREVER})"]
    return subprocess.Popen(command, start_new_session=True).pid


def leave_a_daemon():
    """Return the number of a process that no longer has a parent among the workers."""
    # It does not hold the end of the pipe, for then the read below would wait for it.
    code = "import subprocess as s, sys; print(s.Popen(sys.argv[1:], stdout=s.DEVNULL).pid)"
    command = [sys.executable, "-c", code, "sleep", str(FOREVER)]
    return int(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def test_children_of_a_job_end_with_it(executor):
    wait_for_the_end_of(executor.submit(leave_a_child, timeout=PLENTY).result(PLENTY))


@needs_fork
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives orphans to the nursery")
def test_orphans_end_with_the_fit():
    executor = LocalExecutor(workers=1, mebibytes=512)
    pid = executor.submit(leave_a_daemon, timeout=PLENTY).result(PLENTY)
    executor.sweep()
    wait_for_the_end_of(pid)
    executor.close()


def leak_threads():
    for _ in range(3):
        threading.Thread(target=time.sleep, args=[FOREVER], daemon=True).start()


def leak_files():
    for _ in range(100):
        os.dup(1)


def set_a_timer():
    signal.setitimer(signal.ITIMER_REAL, 0.2)


def set_a_limit():
    resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))


def forget_home():
    del os.environ["HOME"]


def go_to_another_home():
    os.environ["HOME"] = "/elsewhere"


def import_from_elsewhere():
    sys.path.insert(0, "elsewhere")


@needs_fork
@pytest.mark.parametrize(
    "leave_behind",
    [
        leak_threads,
        leak_files,
        set_a_timer,
        set_a_limit,
        partial(os.chdir, "/"),
        forget_home,
        go_to_another_home,
        import_from_elsewhere,
        partial(signal.signal, signal.SIGTERM, signal.SIG_IGN),
        gc.disable,
    ],
)
def test_a_worker_that_is_not_as_it_was_is_replaced(single, leave_behind):
    before = single.submit(os.getpid, timeout=PLENTY).result(PLENTY)
    assert single.submit(leave_behind, timeout=PLENTY).exception(PLENTY) is None
    assert single.submit(os.getpid, timeout=PLENTY).result(PLENTY) != before


def add_to_variables():
    os.environ["AUTOML_TEST_IS_NEW"] = "1"
    os.environ["AUTOML_TEST_IS_LONGER"] += ",b:1"


def test_a_worker_whose_variables_an_import_added_to_is_kept(monkeypatch):
    """Polars adds to a variable that it has set in the parent already."""
    monkeypatch.setenv("AUTOML_TEST_IS_LONGER", "a:1")
    with contextlib.closing(LocalExecutor(1, 512)) as executor:
        before = executor.submit(os.getpid, timeout=PLENTY).result(PLENTY)
        assert executor.submit(add_to_variables, timeout=PLENTY).exception(PLENTY) is None
        assert executor.submit(os.getpid, timeout=PLENTY).result(PLENTY) == before


def test_a_cancelled_job_ends(executor):
    pids_of(executor)
    job = executor.submit(hang_in_compiled_code, timeout=PLENTY)
    waiting = [executor.submit(hang_in_compiled_code, timeout=PLENTY) for _ in range(3)]
    time.sleep(0.1)  # it may be in a worker by now, or not
    for future in [job, *waiting]:
        assert future.cancel()
        assert outcome_of(future).state is State.CANCELLED
    assert wait([job, *waiting], timeout=PLENTY).not_done == set()
    assert executor.submit(os.getpid, timeout=PLENTY).result(PLENTY) > 0


def test_jobs_that_are_cancelled_in_their_last_moment_are_no_harm(executor):
    pids_of(executor)
    for _ in range(100):
        jobs = [executor.submit(time.sleep, 1e-3, timeout=2e-3) for _ in range(2)]
        time.sleep(1.5e-3)
        for job in jobs:
            job.cancel()
    assert executor.is_alive
    assert pids_of(executor)


def test_output_of_a_job_goes_nowhere(executor, capfd):
    assert executor.submit(print, "loud", timeout=PLENTY).result(PLENTY) is None
    assert executor.submit(os.write, 2, b"loud", timeout=PLENTY).result(PLENTY) == 4
    assert capfd.readouterr() == ("", "")


def test_workers_that_cannot_start_are_an_error(monkeypatch, capfd):
    monkeypatch.setattr(starting, "START", "raise SystemExit(7); ")
    for can_fork in {CAN_FORK, False}:
        executor = LocalExecutor(1, 512, can_fork)
        job = executor.submit(os.getpid, timeout=PLENTY)
        with pytest.raises(AutoMLError, match="no worker could be started"):
            job.result(PLENTY)
        with pytest.raises(AutoMLError, match="were closed"):
            executor.submit(os.getpid, timeout=PLENTY).result(PLENTY)
        executor.close()


@pytest.mark.parametrize("can_fork", {CAN_FORK, False})
def test_a_system_without_room_for_a_process_is_an_error(monkeypatch, can_fork):
    monkeypatch.setattr(starting, "get_executable", lambda: "/nowhere/python")
    with pytest.raises(AutoMLError, match="no worker could be started: FileNotFoundError"):
        LocalExecutor(1, 512, can_fork).submit(os.getpid, timeout=PLENTY).result(PLENTY)


@pytest.mark.parametrize("can_fork", {CAN_FORK, False})
def test_workers_start_wherever_modules_are_looked_for(monkeypatch, tmp_path, can_fork):
    """Python takes no notice of a path that is no text, nor of a working folder that is gone."""
    monkeypatch.setattr(sys, "path", ["", *sys.path, tmp_path, b"bytes", "half \udcff"])
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    executor = LocalExecutor(1, 512, can_fork)
    assert executor.submit(abs, -1, timeout=PLENTY).result(PLENTY) == 1
    executor.close()


@pytest.mark.parametrize("can_fork", {CAN_FORK, False})
def test_a_file_of_the_working_folder_hides_no_module(monkeypatch, tmp_path, can_fork):
    (tmp_path / "json.py").write_text("raise SystemExit(7)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path])
    executor = LocalExecutor(1, 512, can_fork)
    assert executor.submit(abs, -1, timeout=PLENTY).result(PLENTY) == 1
    executor.close()


def grow(seconds):
    """Take memory in steps, and keep it for some time."""
    cells = np.ones(1 << 22)
    time.sleep(seconds)
    return float(cells.sum())


def test_the_largest_job_ends_when_memory_is_short(monkeypatch):
    """Alone, both have room; side by side they have not."""
    executor = LocalExecutor(workers=2, mebibytes=512)
    pids_of(executor)

    def is_short():
        return sum(slot.job is not None for slot in executor._slots.values()) > 1

    monkeypatch.setattr(executor._watch, "is_short", is_short)
    jobs = [executor.submit(grow, 0.1, timeout=PLENTY) for _ in range(4)]
    assert [job.result(PLENTY) for job in jobs] == [1 << 22] * 4
    executor.close()


def test_a_job_that_has_too_little_memory_alone_is_out_of_memory(monkeypatch):
    executor = LocalExecutor(workers=2, mebibytes=512)
    monkeypatch.setattr(executor._watch, "is_short", lambda: True)
    outcome = outcome_of(executor.submit(time.sleep, FOREVER, timeout=PLENTY))
    assert outcome.state is State.OUT_OF_MEMORY
    assert "MiB" in outcome.cause
    executor.close()


class Deaths:
    """A starter of processes that reply and are dead at once."""

    def start(self, slot, connection, mebibytes):
        self.connection = connection.dup()

    def kill(self, slot):
        raise AssertionError("the dead cannot be killed")

    def ended(self):
        return [(1, -9)]


@pytest.mark.parametrize("is_sound", [True, False])
def test_the_last_reply_of_a_worker_counts(is_sound):
    starter = Deaths()
    slot = Slot(1, starter, 512)
    job = Job(7, b"", None, Future())
    slot.take(job)
    with starter.connection as connection:
        send(connection, Hello(1, None))
        send(connection, Reply(7, True, "done", is_sound))
    quiet = LocalExecutor(1, 512, can_fork=False)
    quiet._starter, quiet._slots = starter, {1: slot}
    quiet._bury()
    assert job.future.done()
    assert job.future.result() == "done"
    assert not quiet._slots
    assert not quiet._waiting
    quiet._close_sockets()


class Evil:
    """Runs code wherever it is read."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def send_a_number():
    """Send what is a message, but no reply."""
    for number in range(3, 1 << 10):
        with contextlib.suppress(OSError):
            os.write(number, pack(7))
    time.sleep(FOREVER)


def write_to_nobody():
    reading_end, writing_end = os.pipe()
    os.close(reading_end)
    os.write(writing_end, b"x")


def test_replies_that_are_none_end_their_worker_alone(executor):
    jobs = [executor.submit(Evil, sys.exit, timeout=PLENTY)]
    jobs += [executor.submit(send_a_number, timeout=PLENTY)]
    assert all(isinstance(job.exception(PLENTY), WorkerDiedError) for job in jobs)
    assert pids_of(executor)


def test_an_argument_that_cannot_be_read_is_an_error_of_the_job(executor):
    job = executor.submit(print, Evil(int, "x"), timeout=PLENTY)
    with pytest.raises(JobError, match="invalid literal"):
        job.result(PLENTY)


def test_signals_are_those_of_any_python_process(executor):
    job = executor.submit(write_to_nobody, timeout=PLENTY)
    with pytest.raises(JobError, match="BrokenPipeError"):
        job.result(PLENTY)


@needs_fork
def test_the_death_of_a_worker_spares_what_others_have_started(executor):
    helper = "import subprocess as s; s.Popen(['sleep', '0.5'], stdout=s.PIPE).communicate()"
    command = [sys.executable, "-c", helper]  # whose own child lives on in the session
    job = executor.submit(subprocess.check_call, command, timeout=PLENTY)
    for _ in range(3):
        executor.submit(die, timeout=PLENTY).exception(PLENTY)
    assert job.result(PLENTY) == 0


def test_an_executor_may_be_closed_before_its_first_job():
    executor = LocalExecutor(1, 512)
    executor.close()
    with pytest.raises(AutoMLError, match="were closed"):
        executor.submit(os.getpid, timeout=PLENTY).result(PLENTY)


@needs_fork
def test_the_reason_why_no_worker_can_work_is_told():
    executor = LocalExecutor(1, 1e14)  # more than a number of the system holds
    with pytest.raises(AutoMLError, match="no worker could be started: "):
        executor.submit(os.getpid, timeout=PLENTY).result(PLENTY)
    executor.close()


def test_a_closed_executor_leaves_no_process():
    strangers = set(psutil.Process().children(recursive=True))
    executor = LocalExecutor(workers=2, mebibytes=512)
    pids_of(executor)
    jobs = [executor.submit(hang_ignoring_signals, timeout=None) for _ in range(2)]
    processes = set(psutil.Process().children(recursive=True)) - strangers
    assert len(processes) >= 2
    executor.close()
    assert all(isinstance(job.exception(PLENTY), AutoMLError) for job in jobs)
    for process in processes:
        wait_for_the_end_of(process.pid)


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


def test_rows_of_many_numbers_are_taken_at_once_in_a_worker(tmp_path):
    def calls(n_columns):
        texts = list("abcde") * 20
        dataset = read_dataset(frame_of(n_columns).assign(text=texts), target, "regression")
        folder = tmp_path / str(n_columns)
        folder.mkdir()
        path = worker.write_problem(replace(problem, dataset=dataset), folder)
        frame = worker._problem(path).dataset.frame
        return calls_of(lambda: frame.iloc[[0, 2]])

    target = np.random.default_rng(0).normal(size=100)
    metric = resolve_metric(None, "regression", None)
    dataset = read_dataset(frame_of(2), target, "regression")
    problem = Problem(dataset, load_catalogue(), [], metric, 0)
    assert calls(400) == calls(4)


def test_a_fitted_pipeline_comes_back_by_a_file(executor, tmp_path):
    frame = pd.DataFrame({"number": np.arange(100.0) / 3})
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


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is of Linux")
def test_a_fit_comes_back_without_a_file_where_the_disk_is_full(tmp_path, monkeypatch):
    frame = pd.DataFrame({"number": np.arange(100.0) / 3})
    dataset = read_dataset(frame, np.random.default_rng(0).normal(size=100), "regression")
    problem = Problem(dataset, load_catalogue(), [], resolve_metric(None, "regression", None), 0)
    path = worker.write_problem(problem, tmp_path)
    part = tmp_path / "final-part"
    part.touch()
    full = os.open("/dev/full", os.O_WRONLY)  # takes nothing, as a full disk
    monkeypatch.setattr("tempfile.mkstemp", lambda **options: (full, str(part)))
    result = worker.run_final(path, "ridge(numeric, alpha=0.0001)", None, 1)
    assert not part.exists()
    assert worker.read_final(result).genome == "ridge(numeric, alpha=0.0001)"


def test_a_fit_is_read_by_its_worker_first_if_its_class_is_the_users(executor, tmp_path):
    """Reading runs code of the class, which nobody could end in the main process."""
    operator = Operator(
        name="own", path=ODDITIES["odd: exits when it is read"],
        takes=Scaled, gives=Prediction, tasks=("classification",),
    )  # fmt: skip
    frame, target = (
        pd.DataFrame(np.random.default_rng(0).normal(size=(30, 3)), columns=list("abc")),
        np.arange(30) % 2,
    )
    dataset = read_dataset(frame, target, "classification")
    metric = resolve_metric(None, "classification", np.arange(2))
    catalogue = load_catalogue().with_operator(operator)
    path = worker.write_problem(Problem(dataset, catalogue, [], metric, 0), tmp_path)
    pipeline = "own(standard_scaler(simple_imputer(numeric)))"
    with pytest.raises(WorkerDiedError, match="exit code 0"):
        executor.submit(worker.run_final, path, pipeline, None, 1, timeout=PLENTY).result(PLENTY)


def test_the_frame_is_mapped_into_the_memory_of_workers(executor, tmp_path):
    frame = pd.DataFrame({"number": np.arange(1000.0) / 3, "other": np.arange(1000.0)[::-1] / 7})
    target = np.random.default_rng(0).normal(size=1000)
    dataset = read_dataset(frame, target, "regression")
    problem = Problem(dataset, load_catalogue(), [], resolve_metric(None, "regression", None), 0)
    path = worker.write_problem(problem, tmp_path)
    assert executor.submit(kinds_of_memory, path, timeout=PLENTY).result() == [True, True]


def patch():
    """Change a function for all that come after, as some packages do when they are imported."""
    json.dumps = None
    return os.getpid()


def write_json():
    return json.dumps(1)


@needs_fork
def test_no_other_job_meets_traces_of_code_of_the_user():
    executor = LocalExecutor(1, 512)
    patched = [executor.submit(patch, timeout=PLENTY, traces="own.Class") for _ in range(2)]
    first, again = (job.result(PLENTY) for job in patched)
    assert first == again  # its imports are there already
    assert executor.submit(write_json, timeout=PLENTY).result(PLENTY) == "1"
    assert executor.submit(os.getpid, timeout=PLENTY, traces="own.Other").result(PLENTY) != first
    executor.close()


@needs_fork
def test_jobs_with_and_without_traces_all_end():
    executor = LocalExecutor(3, 512)
    traces = ["", "own.Class", "own.Other"]
    jobs = [
        executor.submit(time.sleep, 0.001 * (number % 5), timeout=PLENTY, traces=traces[number % 3])
        for number in range(60)
    ]
    assert all(job.result(PLENTY) is None for job in jobs)
    executor.close()


WITHOUT_STREAMS = """
import os, sys
os.closerange(0, {last})
from automl.execution.local import LocalExecutor
executor = LocalExecutor(1, 512, can_fork={can_fork})
pid = executor.submit(os.getpid, timeout=600).result(600)
executor.close()
os._exit(7 if pid not in (0, os.getpid()) else 1)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="files have no such numbers")
@pytest.mark.parametrize("last", [1, 2, 3])
@pytest.mark.parametrize("can_fork", {CAN_FORK, False})
def test_a_process_may_have_no_standard_streams(last, can_fork):
    code = WITHOUT_STREAMS.format(last=last, can_fork=can_fork)
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 7


def test_one_job_at_a_time_owns_the_gpu_and_others_pass(executor, tmp_path):
    first = executor.submit(jobs.leave_trace, tmp_path / "first", timeout=PLENTY, traces=DEVICE)
    wait_until((tmp_path / "first").exists)
    second = executor.submit(jobs.leave_trace, tmp_path / "second", timeout=PLENTY, traces=DEVICE)
    assert executor.submit(abs, -1, timeout=PLENTY).result(PLENTY) == 1
    assert not (tmp_path / "second").exists()
    first.cancel()
    wait_until((tmp_path / "second").exists)
    second.cancel()
