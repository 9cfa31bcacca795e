"""Genome to scikit-learn estimator.

A genome becomes nested calls first, which are then made here or written out by `export`; so the
script cannot differ from what was fitted. A chain of operators over one kind of columns is a
transformer of a `ColumnTransformer`; what comes after a join is a step of a `Pipeline`.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sklearn.base import BaseEstimator

from automl.pipelines.columns.columns import Columns
from automl.pipelines.operators.calls import Call, Constant, Name, locate
from automl.pipelines.operators.domains import Value
from automl.pipelines.operators.flow_types import Complete, Matrix, Table
from automl.pipelines.operators.operator import ORDERS, QUANTILE, Operator, Task
from automl.pipelines.spaces.genome import Genome

PIPELINE = "sklearn.pipeline.Pipeline"
VOTING: dict[Task, str] = {
    "classification": "sklearn.ensemble.VotingClassifier",
    "regression": "sklearn.ensemble.VotingRegressor",
}
FOLDED = {"sklearn.preprocessing.TargetEncoder"}  # whose folds draw, not the encoder itself


@dataclass(frozen=True)
class Member:
    """A pipeline of an ensemble, or the only one."""

    genome: Genome
    """The pipeline."""
    rounds: int | None = None
    """The rounds that early stopping chose."""
    weight: float = 1.0
    """Its share of the prediction."""


def build_pipeline(
    genome: Genome,
    catalogue: Mapping[str, Operator],
    columns: Columns,
    *,
    random_state: int,
    rounds: int | None = None,
    final: bool = False,
    quantile: float | None = None,
    threshold: str | Call | None = None,
) -> BaseEstimator:
    """Return the estimator of a genome.

    Parameters
    ----------
    genome : Genome
    catalogue : Catalogue
    columns : Columns
        The columns that its leaves stand for.
    random_state : int
        The seed of every operator that draws.
    rounds : int, optional
        The number of rounds that early stopping chose.
    final : bool
        Whether to build what is fitted on all rows and takes the raw dataframe, rather than what
        is tried on folds of cells that were read before.
    quantile : float, optional
        What the model predicts instead of the mean.
    threshold : str or Call, optional
        The score for which the probability is tuned from which a row is of the second class.

    Returns
    -------
    Pipeline
        Not fitted.

    Examples
    --------
    >>> from automl.pipelines import Columns, Genome, load_catalogue
    >>> genome = Genome.parse("gaussian_nb(simple_imputer(numeric, add_indicator=False, "
    ...                       "strategy='mean'), var_smoothing=1e-09)")
    >>> pipeline = build_pipeline(
    ...     genome, load_catalogue("default"), Columns(numeric=("age",)), random_state=0
    ... )
    >>> [name for name, _ in pipeline.steps]
    ['columns', 'gaussian_nb']
    """
    call = pipeline_call(
        genome,
        catalogue,
        columns,
        random_state=random_state,
        rounds=rounds,
        final=final,
        quantile=quantile,
        threshold=threshold,
    )
    return make(call)


def pipeline_call(
    genome: Genome,
    catalogue: Mapping[str, Operator],
    columns: Columns,
    *,
    random_state: int,
    rounds: int | None = None,
    final: bool = False,
    quantile: float | None = None,
    threshold: str | Call | None = None,
) -> Call:
    """Return the nested calls that `build_pipeline` makes; it takes the same arguments."""
    model = model_of(genome, catalogue)
    plan = _Plan(model, catalogue, columns, random_state, rounds, final, quantile)
    steps = plan.steps(genome)
    if threshold is not None:
        name, last = steps[-1]
        steps[-1] = name, _tuned(last, threshold, random_state)
    if final:
        steps = [("cells", columns.reader()), *steps]
    return Call(PIPELINE, {"steps": _uniquely_named(steps)})


def final_call(
    members: Sequence[Member],
    catalogue: Mapping[str, Operator],
    columns: Columns,
    task: Task,
    change: Callable[[Call], Call],
    **options: Any,
) -> Call:
    """Return the nested calls of what is fitted on all rows: one pipeline, or an ensemble.

    Parameters
    ----------
    members : sequence of Member
    catalogue : Catalogue
    columns : Columns
    task : {"classification", "regression"}
    change : callable
        Returns what becomes of the call of each pipeline.
    **options
        Those of `build_pipeline`.
    """
    calls = [
        change(
            pipeline_call(one.genome, catalogue, columns, rounds=one.rounds, final=True, **options)
        )
        for one in members
    ]
    if len(calls) == 1:
        return calls[0]
    names = member_names(members, catalogue)
    parts = [Call(PIPELINE, {"steps": call.settings["steps"][1:]}) for call in calls]
    settings: dict[str, Any] = {"estimators": list(zip(names, parts, strict=True))}
    if task == "classification":
        settings["voting"] = "soft"
    settings["weights"] = [one.weight for one in members]
    steps = [("cells", columns.reader()), ("ensemble", Call(VOTING[task], settings))]
    return Call(PIPELINE, {"steps": steps})


def member_names(members: Sequence[Member], catalogue: Mapping[str, Operator]) -> list[str]:
    """Return different names for the pipelines of an ensemble: those of their models."""
    models = [(model_of(one.genome, catalogue).operator,) for one in members]
    return [name for (name,) in _uniquely_named(models)]


def model_of(genome: Genome, catalogue: Mapping[str, Operator]) -> Genome:
    """Return the part of a genome whose first operator is the model that predicts."""
    while catalogue[genome.operator].is_finish:
        genome = genome.inputs[0]
    return genome


def _tuned(model: Call, threshold: str | Call, random_state: int) -> Call:
    folds = Call(
        "sklearn.model_selection.StratifiedKFold",
        {"n_splits": 3, "shuffle": True, "random_state": random_state},
    )
    return Call(
        "sklearn.model_selection.TunedThresholdClassifierCV",
        {"estimator": model, "scoring": threshold, "cv": folds},
    )


def make(argument: Any) -> Any:
    """Make nested calls."""
    if isinstance(argument, Call):
        settings = {name: make(value) for name, value in argument.settings.items()}
        made = locate(argument.path)(**settings)
        return made.set_output(transform="pandas") if argument.as_frame else made
    if isinstance(argument, Name):
        return locate(argument.path)
    if isinstance(argument, Constant):
        return argument.value
    if isinstance(argument, list | tuple):
        return type(argument)(make(item) for item in argument)
    if isinstance(argument, dict):
        return {name: make(value) for name, value in argument.items()}
    return argument


class _Plan:
    """The calls of one genome."""

    def __init__(
        self,
        model: Genome,
        catalogue: Mapping[str, Operator],
        columns: Columns,
        random_state: int,
        rounds: int | None,
        final: bool,
        quantile: float | None,
    ) -> None:
        self.model = model
        self.catalogue = catalogue
        self.columns = columns
        self.random_state = random_state
        self.rounds = rounds
        self.final = final
        self.quantile = quantile

    def steps(self, genome: Genome) -> list[tuple[str, Call]]:
        """Return the steps from the dataframe to the output of a genome."""
        if self._is_branch(genome):
            return self._numbered([genome], self._columns([genome]))
        if genome.is_join:
            return self._numbered(genome.inputs, self._join(genome))
        operator = self.catalogue[genome.operator]
        if operator.argument is None:
            return [*self.steps(genome.inputs[0]), (genome.operator, self._operator(genome))]
        inner = self.steps(genome.inputs[0])
        if operator.is_finish:
            _, model = inner.pop()
            return [*inner, (genome.operator, self._operator(genome, around=model))]
        pipeline = Call(PIPELINE, {"steps": _uniquely_named(inner)})
        return [(genome.operator, self._operator(genome, around=pipeline))]

    def _is_branch(self, genome: Genome) -> bool:
        """Tell whether it is a chain of transformers over one kind of columns."""
        while not genome.is_leaf:
            if genome.is_join or self.catalogue[genome.operator].is_model:
                return False
            genome = genome.inputs[0]
        return True

    def _join(self, genome: Genome) -> Call:
        branches = [part for part in genome.inputs if self._is_branch(part)]
        others = [part for part in genome.inputs if not self._is_branch(part)]
        if not others:
            return self._columns(branches)
        parts = [("columns", self._columns(branches))] if branches else []
        for part in others:
            name, call = (steps := self.steps(part))[-1]
            if len(steps) > 1:
                call = Call(PIPELINE, {"steps": _uniquely_named(steps)})
            parts.append((name, call))
        return Call(
            "sklearn.pipeline.FeatureUnion",
            {"transformer_list": _uniquely_named(parts)},
            as_frame=self._is_table(branches),
        )

    def _columns(self, branches: list[Genome]) -> Call:
        transformers = [self._transformer(branch) for branch in branches]
        sparse = any(self._is_sparse(branch) for branch in branches)
        return Call(
            "sklearn.compose.ColumnTransformer",
            {
                "transformers": _uniquely_named(transformers),
                "sparse_threshold": 1.0 if sparse else 0.0,
            },
            as_frame=self._is_table(branches),
        )

    def _transformer(self, genome: Genome) -> tuple[str, Call | str, Constant]:
        chain = []
        while not genome.is_leaf:
            chain.append((genome.operator, self._operator(genome)))
            genome = genome.inputs[0]
        kind = genome.operator
        columns = self.columns.constant(kind)
        if not chain:
            return kind, "passthrough", columns
        if len(chain) == 1:
            return kind, chain[0][1], columns
        return kind, Call(PIPELINE, {"steps": _uniquely_named(chain[::-1])}), columns

    def _numbered(self, branches: Sequence[Genome], columns: Call) -> list[tuple[str, Call]]:
        """Give the columns of a dataframe names that every library takes."""
        steps = [("columns", columns)]
        if self._is_table(branches):
            number = Name("automl.pipelines.carried.tables.number_columns")
            call = Call("sklearn.preprocessing.FunctionTransformer", {"func": number})
            steps.append(("numbered", call))
        return steps

    def _is_table(self, branches: Sequence[Genome]) -> bool:
        """Tell whether one of them has pandas' categories, which only dataframes can hold."""
        return any(
            not branch.is_leaf
            and not branch.is_join
            and self.catalogue[branch.operator].gives is Table
            for branch in branches
        )

    def _is_sparse(self, branch: Genome) -> bool:
        """Tell whether a branch may give a sparse matrix."""
        while not branch.is_leaf:
            gives = self.catalogue[branch.operator].gives
            if gives is not None:
                return gives.fits(Complete) and not gives.fits(Matrix)
            branch = branch.inputs[0]
        return False

    def _operator(self, genome: Genome, around: Call | None = None) -> Call:
        operator = self.catalogue[genome.operator]
        settings = {**operator.fixed, **dict(genome.settings)}
        if self.quantile is not None and operator.quantile is not None:
            settings |= operator.quantile
        path = operator.path
        if (self.final and genome == self.model) or self._is_stacked(genome):
            settings |= self._final_settings(genome)
            path = operator.final_path or path
        if operator.argument is not None:
            settings = {operator.argument: around, **settings}
        if _takes_random_state(path):
            settings["random_state"] = self.random_state
        call = Call(path, {name: self._filled(value) for name, value in settings.items()})
        if operator.wrapper is None:
            return call
        wrapper = operator.wrapper
        return Call(wrapper.path, {wrapper.argument: call, **wrapper.fixed})

    def _filled(self, value: Any) -> Any:
        """Return what a placeholder stands for; other values are kept."""
        if value == QUANTILE:
            return self.quantile
        if value == ORDERS:
            orders = [list(self.columns.orders[name]) for name in self.columns.ordered]
            return Constant("ORDERS", orders)
        return value

    def _is_stacked(self, genome: Genome) -> bool:
        """Tell whether it is a model inside another pipeline, whose rounds nobody looks for."""
        rounds = self.catalogue[genome.operator].rounds
        return genome != self.model and rounds is not None and rounds.inner is not None

    def _final_settings(self, genome: Genome) -> dict[str, Value]:
        operator = self.catalogue[genome.operator]
        settings = dict(operator.final)
        if operator.rounds is not None:
            rounds = self.rounds if genome == self.model else operator.rounds.inner
            if rounds is not None:
                settings[operator.rounds.parameter] = rounds
        return settings


@cache
def _takes_random_state(path: str) -> bool:
    if path in FOLDED:
        return False
    class_ = locate(path)
    parameters = inspect.signature(class_).parameters
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        return "random_state" in class_().get_params()  # XGBoost hands its names on
    return "random_state" in parameters


def _uniquely_named(steps: list[Any]) -> list[Any]:
    """Number the names that occur more than once, as scikit-learn's `make_pipeline` does."""
    names = [name for name, *_ in steps]
    seen: dict[str, int] = {}
    unique = []
    for name, *rest in steps:
        if names.count(name) > 1:
            seen[name] = seen.get(name, 0) + 1
            name = f"{name}_{seen[name]}"
        unique.append((name, *rest))
    return unique
