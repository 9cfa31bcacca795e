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

The module of a `path` is imported, and importing runs its code. So a file of somebody else deserves
the same trust as a script.
"""

import math
import tomllib
from collections.abc import Callable, Mapping
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
MOST_BYTES = 2**20  # thousands of operators; reading such a file takes a second
DEEPEST = 5  # lists and tables inside each other, as a value of a setting
SHOWN = 100  # characters of a value in a message


def read_toml(path: Path) -> tuple[dict[str, Any], list[Operator]]:
    """Return the settings of `load_catalogue` and the operators of a file.

    Raises
    ------
    ValueError
        If the file cannot be read, or has a key that no catalogue has.
    """
    content = _read(path)
    tables = content.pop("operators", {})
    unknown = sorted(set(content) - SETTINGS)
    if unknown or not isinstance(tables, dict):
        raise ValueError(
            f"expected {sorted(SETTINGS)} and operators in {path}, got {_shown(unknown or tables)}"
        )
    for key, value in content.items():
        if not (_is_texts(value) if key in LISTS else isinstance(value, str)):
            expected = "texts" if key in LISTS else "a text"
            raise ValueError(f"expected {expected} as {key} in {path}, got {_shown(value)}")
    if content.get("preset", "").endswith(".toml"):
        raise ValueError(f"expected the name of a preset in {path}, got {content['preset']!r}")
    return content, [_operator(name, table) for name, table in tables.items()]


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.exists() and not path.is_file():
            raise ValueError("it is a folder or a device")  # a device may have no end
        if path.stat().st_size > MOST_BYTES:
            raise ValueError(f"it has more than {MOST_BYTES:,} bytes")
        return tomllib.loads(path.read_text("utf-8"))
    # Among the errors of values are those of TOML, of Unicode, and of paths with a NUL.
    except (OSError, ValueError) as error:
        raise ValueError(f"the catalogue {str(path)!r} cannot be read: {error}") from error
    except RecursionError as error:
        raise ValueError(
            f"the catalogue {str(path)!r} cannot be read: too many lists inside each other"
        ) from error


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value)


def _is_plain(value: Any, depth: int = 0) -> bool:
    """Tell whether a value reads the same in a script: dates and infinity do not."""
    if isinstance(value, list) and depth < DEEPEST:
        return all(_is_plain(item, depth + 1) for item in value)
    if isinstance(value, dict) and depth < DEEPEST:
        return all(_is_plain(item, depth + 1) for item in value.values())
    return isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value))


def _is_plain_table(value: Any) -> bool:
    return isinstance(value, dict) and _is_plain(value)


def _is_table_of_tables(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(item, dict) for item in value.values())


# The keys of an operator, with what they take.
KEYS: dict[str, tuple[Callable[[Any], bool], str]] = {
    **dict.fromkeys(REQUIRED, (_is_text, "a text")),
    **dict.fromkeys(("final_path", "role", "requires", "argument"), (_is_text, "a text")),
    **dict.fromkeys(("tasks", "parts"), (_is_texts, "a list of texts")),
    **dict.fromkeys(("fixed", "final"), (_is_plain_table, "a table of plain values")),
    **dict.fromkeys(("parallel", "tells_gaps", "one_output"), (_is_flag, "true or false")),
    **dict.fromkeys(("min_rows", "max_rows", "max_columns"), (_is_count, "0 or more")),
    "min_target": (_is_number, "a number"),
    "domains": (_is_table_of_tables, "a domain as low, high and default or values for each"),
}


def _operator(name: str, table: Any) -> Operator:
    try:
        if not isinstance(table, dict):
            raise ValueError(f"expected a table, got {_shown(table)}")
        if wrong := sorted(ONLY_IN_PYTHON & set(table)):
            raise ValueError(f"{wrong} can be given in Python only, to Catalogue.with_operator")
        if lacking := [key for key in REQUIRED if key not in table]:
            raise ValueError(f"it lacks {lacking}; types are {_types()}")
        for key, value in table.items():
            if key not in KEYS:
                raise ValueError(f"expected keys among {sorted(KEYS)}, got {key!r}")
            is_valid, expected = KEYS[key]
            if not is_valid(value):
                raise ValueError(f"expected {expected} as {key}, got {_shown(value)}")
        settings = {key: value for key, value in table.items() if key != "domains"}
        settings["takes"] = _type(settings["takes"])
        settings["gives"] = _type(settings["gives"])
        settings["tasks"] = tuple(settings.get("tasks", ("classification", "regression")))
        settings["parts"] = tuple(settings.get("parts", ()))
        domains = {key: _domain(value) for key, value in table.get("domains", {}).items()}
        return Operator(name=name, domains=domains, **settings)
    # Whatever a record makes of wrong values: the user is told the operator in every case.
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"the operator {name[:SHOWN]!r} is not understood: {error}") from error


def _type(name: str) -> FlowType:
    type_ = vars(flow_types).get(name)
    if not isinstance(type_, FlowType):
        raise ValueError(f"expected one of the types {_types()}, got {_shown(name)}")
    return type_


def _types() -> list[str]:
    return [name for name, type_ in vars(flow_types).items() if isinstance(type_, FlowType)]


def _domain(table: Mapping[str, Any]) -> Domain:
    if set(table) == {"values", "default"} and isinstance(table["values"], list):
        return Choice(tuple(map(_choice, table["values"])), _choice(table["default"]))
    if not {"low", "high", "default"} <= set(table) <= {"low", "high", "default", "log"}:
        raise ValueError(
            f"expected a domain as low, high and default or values, got {_shown(table)}"
        )
    if not _is_flag(table.get("log", False)):
        raise ValueError(f"expected true or false as log, got {_shown(table['log'])}")
    # TOML tells 1 from 1.0, so the bounds say whether whole numbers are meant.
    is_integer = all(isinstance(table[key], int) for key in ("low", "high", "default"))
    return Integer(**table) if is_integer else Real(**table)


def _choice(value: Any) -> Any:
    """Return a value of a choice; values are compared and hashed, and lists cannot be."""
    if isinstance(value, list) and all(map(_is_count, value)):
        return tuple(value)
    if isinstance(value, list | dict) or not _is_plain(value):
        raise ValueError(
            f"expected a number, a text, true, false or a list of counts among the values of a "
            f"domain, got {_shown(value)}"
        )
    return value


def _shown(value: Any) -> str:
    try:
        return repr(value)[:SHOWN]
    except ValueError:  # Python writes out no number of thousands of digits
        return "a number of thousands of digits"
