"""Operators: the estimators that a pipeline may be made of, as records.

An operator says everything about an estimator that the rest of the project needs::

    takes, gives                where it may stand            (spaces)
    tasks, min_rows, ...        for which data it is offered  (`suits`)
    domains, fixed, final       its arguments                 (building)
    rounds, quantile, wrapper   how it is fitted              (building, evaluation)
    parts                       what a saved model may hold   (winner)

So a new operator is one record, and no other file changes.
"""

import importlib.util
import inspect
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from keyword import iskeyword
from typing import Any, Literal, TypeAlias

from automl.pipelines.operators.calls import Name, locate
from automl.pipelines.operators.domains import Domain, Value
from automl.pipelines.operators.flow_types import FlowType, Output, Prediction, Table

Task: TypeAlias = Literal["classification", "regression"]

# Their estimators leave a process as it was; classes of any other package are the user's own.
PACKAGES = frozenset({"automl", "catboost", "lightgbm", "sklearn", "skrub", "xgboost"})


@dataclass(frozen=True, kw_only=True)
class Traits:
    """The properties of the data by which operators are offered."""

    task: Task
    """What is predicted: classes or numbers."""
    n_rows: int
    """Rows of a training part."""
    n_columns: int = 1
    """Columns of the dataframe that are used."""
    n_outputs: int = 1
    """Targets that are predicted at once."""
    has_categories: bool = True
    """Whether the dataframe has numbers and categories."""
    least_target: float = -math.inf
    """The smallest target of a regression."""
    quantile: float | tuple[float, ...] | None = None
    """The quantile that a regression predicts instead of the mean, or several."""


@dataclass(frozen=True)
class Wrapper:
    """A meta-estimator around an operator's own estimator."""

    path: str
    """Dotted path of the meta-estimator."""
    argument: str
    """The argument that takes the estimator."""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """Its other arguments."""
    parts: tuple[str, ...] = ()
    """Dotted paths of the types that it holds, as those of an operator."""
    needs_several: bool = False
    """Whether it is there for several targets only."""


@dataclass(frozen=True)
class Rounds:
    """How the final fit gets its number of rounds (trees, iterations, neighbors)."""

    parameter: str
    """The parameter that bounds the rounds."""
    attribute: str | None = None
    """The fitted attribute with the number of rounds that early stopping chose."""
    final: int | None = None
    """The rounds of the final fit, where the search saves time with fewer."""
    inner: int | None = None
    """The rounds of a model inside a stack, where early stopping would cost a fit per fold."""


MODEL_ROLES = {"classification": "classifier", "regression": "regressor"}
RESERVED = {"join"}  # the name of the node that sets matrices side by side
SHOWN = 100  # characters of a name in a message
PREPARING = {"imputer", "encoder", "scaler", "kernel scaler"}  # roles that templates may omit
QUANTILE = Name("quantile")  # a placeholder: the catalogue does not know the user's quantile
ORDERS = Name("orders")  # a placeholder: only the data know the categories of ordered columns


@dataclass(frozen=True, kw_only=True)
class Operator:
    """One estimator with the values its hyperparameters may take.

    Examples
    --------
    >>> from automl.pipelines import Operator, Prediction, Real, Scaled
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
    """The type of its output; None means the type of its input."""
    tasks: tuple[Task, ...] = ("classification", "regression")
    """The tasks it can be part of."""
    domains: Mapping[str, Domain] = field(default_factory=dict)
    """The hyperparameters that are searched."""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """The hyperparameters that are not searched and differ from the class's own defaults."""
    final: Mapping[str, Any] = field(default_factory=dict)
    """The fixed hyperparameters that change when the winner is fitted on all rows."""
    final_path: str | None = None
    """Dotted path of the class for that fit, where it is another class."""
    rounds: Rounds | None = None
    """How the final fit gets its number of rounds, where a fit of the search tells it."""
    parallel: bool = False
    """Whether its `n_jobs` makes the fit faster without changing it."""
    role: str = ""
    """The word by which templates know it; by default it follows from the types."""
    requires: str | None = None
    """The package without which it is left out."""
    wrapper: Wrapper | None = None
    """A meta-estimator around it."""
    argument: str | None = None
    """The parameter that takes its input, where that is an estimator."""
    min_rows: int = 0
    """The fewest training rows it is offered for."""
    max_rows: int | None = None
    """The most training rows it is offered for."""
    max_columns: int | None = None
    """The most columns of the dataframe it is offered for."""
    tells_gaps: bool = False
    """Whether it tells which cells are missing, and nothing else."""
    one_output: bool = False
    """Whether it learns from a single target only."""
    min_target: float = -math.inf
    """The smallest target that it can learn."""
    quantile: Mapping[str, Any] | None = None
    """The settings with which it predicts a quantile; `QUANTILE` stands for the quantile."""
    parts: tuple[str, ...] = ()
    """Dotted paths of types that its fitted estimator holds and that skops does not trust.

    A model file may hold these types and no others, so that it cannot bring code along. Each path
    is that of the type's own module, such as ``sklearn.tree._tree.Tree``. Estimators of
    scikit-learn, arrays and plain values need no entry. Nor do the classes of `path`, `final_path`
    and `wrapper`, unless these paths take them from another module than their own.
    """
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Why a default or a fixed value differs from the class's own."""

    def __post_init__(self) -> None:
        if not self.role:
            questions = {"model": self.is_model, "finish": self.is_finish, "stack": self.is_stack}
            role = next((name for name, answer in questions.items() if answer), "transformer")
            object.__setattr__(self, "role", role)  # the record is frozen for everyone else

    @property
    def is_own(self) -> bool:
        """Whether a class of it is the user's, which may do anything to its process."""
        paths = [self.path, *([self.wrapper.path] if self.wrapper else [])]
        return any(path.partition(".")[0] not in PACKAGES for path in paths)

    @property
    def is_model(self) -> bool:
        """Whether it predicts."""
        return self.gives is Prediction

    @property
    def family(self) -> str:
        """The name of a model whether early stopping chooses its rounds or not."""
        return self.name.removesuffix("_unstopped").removesuffix("_stopped")

    @property
    def is_finish(self) -> bool:
        """Whether it goes around a model at the end of a pipeline."""
        return self.gives is Output

    @property
    def is_stack(self) -> bool:
        """Whether it makes columns of a model's predictions."""
        return self.takes is Output

    @property
    def is_table_step(self) -> bool:
        """Whether it prepares a table of numbers and categories, and needs both."""
        return self.takes is Table and not self.is_model

    @property
    def is_installed(self) -> bool:
        """Whether the package that it requires is installed."""
        return self.requires is None or importlib.util.find_spec(self.requires) is not None

    def roles(self) -> set[str]:
        """Return the words by which templates know it."""
        if not self.is_model:
            return {self.name, self.role}
        return {self.name, "model"} | {MODEL_ROLES[task] for task in self.tasks}

    def defaults(self) -> dict[str, Value]:
        """Return the default value of every hyperparameter that is searched."""
        return {name: domain.default for name, domain in self.domains.items()}

    def at_defaults(self) -> "Operator":
        """Return the operator without a search: its hyperparameters are fixed at their defaults."""
        return replace(self, domains={}, fixed={**self.fixed, **self.defaults()})

    def types(self) -> set[str]:
        """Return the dotted paths of the types that a model file may hold because of it."""
        paths = {self.path, *self.parts} | ({self.final_path} if self.final_path else set())
        return paths | ({self.wrapper.path, *self.wrapper.parts} if self.wrapper else set())

    def check(self) -> None:
        """Raise a `ValueError` if a type is none, or its class lacks a hyperparameter or itself.

        Its parts, too, must be importable: a model file with them could not be read otherwise.
        Names must be those of Python, for the text of a pipeline is read again as calls.
        """
        for name in (self.name, *self.domains, *self.fixed, *self.final):
            if not name.isidentifier() or iskeyword(name) or name in RESERVED:
                raise ValueError(
                    f"{self.name[:SHOWN]!r}: expected names as Python has them, such as "
                    f"'ridge_sag', got {name[:SHOWN]!r}"
                )
        class_ = self._locate(self.path, "the dotted path of a class")
        if not (isinstance(class_, type) and hasattr(class_, "fit")):
            raise ValueError(f"{self.name}: expected an estimator's class, got {self.path!r}")
        for type_ in (self.takes, self.gives):
            if type_ is not None and not isinstance(type_, FlowType):
                raise ValueError(
                    f"{self.name}: expected a type such as automl.pipelines.Wide in takes and "
                    f"gives, got {type_!r}"
                )
        wrong = sorted(set(self.tasks) - set(MODEL_ROLES))
        if wrong:
            raise ValueError(f"{self.name}: expected tasks among {list(MODEL_ROLES)}, got {wrong}")
        parameters = inspect.signature(class_).parameters
        # A class with **options checks their names itself.
        open_ended = any(option.kind is option.VAR_KEYWORD for option in parameters.values())
        unknown = sorted({*self.domains, *self.fixed} - set(parameters))
        if unknown and not open_ended:
            raise ValueError(
                f"{self.name}: {self.path} has the parameters {list(parameters)}, not {unknown}"
            )
        if self.final_path is not None:
            self._locate(self.final_path, "the dotted path of a class")
        for part in (*self.parts, *(self.wrapper.parts if self.wrapper else ())):
            self._locate(part, "dotted paths of types as parts, as in parts=('package.Helper',)")

    def _locate(self, path: str, expected: str) -> Any:
        try:
            return locate(path)
        except Exception as error:  # importing a module runs it, which may raise anything
            raise ValueError(
                f"{self.name}: expected {expected}, got {path[:SHOWN]!r}: {error!s:.{SHOWN}}"
            ) from error

    def suits(self, traits: Traits) -> bool:
        """Tell whether it is offered for data with some traits."""
        return self.misfit(traits) is None

    def misfit(self, traits: Traits) -> str | None:
        """Return why it is not offered for data with some traits, or None where it is."""
        most_rows = math.inf if self.max_rows is None else self.max_rows
        most_columns = math.inf if self.max_columns is None else self.max_columns
        # Only models predict, so a scaler suits every quantile.
        lacks_quantile = self.is_model and self.quantile is None
        reasons = {
            f"is for {' and '.join(self.tasks)}": traits.task not in self.tasks,
            f"needs {self.min_rows} training rows, there are {traits.n_rows}": (
                traits.n_rows < self.min_rows
            ),
            f"takes {most_rows} training rows, there are {traits.n_rows}": (
                traits.n_rows > most_rows
            ),
            f"takes {most_columns} columns, there are {traits.n_columns}": (
                traits.n_columns > most_columns
            ),
            "needs numbers and categories": self.is_table_step and not traits.has_categories,
            "predicts one target": self.one_output and traits.n_outputs > 1,
            f"needs targets of {self.min_target:g} or more": traits.least_target < self.min_target,
            "predicts no quantile": traits.quantile is not None and lacks_quantile,
        }
        return next((reason for reason, is_so in reasons.items() if is_so), None)
