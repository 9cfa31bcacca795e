"""Files that are written whole or not at all, and temporary folders."""

import os
import tempfile
from pathlib import Path

from automl.errors import FileError


def write_whole(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file as a whole or not at all.

    Raises
    ------
    FileError
        If it cannot be written.
    """
    target = Path(path)
    check_writable(path)
    # A rename within a folder happens at once, so nobody ever reads half of a file. The number of
    # the process keeps two writers apart.
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        temporary.write_bytes(content)
        temporary.replace(target)
    except OSError as error:
        raise FileError(f"{str(path)!r} cannot be written: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def check_writable(path: str | os.PathLike[str]) -> None:
    """Raise an error if a path cannot be that of a file.

    Whoever fits for an hour before writing should hear of it at once.

    Raises
    ------
    FileError
        If its folder does not exist, or it is a folder itself.
    """
    if Path(path).is_dir() or not Path(path).absolute().parent.is_dir():
        raise FileError(f"expected the path of a file in a folder that exists, got {str(path)!r}")


def temporary_folder() -> "tempfile.TemporaryDirectory[str]":
    """Return a context manager of a folder that is removed at the end.

    A worker that is being killed may still write a file into it, which must be no error.
    """
    return tempfile.TemporaryDirectory(prefix="automl-", ignore_cleanup_errors=True)
