"""One job in one killable tree of processes, and what the whole tree cost.

::

    measure ─ supervise() ─► supervisor, this file as a script ─► the command, in its own session
                               │ adopts orphans (Linux)             ├─ its workers
                               │ samples memory                     └─ whatever they start
                               └ ends all at the limit, waits for every process: CPU seconds

A process in between, because only a parent that has waited for all processes knows their CPU
seconds (workers of a forkserver outlive the process that started them), and because adopting
orphans is a setting of a whole process that neither the suite nor its tests should have.
"""

import argparse
import contextlib
import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType

import psutil

SAMPLE_SECONDS = 0.2  # between two looks at memory: a few milliseconds of work each
LOG_TAIL = 2000  # characters of a log that explain a failure: the end of a traceback
GRACE_SECONDS = 2.0  # for clean-up, such as that of shared memory, before SIGKILL
ROOT = Path(__file__).resolve().parents[2]  # where files are is nobody's business
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Limits:
    """The limits of a command."""

    seconds: float
    """Seconds until it is ended."""
    cores: int
    """Cores of its processes, where the system can bind them."""


@dataclass(frozen=True)
class Usage:
    """The end of a supervised command, and the costs of its processes together."""

    status: int
    """The exit status; minus the signal for one that was killed."""
    timed_out: bool
    """Whether it was ended at its limit."""
    wall_seconds: float
    """Seconds from its start to its end."""
    cpu_seconds: float
    """CPU seconds, user and system."""
    peak_mib: float
    """The greatest memory at one time, MiB; shared pages count once where the system tells."""


def supervise(
    command: Sequence[str],
    *,
    folder: Path,
    limits: Limits,
    log: Path,
    environment: Mapping[str, str] | None = None,
) -> Usage:
    """Run a command and end it, with all that it started, at its limit.

    Parameters
    ----------
    command : sequence of str
    folder : path
        Where it runs.
    limits : Limits
    log : path
        Takes its output and its errors.
    environment : mapping, optional
        Its environment; by default that of this process.
    """
    report = log.with_suffix(".usage").resolve()
    report.unlink(missing_ok=True)
    start = time.monotonic()
    arguments = ["--limit", str(limits.seconds), "--cores", str(limits.cores)]
    arguments += ["--report", str(report), "--"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-P", __file__, *arguments, *command],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            process.wait()
        except BaseException:
            process.terminate()  # it ends the tree first
            process.wait()
            raise
    if not report.exists():
        wall = time.monotonic() - start
        return Usage(process.returncode, False, wall, cpu_seconds=0.0, peak_mib=0.0)
    return Usage(**json.loads(report.read_text("utf-8")))


def describe_failure(usage: Usage, log: Path, limits: Limits) -> str:
    """Say how a command failed, with the end of its log; an empty text if it did not.

    Parameters
    ----------
    usage : Usage
    log : path
    limits : Limits
    """
    if usage.timed_out:
        how = f"ended at its limit of {limits.seconds:g} s"
    elif usage.status < 0:
        how = f"killed by {signal.Signals(-usage.status).name}"
    elif usage.status > 0:
        how = f"ended with status {usage.status}"
    else:
        return ""
    text = log.read_text("utf-8", errors="replace").replace(f"{ROOT}{os.sep}", "")
    return f"{how}\n{text[-LOG_TAIL:].strip()}".strip()


class Tree:
    """The processes below this one."""

    def __init__(self, command: Sequence[str]) -> None:
        self.process = subprocess.Popen(command, start_new_session=True)
        self.start = time.monotonic()
        self.peak_bytes = 0

    def wait(self, limit: float) -> bool:
        """Wait for the command and watch its memory; say whether the limit came first."""
        while self.process.poll() is None:
            remaining = self.start + limit - time.monotonic()
            if remaining <= 0:
                return True
            self.peak_bytes = max(self.peak_bytes, sum(map(memory_bytes, descendants())))
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(min(remaining, SAMPLE_SECONDS))
        return False

    def end(self, *, ask: bool) -> None:
        """End all processes: by SIGTERM if asked to, by themselves, at last by SIGKILL.

        Parameters
        ----------
        ask : bool
            Whether to send SIGTERM; what ended by itself may still be cleaning up.
        """
        if ask:
            self.send(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        while self.alive() and time.monotonic() < deadline:
            time.sleep(0.02)
        while self.alive():
            self.send(signal.SIGKILL)
            time.sleep(0.02)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to every process of the tree."""
        for process in descendants():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(number)
        # Also what was started between the look at the tree and the signals.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)

    def alive(self) -> bool:
        """Collect the dead and say whether any process is alive."""
        while True:
            if self.process.poll() is None:
                return True
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True


def descendants() -> list[psutil.Process]:
    """Return the processes below this one."""
    children: list[psutil.Process] = psutil.Process().children(recursive=True)
    return children


def memory_bytes(process: psutil.Process) -> int:
    """Return a process' memory; pages shared by n processes count one n-th in each."""
    # A process may end between two looks, and macOS tells nobody of what a tool protects.
    with contextlib.suppress(psutil.Error):
        memory = process.memory_full_info()
        return int(getattr(memory, "pss", memory.uss))  # Linux alone knows how pages are shared
    return 0


def _take_orphans() -> None:
    """Become the parent of orphaned descendants, and end when the suite does; Linux only."""
    if sys.platform == "linux":
        prctl = ctypes.CDLL(None).prctl
        prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)


def _take_cores(cores: int) -> None:
    if hasattr(os, "sched_setaffinity"):
        allowed = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, allowed[:cores])


def _leave(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _usage(tree: Tree, wall: float, *, timed_out: bool) -> Usage:
    # Of all processes that were waited for, which is more than samples can see of short ones.
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    largest_bytes = spent.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Usage(
        status=tree.process.returncode,
        timed_out=timed_out,
        wall_seconds=wall,
        cpu_seconds=spent.ru_utime + spent.ru_stime,
        peak_mib=max(tree.peak_bytes, largest_bytes) / 2**20,
    )


def main() -> None:
    """Run the command that the arguments name."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--limit", type=float, required=True)
    parser.add_argument("--cores", type=int, required=True)
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("command", nargs="+")
    args = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    _take_orphans()
    _take_cores(args.cores)
    tree = Tree(args.command)
    timed_out = True
    try:
        timed_out = tree.wait(args.limit)
        wall = time.monotonic() - tree.start
    finally:
        tree.end(ask=timed_out)
    usage = _usage(tree, wall, timed_out=timed_out)
    args.report.write_text(json.dumps(asdict(usage)), "utf-8")


if __name__ == "__main__":
    main()
