"""Genome to Python source: one script that stands alone.

The calls of `build` are written out with the settings that differ from the defaults; classes and
functions of `carried` are copied in full. Whatever comes from the data (names of columns, classes)
is written as a literal, never as code or comment.

A single pipeline is written with the names of its steps. An ensemble is written in a shorter way:
nobody asks for the steps of its members, so these have no names; what prepares columns becomes a
variable, for members may share it: the ensemble fits clones.
"""

import ast
import importlib
import inspect
import re
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from types import ModuleType
from typing import Any

from automl.pipelines.building.bagging import Bagging, bagged
from automl.pipelines.building.build import PIPELINE, Member, final_call
from automl.pipelines.building.rescaling import Rescaling
from automl.pipelines.building.script import (
    WIDTH,
    Form,
    flat,
    layout,
    parts_of,
    static_imports,
    static_part,
)
from automl.pipelines.columns.columns import Columns
from automl.pipelines.columns.kinds import MISSING_TEXTS
from automl.pipelines.operators.calls import Call, Constant, Name, locate
from automl.pipelines.operators.catalogue import Catalogue
from automl.pipelines.operators.operator import Task

DISTRIBUTIONS = {
    "sklearn": "scikit-learn",
    "xgboost": "xgboost",
    "lightgbm": "lightgbm",
    "catboost": "catboost",
    "skrub": "skrub",
    "pandas": "pandas",
    "numpy": "numpy",
}
CARRIED = "automl.pipelines.carried."
NAMELESS = {
    PIPELINE: "sklearn.pipeline.make_pipeline",
    "sklearn.compose.ColumnTransformer": "sklearn.compose.make_column_transformer",
    "sklearn.pipeline.FeatureUnion": "sklearn.pipeline.make_union",
}
# Members see labels as numbers, which the ensemble makes of them.
OF_NUMBERS = {f"{CARRIED}boosting.LabelXGBClassifier": "xgboost.XGBClassifier"}
DENSE = ("sparse_threshold", 0.0)  # said where nothing is sparse, so that it makes no difference
LONG = WIDTH // 2  # characters of a step that is worth a variable


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
    rescaling: Rescaling | None = None
    """How its probabilities are changed."""
    bagging: Bagging | None = None
    """How it is fitted on folds."""
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
        change=partial(bagged, bagging=script.bagging),
        random_state=script.random_state,
        quantile=script.quantile,
        threshold=script.threshold,
    )
    form = Form(
        labels=None if script.classes is None else type(script.classes[0]),
        binary=len(script.classes or ()) == 2,
        several=not isinstance(script.target, str),
        weighted=script.weighted,
        averaged=len(script.members) > 1,
        checked=len(script.check_rows) > 0,
    )
    call = _changed(call, _lean)
    statements = _statements(call) if form.averaged else [("return", call)]
    if script.rescaling is not None:
        statements[-1] = "return", script.rescaling.at_the_end_of(statements[-1][1])
    used = [part for _, made in statements for part in parts_of(made)]
    paths = {part.path for part in used if isinstance(part, Call | Name) and "." in part.path}
    carried = [locate(path) for path in sorted(paths) if path.startswith(CARRIED)]
    imports = {path for path in paths if not path.startswith(CARRIED)} | static_imports(form)
    for thing in carried:
        imports |= _imports_of(thing)
    return "\n\n".join(
        [
            _head(script.notes, imports, form),
            _import_lines(imports),
            _constants(script, form, used),
            *map(_source, carried),
            _build_function(statements),
            static_part(form),
        ]
    )


def _statements(call: Call) -> list[tuple[str, Call]]:
    """Return the calls that make an ensemble: variables, and at last what is returned."""
    (_, cells), (ensemble, voting) = call.settings["steps"]
    members = [(name, _of_numbers(member)) for name, member in voting.settings["estimators"]]
    variables = _variables([member for _, member in members])

    def short(inner: Call) -> Call | Name:
        source = flat(inner)
        return variables[source][0] if source in variables else _nameless(inner)

    prepared = [(name.path, _inside(_nameless(step), short)) for name, step in variables.values()]
    weights = Constant("WEIGHTS", voting.settings["weights"])
    changes = {"estimators": _inside(members, short), "weights": weights}
    voting = replace(voting, settings={**voting.settings, **changes})
    whole = replace(call, settings={"steps": [(one, Name(one)) for one in ("cells", ensemble)]})
    return [("cells", cells), *prepared, (ensemble, voting), ("return", whole)]


def _of_numbers(member: Call) -> Call:
    """Return a member whose model takes numbers as labels."""
    *steps, (name, model) = member.settings["steps"]
    model = replace(model, path=OF_NUMBERS.get(model.path, model.path))
    return replace(member, settings={"steps": [*steps, (name, model)]})


def _nameless(call: Call) -> Call:
    """Return a call that needs no names for its steps."""
    if call.path not in NAMELESS:
        return call
    (_, named), *others = call.settings.items()
    steps = [step[1] if len(step) == 2 else step[1:] for step in named]
    kept = {setting: value for setting, value in others if (setting, value) != DENSE}
    return replace(call, path=NAMELESS[call.path], settings={"*": steps, **kept})


def _variables(members: Sequence[Call]) -> dict[str, tuple[Name, Call]]:
    """Return variables for long steps, by source: a member's first, and those of several members.

    What is part of another one stands before it.
    """
    firsts = {flat(member.settings["steps"][0][1]) for member in members}
    uses: Counter[str] = Counter()
    found: dict[str, tuple[str, Call]] = {}

    def visit(argument: Any) -> None:
        for name, step in _steps(argument):
            source = flat(step)
            uses[source] += 1
            if uses[source] == 1:
                visit(step)
                found[source] = name, step

    visit(members)
    numbers: Counter[str] = Counter()
    variables = {}
    for source, (name, step) in found.items():
        if len(source) > LONG and (uses[source] > 1 or source in firsts):
            numbers[name] += 1
            variables[source] = Name(f"{name}_{numbers[name]}"), step
    return variables


def _steps(argument: Any) -> Iterator[tuple[str, Call]]:
    """Yield the outermost calls that have names, with these."""
    if isinstance(argument, Call):
        argument = list(argument.settings.values())
    if isinstance(argument, tuple) and any(isinstance(part, Call) for part in argument[1:2]):
        yield argument[:2]
    elif isinstance(argument, list | tuple):
        for item in argument:
            yield from _steps(item)


def _changed(argument: Any, change: Callable[[Call], Any]) -> Any:
    """Return nested calls with a change made to each, the outer ones first."""
    if isinstance(argument, Call):
        argument = change(argument)
    return _inside(argument, change)


def _inside(argument: Any, change: Callable[[Call], Any]) -> Any:
    """Return a call or a list with a change made to the calls in it."""
    if isinstance(argument, Call):
        changed = {name: _changed(value, change) for name, value in argument.settings.items()}
        return replace(argument, settings=changed)
    if isinstance(argument, list | tuple):
        return type(argument)(_changed(item, change) for item in argument)
    return argument


def _lean(call: Call) -> Call:
    """Return a call without the arguments that are defaults."""
    defaults = inspect.signature(locate(call.path)).parameters
    settings = {
        name: value
        for name, value in call.settings.items()
        if not (name in defaults and _equal(defaults[name].default, value))
        and not (name not in defaults and value is None)
    }
    return replace(call, settings=settings)


def _equal(default: Any, value: Any) -> bool:
    plain = (bool, int, float, str, tuple, type(None))
    return isinstance(value, plain) and type(default) is type(value) and default == value


def _build_function(statements: Sequence[tuple[str, Call]]) -> str:
    lines = ["def build_pipeline():"]
    for name, call in statements:
        start = "return " if name == "return" else f"{name} = "
        lines.append(start + layout(call, 4 + len(start), 4))
    return "\n    ".join(lines)


def _head(notes: Iterable[str], imports: Collection[str], form: Form) -> str:
    """Return the comments at the top: where the script is from, what it needs and how it is run."""
    tops = {path.partition(".")[0].partition(" ")[0] for path in imports}
    pins = [
        f"{distribution}=={importlib.import_module(module).__version__}"
        for module, distribution in DISTRIBUTIONS.items()
        if module in tops
    ]
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    lines = [
        f"Made by automl {version('automl-gp')}, which this script does not need.",
        *notes,
        f"Needs: pip install {' '.join(pins)} (and Python {python})",
    ]
    train = "python THIS.py train.csv" + (" --weight COLUMN" if form.weighted else "")
    usage = [
        f"    {train} --verify --save model",
        "    python THIS.py --load model --predict new.csv --out predictions.csv",
    ]
    wrapped = [part for line in lines for part in textwrap.wrap(line, WIDTH - 2)]
    return "\n".join(f"# {line}".rstrip() for line in (*wrapped, *usage))


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
    others = [line for line in lines if line not in standard]
    return "\n".join(standard) + "\n\n" + "\n".join(others)


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


def _constants(script: Script, form: Form, used: Iterable[Any]) -> str:
    target = list(script.target) if form.several else script.target
    values: dict[str, Any] = {"TARGETS" if form.several else "TARGET": target}
    values |= {part.name: part.value for part in used if isinstance(part, Constant)}
    if script.classes is not None:
        values["CLASSES"] = list(script.classes)
    if form.checked:
        rows = [[float(f"{number:.12g}") for number in row] for row in script.check_values]
        values["N_ROWS"] = script.n_rows
        values["CHECK_ROWS"] = list(script.check_rows)
        values["CHECK_VALUES"] = [row[0] for row in rows] if form.checks_one else rows
    values["COLUMNS"] = [
        Constant(f"*{kind.upper()}", names) for kind, names in script.columns.kinds().items()
    ]
    values["READ_OPTIONS"] = _read_options(script)
    lines = [f"{name} = {layout(value, len(name) + 3, 0)}" for name, value in values.items()]
    return "\n".join(lines)


def _read_options(script: Script) -> dict[str, Any]:
    labels = [label for label in script.classes or () if isinstance(label, str)]
    texts = [f"*{kind.upper()}" for kind in script.columns.read_as_texts]
    texts += ["TARGET"] if labels else []
    types = Constant(f"dict.fromkeys([{', '.join(texts)}], str)", str)  # names of ours only
    options: dict[str, Any] = {"dtype": types} if texts else {}
    if script.columns.reads_missing_texts or not MISSING_TEXTS.isdisjoint(labels):
        options |= {"keep_default_na": False, "na_values": [""]}
    return options
