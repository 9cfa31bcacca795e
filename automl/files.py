"""Files that are written whole, and folders for a while."""

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
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(target)
    except OSError as error:
        raise FileError(f"{str(path)!r} cannot be written: {error.strerror or error}") from error
    finally:
        beside.unlink(missing_ok=True)


def check_writable(path: str | os.PathLike[str]) -> None:
    """Make sure that a file could be at a path.

    Raises
    ------
    FileError
        If its folder does not exist, or it is a folder itself.
    """
    if Path(path).is_dir() or not Path(path).absolute().parent.is_dir():
        raise FileError(f"expected the path of a file in a folder that exists, got {str(path)!r}")


def temporary_folder() -> "tempfile.TemporaryDirectory[str]":
    """Return a folder that is removed after use, also if a worker still writes its last file."""
    return tempfile.TemporaryDirectory(prefix="automl-", ignore_cleanup_errors=True)
