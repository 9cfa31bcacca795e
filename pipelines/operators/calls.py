"""Calls of classes that are not made yet: built into estimators, or exported as source.

::

    Call("sklearn.pipeline.Pipeline", {"steps": [("range", Call(...)), ("scale", Call(...))]})

A call is the only description of an estimator, so building and exporting cannot disagree.
"""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def locate(path: str) -> Any:
    """Return the class or function at a dotted path such as ``sklearn.svm.SVC``."""
    # Texts instead of classes: a catalogue imports none of the packages that it names.
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


@dataclass(frozen=True)
class Call:
    """A class with arguments, before it is called."""

    path: str
    """Dotted path of the class."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Its arguments; a value may be a `Call`, a `Name` or a `Constant`, also in a list."""
    as_frame: bool = False
    """Whether its output stays a dataframe."""


@dataclass(frozen=True)
class Name:
    """A function as an argument."""

    path: str
    """Its dotted path."""


@dataclass(frozen=True)
class Constant:
    """A value as an argument that a script defines at its top."""

    name: str
    """Its name in the script."""
    value: Any
    """The value."""
