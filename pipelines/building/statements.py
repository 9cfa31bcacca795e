"""The calls of a final pipeline as the statements of a function, in few words.

Arguments that are defaults are left out. A single pipeline keeps the names of its steps, and is the
only statement: what is returned. An ensemble is written in a shorter way, for its members have no
names that users ask for::

    cells = FunctionTransformer(...)                  the step that reads the cells
    columns_1 = make_column_transformer(...)          what prepares columns, if it is long
    ensemble = VotingClassifier([
        ("ridge", make_pipeline(columns_1, ...)),     members share it, for an ensemble fits clones
        ...
    ], weights=WEIGHTS)
    return Pipeline([("cells", cells), ("ensemble", ensemble)])
"""

import inspect
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from automl.pipelines.building.build import PIPELINE
from automl.pipelines.building.printer import WIDTH, flat
from automl.pipelines.operators.calls import Call, Constant, Name, locate

NAMELESS = {
    PIPELINE: "sklearn.pipeline.make_pipeline",
    "sklearn.compose.ColumnTransformer": "sklearn.compose.make_column_transformer",
    "sklearn.pipeline.FeatureUnion": "sklearn.pipeline.make_union",
}
# An ensemble makes numbers of labels, so its members need no class that does so.
UNLABELED = {"automl.pipelines.carried.boosting.LabelXGBClassifier": "xgboost.XGBClassifier"}
# A plain pipeline takes no sample weights where it is a member of an ensemble.
WEIGHTED = "automl.pipelines.carried.weighting.WeightedPipeline"
# Written where no part is sparse, and so without any effect: a member is shorter without.
DENSE = ("sparse_threshold", 0.0)
LONG = WIDTH // 2  # characters; a shorter step is read faster in its place than as a variable

Statement = tuple[str, Call]
"""The name of a variable, or "return", and its value."""


def statements_of(call: Call, is_ensemble: bool, is_weighted: bool) -> list[Statement]:
    """Return the statements that make a final pipeline.

    Parameters
    ----------
    call : Call
        The pipeline.
    is_ensemble : bool
        Whether it averages the predictions of several pipelines.
    is_weighted : bool
        Whether it is fitted with sample weights.
    """
    call = _change(call, _without_defaults)
    return _ensemble_statements(call, is_weighted) if is_ensemble else [("return", call)]


def _ensemble_statements(call: Call, is_weighted: bool) -> list[Statement]:
    """Return the calls that make an ensemble: variables, and at last the whole pipeline."""
    (_, cells), (ensemble, voting) = call.settings["steps"]
    path = WEIGHTED if is_weighted else PIPELINE
    members = [
        (name, replace(_unlabeled(member), path=path))
        for name, member in voting.settings["estimators"]
    ]
    variables = _variables([member for _, member in members])

    def shorten(inner: Call) -> Call | Name:
        source = flat(inner)
        return variables[source][0] if source in variables else _nameless(inner)

    prepared = [
        (name.path, _change_inner(_nameless(step), shorten)) for name, step in variables.values()
    ]
    weights = Constant("WEIGHTS", voting.settings["weights"])
    changes = {"estimators": _change_inner(members, shorten), "weights": weights}
    voting = replace(voting, settings={**voting.settings, **changes})
    steps = [(name, Name(name)) for name in ("cells", ensemble)]
    pipeline = replace(call, settings={"steps": steps})
    return [("cells", cells), *prepared, (ensemble, voting), ("return", pipeline)]


def _unlabeled(member: Call) -> Call:
    """Return a member whose model takes numbers as labels."""
    *steps, (name, model) = member.settings["steps"]
    model = replace(model, path=UNLABELED.get(model.path, model.path))
    return replace(member, settings={"steps": [*steps, (name, model)]})


def _nameless(call: Call) -> Call:
    """Return a call that gives its steps no names."""
    if call.path not in NAMELESS:
        return call
    (_, named_steps), *settings = call.settings.items()
    # A step of a pipeline has a name and an estimator, one of a column transformer columns, too.
    steps = [step[1] if len(step) == 2 else step[1:] for step in named_steps]
    necessary = {name: value for name, value in settings if (name, value) != DENSE}
    return replace(call, path=NAMELESS[call.path], settings={"*": steps, **necessary})


def _variables(members: Sequence[Call]) -> dict[str, tuple[Name, Call]]:
    """Return variables for long steps, by the source of the step.

    They are the first step of each member, and steps that several members have. A step that is
    part of another stands before it.
    """
    firsts = {flat(member.settings["steps"][0][1]) for member in members}
    uses: Counter[str] = Counter()
    named_steps: dict[str, tuple[str, Call]] = {}

    def visit(argument: Any) -> None:
        for name, step in _steps(argument):
            source = flat(step)
            uses[source] += 1
            if uses[source] == 1:
                visit(step)
                named_steps[source] = name, step  # after its own parts

    visit(members)
    numbers: Counter[str] = Counter()
    variables = {}
    for source, (name, step) in named_steps.items():
        if len(source) > LONG and (uses[source] > 1 or source in firsts):
            numbers[name] += 1
            variables[source] = Name(f"{name}_{numbers[name]}"), step
    return variables


def _steps(argument: Any) -> Iterator[tuple[str, Call]]:
    """Yield the outermost calls that have names, after their names."""
    if isinstance(argument, Call):
        argument = list(argument.settings.values())
    if isinstance(argument, tuple) and any(isinstance(part, Call) for part in argument[1:2]):
        yield argument[:2]
    elif isinstance(argument, list | tuple):
        for item in argument:
            yield from _steps(item)


def _change(argument: Any, change: Callable[[Call], Any]) -> Any:
    """Return nested calls with a change to each call, outer calls before inner ones."""
    if isinstance(argument, Call):
        argument = change(argument)
    return _change_inner(argument, change)


def _change_inner(argument: Any, change: Callable[[Call], Any]) -> Any:
    """Return a call or a list with a change to the calls inside."""
    if isinstance(argument, Call):
        settings = {name: _change(value, change) for name, value in argument.settings.items()}
        return replace(argument, settings=settings)
    if isinstance(argument, list | tuple):
        return type(argument)(_change(item, change) for item in argument)
    return argument


def _without_defaults(call: Call) -> Call:
    """Return a call without the arguments that are defaults."""
    defaults = inspect.signature(locate(call.path)).parameters
    settings = {
        name: value
        for name, value in call.settings.items()
        if not (name in defaults and _is_default(defaults[name].default, value))
        # XGBoost and others take further names, whose default is None.
        and not (name not in defaults and value is None)
    }
    return replace(call, settings=settings)


def _is_default(default: Any, value: Any) -> bool:
    """Tell whether a value is a default, and of the same type: 1 and True are equal in Python."""
    plain = (bool, int, float, str, tuple, type(None))
    return isinstance(value, plain) and type(default) is type(value) and default == value
