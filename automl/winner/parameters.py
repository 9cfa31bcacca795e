"""The parameters of an estimator as JSON, and back.

Plain values stand as they are, all others as a dict whose one key is the type::

    300                                        a number, a text, True, None
    {"tuple": [1, 2]}                          a tuple; "list" and "dict" alike
    {"path": "run.db"}                         a path
    {"Limits": {"seconds": 30, ...}}           a record of settings, by its fields
    {"catalogue": {"operators": {"ridge": "<digest>", ...}, "template": []}}

A file only names operators. They come from the catalogue that ships with the project or from the
one that the user gives, so that nothing is imported because a file says so. The digests tell
whether they are the same operators.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self, get_type_hints

import numpy as np

from automl.errors import FileError
from automl.execution import Limits
from automl.pipelines import Catalogue
from automl.problem import NestedCV
from automl.problem.metric import Quantile, TunedThreshold
from automl.search.patience import Patience
from automl.winner.digests import digests, find_operators
from automl.winner.facts import read_as

RECORDS = {
    class_.__name__: class_ for class_ in (Limits, NestedCV, Patience, Quantile, TunedThreshold)
}
SEQUENCES: dict[str, Callable[..., Any]] = {"list": list, "tuple": tuple}
DEEPEST = 20  # levels of lists in each other: deeper ones cannot be printed
PLAIN = bool | int | float | str | None


class _OmittedError(Exception):
    """A parameter that a file cannot hold, or that cannot be restored; the text says which."""


@dataclass(frozen=True)
class StoredParameters:
    """The parameters of an estimator, as far as JSON can hold them."""

    values: Mapping[str, Any]
    """The JSON of those that it can hold, by name."""
    omitted: Mapping[str, str]
    """What the others are, by name."""

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> Self:
        """Return what JSON can hold of parameters, such as those of `get_params`."""
        values: dict[str, Any] = {}
        omitted: dict[str, str] = {}
        for name, value in parameters.items():
            try:
                values[name] = _store(value)
            except _OmittedError as error:
                omitted[name] = str(error)
        return cls(values, omitted)

    def restore(
        self, defaults: Mapping[str, Any], catalogue: Catalogue
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """Return the parameters.

        Parameters
        ----------
        defaults : mapping of str to object
            All parameters of the estimator.
        catalogue : Catalogue
            Operators that a stored catalogue may name, beside the shipped ones.

        Returns
        -------
        dict of str to object
            All parameters; those that cannot be restored have their defaults.
        dict of str to str
            What the latter are, by name.

        Raises
        ------
        FileError
            If they are no parameters of the estimator.
        """
        names = {*self.values, *self.omitted}
        if missing := sorted(set(defaults) - names):
            raise FileError(f"expected {missing} among the parameters, which lack them")
        if unknown := sorted(names - set(defaults)):
            raise FileError(f"expected the parameters {list(defaults)}, got {unknown} besides")
        if unreadable := [kind for kind in self.omitted.values() if not kind.isprintable()]:
            raise FileError(f"expected names of types among the parameters, got {unreadable}")
        restored, omitted = dict(defaults), dict(self.omitted)
        for name, value in self.values.items():
            try:
                restored[name] = _restore(value, catalogue)
            except _OmittedError as error:
                omitted[name] = str(error)
        return restored, omitted


def _store(value: Any) -> Any:
    """Return the JSON of a value.

    Raises
    ------
    _OmittedError
        If JSON cannot hold it.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, Path):
        return {"path": str(value)}
    if isinstance(value, Catalogue):
        operators = digests(value.values())
        return {"catalogue": {"operators": operators, "template": list(value.template)}}
    if RECORDS.get(type(value).__name__) is type(value):
        settings = {field.name: _store(getattr(value, field.name)) for field in fields(value)}
        return {type(value).__name__: settings}
    if type(value) in (list, tuple):
        return {type(value).__name__: _store_items(value)}
    if type(value) is dict and all(isinstance(key, str) for key in value):
        return {"dict": {key: _store(item) for key, item in value.items()}}
    raise _OmittedError(type(value).__name__)


def _store_items(items: Sequence[Any]) -> list[Any]:
    """Return the JSON of the items of a list; the error names all that JSON cannot hold."""
    stored, omitted = [], []
    for item in items:
        try:
            stored.append(_store(item))
        except _OmittedError as error:
            omitted.append(str(error))
    if omitted:
        raise _OmittedError(", ".join(omitted))
    return stored


def _restore(stored: Any, catalogue: Catalogue, depth: int = 0) -> Any:
    """Return the value of which `_store` returned the JSON.

    Parameters
    ----------
    stored : None, bool, int, float, str or dict
    catalogue : Catalogue
    depth : int
        The number of lists and records around it.

    Raises
    ------
    FileError
        If it is something else.
    _OmittedError
        If it is a catalogue of operators that are not there, or too deep to be printed.
    """
    if isinstance(stored, PLAIN):
        return stored
    if not isinstance(stored, dict) or len(stored) != 1:
        raise FileError(f"expected a parameter as a dict of one key, got {stored!r:.60}")
    if depth > DEEPEST:
        raise _OmittedError(f"more than {DEEPEST} lists in each other")
    depth += 1
    [(kind, content)] = stored.items()
    if kind == "path":
        return Path(read_as(str, content, "a path"))
    if kind == "catalogue":
        return _catalogue(content, catalogue)
    if kind in RECORDS:
        return _record(RECORDS[kind], read_as(Mapping[str, Any], content, kind), catalogue, depth)
    if kind in SEQUENCES:
        items = read_as(list[Any], content, f"a {kind}")
        return SEQUENCES[kind](_restore(item, catalogue, depth) for item in items)
    if kind == "dict":
        items = read_as(Mapping[str, Any], content, "a dict")
        return {key: _restore(item, catalogue, depth) for key, item in items.items()}
    raise FileError(f"expected a parameter of a known type, got {kind!r}")


def _record(
    class_: Callable[..., Any], settings: Mapping[str, Any], catalogue: Catalogue, depth: int
) -> Any:
    values = {name: _restore(value, catalogue, depth) for name, value in settings.items()}
    hints = get_type_hints(class_)
    for name, value in values.items():
        if name in hints:  # not all records check their fields themselves
            read_as(hints[name], value, f"{name} of {class_.__name__}")
    try:
        return class_(**values)
    except (TypeError, ValueError) as error:
        raise FileError(f"{class_.__name__} cannot be restored: {error}") from error


def _catalogue(content: Any, catalogue: Catalogue) -> Catalogue:
    """Return the catalogue whose operators a file names."""
    parts = read_as(Mapping[str, Any], content, "a catalogue")
    if set(parts) != {"operators", "template"}:
        raise FileError(f"expected operators and a template of a catalogue, got {list(parts)}")
    named = read_as(Mapping[str, str], parts["operators"], "operators of a catalogue")
    template = read_as(list[str], parts["template"], "template of a catalogue")
    operators, absent = find_operators(named, catalogue)
    if absent:
        raise _OmittedError(f"its operators {absent} are in no catalogue that load was given")
    restored = Catalogue(operators)
    if not template:
        return restored
    try:
        return restored.with_template(" > ".join(template))
    except ValueError as error:
        raise FileError(f"the template of the catalogue is wrong: {error}") from error
