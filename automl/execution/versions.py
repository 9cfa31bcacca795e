"""The versions of Python and of the packages on which results depend.

A cluster may have been installed at another time. The same pipeline may then have another score, or
come back as a pickle that cannot be read, so its workers are compared with this process.
"""

import platform
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from automl.distributions import distributions_of

PYTHON = "Python"
MODULES = ("automl", "sklearn", "numpy", "pandas", "scipy", "xgboost", "lightgbm", "catboost")
# The usual names of their distributions, each with all of its names.
PACKAGES = {names[0]: names for names in map(distributions_of, MODULES)}
ABSENT = "none"

Call = Callable[..., Awaitable[Any]]
"""Calls a function with arguments in another place, and returns its result or raises its error."""


@cache
def own_versions() -> Mapping[str, str]:
    """Return the versions in this process by name; packages that are not installed are left out."""
    versions = {PYTHON: _feature_release(platform.python_version())}
    for package, distributions in PACKAGES.items():
        for distribution in distributions:
            with suppress(PackageNotFoundError):
                versions.setdefault(package, version(distribution))
    return versions


async def versions_by(call: Call) -> dict[str, str]:
    """Return the versions of what is installed here in another place, such as a cluster's worker.

    Only functions of the standard library are called there, so that it works where nothing of this
    project is installed.

    Parameters
    ----------
    call : callable
    """
    versions = {PYTHON: _feature_release(await call(platform.python_version))}
    for package in own_versions():
        for distribution in PACKAGES.get(package, ()):
            if package not in versions:
                with suppress(PackageNotFoundError):
                    versions[package] = await call(version, distribution)
    return versions


def _feature_release(python: str) -> str:
    """Return a version of Python without its last number: bug fixes change no result."""
    return ".".join(python.split(".")[:2])


def differences(versions: Mapping[str, str], own: Mapping[str, str]) -> str:
    """Return which versions differ between a worker and this process; "" if none does.

    Parameters
    ----------
    versions : mapping of str to str
        Those of the worker.
    own : mapping of str to str

    Examples
    --------
    >>> differences({"numpy": "2.1.0"}, {"numpy": "2.0.2"})
    'numpy 2.1.0 there, 2.0.2 here'
    """
    names = [name for name in own if versions.get(name, ABSENT) != own[name]]
    texts = (f"{name} {versions.get(name, ABSENT)} there, {own[name]} here" for name in names)
    return "; ".join(texts)
