"""Files that are written whole or not at all, and read only where they are files.

::

    path ──links followed──► target: new, or a regular file ──► a file beside it ──renamed──► target

A link stays and its target is replaced. The new file has the mode of the old one, and its owner
and group where the system allows that. Pipes and devices cannot be replaced, so they are refused.
"""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from automl.errors import FileError

PRIVATE, SHARED = 0o600, 0o666  # the modes of a new file; the umask is taken off
STREAMS = ("/dev/stdin", "/dev/stdout", "/dev/stderr")
IRREGULAR = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFLNK: "a link that leads to itself",
}


def write_whole(path: str | os.PathLike[str], content: bytes, *, is_private: bool = False) -> None:
    """Write a file as a whole or not at all.

    Parameters
    ----------
    path : path
        A new file, a regular file, or a link to one of them.
    content : bytes
    is_private : bool
        Whether nobody but the user may read a new file. An old file keeps its mode.

    Raises
    ------
    FileError
        If it cannot be written.
    """
    target = _target(path)
    with _explained(path, "written"):
        _replace(target, content, PRIVATE if is_private else SHARED)


def check_writable(path: str | os.PathLike[str]) -> None:
    """Raise an error if `write_whole` could not write a file; nothing is changed.

    Whoever fits for an hour before writing should hear of it at once.

    Raises
    ------
    FileError
        If the path is not that of a file, its folder cannot be written to, or the file is
        protected.
    """
    target = _target(path)
    with _explained(path, "written"):
        # Only an attempt tells: the system knows of modes, mounts, quotas and names.
        probe = _beside(target)
        try:
            os.close(_create(probe, PRIVATE))
        finally:
            with suppress(OSError):
                probe.unlink()


def read_whole(path: str | os.PathLike[str]) -> bytes:
    """Return the content of a regular file.

    Raises
    ------
    FileError
        If it is something else, or cannot be read.
    """
    with _explained(path, "read"):
        mode = os.stat(_text(path)).st_mode
        if not stat.S_ISREG(mode):  # a pipe would be waited for
            raise FileError(_refusal(path, mode))
        return Path(path).read_bytes()


def _text(path: Any) -> str:
    """Return a path as text; users may give anything."""
    text = os.fspath(path) if isinstance(path, os.PathLike) else path
    if not isinstance(text, str):
        raise FileError(f"expected the path of a file as text, got {path!r}")
    return text


def _target(path: Any) -> Path:
    """Return the file that a path leads to, which is new or regular."""
    text = _text(path)
    with _explained(path, "written"):
        target = Path(os.path.realpath(text))
        folder = os.path.realpath(os.path.dirname(os.path.abspath(text)))
        # A stream may be a file, but who writes to it holds the old one open.
        if os.path.abspath(text) in STREAMS or folder.startswith("/proc/"):
            raise FileError(f"expected the path of a file, got the stream {str(path)!r}")
        if text.endswith(("/", os.sep)) or not text:
            raise FileError(_refusal(path, stat.S_IFDIR))
        if not target.parent.is_dir():
            raise FileError(
                f"expected the path of a file in a folder that exists, got {str(path)!r}; make "
                f"{str(target.parent)!r} first"
            )
        with suppress(FileNotFoundError):
            _check_replaceable(path, target)
    return target


def _check_replaceable(path: Any, target: Path) -> None:
    """Raise an error if a file that exists is not regular, or is protected."""
    status = os.lstat(target)
    if not stat.S_ISREG(status.st_mode):
        raise FileError(_refusal(path, status.st_mode))
    os.close(os.open(target, os.O_WRONLY))  # a rename would replace read-only files, too
    folder = os.stat(target.parent)
    if folder.st_mode & stat.S_ISVTX and os.geteuid() not in (0, status.st_uid, folder.st_uid):
        raise FileError(
            f"{str(path)!r} cannot be written: only its owner may replace it in that folder; give "
            "another path"
        )


def _refusal(path: Any, mode: int) -> str:
    kind = IRREGULAR.get(stat.S_IFMT(mode), "something else")
    return f"expected the path of a file, got {kind}: {str(path)!r}"


@contextmanager
def _explained(path: Any, verb: str) -> Iterator[None]:
    """Turn the errors of the system into one that names the path."""
    try:
        yield
    except FileError:
        raise
    except OSError as error:
        raise FileError(f"{str(path)!r} cannot be {verb}: {error.strerror or error}") from error
    except ValueError as error:  # a NUL, or a character that no path can have
        raise FileError(f"{str(path)!r} cannot be {verb}: {error}") from error


def _beside(target: Path) -> Path:
    """Return the path of a file that lives until it is renamed to its target."""
    # At random: a leftover of a process that was killed is in nobody's way.
    return target.with_name(f".automl-{secrets.token_hex(8)}")


def _create(path: Path, mode: int) -> int:
    # Without O_BINARY, Windows would change the ends of lines.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.open(path, flags, mode)


def _replace(target: Path, content: bytes, mode: int) -> None:
    # A rename within a folder happens at once, so nobody ever reads half of a file.
    temporary = _beside(target)
    try:
        with open(_create(temporary, mode), "wb") as file:
            with suppress(FileNotFoundError):
                _copy_rights(target, temporary)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # before the rename, also where the power fails
        temporary.replace(target)
    finally:
        with suppress(OSError):  # it is gone, or the error above says more
            temporary.unlink()


def _copy_rights(source: Path, path: Path) -> None:
    """Give a file the mode of another one, and its owner and group where that is allowed."""
    status = os.stat(source)
    if hasattr(os, "chown"):
        with suppress(OSError):
            os.chown(path, status.st_uid, status.st_gid)
    os.chmod(path, stat.S_IMODE(status.st_mode))
