"""The files around an exported script: the packages that it needs, and an image that runs it.

::

    best.py ─┬─ best.requirements.txt   the packages that it imports, in the versions of now
             └─ best.Dockerfile         an image with Python, these packages and the script

Their names are made of that of the script, so that two scripts in a folder keep to their own, and
nobody's requirements.txt is in the way. A file that something else has written is not replaced.
"""

import ast
import os
import platform
import shlex
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from automl.errors import FileError, SettingsError
from automl.files import check_writable, read_whole, write_whole
from automl.pipelines.building.read_options import READERS, ReadOptions
from automl.winner.packages import Package, package_of

MARK = "made by automl"  # in the first line of the files that may be replaced
PATTERNS = frozenset("*?[]\\$\"'")  # Docker gives these a meaning in the name of a file
LIBRARIES = {"lightgbm": "libgomp1"}  # of the system, which the wheels of a module leave out

DOCKERFILE = """\
# Image of {script}, {mark} {automl}. It was not built there: try it before you rely on it.
# Build:   docker build -t model -f {dockerfile} .
# Fit:     docker run --rm -u "$(id -u)" -v "$PWD:/data" model train.csv --save fitted
# Predict: docker run --rm -u "$(id -u)" -v "$PWD:/data" model --load fitted --predict new.csv
FROM python:{python}-slim
{libraries}COPY ["{requirements}", "/app/requirements.txt"]
RUN pip install --no-cache-dir -r /app/requirements.txt
COPY ["{script}", "/app/script.py"]
RUN useradd --create-home model
USER model
WORKDIR /data
ENTRYPOINT ["python", "/app/script.py"]
"""


def requirements_path(script: str | os.PathLike[str]) -> Path:
    """Return the path of the requirements of a script.

    Examples
    --------
    >>> requirements_path("models/best.py").name
    'best.requirements.txt'
    """
    return _beside(script, ".requirements.txt")


def dockerfile_path(script: str | os.PathLike[str]) -> Path:
    """Return the path of the Dockerfile of a script."""
    return _beside(script, ".Dockerfile")


def check_script_files(
    script: str | os.PathLike[str], *, requirements: bool = True, dockerfile: bool = False
) -> None:
    """Raise an error if a script or a file around it could not be written; nothing is changed.

    Parameters
    ----------
    script : path
    requirements : bool
        Whether its requirements are to be written.
    dockerfile : bool
        Whether a Dockerfile is to be written.

    Raises
    ------
    FileError
        If a path cannot be written, holds a file that no export has written, or is the name of an
        ONNX model.
    SettingsError
        If a Dockerfile is to be written without requirements.
    """
    check_writable(script)
    if Path(script).suffix.lower() == ".onnx":
        raise FileError(
            f"{str(script)!r} is the name of an ONNX model, and this is a script; end its name in "
            ".py, or use export_onnx(path, X)"
        )
    if dockerfile and not requirements:
        raise SettingsError(
            "a Dockerfile installs the requirements; pass dockerfile=True without "
            "requirements=False"
        )
    if dockerfile and (wrong := sorted(PATTERNS.intersection(Path(script).name))):
        raise FileError(
            f"{str(script)!r} holds {wrong}, which mean something else in a Dockerfile; give the "
            "script another name"
        )
    for path in _paths(script, requirements, dockerfile):
        check_writable(path)
        if path.exists() and MARK not in _first_line(path):
            raise FileError(
                f"{str(path)!r} is there, and no export has written it; move it, or give the "
                "script another name"
            )


def write_script(
    script: str | os.PathLike[str],
    source: str,
    form: ReadOptions,
    *,
    requirements: bool = True,
    dockerfile: bool = False,
) -> None:
    """Write a script and the files around it.

    Parameters
    ----------
    script : path
    source : str
        The Python source.
    form : ReadOptions
        The form of its files, which may need a package to be read.
    requirements : bool
        Whether its requirements are written.
    dockerfile : bool
        Whether a Dockerfile is written.

    Raises
    ------
    FileError, SettingsError
        As `check_script_files` does, before anything is written.
    """
    check_script_files(script, requirements=requirements, dockerfile=dockerfile)
    write_whole(script, source.encode())
    packages = packages_of_script(source, form)
    if requirements:
        text = requirements_text(Path(script).name, packages)
        write_whole(requirements_path(script), text.encode())
    if dockerfile:
        text = dockerfile_text(Path(script).name, packages)
        write_whole(dockerfile_path(script), text.encode())


def packages_of_script(source: str, form: ReadOptions) -> list[Package]:
    """Return the packages that a script imports, and the one with which it reads its files.

    Parameters
    ----------
    source : str
        The Python source.
    form : ReadOptions
        The form of its files.

    Examples
    --------
    >>> [package.name for package in packages_of_script("import sklearn, sys", ReadOptions())]
    ['scikit-learn']
    """
    modules = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            modules |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            modules.add(node.module.split(".")[0])
    reader = READERS[form.format].package
    modules |= {reader} if reader else set()
    packages = map(package_of, modules - sys.stdlib_module_names)
    return sorted(packages, key=lambda package: package.name or package.module)


def requirements_text(script: str, packages: Sequence[Package]) -> str:
    """Return the content of a file for ``pip install -r``.

    Parameters
    ----------
    script : str
        The name of the script.
    packages : sequence of Package

    Examples
    --------
    >>> print(requirements_text("best.py", [Package("numpy", "numpy", "2.4.6")]).splitlines()[-1])
    numpy==2.4.6
    """
    python = ".".join(platform.python_version_tuple()[:2])
    path = shlex.quote(_printable(requirements_path(script).name))
    lines = [
        f"# Packages of {_printable(script)}, {MARK} {version('automl-gp')} with Python {python}.",
        f"# Install: python -m pip install -r {path}",
    ]
    for package in packages:
        if package.name is None or package.version is None:
            lines.append(f"# {package.module}: a module of no package; put it beside the script.")
        else:
            lines.append(f"{package.name}=={package.version}")
    return "\n".join([*lines, ""])


def dockerfile_text(script: str, packages: Sequence[Package]) -> str:
    """Return a Dockerfile around a script.

    Parameters
    ----------
    script : str
        The name of the script.
    packages : sequence of Package
    """
    modules = {package.module for package in packages}
    needed = " ".join(sorted({LIBRARIES[module] for module in modules & set(LIBRARIES)}))
    install = (
        f"RUN apt-get update && apt-get install -y --no-install-recommends {needed} \\\n"
        "    && rm -rf /var/lib/apt/lists/*\n"
    )
    return DOCKERFILE.format(
        script=_printable(script),
        mark=MARK,
        automl=version("automl-gp"),
        dockerfile=shlex.quote(_printable(dockerfile_path(script).name)),
        python=".".join(platform.python_version_tuple()[:2]),
        libraries=install if needed else "",
        requirements=_printable(requirements_path(script).name),
    )


def _beside(script: str | os.PathLike[str], ending: str) -> Path:
    folder, name = os.path.split(script)
    return Path(folder, f"{Path(name).stem}{ending}")


def _paths(script: str | os.PathLike[str], requirements: bool, dockerfile: bool) -> list[Path]:
    paths = [requirements_path(script)] if requirements else []
    return [*paths, dockerfile_path(script)] if dockerfile else paths


def _first_line(path: Path) -> str:
    return read_whole(path).partition(b"\n")[0].decode(errors="replace")


def _printable(text: str) -> str:
    """Return a name without what would end a comment."""
    return "".join(character if character.isprintable() else "?" for character in text)
