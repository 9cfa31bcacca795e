"""Processes that may do anything: marked, bounded, in a temporary folder of their own.

::

    Sandbox ─┬─ run ─► a command in a session of its own, ended at its limit ─► Ended
             ├─ processes   all that carry its mark, wherever they went
             └─ folder      TMPDIR of them all; what this project left behind is looked for there

The mark is a variable of the environment, which children inherit. So a process is found even if it
left its session, its group and its parents.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psutil

from benchmarks.running.environment import adapter_environment
from benchmarks.running.provenance import ROOT

MARK = "AUTOML_TORTURE"
GRACE = 5.0  # seconds in which workers may end after the process that started them
LOOK = 0.05  # seconds between two looks
MOST_OUTPUT = 2**20  # bytes that a fit may print: a line of progress, warnings
LOG_TAIL = 300  # characters


@dataclass(frozen=True)
class Ended:
    """The end of a command."""

    status: int | None
    """The exit status, minus a signal; None if it was ended at its limit."""
    seconds: float
    """Its wall seconds."""
    log: str
    """The beginning of what it printed, output and errors."""
    n_printed: int
    """All bytes that it printed."""


class Sandbox:
    """A context manager around processes that may do anything.

    Parameters
    ----------
    name : str
        Of the folder for temporary files.
    """

    def __init__(self, name: str = "tmp") -> None:
        self._root = Path(tempfile.mkdtemp(prefix="torture-"))
        self.mark = uuid.uuid4().hex
        self.folder = self._root / "work"  # where commands run
        self.temporary = self._root / name
        self.folder.mkdir()
        self.temporary.mkdir(parents=True)
        self.log = self._root / "log"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self._root, ignore_errors=True)

    def start(
        self,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
        **options: Any,
    ) -> "subprocess.Popen[bytes]":
        """Start a command in a session of its own.

        Parameters
        ----------
        command : sequence of str
        environment : mapping, optional
            Variables besides those of this process.
        **options
            Of `subprocess.Popen`.
        """
        variables = adapter_environment(self.temporary) | {MARK: self.mark, **(environment or {})}
        with self.log.open("ab") as log:
            settings = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, **options}
            return subprocess.Popen(
                command, cwd=self.folder, env=variables, start_new_session=True, **settings
            )

    def run(self, command: Sequence[str], limit: float, **options: Any) -> Ended:
        """Run a command, and end it at its limit.

        Parameters
        ----------
        command : sequence of str
        limit : float
            Seconds.
        **options
            As those of `start`.
        """
        started = time.monotonic()
        return self.wait(self.start(command, **options), started + limit, started)

    def wait(self, process: "subprocess.Popen[bytes]", end: float, started: float) -> Ended:
        """Wait for a process, and end it at a time.

        Parameters
        ----------
        process : Popen
        end : float
            The time, of the monotonic clock.
        started : float
            When it started.
        """
        status: int | None = None
        try:
            status = process.wait(max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        seconds = time.monotonic() - started
        with self.log.open("rb") as log:
            text = log.read(MOST_OUTPUT).decode("utf-8", errors="replace")
        return Ended(status, seconds, text, self.log.stat().st_size)

    def processes(self) -> list[psutil.Process]:
        """Return the processes with the mark that are alive."""
        return [process for process in psutil.process_iter() if self._is_marked(process)]

    def _is_marked(self, process: psutil.Process) -> bool:
        with contextlib.suppress(psutil.Error, OSError):
            if process.status() != psutil.STATUS_ZOMBIE:
                return bool(process.environ().get(MARK) == self.mark)
        return False

    def orphans(self) -> list[str]:
        """Return the names of processes that outlive the commands by some seconds, and kill them.

        Those of multiprocessing that watch for leaks end with the last process that holds a pipe.
        """
        end = time.monotonic() + GRACE
        while (alive := self.processes()) and time.monotonic() < end:
            time.sleep(LOOK)
        names = [_name(process) for process in alive]
        self.kill()
        return sorted(set(names))

    def kill(self) -> None:
        """Kill all processes with the mark, also those that they start meanwhile."""
        for _ in range(100):
            alive = self.processes()
            for process in alive:
                with contextlib.suppress(psutil.Error):
                    process.send_signal(signal.SIGKILL)
            if not alive:
                return
            time.sleep(LOOK)

    def folders_left(self) -> list[str]:
        """Return the kinds of folders that this project left behind."""
        return sorted({path.name.split("-")[0] for path in self.temporary.glob("automl*")})

    def without_paths(self, text: str) -> str:
        """Return a text without the paths of this machine, which are nobody's business."""
        for path in (self._root, ROOT, Path(sys.prefix), Path(os.__file__).parent):
            text = text.replace(f"{path}{os.sep}", "").replace(str(path), "")
        return text


def _name(process: psutil.Process) -> str:
    """Return a process in a few words, without any path."""
    try:
        words = process.cmdline()
    except psutil.Error:
        return "a process"
    name = Path(words[0]).name if words else "a process"
    module = re.search(r"[\w.]*(forkserver|resource_tracker|spawn|loky|torture\.\w+)", str(words))
    return f"{name} {module[0]}" if module else name
