"""Genome to Python source: one script that stands alone.

The calls of `build` are written out with the settings that differ from the defaults; classes and
functions of `carried` are copied in full. Whatever comes from the data (names of columns, classes)
is written as a literal, never as code or comment.
"""

import ast
import importlib
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from types import ModuleType
from typing import Any

from automl.pipelines.build import Member, final_call
from automl.pipelines.columns import Columns
from automl.pipelines.kinds import MISSING_TEXTS
from automl.pipelines.operator import Call, Constant, Name, Task, locate
from automl.pipelines.operators import Catalogue
from automl.pipelines.script import STATIC_IMPORTS, static_part

WIDTH = 88
CARRIED = "automl.pipelines.carried."
POSITIONAL = {"steps", "transformers", "transformer_list", "func", "score_func"}
DISTRIBUTIONS = {
    "sklearn": "scikit-learn",
    "xgboost": "xgboost",
    "lightgbm": "lightgbm",
    "catboost": "catboost",
    "skrub": "skrub",
    "pandas": "pandas",
    "numpy": "numpy",
}


@dataclass(frozen=True, kw_only=True)
class Script:
    """What a script has to know of the pipeline that it fits."""

    members: Sequence[Member]
    """The pipeline, or those of an ensemble with their weights."""
    catalogue: Catalogue
    """Its operators."""
    columns: Columns
    """The columns that it reads."""
    task: Task
    """What it predicts."""
    target: str | Sequence[str]
    """The name of the target column, or of several."""
    random_state: int
    """The seed of every operator that draws."""
    quantile: float | None = None
    """What the model predicts instead of the mean."""
    threshold: str | Call | None = None
    """The score for which the decision threshold is tuned."""
    classes: Sequence[Any] | None = None
    """The labels of a classification."""
    weighted: bool = False
    """Whether it was fitted with sample weights."""
    n_rows: int = 0
    """The rows that it was fitted on."""
    check_rows: Sequence[int] = ()
    """Positions of a few of them."""
    check_values: Sequence[Any] = ()
    """What the pipeline predicted for these."""
    notes: Sequence[str] = ()
    """Sentences about its score, for the head of the script."""


def export_script(script: Script) -> str:
    """Return the Python source of a pipeline.

    Parameters
    ----------
    script : Script

    Returns
    -------
    str
        A module with `build_pipeline()` and a command line; it imports scikit-learn, pandas and
        numpy, and xgboost or skrub where the pipeline uses them.

    Examples
    --------
    >>> from automl.pipelines import (
    ...     Columns, Genome, Member, Script, export_script, load_catalogue
    ... )
    >>> source = export_script(
    ...     Script(
    ...         members=[Member(Genome.parse("ridge(standard_scaler(numeric), alpha=1.0)"))],
    ...         catalogue=load_catalogue("default"),
    ...         columns=Columns(numeric=("age",)),
    ...         task="regression",
    ...         target="income",
    ...         random_state=0,
    ...     )
    ... )
    >>> "from sklearn.linear_model import Ridge" in source
    True
    """
    call = final_call(
        script.members,
        script.catalogue,
        script.columns,
        script.task,
        random_state=script.random_state,
        quantile=script.quantile,
        threshold=script.threshold,
    )
    paths = sorted({part.path for part in _parts(call) if isinstance(part, Call | Name)})
    carried = [locate(path) for path in paths if path.startswith(CARRIED)]
    imports = {path for path in paths if not path.startswith(CARRIED)} | STATIC_IMPORTS
    if script.weighted and len(script.members) > 1:
        imports.add("sklearn.frozen.FrozenEstimator")
    for thing in carried:
        imports |= _imports_of(thing)
    top = [_head(script, imports), _import_lines(imports), _constants(script, call)]
    functions = [
        *map(_source, carried),
        f"def build_pipeline():\n    return {_render(_lean(call), 4)}",
        static_part(
            classification=script.task == "classification",
            weighted=script.weighted,
            averaged=len(script.members) > 1,
            several=not isinstance(script.target, str),
        ),
    ]
    return "\n\n".join(top) + "\n\n\n" + "\n\n\n".join(functions)


def _parts(argument: Any) -> Iterator[Any]:
    """Yield every call, name and constant in nested calls."""
    if isinstance(argument, Call | Name | Constant):
        yield argument
    if isinstance(argument, Call):
        argument = list(argument.settings.values())
    if isinstance(argument, dict):
        argument = list(argument.values())
    if isinstance(argument, list | tuple):
        for item in argument:
            yield from _parts(item)


def _lean(argument: Any) -> Any:
    """Return nested calls without the arguments that are defaults."""
    if isinstance(argument, Call):
        defaults = inspect.signature(locate(argument.path)).parameters
        settings = {
            name: _lean(value)
            for name, value in argument.settings.items()
            if not (name in defaults and _equal(defaults[name].default, value))
            and not (name not in defaults and value is None)
        }
        return replace(argument, settings=settings)
    if isinstance(argument, list | tuple):
        return type(argument)(_lean(item) for item in argument)
    return argument


def _equal(default: Any, value: Any) -> bool:
    plain = (bool, int, float, str, tuple, type(None))
    return isinstance(value, plain) and type(default) is type(value) and default == value


def _render(argument: Any, indent: int) -> str:
    """Return the source of an argument; what does not fit on a line is broken at its commas."""
    name, opening, items, closing = _pieces(argument)
    one_line = name + opening + ", ".join(_render(item, 0) for item in items) + closing
    if not items or ("\n" not in one_line and indent + len(one_line) < WIDTH):
        return one_line
    pad = " " * (indent + 4)
    lines = [f"{pad}{_render(item, indent + 4)},\n" for item in items]
    return f"{name}{opening}\n{''.join(lines)}{' ' * indent}{closing}"


def _pieces(argument: Any) -> tuple[str, str, list[Any], str]:
    """Split an argument into name, opening, items and closing."""
    if isinstance(argument, _Keyword):
        name, opening, items, closing = _pieces(argument.value)
        return f"{argument.name}={name}", opening, items, closing
    if isinstance(argument, Call):
        items = [
            value if name in POSITIONAL and place == 0 else _Keyword(name, value)
            for place, (name, value) in enumerate(argument.settings.items())
        ]
        output = '.set_output(transform="pandas")' if argument.as_frame else ""
        return argument.path.rpartition(".")[2], "(", items, f"){output}"
    if isinstance(argument, Name):
        return argument.path.rpartition(".")[2], "", [], ""
    if isinstance(argument, Constant):
        return argument.name, "", [], ""
    if isinstance(argument, list):
        return "", "[", argument, "]"
    if isinstance(argument, tuple) and len(argument) > 1:
        return "", "(", list(argument), ")"
    if isinstance(argument, dict):
        return "", "{", [_Entry(name, value) for name, value in argument.items()], "}"
    if isinstance(argument, _Entry):
        name, opening, items, closing = _pieces(argument.value)
        return f"{_literal(argument.name)}: {name}", opening, items, closing
    return _literal(argument), "", [], ""


@dataclass(frozen=True)
class _Keyword:
    name: str
    value: Any


@dataclass(frozen=True)
class _Entry:
    name: str
    value: Any


def _literal(value: Any) -> str:
    """Return a plain value as source, texts in double quotes where that needs no escapes."""
    text = repr(value)
    if isinstance(value, str) and text[0] == "'" and '"' not in text and "\\" not in text:
        return f'"{value}"'
    return text


def _head(script: Script, imports: set[str]) -> str:
    tops = {path.partition(".")[0].partition(" ")[0] for path in imports}
    pins = [
        f"{distribution}=={importlib.import_module(module).__version__}"
        for module, distribution in DISTRIBUTIONS.items()
        if module in tops
    ]
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    lines = [
        f"Made by automl {version('automl-gp')}, which this script does not need.",
        *script.notes,
        f"Needs: pip install {' '.join(pins)} (fitted with these and Python {python})",
    ]
    train = "python THIS.py train.csv" + (" --weight COLUMN" if script.weighted else "")
    usage = [
        "",
        f"    {train} --predict new.csv --out predictions.csv",
        f"    {train} --save model    and later    python THIS.py --load model ...",
        f"    {train} --verify        the same predictions as when it was made?",
    ]
    wrapped = [part for line in lines for part in textwrap.wrap(line, WIDTH - 2)]
    return "\n".join(f"# {line}".rstrip() for line in (*wrapped, *usage))


def _imports_of(thing: Any) -> set[str]:
    """Return the dotted paths that the source of a carried thing needs."""
    module = inspect.getmodule(thing)
    assert isinstance(module, ModuleType)
    used = {node.id for node in ast.walk(ast.parse(_source(thing))) if isinstance(node, ast.Name)}
    needed = set()
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.Import):
            needed |= {
                f"{alias.name} as {alias.asname}" for alias in node.names if alias.asname in used
            }
        if isinstance(node, ast.ImportFrom):
            needed |= {f"{node.module}.{alias.name}" for alias in node.names if alias.name in used}
    return needed


def _source(thing: Any) -> str:
    return re.sub(r"  # type: ignore\[.*\]", "", inspect.getsource(thing)).strip()


def _import_lines(paths: set[str]) -> str:
    """Return import statements, the standard library first, sorted as usual."""
    plain = sorted(path for path in paths if " as " in path or "." not in path)
    modules: dict[str, list[str]] = {}
    for path in sorted(paths - set(plain)):
        module, _, name = path.rpartition(".")
        modules.setdefault(module, []).append(name)
    lines = [f"import {path}" for path in plain]
    for module, names in modules.items():
        line = f"from {module} import {', '.join(names)}"
        if len(line) > WIDTH:
            line = f"from {module} import (\n    " + ",\n    ".join(names) + ",\n)"
        lines.append(line)
    standard = [line for line in lines if line.split()[1] in sys.stdlib_module_names]
    others = [line for line in lines if line not in standard]
    return "\n".join(standard) + "\n\n" + "\n".join(others)


def _constants(script: Script, call: Call) -> str:
    several = not isinstance(script.target, str)
    values: dict[str, Any] = (
        {"TARGETS": list(script.target)} if several else {"TARGET": script.target}
    )
    values |= {part.name: part.value for part in _parts(call) if isinstance(part, Constant)}
    if script.classes is not None:
        values["CLASSES"] = list(script.classes)
    kinds = [kind.upper() for kind in script.columns.kinds()]
    texts = [f"*{kind.upper()}" for kind in script.columns.read_as_texts]
    labels = [label for label in script.classes or () if isinstance(label, str)]
    texts += ["TARGET"] if labels else []
    literal = script.columns.reads_missing_texts or not MISSING_TEXTS.isdisjoint(labels)
    values["READ_OPTIONS"] = {"keep_default_na": False, "na_values": [""]} if literal else {}
    values |= {
        "N_ROWS": script.n_rows,
        "CHECK_ROWS": list(script.check_rows),
        "CHECK_VALUES": list(script.check_values),
    }
    lines = [f"{name} = {_render(value, 0)}" for name, value in values.items()]
    lines += [
        f"COLUMNS = [{', '.join(f'*{kind}' for kind in kinds)}]",
        f"READ_AS_TEXT = [{', '.join(texts)}]",
    ]
    return "\n".join(lines)
