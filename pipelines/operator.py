"""Operators: the estimators that a pipeline may be made of, as records.

What flows between two operators has a type::

    Numeric ─────────────► Gappy ──impute──► Matrix ──scale──► Scaled ──spread──► Spread
    Categorical ─encode─►  Matrix, Scaled                                            │
    Date ────────encode─►  Gappy                    any of them ──model──► Prediction

`Scaled` is a `Matrix` and a `Matrix` is a `Gappy` matrix: what needs less takes more.
"""

import difflib
import importlib
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from automl.pipelines.domains import Domain, Value

Task: TypeAlias = Literal["classification", "regression"]


class FlowType(type):
    """The type of what flows between operators, with a hash that is the same in every process.

    DEAP draws from sets of types. The usual hash of a class is its address, which would give every
    process another order, and so another search for the same seed.
    """

    def __hash__(cls) -> int:
        return zlib.crc32(cls.__name__.encode())


class Gappy(metaclass=FlowType):
    """A matrix of numbers in which cells may be missing."""


class Numeric(Gappy):
    """The numeric columns of the dataframe as they came."""


class Matrix(Gappy):
    """A matrix of numbers without missing cells."""


class Scaled(Matrix):
    """A matrix whose columns are of comparable size."""


class Spread(metaclass=FlowType):
    """A scaled matrix whose overall variance was set for a kernel."""


class Categorical(metaclass=FlowType):
    """The categorical columns of the dataframe, as text."""


class Date(metaclass=FlowType):
    """The date columns of the dataframe."""


class Prediction(metaclass=FlowType):
    """What a model gives."""


def locate(path: str) -> Any:
    """Return the class or function at a dotted path such as ``sklearn.svm.SVC``."""
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


@dataclass(frozen=True)
class Call:
    """A class with arguments, before it is called: what is built and what is exported."""

    path: str
    """Dotted path of the class."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Its arguments; a value may be a `Call`, a `Name` or a `Constant`, also in a list."""


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


@dataclass(frozen=True)
class Wrapper:
    """A meta-estimator around an operator's own estimator."""

    path: str
    """Dotted path of the meta-estimator."""
    argument: str
    """The argument that takes the estimator."""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """Its other arguments."""


@dataclass(frozen=True)
class Rounds:
    """How the number of rounds (trees, iterations) of the final fit is known."""

    parameter: str
    """The parameter that bounds the rounds."""
    found: str | None = None
    """The fitted attribute with the number of rounds that early stopping kept."""
    final: int | None = None
    """The rounds of the final fit, where more are better and the search makes do with few."""


@dataclass(frozen=True, kw_only=True)
class Operator:
    """One estimator with the values its hyperparameters may take.

    Examples
    --------
    >>> from automl.pipelines import Operator, Real
    >>> ridge = Operator(
    ...     name="ridge",
    ...     path="sklearn.linear_model.Ridge",
    ...     takes=Scaled,
    ...     gives=Prediction,
    ...     tasks=("regression",),
    ...     domains={"alpha": Real(1e-6, 1e6, default=1.0, log=True)},
    ... )
    >>> ridge.is_model
    True
    """

    name: str
    """Its name in the text of a genome."""
    path: str
    """Dotted path of the class."""
    takes: FlowType
    """The type of its input."""
    gives: FlowType | None
    """The type of its output; None means the type that came in."""
    tasks: tuple[Task, ...] = ("classification", "regression")
    """The tasks it can be part of."""
    domains: Mapping[str, Domain] = field(default_factory=dict)
    """The hyperparameters that are searched."""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """The hyperparameters that are not, where the class's own default would not do."""
    final: Mapping[str, Any] = field(default_factory=dict)
    """The fixed hyperparameters that change when the winner is fitted on all rows."""
    final_path: str | None = None
    """The class for that fit, where it is another one."""
    rounds: Rounds | None = None
    """Where its number of rounds is not searched but found."""
    parallel: bool = False
    """Whether its `n_jobs` makes the fit faster without changing it."""
    wrapper: Wrapper | None = None
    """A meta-estimator around it."""
    min_rows: int = 0
    """The fewest training rows it is offered for."""
    max_rows: int | None = None
    """The most training rows it is offered for."""
    max_columns: int | None = None
    """The most columns of the dataframe it is offered for."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Why a default or a fixed value differs from the class's own."""

    @property
    def is_model(self) -> bool:
        """Whether it ends a pipeline."""
        return self.gives is Prediction

    def defaults(self) -> dict[str, Value]:
        """Return the setting of a first try."""
        return {name: domain.default for name, domain in self.domains.items()}

    def suits(self, task: Task, n_rows: int, n_columns: int) -> bool:
        """Tell whether it is offered for a task with a frame of this size."""
        if task not in self.tasks or n_rows < self.min_rows:
            return False
        few_rows = self.max_rows is None or n_rows <= self.max_rows
        few_columns = self.max_columns is None or n_columns <= self.max_columns
        return few_rows and few_columns


class Catalogue(Mapping[str, Operator]):
    """An immutable set of operators, found by name.

    Examples
    --------
    >>> from automl.pipelines import load_catalogue
    >>> catalogue = load_catalogue("default")
    >>> catalogue.only("rigde")
    Traceback (most recent call last):
    ...
    ValueError: no operator is called 'rigde'; did you mean 'ridge'?
    >>> len(catalogue.only("ridge", "simple_imputer"))
    2
    """

    def __init__(self, operators: Iterable[Operator]) -> None:
        self._operators: dict[str, Operator] = {}
        for operator in operators:
            if operator.name in self._operators:
                raise ValueError(f"two operators are called {operator.name!r}; rename one")
            self._operators[operator.name] = operator

    def __getitem__(self, name: str) -> Operator:
        return self._operators[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._operators)

    def __len__(self) -> int:
        return len(self._operators)

    def __repr__(self) -> str:
        return f"<Catalogue of {len(self)} operators>"

    def only(self, *names: str) -> "Catalogue":
        """Return a catalogue of the named operators."""
        self._check(*names)
        return self.filter(lambda operator: operator.name in names)

    def without(self, *names: str) -> "Catalogue":
        """Return a catalogue of all but the named operators."""
        self._check(*names)
        return self.filter(lambda operator: operator.name not in names)

    def with_operator(self, operator: Operator) -> "Catalogue":
        """Return a catalogue with one more operator, or with one replaced."""
        return Catalogue([*self.filter(lambda old: old.name != operator.name).values(), operator])

    def filter(self, keep: Callable[[Operator], bool]) -> "Catalogue":
        """Return a catalogue of the operators for which `keep` is true."""
        return Catalogue(filter(keep, self.values()))

    def _check(self, *names: str) -> None:
        for name in names:
            if name not in self._operators:
                raise ValueError(f"no operator is called {name!r}; {self._hint(name)}")

    def _hint(self, name: str) -> str:
        near = difflib.get_close_matches(name, self._operators, n=1)
        if near:
            return f"did you mean {near[0]!r}?"
        return "`automl catalogue` lists the operators"
