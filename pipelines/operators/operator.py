"""Operators: the estimators that a pipeline may be made of, as records."""

import importlib.util
import inspect
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from automl.pipelines.operators.calls import Name, locate
from automl.pipelines.operators.domains import Domain, Value
from automl.pipelines.operators.flow_types import FlowType, Output, Prediction

Task: TypeAlias = Literal["classification", "regression"]


@dataclass(frozen=True, kw_only=True)
class Traits:
    """What decides which operators are offered."""

    task: Task
    """What is predicted."""
    n_rows: int
    """Rows of a training part."""
    n_columns: int = 1
    """Columns of the dataframe that are used."""
    n_outputs: int = 1
    """Targets that are predicted at once."""
    least_target: float = -math.inf
    """The smallest target of a regression."""
    quantile: float | None = None
    """The quantile that a regression is after, if it is not the mean."""


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
    """How the number of rounds (trees, iterations, neighbors) of the final fit is known."""

    parameter: str
    """The parameter that bounds the rounds."""
    found: str | None = None
    """The fitted attribute with the number of rounds that early stopping kept."""
    final: int | None = None
    """The rounds of the final fit, where more are better and the search makes do with few."""
    inner: int | None = None
    """The rounds of a model inside a stack, where nobody looks for them."""


MODEL_ROLES = {"classification": "classifier", "regression": "regressor"}
PREPARING = {"imputer", "encoder", "scaler", "kernel scaler"}  # what no template need name
QUANTILE = Name("quantile")  # stands for the quantile that a regression is after
ORDERS = Name("orders")  # stands for the categories of the ordered columns


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
    role: str = ""
    """What templates call it; by default what its types say."""
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
    """The settings with which it predicts a quantile, `QUANTILE` where the quantile goes."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Why a default or a fixed value differs from the class's own."""

    def __post_init__(self) -> None:
        if not self.role:
            kinds = {"model": self.is_model, "finish": self.is_finish, "stack": self.is_stack}
            role = next((name for name, is_so in kinds.items() if is_so), "transformer")
            object.__setattr__(self, "role", role)

    @property
    def is_model(self) -> bool:
        """Whether it predicts."""
        return self.gives is Prediction

    @property
    def is_finish(self) -> bool:
        """Whether it goes around a model at the end of a pipeline."""
        return self.gives is Output

    @property
    def is_stack(self) -> bool:
        """Whether it makes columns of what a model predicts."""
        return self.takes is Output

    @property
    def is_installed(self) -> bool:
        """Whether the package that it requires is there."""
        return self.requires is None or importlib.util.find_spec(self.requires) is not None

    def roles(self) -> set[str]:
        """Return the words by which templates know it."""
        if not self.is_model:
            return {self.name, self.role}
        return {self.name, "model"} | {MODEL_ROLES[task] for task in self.tasks}

    def defaults(self) -> dict[str, Value]:
        """Return the setting of a first try."""
        return {name: domain.default for name, domain in self.domains.items()}

    def check(self) -> None:
        """Raise a `ValueError` if its class is not there or lacks a hyperparameter."""
        try:
            class_ = locate(self.path)
        except (ImportError, AttributeError, ValueError) as error:
            raise ValueError(
                f"{self.name}: expected the dotted path of a class, got {self.path!r}: {error}"
            ) from error
        if not (isinstance(class_, type) and hasattr(class_, "fit")):
            raise ValueError(f"{self.name}: expected an estimator's class, got {self.path!r}")
        wrong = sorted(set(self.tasks) - set(MODEL_ROLES))
        if wrong:
            raise ValueError(f"{self.name}: expected tasks among {list(MODEL_ROLES)}, got {wrong}")
        parameters = inspect.signature(class_).parameters
        open_ended = any(one.kind is one.VAR_KEYWORD for one in parameters.values())
        unknown = sorted({*self.domains, *self.fixed} - set(parameters))
        if unknown and not open_ended:
            raise ValueError(
                f"{self.name}: {self.path} has the parameters {list(parameters)}, not {unknown}"
            )

    def suits(self, traits: Traits) -> bool:
        """Tell whether it is offered."""
        return (
            traits.task in self.tasks
            and self.min_rows <= traits.n_rows
            and (self.max_rows is None or traits.n_rows <= self.max_rows)
            and (self.max_columns is None or traits.n_columns <= self.max_columns)
            and (traits.n_outputs == 1 or not self.one_output)
            and self.min_target <= traits.least_target
            and (traits.quantile is None or not self.is_model or self.quantile is not None)
        )
