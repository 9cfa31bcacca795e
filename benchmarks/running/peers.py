"""Virtual environments of peers: every tool that is measured has its packages to itself.

An adapter whose tool is not part of this project says at the top of its file what it needs, in the
block that Python has for the metadata of scripts (PEP 723)::

    # /// script
    # requires-python = "==3.11.*"
    # dependencies = ["flaml[automl]==2.7.0", "pyarrow"]
    # ///

`python -m benchmarks setup flaml` makes the environment; adapters of one file share it.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from benchmarks.adapters import adapter_module
from benchmarks.errors import PeerError

BLOCK = re.compile(r"^# /// script\n((?:#.*\n)*?)# ///$", re.MULTILINE)
ENVIRONMENTS = Path(".environments")
STAMP = "versions.json"  # written last, so that a half-made environment is made again
PYTHONS = tuple(f"python3.{minor}" for minor in range(9, 15))


@dataclass(frozen=True)
class Needs:
    """The needs that an adapter's file states."""

    name: str
    """The name of the file, which is that of the environment."""
    python: str
    """The versions of Python that will do, such as ``==3.11.*``."""
    dependencies: tuple[str, ...]
    """Requirements for pip."""

    @property
    def digest(self) -> str:
        """Eight digits that change with what is needed."""
        # The environment is made anew when a pin changes, and only then.
        text = "\n".join([self.python, *self.dependencies])
        return hashlib.sha256(text.encode()).hexdigest()[:8]


def read_needs(adapter: str) -> Needs | None:
    """Read what an adapter needs; nothing if it runs where the suite does.

    Raises
    ------
    PeerError
        If the block of its file cannot be read.
    """
    spec = find_spec(adapter_module(adapter))
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin)
    block = BLOCK.search(path.read_text("utf-8"))
    if block is None:
        return None
    text = "\n".join(line[1:].removeprefix(" ") for line in block[1].splitlines())
    try:
        content = tomllib.loads(text)
        return Needs(path.stem, content["requires-python"], tuple(content["dependencies"]))
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise PeerError(
            f"expected requires-python and dependencies in the block at the top of {path.name}, "
            f"got {error!r}"
        ) from error


@dataclass(frozen=True)
class Installation:
    """A Python with the packages of an adapter."""

    python: Path
    """The interpreter."""
    versions: dict[str, str]
    """Of Python and of what the adapter named; nothing for the suite's own."""


OWN = Installation(Path(sys.executable), {})


def find_installation(adapter: str, folder: Path = ENVIRONMENTS) -> Installation:
    """Return the environment of an adapter.

    Parameters
    ----------
    adapter : str
    folder : path
        Where the environments are.

    Raises
    ------
    PeerError
        If it has to be made first.
    """
    needs = read_needs(adapter)
    if needs is None:
        return OWN
    place = folder / needs.name
    stamp = json.loads((place / STAMP).read_text("utf-8")) if (place / STAMP).exists() else {}
    if stamp.get("needs") != needs.digest:
        raise PeerError(
            f"expected an environment for {adapter} in {folder}, got "
            f"{'one with other packages' if stamp else 'none'}; make it with "
            f"`python -m benchmarks setup {adapter}`"
        )
    return Installation((place / "bin" / "python").absolute(), stamp["versions"])


def install(adapter: str, folder: Path = ENVIRONMENTS) -> Installation:
    """Make the environment of an adapter, unless it is there.

    Parameters
    ----------
    adapter : str
    folder : path

    Raises
    ------
    PeerError
        If there is no Python for it, or pip fails, with what it said.
    """
    try:
        return find_installation(adapter, folder)
    except PeerError:
        needs = read_needs(adapter)
    assert needs is not None  # otherwise its environment would have been found
    place = folder / needs.name
    # An environment with other packages, or one whose installation was stopped.
    shutil.rmtree(place, ignore_errors=True)
    _run([find_python(needs.python), "-m", "venv", str(place)], f"venv for {adapter}")
    python = str(place / "bin" / "python")
    # One call for all, so that pip finds versions that go together.
    _run([python, "-m", "pip", "install", *needs.dependencies], f"pip for {adapter}")
    stamp = {"needs": needs.digest, "versions": _versions(python, needs)}
    (place / STAMP).write_text(json.dumps(stamp), "utf-8")
    return find_installation(adapter, folder)


def find_python(specifier: str) -> str:
    """Return the command of a Python of some version: this one, or one on the PATH.

    Parameters
    ----------
    specifier : str
        Such as ``==3.11.*``.

    Raises
    ------
    PeerError
        If there is none.
    """
    versions = SpecifierSet(specifier)
    # This Python first: it exists for sure, and saves a second one on most machines.
    on_path = (shutil.which(name) for name in PYTHONS)
    for command in [sys.executable, *filter(None, on_path)]:
        ask = [command, "-c", "import platform; print(platform.python_version())"]
        done = subprocess.run(ask, capture_output=True, text=True, check=False)
        if done.returncode == 0 and versions.contains(done.stdout.strip()):
            return command
    raise PeerError(f"expected a Python {specifier} on the PATH, found none; put one there")


def _versions(python: str, needs: Needs) -> dict[str, str]:
    """Return the versions of Python and of the packages that were named."""
    names = [Requirement(line).name for line in needs.dependencies]
    code = (
        "import json, platform, sys; from importlib.metadata import version; "
        "versions = {name: version(name) for name in sys.argv[1:]}; "
        "print(json.dumps(versions | {'python': platform.python_version()}))"
    )
    versions: dict[str, str] = json.loads(_run([python, "-c", code, *names], "versions"))
    return versions


def _run(command: list[str], title: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise PeerError(f"{title} ended with status {done.returncode}:\n{tail}")
    return done.stdout
