"""The origin of a measurement: versions, commit, machine."""

import hashlib
import os
import platform
import subprocess
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[2]
CPU_INFO = Path("/proc/cpuinfo")


@dataclass(frozen=True)
class Provenance:
    """The origin of a measurement."""

    versions: dict[str, str]
    """Of what the adapter runs on: its tool and Python for a peer; otherwise this project's package
    (its number and a digest of its source), scikit-learn and Python."""
    commit: str
    """The commit of the working tree, with a plus sign if files differ from it."""
    machine: dict[str, str | int]
    """The processor's name and the number of cores."""
    jobs: int
    """Cores of an adapter."""


def read_provenance(jobs: int, versions: dict[str, str] | None = None) -> Provenance:
    """Look at what is installed and where this runs, now.

    Parameters
    ----------
    jobs : int
        Cores of an adapter.
    versions : dict, optional
        Those of a peer's environment; by default those of this one.
    """
    own = {
        "automl": package_version(),
        "sklearn": version("scikit-learn"),
        "python": platform.python_version(),
    }
    return Provenance(versions or own, read_commit(ROOT), read_machine(), jobs)


def named_versions(versions: dict[str, str]) -> str:
    """Return versions as people read them."""
    return ", ".join(f"{name} {number}" for name, number in versions.items())


def package_version() -> str:
    """Return the version of this project's package, told apart by its source.

    The number alone stays the same from release to release, while every change of the source may
    change a score.
    """
    try:
        number = version("automl-gp")
    except PackageNotFoundError:
        return "not installed"
    # Found, not imported: the suite can measure peers where this project cannot be imported.
    spec = find_spec("automl")
    if spec is None or spec.origin is None:
        return number
    package = Path(spec.origin).parent
    return f"{number}+{source_digest([package, package.parent / 'pipelines'])}"


def source_digest(folders: list[Path]) -> str:
    """Return eight digits that change with any file of the folders; missing folders are empty."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.relative_to(folder).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def read_commit(root: Path) -> str:
    """Return the short name of the commit, ``+`` after it if files differ, or ``unknown``."""
    commit = _git(root, "rev-parse", "--short=12", "HEAD")
    if not commit:
        return "unknown"
    # Below benchmarks only the code counts: journals and exported winners may lie there too.
    changed = _git(root, "status", "--porcelain", "--", "automl", "pipelines", "benchmarks/*.py")
    return f"{commit}+" if changed else commit


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:  # git is not installed
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


@cache
def read_machine() -> dict[str, str | int]:
    """Return the processor's name and the number of cores that this process may use."""
    name = platform.processor() or platform.machine()
    # On Linux, `platform` says "x86_64" of every processor; psutil does not name it either.
    if CPU_INFO.exists():
        lines = CPU_INFO.read_text("utf-8", errors="replace").splitlines()
        models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        name = models[0] if models else name
    return {"cpu": name, "cores": usable_cores()}


def usable_cores() -> int:
    """Return the number of cores that this process may use."""
    # A container or `taskset` may leave fewer than the machine has.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
