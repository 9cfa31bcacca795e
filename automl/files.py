"""Writing files whole."""

import os
from pathlib import Path

from automl.errors import FileError


def write_whole(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file as a whole or not at all.

    Raises
    ------
    FileError
        If its folder does not exist.
    """
    target = Path(path)
    if not target.parent.is_dir():
        raise FileError(f"expected a path in a folder that exists, got {str(path)!r}")
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
