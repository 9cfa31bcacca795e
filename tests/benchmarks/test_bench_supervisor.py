"""Nothing survives its limit, and the whole tree is counted."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from benchmarks.running.supervisor import Limits, describe_failure, supervise

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="orphans are adopted on Linux only")
ENOUGH = Limits(seconds=600, cores=2)


def watch(code, folder, limits=ENOUGH):
    command = [sys.executable, "-c", code]
    return supervise(command, folder=folder, limits=limits, log=folder / "job.log")


def is_running(pid):
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_a_good_end(tmp_path):
    usage = watch("print('hello')", tmp_path)
    assert (usage.status, usage.timed_out) == (0, False)
    assert (tmp_path / "job.log").read_text() == "hello\n"
    assert describe_failure(usage, tmp_path / "job.log", ENOUGH) == ""


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        ("raise SystemExit(3)", "ended with status 3"),
        ("print('so', flush=True); import os; os.kill(os.getpid(), 11)", "killed by SIGSEGV\nso"),
    ],
)
def test_a_bad_end(code, failure, tmp_path):
    usage = watch(code, tmp_path)
    assert describe_failure(usage, tmp_path / "job.log", ENOUGH) == failure


MONSTER = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()  # leaves the process group
    if os.fork() == 0:
        open("orphan", "w").write(str(os.getpid()))
        time.sleep(10**6)
    os._exit(0)
print("so far", flush=True)
open("parent", "w").write(str(os.getpid()))
time.sleep(10**6)
"""


@ON_LINUX
def test_a_monster_is_ended_with_all_it_started(tmp_path):
    for seconds in (0.7, 7.0, 70.0):  # on a slow machine it takes longer to start all of it
        folder = tmp_path / f"{seconds}"
        folder.mkdir()
        limits = Limits(seconds, cores=1)
        usage = watch(MONSTER, folder, limits)
        paths = [folder / name for name in ("orphan", "parent")]
        if all(path.exists() and path.read_text() for path in paths):
            break
    assert usage.timed_out
    assert usage.wall_seconds >= seconds
    failure = describe_failure(usage, folder / "job.log", limits)
    assert failure == f"ended at its limit of {seconds:g} s\nso far"
    assert not any(is_running(int(path.read_text())) for path in paths)


BURNING_ORPHAN = """
import os, time
if os.fork() == 0:
    if os.fork() == 0:
        end = time.process_time() + 0.6
        block = bytearray(150 << 20)
        while time.process_time() < end:
            pass
        open("burnt", "w").close()
        time.sleep(0.05)  # beyond the end of the command
    os._exit(0)
os.wait()
while not os.path.exists("burnt"):
    time.sleep(0.01)
"""


@ON_LINUX
def test_orphans_are_waited_for_and_counted(tmp_path):
    usage = watch(BURNING_ORPHAN, tmp_path)
    assert usage.status == 0
    assert usage.cpu_seconds >= 0.6
    assert 150 <= usage.peak_mib < 250


@ON_LINUX
def test_cores_are_limited(tmp_path):
    watch("import os; print(len(os.sched_getaffinity(0)))", tmp_path, Limits(600, cores=1))
    assert (tmp_path / "job.log").read_text() == "1\n"


@ON_LINUX
def test_the_tree_ends_with_the_suite(tmp_path):
    job = "import os, time; open('job', 'w').write(str(os.getpid())); time.sleep(10**6)"
    code = (
        "import sys; from pathlib import Path; from benchmarks.running.supervisor import *\n"
        f"supervise([sys.executable, '-c', {job!r}], folder=Path({str(tmp_path)!r}), "
        f"limits=Limits(10**6, 1), log=Path({str(tmp_path / 'job.log')!r}))"
    )
    suite = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[2])
    path = tmp_path / "job"
    while not (path.exists() and path.read_text()):
        assert suite.poll() is None
        time.sleep(0.05)
    pid = int(path.read_text())
    os.kill(suite.pid, signal.SIGKILL)
    suite.wait()
    while is_running(pid):
        time.sleep(0.05)
