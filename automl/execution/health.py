"""The health of a worker: whether a job left the process as it was.

An estimator may leave threads, open files, timers, limits or another folder behind, and the next
pipeline would fail by them. A worker that is not as it was is replaced, which costs less than a
doubt.
"""

import gc
import os
import signal
import sys
import threading
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import psutil

if sys.platform != "win32":
    import resource

# Libraries keep threads, files and memory for the next call. More than these were leaked.
NATIVE_THREADS = 32
HANDLES = 64
SIGNALS = [
    getattr(signal, f"SIG{name}")
    for name in ("INT", "TERM", "HUP", "ALRM", "CHLD", "PIPE")
    if hasattr(signal, f"SIG{name}")
]
SHARE_OF_LIMIT = 0.5  # of the address space that a job may use


@dataclass(frozen=True)
class Health:
    """The state of a process that a job may not change."""

    threads: int
    """Threads of Python."""
    native_threads: int
    """All threads."""
    handles: int
    """Open files and sockets."""
    mebibytes: float
    """The address space in MiB."""
    has_children: bool
    """Whether a process runs that this one started."""
    settings: tuple[Any, ...]
    """Settings of the process: limits, timers, signals, folder, and the like."""
    environment: dict[str, str]
    """The variables of the environment."""

    @classmethod
    def now(cls, process: psutil.Process) -> Self:
        """Return the health of this process.

        Parameters
        ----------
        process : psutil.Process
            This process; to make one for each look would cost as much as the look.
        """
        with process.oneshot():
            handles = process.num_fds() if hasattr(process, "num_fds") else process.num_handles()
            return cls(
                threads=threading.active_count(),
                native_threads=process.num_threads(),
                handles=handles,
                mebibytes=process.memory_info().vms / 2**20,
                has_children=_has_children(process),
                settings=_settings(),
                environment=dict(os.environ),
            )

    def is_like(self, before: Self, mebibytes: float) -> bool:
        """Tell whether the process is as sound as before.

        Parameters
        ----------
        before : Health
        mebibytes : float
            The memory that a job may use.
        """
        return (
            self.threads <= before.threads
            and self.native_threads <= before.native_threads + NATIVE_THREADS
            and self.handles <= before.handles + HANDLES
            and self.mebibytes <= before.mebibytes + SHARE_OF_LIMIT * mebibytes
            and not self.has_children
            and self.settings == before.settings
            # Imports add variables, and add to them: that of Polars does, to the one it has set.
            and all(
                self.environment.get(name, "").startswith(value)
                for name, value in before.environment.items()
            )
        )


def _has_children(process: psutil.Process) -> bool:
    if not hasattr(os, "waitid"):  # as on Windows
        return bool(process.children())
    try:  # one call of the system, which leaves the children as they are
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _settings() -> tuple[Any, ...]:
    return (
        _folder(),
        tuple(sys.path),
        (sys.gettrace(), sys.getprofile(), sys.getrecursionlimit(), gc.isenabled()),
        np.geterr(),
        _of_system() if sys.platform != "win32" else (),
    )


def _folder() -> str | None:
    try:
        return os.getcwd()
    except OSError:  # it was removed
        return None


def _of_system() -> tuple[Any, ...]:
    names = sorted(name for name in dir(resource) if name.startswith("RLIMIT_"))
    timers = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)
    return (
        [resource.getrlimit(getattr(resource, name)) for name in names],
        [signal.getitimer(timer) for timer in timers],
        [signal.getsignal(number) for number in SIGNALS],
        signal.pthread_sigmask(signal.SIG_BLOCK, ()),
        os.getpriority(os.PRIO_PROCESS, 0),
        os.getpgrp(),
    )
