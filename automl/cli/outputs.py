"""Files that a command writes, which must not be those that it reads, nor each other."""

import os
from collections.abc import Mapping

from automl.errors import FileError


def check_outputs(inputs: Mapping[str, str | None], outputs: Mapping[str, str | None]) -> None:
    """Raise an error if a file would be overwritten that the command reads or writes, too.

    Parameters
    ----------
    inputs : mapping of str to str or None
        The files that are read, by their names on the command line.
    outputs : mapping of str to str or None
        The files that are written, by their options.

    Raises
    ------
    FileError
    """
    taken = {name: path for name, path in inputs.items() if path}
    for option, path in outputs.items():
        if not path:
            continue
        for name, earlier in taken.items():
            if _is_same(path, earlier):
                raise FileError(
                    f"{option} {path!r} is the same file as {name} {earlier!r}, which would be "
                    "lost; give another path"
                )
        taken[option] = path


def _is_same(path: str, earlier: str) -> bool:
    """Tell whether two paths lead to one file, also by links, and where it does not exist yet."""
    try:
        if os.path.samefile(path, earlier):
            return True
    except (OSError, ValueError):  # at least one does not exist
        pass
    try:
        return os.path.realpath(path) == os.path.realpath(earlier)
    except (OSError, ValueError):  # a NUL in a path is an error elsewhere
        return False
