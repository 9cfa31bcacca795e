"""The pipelines that a user brings, as pipelines of a grammar.

::

    "ridge(standard_scaler(numeric))" ──parse──────────────────────► Genome, with all settings
    make_pipeline(StandardScaler(), Ridge(alpha=3.0)) ──operators──► Start ──► Genome
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Any

import numpy as np

from automl.pipelines.catalogue import load_catalogue
from automl.pipelines.operators.calls import Call, Name, locate
from automl.pipelines.operators.domains import Integer, Real, Value
from automl.pipelines.operators.operator import PREPARING, Operator
from automl.pipelines.spaces.genome import Genome
from automl.pipelines.spaces.grammar import Grammar
from automl.pipelines.spaces.portfolio import Start, starting_pipeline

# Every pipeline gets these from the search, whatever they were.
IGNORED = {"allow_writing_files", "copy", "logging_level", "memory", "n_jobs", "random_seed"}
IGNORED |= {"random_state", "silent", "thread_count", "verbose", "verbosity"}
SYNONYMS = {"eta": "learning_rate", "reg_lambda": "l2_leaf_reg"}  # of CatBoost, with the two below
SYNONYMS |= {"max_depth": "depth", "n_estimators": "iterations"}
AROUND = ("estimator", "regressor", "classifier")  # parameters that hold what is wrapped
OWN_STEPS = {"CellReader", "ColumnNumberer"}  # of pipelines that this project has built
LONGEST = 200  # characters of a start in a message


@dataclass(frozen=True)
class UserStart:
    """A pipeline of the user's, as far as a grammar has it."""

    genome: Genome
    """The pipeline."""
    lost: tuple[str, ...] = ()
    """What is not as it was given, in words."""


def read_start(start: Any, grammar: Grammar) -> UserStart:
    """Return a pipeline that a user brings.

    Parameters
    ----------
    start : str or estimator
        The text of a pipeline, in which settings may be left out, or an estimator of scikit-learn's
        kind: a model, or a pipeline with a model at its end.
    grammar : Grammar

    Raises
    ------
    ValueError
        If the grammar does not have it, with the part that does not fit.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> from automl.pipelines import Columns, Traits, load_catalogue
    >>> catalogue = load_catalogue().only("ridge", "standard_scaler", "simple_imputer")
    >>> traits = Traits(task="regression", n_rows=100)
    >>> grammar = Grammar(catalogue, Columns(numeric=("age",)), traits)
    >>> read_start(Ridge(alpha=3.0, tol=0.1), grammar).lost
    ('tol=0.1 of Ridge',)
    >>> read_start("ridge(standard_scaler(simple_imputer(numeric)))", grammar).genome.settings
    (('alpha', 1.0),)
    """
    if isinstance(start, str):
        parsed = _parsed(start.strip(), grammar)
        genome = _completed(parsed, grammar)
        grammar.tree(genome)  # which names what does not fit
        lost = (text for part in parsed.walk() for text in _superfluous(part, grammar))
        return UserStart(genome, tuple(dict.fromkeys(lost)))
    _check_estimator(start, "the text of a pipeline or an estimator")
    return _of_estimator(start, grammar)


def _parsed(text: str, grammar: Grammar) -> Genome:
    """Return the genome of a text whose operators the grammar has."""
    try:
        parsed = Genome.parse(text)
    except ValueError as error:
        raise ValueError(
            "expected a pipeline that names what each step takes, as in ridge(standard_scaler("
            f"simple_imputer(numeric)), alpha=3.0), got {text!r:.{LONGEST}}"
        ) from error
    for part in parsed.walk():
        if not part.is_leaf and not part.is_join and part.operator not in grammar.operators:
            raise ValueError(_lacking(part.operator, grammar))
    return parsed


def _lacking(name: str, grammar: Grammar) -> str:
    """Return why a grammar has no operator of a name."""
    shipped = load_catalogue().get(name)
    if shipped is None:
        near = get_close_matches(name, [*grammar.operators], n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        return f"no operator is called {name!r:.{LONGEST}}{hint}"
    misfit = shipped.misfit(grammar.traits)
    return f"{name!r} {misfit or 'is not in this catalogue'}"


def _check_estimator(part: Any, expected: str) -> None:
    """Raise an error for what is no estimator."""
    if isinstance(part, type) or not hasattr(part, "get_params") or not hasattr(part, "fit"):
        shown = part.__name__ if isinstance(part, type) else repr(part)
        raise ValueError(f"expected {expected}, got {shown:.{LONGEST}}")


def _completed(genome: Genome, grammar: Grammar) -> Genome:
    """Return a genome with all settings that its operators have here, and what is unknown."""
    inputs = [_completed(part, grammar) for part in genome.inputs]
    operator = grammar.operators.get(genome.operator)
    if operator is None or genome.is_leaf:
        return Genome.canonical(genome.operator, *inputs, settings=dict(genome.settings))
    own = {name: value for name, value in genome.settings if name not in _fixed_here(operator)}
    settings = operator.defaults() | _typed(own, operator)
    return Genome.canonical(genome.operator, *inputs, settings=settings)


def _superfluous(part: Genome, grammar: Grammar) -> Iterator[str]:
    """Yield the settings of a part that are fixed here."""
    operator = grammar.operators.get(part.operator)
    if operator is not None and not part.is_leaf:
        for name, value in part.settings:
            if name in _fixed_here(operator):
                yield _in_words(name, value, part.operator)


def _fixed_here(operator: Operator) -> set[str]:
    """Return the settings that are fixed here, as those of imputers where no cell is missing."""
    shipped = load_catalogue().get(operator.name)
    return set() if shipped is None else set(shipped.domains) - set(operator.domains)


def _in_words(name: str, value: Any, owner: str) -> str:
    return f"{name}={value!r:.60} of {owner}"


def _typed(settings: Mapping[str, Any], operator: Operator) -> dict[str, Value]:
    """Return settings in which numbers have the types of their domains."""
    typed = dict(settings)
    for name, value in settings.items():
        domain = operator.domains.get(name)
        if isinstance(domain, Real | Integer) and isinstance(value, int | float):
            kind = float if isinstance(domain, Real) else int
            with suppress(OverflowError, ValueError):  # numbers that no domain has
                typed[name] = kind(value) if value == kind(value) else value
    return typed


def _of_estimator(start: Any, grammar: Grammar) -> UserStart:
    lost: list[str] = []
    steps_of_start = [step for step in _steps(start, lost) if type(step).__name__ not in OWN_STEPS]
    *before, last = steps_of_start or [start]
    model = _find(last, grammar, is_model=True)
    steps: dict[str, _Match] = {}
    for step in before:
        match = _find(step, grammar, is_model=False)
        if match is None or match.operator.name in steps:
            lost.append(f"the step {type(step).__name__}")
        else:
            steps[match.operator.name] = match
    if model is None:
        raise ValueError(
            f"expected a model of the catalogue, got {type(last).__name__}, which no operator for "
            "these data makes; give the text of a pipeline, or add an operator"
        )
    genome = _together(model, steps, grammar)
    # The first part of a genome is its end.
    used = [part.operator for part in genome.walk() if part.operator in steps][::-1]
    lost += [f"the step {match.name}" for name, match in steps.items() if name not in used]
    if sorted(used, key=list(steps).index) != used and not lost:
        lost.append("the order of its steps")
    matches = [*(match for name, match in steps.items() if name in used), model]
    lost += [text for match in matches for text in match.lost]
    return UserStart(genome, tuple(lost))


def _together(model: "_Match", steps: Mapping[str, "_Match"], grammar: Grammar) -> Genome:
    """Return a model after steps, which are applied where their types allow it."""
    prepares = tuple(name for name, step in steps.items() if step.operator.role in PREPARING)
    before = tuple(name for name in steps if name not in prepares)
    start = Start(model.operator.name, model.settings, prepares, before)
    genome = starting_pipeline(grammar, start)
    if genome is None:
        raise ValueError(f"the steps {[*steps]} do not go together for these columns")
    for name, step in steps.items():
        for part in dict.fromkeys(genome.walk()):
            if part.operator == name:
                settings = step.operator.defaults() | step.settings
                genome = genome.replaced(part, part.with_settings(settings))
    return genome


def _steps(estimator: Any, lost: list[str]) -> Iterator[Any]:
    """Yield the estimators that are fitted one after the other or side by side.

    Parameters
    ----------
    estimator : estimator
    lost : list of str
        Gets what is around them.
    """
    name = type(estimator).__name__
    if hasattr(estimator, "steps"):
        steps = [step for _, step in estimator.steps]
    elif hasattr(estimator, "transformers"):
        lost.append(f"the columns of {name}")
        steps = [step for _, step, _ in estimator.transformers]
        steps.append(getattr(estimator, "remainder", None))
    elif hasattr(estimator, "transformer_list"):
        steps = [step for _, step in estimator.transformer_list]
        if len(steps) > 1 or estimator.transformer_weights:
            lost.append(f"the branches of {name}")
    else:
        parameters = estimator.get_params(deep=False)
        wrapped = map(parameters.get, AROUND)
        inner = next((part for part in wrapped if hasattr(part, "fit")), None)
        if inner is None:
            yield estimator
            return
        steps = [inner]
        lost.append(f"the {name} around its model")
    for step in steps:
        if step is not None and not isinstance(step, str):  # "passthrough" and "drop" do nothing
            _check_estimator(step, f"estimators as the steps of {name}")
            yield from _steps(step, lost)


@dataclass(frozen=True)
class _Match:
    """An operator for an estimator."""

    operator: Operator
    name: str
    """Of the estimator's class."""
    parameters: Mapping[str, Any]
    """Those of the estimator."""
    changed: Mapping[str, Any]
    """Those that are not the defaults of its class."""

    @cached_property
    def settings(self) -> dict[str, Value]:
        """The parameters that the operator can have, too; numbers that it allows at the nearest."""
        settings: dict[str, Value] = {}
        for name, value in _typed(self.parameters, self.operator).items():
            domain = self.operator.domains.get(name)
            if domain is None:
                continue
            if isinstance(domain, Real | Integer) and isinstance(value, int | float):
                nearest = min(max(value, domain.low), domain.high)
                value = value if isinstance(value, bool) else type(domain.low)(nearest)
            if domain.contains(value):
                settings[name] = value
        return settings

    @cached_property
    def lost(self) -> list[str]:
        """What the user has set and the operator cannot have."""
        possible = {**self.operator.fixed, **self.settings}
        lost = []
        for name, value in self.changed.items():
            if name in self.settings and not _equal(self.settings[name], value):
                lost.append(f"{name}={value!r:.60} (it is {self.settings[name]!r}) of {self.name}")
            elif name not in possible or not _equal(possible[name], value):
                lost.append(_in_words(name, value, self.name))
        unchanged = [name for name in self._other_kind if name not in self.changed]
        return lost + [_in_words(name, self.parameters[name], self.name) for name in unchanged]

    @cached_property
    def _other_kind(self) -> list[str]:
        """The parameters for which the operator has another word, such as the kernel."""
        return [
            name
            for name, value in self.operator.fixed.items()
            if isinstance(value, str)
            and isinstance(self.parameters.get(name), str)
            and self.parameters[name] != value
        ]

    @property
    def distance(self) -> tuple[int, int, int, int]:
        """How unlike the operator is: by its kind, by what is lost, by what it has fixed."""
        fixed = self.operator.fixed.items()
        n_fixed = sum(
            name not in IGNORED and not _equal(self.parameters.get(name), value)
            for name, value in fixed
        )
        return len(self._other_kind), len(self.lost), n_fixed, -len(self.settings)


def _equal(first: Any, second: Any) -> bool:
    try:
        return bool(first == second)
    except Exception:  # noqa: BLE001 values of other libraries may compare in any way
        return False


def _find(estimator: Any, grammar: Grammar, *, is_model: bool) -> _Match | None:
    """Return the operator that is most like an estimator, or None."""
    class_ = type(estimator)
    parameters = _plain(estimator.get_params(deep=False))
    try:
        defaults = _plain(class_().get_params(deep=False))
    except TypeError:  # a class whose parameters have no defaults
        defaults = {}
    changed = {
        name: value
        for name, value in parameters.items()
        if name not in IGNORED and (name not in defaults or repr(defaults[name]) != repr(value))
    }
    matches = [
        _Match(operator, class_.__name__, _named(parameters, operator), _named(changed, operator))
        for operator in grammar.operators.values()
        if operator.is_model == is_model and _makes(operator, class_)
    ]
    return min(matches, key=lambda match: match.distance, default=None)


def _plain(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters without arrays, which cannot be compared with other values."""
    plain = {}
    for name, value in parameters.items():
        value = value.tolist() if isinstance(value, np.generic | np.ndarray) else value
        plain[name] = tuple(value) if isinstance(value, list) else value
    return plain


def _named(parameters: Mapping[str, Any], operator: Operator) -> dict[str, Any]:
    """Return parameters by the names that an operator has for them."""
    synonyms = {name: own for name, own in SYNONYMS.items() if own in operator.domains}
    synonyms = {name: own for name, own in synonyms.items() if name not in operator.domains}
    return {synonyms.get(name, name): value for name, value in parameters.items()}


def _makes(operator: Operator, class_: type) -> bool:
    """Tell whether an operator makes estimators of a class; its own class may add to that."""
    if any(isinstance(value, Name | Call) for value in operator.fixed.values()):
        return False  # what it does is in a function or an estimator of its own
    paths = (operator.path, operator.final_path or operator.path)
    # Only of a likely name: others would import a package for nothing.
    return any(
        path.rpartition(".")[2].endswith(class_.__name__) and issubclass(locate(path), class_)
        for path in paths
    )


def read_starts(starts: Sequence[Any], grammar: Grammar) -> list[UserStart]:
    """Return the pipelines that a user brings.

    Raises
    ------
    ValueError
        With the place of the one that is none, and why.
    """
    read = []
    for number, start in enumerate(starts):
        try:
            read.append(read_start(start, grammar))
        except ValueError as error:
            raise ValueError(f"starts[{number}]: {error}") from error
        except Exception as error:  # an estimator of somebody else may raise anything
            reason = f"{type(error).__name__}: {error}"
            raise ValueError(f"starts[{number}] cannot be read: {reason:.{LONGEST}}") from error
    return read
