"""Catalogues in TOML: operators as data, so that nobody has to run a user's file.

::

    preset = "linear"
    exclude = ["pca"]

    [operators.ridge_sag]
    path = "sklearn.linear_model.Ridge"
    takes = "Scaled"
    gives = "Prediction"
    tasks = ["regression"]
    fixed = {solver = "sag"}
    parts = ["my_package.Helper"]

    [operators.ridge_sag.domains]
    alpha = {low = 1e-3, high = 1e3, default = 1.0, log = true}
    fit_intercept = {values = [true, false], default = true}
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from automl.pipelines.operators import flow_types
from automl.pipelines.operators.domains import Choice, Domain, Integer, Real
from automl.pipelines.operators.flow_types import FlowType
from automl.pipelines.operators.operator import Operator

SETTINGS = {"preset", "include", "exclude", "template"}
LISTS = {"include", "exclude"}
REQUIRED = ("path", "takes", "gives")
ONLY_IN_PYTHON = {"wrapper", "rounds", "quantile"}  # records and placeholders are no values of TOML


def read_toml(path: Path) -> tuple[dict[str, Any], list[Operator]]:
    """Return the settings of `load_catalogue` and the operators of a file.

    Raises
    ------
    ValueError
        If the file cannot be read, or has a key that no catalogue has.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"the catalogue {str(path)!r} cannot be read: {error}") from error
    tables = content.pop("operators", {})
    unknown = sorted(set(content) - SETTINGS)
    if unknown or not isinstance(tables, dict):
        raise ValueError(f"expected {sorted(SETTINGS)} and operators in {path}, got {unknown}")
    for key, value in content.items():
        if not (_is_texts(value) if key in LISTS else isinstance(value, str)):
            expected = "texts" if key in LISTS else "a text"
            raise ValueError(f"expected {expected} as {key} in {path}, got {value!r}")
    if content.get("preset", "").endswith(".toml"):
        raise ValueError(f"expected the name of a preset in {path}, got {content['preset']!r}")
    return content, [_operator(name, table) for name, table in tables.items()]


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _operator(name: str, table: Mapping[str, Any]) -> Operator:
    try:
        if wrong := sorted(ONLY_IN_PYTHON & set(table)):
            raise ValueError(f"{wrong} can be given in Python only, to Catalogue.with_operator")
        if lacking := [key for key in REQUIRED if key not in table]:
            raise ValueError(f"it lacks {lacking}; types are {_types()}")
        settings = {key: value for key, value in table.items() if key != "domains"}
        settings["takes"] = _type(settings["takes"])
        settings["gives"] = _type(settings["gives"])
        settings["tasks"] = tuple(settings.get("tasks", ("classification", "regression")))
        settings["parts"] = _parts(settings.get("parts", []))
        domains = {key: _domain(value) for key, value in table.get("domains", {}).items()}
        return Operator(name=name, domains=domains, **settings)
    # Whatever a record makes of wrong values: the user is told the operator in every case.
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"the operator {name!r} is not understood: {error}") from error


def _type(name: str) -> FlowType:
    type_ = getattr(flow_types, name, None)
    if not isinstance(type_, FlowType):
        raise ValueError(f"expected one of the types {_types()}, got {name!r}")
    return type_


def _types() -> list[str]:
    return [name for name, type_ in vars(flow_types).items() if isinstance(type_, FlowType)]


def _parts(value: Any) -> tuple[str, ...]:
    if not _is_texts(value):
        raise ValueError(f"expected a list of dotted paths as parts, got {value!r}")
    return tuple(value)


def _domain(table: Any) -> Domain:
    if not isinstance(table, Mapping) or not {"values", "low", "high"} & set(table):
        raise ValueError(f"expected a domain as low, high and default or values, got {table!r}")
    if "values" in table:
        # Values of a domain are compared and hashed, and lists cannot be.
        values = (tuple(value) if isinstance(value, list) else value for value in table["values"])
        return Choice(tuple(values), table["default"])
    # TOML tells 1 from 1.0, so the bounds say whether whole numbers are meant.
    is_integer = all(isinstance(table[key], int) for key in ("low", "high", "default"))
    return Integer(**table) if is_integer else Real(**table)
