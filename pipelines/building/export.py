"""Genome to Python source: a script that runs without this project.

::

    Script ─► final_call ─► statements ─► printer ─► build_pipeline ─┐
       │                        └─► classes and functions of carried ┼─► source
       ├─► names of columns, classes, predictions ─► constants ──────┤
       └─► variant ─► functions of command_line ─────────────────────┘

The calls are those that `build` makes, so a script cannot differ from the pipeline that was fitted.
Classes and functions of `carried` and `command_line` are copied by their source. Text that comes
from the data (names of columns, classes) is written as a literal, never as code or comment. The
notes on the score are comments, of characters that cannot end one.
"""

import ast
import importlib
import inspect
import re
import sys
import textwrap
from collections.abc import Collection, Iterable, Sequence
from functools import partial
from importlib.metadata import version
from types import ModuleType
from typing import Any

from automl.pipelines.building.bagging import bagged
from automl.pipelines.building.ensemble import final_call
from automl.pipelines.building.last_step import with_last_step, wrappers_of
from automl.pipelines.building.printer import WIDTH, layout, parts_of
from automl.pipelines.building.read_options import CSV, EXCEL, READERS
from automl.pipelines.building.script import Script
from automl.pipelines.building.statements import Statement, statements_of
from automl.pipelines.building.variants import choose_variant
from automl.pipelines.columns.kinds import MISSING_TEXTS
from automl.pipelines.operators.calls import Call, Constant, Name, locate

CARRIED = "automl.pipelines.carried."
DISTRIBUTIONS = {
    "sklearn": "scikit-learn",
    "xgboost": "xgboost",
    "lightgbm": "lightgbm",
    "catboost": "catboost",
    "skrub": "skrub",
    "pandas": "pandas",
    "numpy": "numpy",
}


def export_script(script: Script) -> str:
    """Return the Python source of a pipeline.

    Parameters
    ----------
    script : Script

    Returns
    -------
    str
        A module with `build_pipeline()` and a command line. It imports scikit-learn, pandas and
        numpy, and packages such as xgboost where the pipeline uses them.

    Examples
    --------
    >>> from automl.pipelines import (
    ...     BuildOptions, Columns, Genome, Member, Script, export_script, load_catalogue
    ... )
    >>> source = export_script(
    ...     Script(
    ...         members=[Member(Genome.parse("ridge(standard_scaler(numeric), alpha=1.0)"))],
    ...         catalogue=load_catalogue("default"),
    ...         columns=Columns(numeric=("age",)),
    ...         task="regression",
    ...         target="income",
    ...         options=BuildOptions(random_state=0),
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
        script.options,
        change=partial(bagged, bagging=script.bagging),
    )
    statements = statements_of(call, script.is_ensemble, script.weighted)
    for wrapper in wrappers_of(script.rescaling, script.threshold):
        statements[-1] = "return", with_last_step(statements[-1][1], wrapper)
    parts = [part for _, value in statements for part in parts_of(value)]
    paths = {part.path for part in parts if isinstance(part, Call | Name) and "." in part.path}
    carried = _with_helpers(locate(path) for path in sorted(paths) if path.startswith(CARRIED))
    variant = choose_variant(script)
    imports = {"argparse", *(path for path in paths if not path.startswith(CARRIED))}
    for item in (*carried, *variant.functions()):
        imports |= _imports_of(item)
    return "\n\n".join(
        [
            _head(script, imports),
            _import_lines(imports),
            _constants(script, parts),
            *map(_source, carried),
            _build_function(statements),
            *map(_source, variant.functions()),
            variant.last_lines() + "\n",
        ]
    )


def _build_function(statements: Sequence[Statement]) -> str:
    lines = ["def build_pipeline():"]
    for name, call in statements:
        start = "return " if name == "return" else f"{name} = "
        lines.append(start + layout(call, 4 + len(start), 4))
    return "\n    ".join(lines)


def _head(script: Script, imports: Collection[str]) -> str:
    """Return the comments at the top: the score, the packages to install and how to run it."""
    modules = {path.partition(".")[0].partition(" ")[0] for path in imports}
    pins = [
        f"{distribution}=={importlib.import_module(module).__version__}"
        for module, distribution in DISTRIBUTIONS.items()
        if module in modules
    ]
    reader = READERS[script.form.format]
    pins += [f"{reader.package}=={version(reader.package)}"] if reader.package else []
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    origin = f"Made by automl {version('automl-gp')} with Python {python}. It runs without automl."
    lines = [
        " ".join([origin, *script.notes]),
        f"Install: pip install {' '.join(pins)}",
    ]
    weight = " --weight COLUMN" if script.weighted else ""
    usage = [
        f"Fit:     python THIS.py train{reader.suffix}{weight} --verify --save model",
        f"Predict: python THIS.py --load model --predict new{reader.suffix} --out predictions.csv",
    ]
    wrapped = [part for line in map(_printable, lines) for part in textwrap.wrap(line, WIDTH - 2)]
    return "\n".join(f"# {line}" for line in (*wrapped, *usage))


def _printable(text: str) -> str:
    """Return a text without what ends a comment or cannot be shown, such as in a scorer's name."""
    return "".join(character if character.isprintable() else " " for character in text)


def _import_lines(paths: Collection[str]) -> str:
    """Return import statements, the standard library first, sorted as usual."""
    plain = sorted(path for path in paths if " as " in path or "." not in path)
    modules: dict[str, list[str]] = {}
    for path in sorted(set(paths) - set(plain)):
        module, _, name = path.rpartition(".")
        modules.setdefault(module, []).append(name)
    lines = [f"import {path}" for path in plain]
    for module, names in modules.items():
        start, listed = f"from {module} import ", ", ".join(names)
        if len(start + listed) > WIDTH:
            start += "("
            room = WIDTH - len(start) - 1
            listed = f"\n{' ' * len(start)}".join(textwrap.wrap(listed, room)) + ")"
        lines.append(start + listed)
    standard = [line for line in lines if line.split()[1] in sys.stdlib_module_names]
    packages = [line for line in lines if line not in standard]
    return "\n".join(standard) + "\n\n" + "\n".join(packages)


def _imports_of(item: Any) -> set[str]:
    """Return the dotted paths that the source of a class or function needs."""
    module = inspect.getmodule(item)
    assert isinstance(module, ModuleType)
    names = _names_in(item)
    paths = set()
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if (alias.asname or alias.name) in names:
                    paths.add(f"{alias.name} as {alias.asname}" if alias.asname else alias.name)
        if isinstance(node, ast.ImportFrom):
            paths |= {f"{node.module}.{alias.name}" for alias in node.names if alias.name in names}
    return {path for path in paths if not path.startswith(CARRIED)}  # these are copied


def _with_helpers(items: Iterable[Any]) -> list[Any]:
    """Return classes and functions with all of their files that they use, each once."""
    copied: dict[str, Any] = {}
    waiting = list(items)
    while waiting:
        item = waiting.pop(0)
        if item.__name__ not in copied:
            copied[item.__name__] = item
            own = vars(inspect.getmodule(item))
            helpers = [own[name] for name in sorted(_names_in(item)) if name in own]
            waiting += [helper for helper in helpers if _is_of(helper, item.__module__)]
    return list(copied.values())


def _is_of(item: Any, module: str) -> bool:
    return callable(item) and getattr(item, "__module__", None) == module


def _names_in(item: Any) -> set[str]:
    """Return the names in the source of a class or function."""
    return {node.id for node in ast.walk(ast.parse(_source(item))) if isinstance(node, ast.Name)}


def _source(item: Any) -> str:
    """Return the source of a class or function, without the comments that type checkers need."""
    return re.sub(r"  # type: ignore\[.*\]", "", inspect.getsource(item)).strip()


def _constants(script: Script, parts: Iterable[Any]) -> str:
    """Return the assignments of all that comes from the data."""
    values: dict[str, Any] = {"TARGETS": script.targets}
    values |= {part.name: part.value for part in parts if isinstance(part, Constant)}
    if script.classes is not None:
        values["CLASSES"] = list(script.classes)
    if isinstance(script.options.quantile, tuple):
        values["QUANTILES"] = list(script.options.quantile)
    values["N_ROWS"] = script.n_rows
    if script.n_learnt is not None:
        values |= {"N_LEARNT": script.n_learnt, "SEED": script.options.random_state}
    if len(script.check_rows) > 0:
        values["CHECK_ROWS"] = list(script.check_rows)
        values["CHECK_VALUES"] = script.checks()
    values["COLUMNS"] = [
        Constant(f"*{kind.upper()}", names) for kind, names in script.columns.kinds().items()
    ]
    values |= _reading_of_files(script)
    lines = [f"{name} = {layout(value, len(name) + 3, 0)}" for name, value in values.items()]
    return "\n".join(lines)


def _reading_of_files(script: Script) -> dict[str, Any]:
    """Return the constants with which a file is read as the training table was."""
    form = script.form
    if form.format == CSV:
        return {"READ_OPTIONS": _read_options(script)}
    reader = READERS[form.format]
    options = dict(reader.options)
    if form.format == EXCEL:  # the only one of these formats that has no missing cells of its own
        options |= {"dtype": Constant("object", object)} | form.for_pandas() | _missing_of(script)
    return {
        "READER": Constant(f"pd.{reader.function}", None),
        "READ_OPTIONS": options,
        "MISSING": list(form.missing),
    }


def _read_options(script: Script) -> dict[str, Any]:
    """Return the options of pandas with which a CSV file is read as the training table was."""
    texts = [f"*{kind.upper()}" for kind in script.columns.read_as_texts]
    texts += ["*TARGETS"] if script.text_labels else []
    types = Constant(f"dict.fromkeys([{', '.join(texts)}], str)", str)  # the names of constants
    options: dict[str, Any] = {"dtype": types} if texts else {}
    return options | script.form.for_pandas() | _missing_of(script)


def _missing_of(script: Script) -> dict[str, Any]:
    """Return the options of pandas for missing cells, where its own texts for them are values."""
    labels = script.text_labels
    missing = ["", *script.form.missing]
    if "" in labels:  # an empty cell is a label, and missing in the other columns only
        empty = Constant(f"dict.fromkeys(COLUMNS, {missing!r})", {})
        return {"keep_default_na": False, "na_values": empty}
    if script.columns.reads_missing_texts or not MISSING_TEXTS.isdisjoint(labels):
        return {"keep_default_na": False, "na_values": missing}
    return {}
