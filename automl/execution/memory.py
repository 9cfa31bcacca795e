"""The memory that this process and its workers may use, and what is left of it.

A container, a job of SLURM or a service of systemd has less than its machine. Linux calls the group
of its processes a cgroup, and each group above it may have a limit, too. The smallest one holds.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

if sys.platform != "win32":
    import resource

SYSTEM = Path("/")
INTERVAL = 0.2  # seconds between two looks
RECOVERY = 1.0  # seconds after a kill, in which the memory comes back
LEAST_LEFT = 48.0  # MiB: with less, the system may kill any process at the next moment
SHARE_LEFT = 0.03  # of all memory


@dataclass(frozen=True)
class _Version:
    """The files of one version of cgroups."""

    limits: tuple[str, ...]
    usage: str
    reclaimable: str
    """The line of `memory.stat` with the bytes of files that the system drops when it has to."""
    kills: str
    """The file with a line `oom_kill`."""


FIRST = _Version(
    ("memory.limit_in_bytes",), "memory.usage_in_bytes", "total_inactive_file", "memory.oom_control"
)
SECOND = _Version(("memory.max", "memory.high"), "memory.current", "inactive_file", "memory.events")


def total_mebibytes(system: Path = SYSTEM) -> float:
    """Return the MiB that this process and its workers may use together.

    Parameters
    ----------
    system : path
        The root of the file system.
    """
    sizes: list[float] = [psutil.virtual_memory().total / 2**20]
    sizes += [limit for limit, _, _ in _limited_groups(system)]
    if sys.platform != "win32":
        soft, _ = resource.getrlimit(resource.RLIMIT_AS)
        sizes += [] if soft == resource.RLIM_INFINITY else [soft / 2**20]
    return min(sizes)


def left_mebibytes(system: Path = SYSTEM) -> float:
    """Return the MiB that are left now, of the machine or of a group around this process.

    Parameters
    ----------
    system : path
        The root of the file system.
    """
    sizes: list[float] = [psutil.virtual_memory().available / 2**20]
    for limit, folder, version in _limited_groups(system):
        used = _number(folder / version.usage) or 0.0
        dropped = _numbers(folder / "memory.stat").get(version.reclaimable, 0) / 2**20
        sizes.append(limit - used + dropped)
    return max(min(sizes), 0.0)


def own_mebibytes(process: int | None = None) -> float:
    """Return the MiB that a process shares with no other; 0 if it is gone.

    Parameters
    ----------
    process : int or None
        Its number; by default that of this process.
    """
    try:
        return float(psutil.Process(process).memory_full_info().uss / 2**20)
    except psutil.Error:
        return 0.0


def n_killed(system: Path = SYSTEM) -> int:
    """Return how many processes the system has killed for lack of memory in the groups.

    Parameters
    ----------
    system : path
        The root of the file system.
    """
    groups = _limited_groups(system)
    return sum(_numbers(folder / version.kills).get("oom_kill", 0) for _, folder, version in groups)


class MemoryWatch:
    """Tells when memory is short, by a look at intervals."""

    def __init__(self) -> None:
        self._next = 0.0
        self._n_killed = n_killed()

    def is_short(self) -> bool:
        """Tell whether memory is nearly used up; between two looks it is not."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + INTERVAL
        if left_mebibytes() > max(LEAST_LEFT, SHARE_LEFT * total_mebibytes()):
            return False
        self._next = now + RECOVERY  # the memory of the process that is killed comes back
        return True

    def n_killed_since(self) -> int:
        """Return how many processes the system has killed for memory since the last call."""
        before, self._n_killed = self._n_killed, n_killed()
        return self._n_killed - before


def _limited_groups(system: Path) -> Iterator[tuple[float, Path, _Version]]:
    """Yield limit, folder and version of each group around this process that has a limit."""
    for folder, version in _groups(system):
        limits = [_number(folder / name) for name in version.limits]
        present = [limit for limit in limits if limit is not None]
        if present:
            yield min(present), folder, version


def _groups(system: Path) -> Iterator[tuple[Path, _Version]]:
    """Yield the folders of the groups around this process, as far as they are visible."""
    try:
        lines = (system / "proc/self/cgroup").read_text().splitlines()
    except OSError:  # not every system has them
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        mounts = {"": ("", "unified"), "memory": ("memory",)}
        for mount in mounts.get("memory" if "memory" in controllers else controllers, ()):
            root = system / "sys/fs/cgroup" / mount
            # Within a container the path may be that of the machine, of which only the root is
            # visible.
            place = Path(os.path.normpath("/" + path.lstrip("/"))).parts[1:]
            for depth in range(len(place), -1, -1):
                yield root.joinpath(*place[:depth]), FIRST if controllers else SECOND


def _number(path: Path) -> float | None:
    """Return the MiB in a file of bytes; None if there is no number, or no such file."""
    with suppress(OSError, ValueError, OverflowError):
        return int(path.read_text()) / 2**20
    return None


def _numbers(path: Path) -> dict[str, int]:
    """Return the lines of a file with a name and a number each."""
    with suppress(OSError, ValueError, OverflowError):
        pairs = (line.split() for line in path.read_text().splitlines())
        return {name: int(number) for name, number in pairs}
    return {}
