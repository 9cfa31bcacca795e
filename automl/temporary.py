"""Temporary folders, which are removed at the end of whoever uses them, also if that was killed.

::

    automl-x7w2/ ─┬─ owner     the name of the host; locked as long as the process lives
                  └─ ...       rows of the user, so nobody else may look into the folder

A process that is killed removes nothing. So the next one removes each folder whose owner file can
be locked. The system gives a lock back when its process ends, however that ends. A lock is seen
across containers, where numbers of processes mean nothing. It may not be seen from other hosts that
share the folder, so their folders are left alone by name.
"""

import logging
import os
import platform
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from automl.errors import FileError
from automl.files import PRIVATE

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

logger = logging.getLogger("automl.temporary")

PREFIX = "automl-"
OWNER = "owner"
FARTHEST = 2**30  # a byte beyond the owner file: Windows lets nobody read bytes that are locked


@contextmanager
def temporary_folder() -> Iterator[str]:
    """Return a context manager of a folder that only the user may look into.

    It is removed at the end. First, folders are removed that processes left behind when they were
    killed.
    """
    sweep()
    # A worker that is being killed may still write a file into it, which must be no error.
    folder = tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True)
    with folder as name, _owned(Path(name) / OWNER):
        yield name


@contextmanager
def explained() -> Iterator[None]:
    """Turn errors of the system into a `FileError`, such as a full folder."""
    try:
        yield
    except OSError as error:
        raise FileError(
            f"the folder for temporary files cannot be written ({error.strerror or error}); make "
            "room there, or set TMPDIR to another folder"
        ) from error


def sweep() -> None:
    """Remove the temporary folders of processes of this user and host that are gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # such as a folder that another process is removing
            if _is_own(folder) and _is_abandoned(folder / OWNER):
                shutil.rmtree(folder, ignore_errors=True)
                logger.info("removed %s, which a process that was killed left behind", folder)


@contextmanager
def _owned(path: Path) -> Iterator[None]:
    """Hold the lock on a new owner file."""
    with open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE), "w+b") as file:
        with suppress(OSError):  # a file system without locks: no process can sweep there either
            _lock(file.fileno())
        # Written last, so that nobody takes a lock that is not there yet for one that was lost.
        file.write(_host())
        file.flush()
        yield


def _is_own(folder: Path) -> bool:
    status = os.lstat(folder)
    # Windows has no such numbers, and a folder for each user.
    return stat.S_ISDIR(status.st_mode) and (
        sys.platform == "win32" or status.st_uid == os.geteuid()
    )


def _is_abandoned(path: Path) -> bool:
    """Tell whether an owner file is of this host and of a process that is gone."""
    with open(path, "r+b") as file:
        if file.read() != _host():
            return False
        _lock(file.fileno())  # which is an OSError as long as the owner lives
    return True


def _host() -> bytes:
    return platform.node().encode() + b"\n"


def _lock(descriptor: int) -> None:
    """Lock a file until it is closed.

    Raises
    ------
    OSError
        If another process holds it, or the file system has no locks.
    """
    if sys.platform == "win32":
        os.lseek(descriptor, FARTHEST, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        os.lseek(descriptor, 0, os.SEEK_SET)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
