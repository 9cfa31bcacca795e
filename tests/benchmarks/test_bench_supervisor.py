"""Nothing survives its limit, and the whole tree is counted."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.running.supervisor import PROC, Limits, Usage, describe_failure, supervise

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="orphans are adopted on Linux only")
ENOUGH = Limits(seconds=60, cores=2)


def watch(code: str, folder: Path, limits: Limits = ENOUGH) -> Usage:
    command = [sys.executable, "-c", code]
    return supervise(command, folder=folder, limits=limits, log=folder / "job.log")


def is_running(pid: int) -> bool:
    path = PROC / str(pid) / "stat"
    return path.exists() and path.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_good_end(tmp_path: Path) -> None:
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
def test_a_bad_end(code: str, failure: str, tmp_path: Path) -> None:
    usage = watch(code, tmp_path)
    assert describe_failure(usage, tmp_path / "job.log", ENOUGH) == failure


MONSTER = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()  # leaves the process group
    if os.fork() == 0:
        open("orphan", "w").write(str(os.getpid()))
        time.sleep(600)
    os._exit(0)
open("parent", "w").write(str(os.getpid()))
print("so far", flush=True)
time.sleep(600)
"""


@ON_LINUX
def test_a_monster_is_ended_with_all_it_started(tmp_path: Path) -> None:
    limits = Limits(seconds=0.7, cores=1)
    usage = watch(MONSTER, tmp_path, limits)
    assert usage.timed_out
    assert 0.7 <= usage.wall_seconds < 3
    failure = describe_failure(usage, tmp_path / "job.log", limits)
    assert failure == "ended at its limit of 0.7 s\nso far"
    assert not is_running(int((tmp_path / "orphan").read_text()))
    assert not is_running(int((tmp_path / "parent").read_text()))


BURNING_ORPHAN = """
import os, time
if os.fork() == 0:
    if os.fork() == 0:
        end = time.process_time() + 0.6
        block = bytearray(150 << 20)
        while time.process_time() < end:
            pass
    os._exit(0)
os.wait()
time.sleep(0.5)
"""


@ON_LINUX
def test_orphans_are_waited_for_and_counted(tmp_path: Path) -> None:
    usage = watch(BURNING_ORPHAN, tmp_path)
    assert usage.status == 0
    assert usage.cpu_seconds >= 0.6
    assert 150 <= usage.peak_mib < 250


@ON_LINUX
def test_cores_are_limited(tmp_path: Path) -> None:
    watch("import os; print(len(os.sched_getaffinity(0)))", tmp_path, Limits(60, cores=1))
    assert (tmp_path / "job.log").read_text() == "1\n"


@ON_LINUX
def test_the_tree_ends_with_the_suite(tmp_path: Path) -> None:
    job = "import os, time; open('job', 'w').write(str(os.getpid())); time.sleep(600)"
    code = (
        "import sys; from pathlib import Path; from benchmarks.supervisor import *\n"
        f"supervise([sys.executable, '-c', {job!r}], folder=Path({str(tmp_path)!r}), "
        f"limits=Limits(60, 1), log=Path({str(tmp_path / 'job.log')!r}))"
    )
    suite = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[2])
    deadline = time.monotonic() + 20
    path = tmp_path / "job"
    while not (path.exists() and path.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    pid = int(path.read_text())
    os.kill(suite.pid, signal.SIGKILL)
    suite.wait()
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(pid)
