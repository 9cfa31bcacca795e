"""The owner of a history file: the one process that writes to it.

::

    run.db          the history, which anybody may read at any time
    run.db-owner    pid and host of the owner, locked as long as it writes

The operating system ends a lock with its process. So a process that is killed leaves a small file
behind, but no lock. SQLite's own locks last for a single write, so they cannot tell of a run.
"""

import json
import os
import socket
import sys
import threading
from pathlib import Path

import psutil

from automl.errors import HistoryError
from automl.files import PRIVATE

# Closing any descriptor of a file ends all locks of a process on it. So the lock is on a file of
# its own: on the history it would end the locks of SQLite.
if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

SUFFIX = "-owner"
PLACE = 1 << 20  # of the locked byte, far behind the text: Windows lets nobody read what is locked
LARGEST_PID = 2**31
LONGEST_NAME = 1_000  # characters of the text that are read: the file may be anybody's

_owned: dict[Path, int] = {}  # the locks of this process; a forked child has the numbers of others
_guard = threading.Lock()
MOST_TRIES = 100  # to lock a file that its last owner does not remove at that moment


class Owner:
    """The right to write to a history, until it is released.

    Parameters
    ----------
    path : Path
        The history, without links on the way.

    Raises
    ------
    HistoryError
        If another run writes to it, in this process or another, or the file cannot be locked.
    """

    def __init__(self, path: Path) -> None:
        self._history = path
        self._path = path.with_name(path.name + SUFFIX)
        self._pid = os.getpid()
        with _guard:
            # A process never waits for locks of its own, so these are looked up.
            if _owned.get(self._path) == self._pid:
                raise self._is_used(f"this process ({self._pid})")
            try:
                self._descriptor = self._take()
            except OSError as error:
                raise HistoryError(
                    f"{path.name} cannot be kept for one run ({self._path.name}: "
                    f"{error.strerror or error}); name a file in a folder on a local disk that "
                    "you may write to"
                ) from error
            _owned[self._path] = self._pid

    def release(self) -> None:
        """Let others write to the history."""
        with _guard:
            # A forked child has this object, too, but not the lock.
            if self._pid == os.getpid() and _owned.pop(self._path, None) is not None:
                _remove(self._path)
                os.close(self._descriptor)

    def _take(self) -> int:
        """Return the descriptor of the locked file."""
        for _ in range(MOST_TRIES):
            # A link could lead to a file of somebody else, which would be written over.
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
            descriptor = os.open(self._path, flags, PRIVATE)
            try:
                if not _lock(descriptor):
                    raise self._is_used(_read_name(descriptor))
                if _is_same(descriptor, self._path):
                    _write_name(descriptor, self._pid)
                    return descriptor
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)  # the last owner removed it a moment ago
        raise OSError("the file system gives it another number each time")

    def _is_used(self, name: str) -> HistoryError:
        return HistoryError(
            f"{self._history.name} is in use: {name} writes to it; wait until that run has ended, "
            "or name another file"
        )


def is_owned(path: Path) -> bool:
    """Tell whether a process on this machine says that it writes to a history.

    Parameters
    ----------
    path : Path
        The history, without links on the way.
    """
    try:
        owner = _parse(path.with_name(path.name + SUFFIX).read_bytes()[:LONGEST_NAME])
    except OSError:
        return False
    if owner is None or owner[1] != socket.gethostname() or not 0 < owner[0] < LARGEST_PID:
        return False
    try:
        return bool(psutil.Process(owner[0]).status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:  # it is gone
        return False


def _lock(descriptor: int) -> bool:
    """Lock a file, and tell whether nobody else has locked it."""
    try:
        if sys.platform == "win32":
            os.lseek(descriptor, PLACE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            # Unlike those of `flock`, these locks are not shared with forked children.
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, PLACE)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _is_same(descriptor: int, path: Path) -> bool:
    """Tell whether a path still leads to an open file."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


def _write_name(descriptor: int, pid: int) -> None:
    os.ftruncate(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, json.dumps({"pid": pid, "host": socket.gethostname()}).encode())


def _read_name(descriptor: int) -> str:
    try:
        owner = _parse(os.read(descriptor, LONGEST_NAME))
    except OSError:
        owner = None
    # None: it has not written its name yet.
    return "another process" if owner is None else f"process {owner[0]} on {owner[1]!r}"


def _parse(text: bytes) -> tuple[int, str] | None:
    """Return the pid and the host in the file of an owner; None if they are not there."""
    try:
        owner = json.loads(text)
        return int(owner["pid"]), str(owner["host"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError:  # Windows removes no open file; an unlocked one does no harm
        return
