"""Files that a command writes, which must not be those that it reads, nor each other."""

import os
from collections.abc import Mapping

from automl.errors import FileError
from automl.winner.script_files import dockerfile_path, requirements_path


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


def script_outputs(
    name: str, script: str | None, *, requirements: bool = True, dockerfile: bool = False
) -> dict[str, str]:
    """Return the files that an export writes, by names for `check_outputs`.

    Parameters
    ----------
    name : str
        The option of the script.
    script : str or None
        The script; None for no export.
    requirements : bool
        Whether its requirements are written.
    dockerfile : bool
        Whether a Dockerfile is written.
    """
    outputs = {name: script} if script else {}
    if script and requirements:
        outputs[f"the requirements of {name}"] = str(requirements_path(script))
    if script and dockerfile:
        outputs["--dockerfile"] = str(dockerfile_path(script))
    return outputs


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
