"""The packages that a model is made with: their versions, and whether they are installed."""

import importlib.util
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata

from automl.distributions import OWN, distributions_of, installed_version

# Every pipeline is one of scikit-learn, fitted to a dataframe, and skops writes it.
EVERY_MODEL = ("automl", "numpy", "pandas", "sklearn", "skops")


@dataclass(frozen=True)
class Package:
    """A package that a model is made with."""

    module: str
    """The name under which it is imported."""
    name: str | None
    """The name under which it is installed; None for a module that belongs to no package."""
    version: str | None
    """The version that was installed when the model was saved."""


def packages_of(types: Iterable[str]) -> tuple[Package, ...]:
    """Return the packages with which a model is made.

    Parameters
    ----------
    types : iterable of str
        Dotted paths of the types in the model, those of scikit-learn aside.
    """
    modules = {path.split(".")[0] for path in types} - {"__main__"} - sys.stdlib_module_names
    return tuple(map(package_of, sorted(modules.union(EVERY_MODEL))))


def package_of(module: str) -> Package:
    """Return the package to which a module belongs, with its version."""
    for name in distributions_of(module):
        if version := installed_version(name):
            return Package(module, name, version)
    # A search of all that is installed takes a quarter of a second.
    name = next(iter(metadata.packages_distributions().get(module, [])), "")
    return Package(module, name or None, installed_version(name))


def missing_module(packages: Iterable[Package]) -> str | None:
    """Return the name of the first module that cannot be found; nothing is imported."""
    for package in packages:
        top = package.module.split(".")[0]  # find_spec would import what stands before a dot
        if top not in sys.modules and importlib.util.find_spec(top) is None:
            return top
    return None


def is_required(name: str) -> bool:
    """Tell whether this project names a package in its requirements, also in those of extras.

    Only these are recommended to users: a file may name any package of the world.
    """
    try:
        requirements = metadata.requires(OWN) or []
    except metadata.PackageNotFoundError:
        return False
    return name in {re.split(r"[^\w.-]", requirement)[0] for requirement in requirements}


def differences(packages: Iterable[Package]) -> str:
    """Return the versions that differ from the installed ones, as a sentence; "" if none does."""
    texts = []
    for package in packages:
        installed = package.name and installed_version(package.name)
        if installed != package.version:
            texts.append(f"{package.name} {package.version} (installed: {installed})")
    return f"it was saved with {', '.join(texts)}" if texts else ""
