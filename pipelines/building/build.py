"""Genome to scikit-learn estimator.

A genome becomes nested calls first. They are made here, or written out by `export`, so a script
cannot differ from the pipeline that was fitted. A chain of operators over one kind of columns
becomes a transformer of a `ColumnTransformer`. An operator after a join becomes a step of a
`Pipeline`::

    ridge(join(one_hot_encoder(categorical), standard_scaler(numeric)))

    Pipeline ─┬─ columns: ColumnTransformer ─┬─ one_hot_encoder over the categorical columns
              │                              └─ standard_scaler over the numeric columns
              └─ ridge
"""

import inspect
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sklearn.base import BaseEstimator

from automl.pipelines.building.options import BuildOptions
from automl.pipelines.columns.columns import Columns
from automl.pipelines.operators.calls import Call, Constant, Name, locate
from automl.pipelines.operators.domains import Value
from automl.pipelines.operators.flow_types import Complete, Matrix, Table
from automl.pipelines.operators.operator import ORDERS, QUANTILE, Operator
from automl.pipelines.spaces.genome import Genome

PIPELINE = "sklearn.pipeline.Pipeline"
QUANTILES = "automl.pipelines.carried.quantiles.QuantilesRegressor"
FOLDED = {"sklearn.preprocessing.TargetEncoder"}  # whose folds draw, not the encoder itself


def build_pipeline(
    genome: Genome,
    catalogue: Mapping[str, Operator],
    columns: Columns,
    *,
    random_state: int,
    rounds: int | None = None,
    final: bool = False,
    quantile: float | tuple[float, ...] | None = None,
    threshold: str | Call | None = None,
    n_outputs: int = 1,
) -> BaseEstimator:
    """Return the estimator of a genome.

    Parameters
    ----------
    genome : Genome
    catalogue : Catalogue
    columns : Columns
        The columns that the leaves of the genome stand for.
    random_state : int
        The seed of every operator that draws.
    rounds : int, optional
        The number of rounds that early stopping chose.
    final : bool
        Whether to build a pipeline for all rows, which reads the cells of a raw dataframe. A
        pipeline for folds takes cells that were read before.
    quantile : float or tuple of float, optional
        The quantile that the model predicts instead of the mean, or several.
    threshold : str or Call, optional
        The score that the threshold between two classes is tuned for.
    n_outputs : int
        The number of targets that are predicted at once.

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
    options = BuildOptions(random_state, quantile, threshold, n_outputs)
    return make(pipeline_call(genome, catalogue, columns, options, rounds=rounds, final=final))


def pipeline_call(
    genome: Genome,
    catalogue: Mapping[str, Operator],
    columns: Columns,
    options: BuildOptions,
    *,
    rounds: int | None = None,
    final: bool = False,
) -> Call:
    """Return the nested calls that `build_pipeline` makes.

    Parameters
    ----------
    genome : Genome
    catalogue : Catalogue
    columns : Columns
    options : BuildOptions
    rounds : int, optional
    final : bool
        All of them as in `build_pipeline`.
    """
    model = model_of(genome, catalogue)
    plan = _Plan(model, catalogue, columns, options, rounds, final)
    steps = plan.steps(genome)
    if isinstance(options.quantile, tuple):
        steps = _of_quantiles(plan, genome, options.quantile)
    if options.threshold is not None:
        name, classifier = steps[-1]
        steps[-1] = name, _tuned(classifier, options.threshold, options.random_state)
    if final:
        steps = [("cells", columns.reader()), *steps]
    return Call(PIPELINE, {"steps": uniquely_named(steps)})


def model_of(genome: Genome, catalogue: Mapping[str, Operator]) -> Genome:
    """Return the part of a genome whose first operator is its model.

    A finish, such as a transformed target, stands before the model in a genome.
    """
    while catalogue[genome.operator].is_finish:
        genome = genome.inputs[0]
    return genome


def _of_quantiles(
    plan: "_Plan", genome: Genome, levels: tuple[float, ...]
) -> list[tuple[str, Call]]:
    """Return the steps of a genome, with a model for each of several quantiles at the end."""
    steps_of = {
        level: replace(plan, options=replace(plan.options, quantile=level)).steps(genome)
        for level in levels
    }
    # What comes before the models is shared. A model in there predicts the quantile in the middle.
    *shared, (name, _) = steps_of[levels[len(levels) // 2]]
    models = [steps[-1][1] for steps in steps_of.values()]
    return [*shared, (name, Call(QUANTILES, {"estimators": models}))]


def _tuned(model: Call, threshold: str | Call, random_state: int) -> Call:
    """Return the call of a classifier whose threshold is tuned on folds of its training rows."""
    folds = Call(
        "sklearn.model_selection.StratifiedKFold",
        # Only one number is tuned, for which three fits do instead of scikit-learn's five.
        {"n_splits": 3, "shuffle": True, "random_state": random_state},
    )
    return Call(
        "sklearn.model_selection.TunedThresholdClassifierCV",
        {"estimator": model, "scoring": threshold, "cv": folds},
    )


def make(argument: Any) -> Any:
    """Return the instance that nested calls make; values that are no calls stay as they are."""
    if isinstance(argument, Call):
        settings = {name: make(value) for name, value in argument.settings.items()}
        instance = locate(argument.path)(**settings)
        return instance.set_output(transform="pandas") if argument.as_frame else instance
    if isinstance(argument, Name):
        return locate(argument.path)
    if isinstance(argument, Constant):
        return argument.value
    if isinstance(argument, list | tuple):
        return type(argument)(make(item) for item in argument)
    if isinstance(argument, dict):
        return {name: make(value) for name, value in argument.items()}
    return argument


@dataclass(frozen=True)
class _Plan:
    """How the parts of a genome become calls."""

    model: Genome
    catalogue: Mapping[str, Operator]
    columns: Columns
    options: BuildOptions
    rounds: int | None
    final: bool

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
        # A model around a pipeline, such as bagging, fits all steps before it on its own rows.
        pipeline = Call(PIPELINE, {"steps": uniquely_named(inner)})
        return [(genome.operator, self._operator(genome, around=pipeline))]

    def _is_branch(self, genome: Genome) -> bool:
        """Tell whether a genome is a chain of transformers over one kind of columns."""
        while not genome.is_leaf:
            if genome.is_join or self.catalogue[genome.operator].is_model:
                return False
            genome = genome.inputs[0]
        return True

    def _join(self, genome: Genome) -> Call:
        """Return the call that puts the outputs of several parts beside each other.

        Branches become transformers of a single `ColumnTransformer`. A part with joins or models
        of its own reads all columns, so it stands beside that in a `FeatureUnion`.
        """
        branches = [part for part in genome.inputs if self._is_branch(part)]
        unions = [part for part in genome.inputs if not self._is_branch(part)]
        if not unions:
            return self._columns(branches)
        parts = [("columns", self._columns(branches))] if branches else []
        for union in unions:
            name, call = (steps := self.steps(union))[-1]
            if len(steps) > 1:
                call = Call(PIPELINE, {"steps": uniquely_named(steps)})
            parts.append((name, call))
        return Call(
            "sklearn.pipeline.FeatureUnion",
            {"transformer_list": uniquely_named(parts)},
            as_frame=self._is_table(branches),
        )

    def _columns(self, branches: list[Genome]) -> Call:
        transformers = [self._transformer(branch) for branch in branches]
        sparse = any(self._is_sparse(branch) for branch in branches)
        return Call(
            "sklearn.compose.ColumnTransformer",
            {
                "transformers": uniquely_named(transformers),
                # Set rather than left to the share of zeros, which differs from fold to fold.
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
        return kind, Call(PIPELINE, {"steps": uniquely_named(chain[::-1])}), columns

    def _numbered(self, branches: Sequence[Genome], columns: Call) -> list[tuple[str, Call]]:
        """Return the first steps; columns of a dataframe get names that every library takes."""
        steps = [("columns", columns)]
        if self._is_table(branches):
            steps.append(("numbered", Call("automl.pipelines.carried.tables.ColumnNumberer", {})))
        return steps

    def _is_table(self, branches: Sequence[Genome]) -> bool:
        """Tell whether a branch gives pandas' categories, which only dataframes can hold."""
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
        """Return the call of the first operator of a genome, perhaps around another call."""
        operator = self.catalogue[genome.operator]
        settings = {**operator.fixed, **dict(genome.settings)}
        if self.options.quantile is not None and operator.quantile is not None:
            settings |= operator.quantile
        path = operator.path
        if (self.final and genome == self.model) or self._is_stacked(genome):
            settings |= self._final_settings(genome)
            path = operator.final_path or path
        if operator.argument is not None:
            settings = {operator.argument: around, **settings}
        if _takes_random_state(path):
            settings["random_state"] = self.options.random_state
        call = Call(path, {name: self._filled(value) for name, value in settings.items()})
        wrapper = operator.wrapper
        if wrapper is None or (wrapper.needs_several and self.options.n_outputs == 1):
            return call
        return Call(wrapper.path, {wrapper.argument: call, **wrapper.fixed})

    def _filled(self, value: Any) -> Any:
        """Return the value that a placeholder stands for, or the value itself."""
        if value == QUANTILE:
            return self.options.quantile
        if value == ORDERS:
            orders = [list(self.columns.orders[name]) for name in self.columns.ordered]
            return Constant("ORDERS", orders)
        return value

    def _is_stacked(self, genome: Genome) -> bool:
        """Tell whether a genome is a model inside another pipeline.

        Early stopping chooses the rounds of the outer model only.
        """
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
        return "random_state" in class_().get_params()  # XGBoost names it only there
    return "random_state" in parameters


def uniquely_named(steps: list[Any]) -> list[Any]:
    """Number the names that occur more than once, as scikit-learn's `make_pipeline` does."""
    uses = Counter(name for name, *_ in steps)
    numbers: Counter[str] = Counter()
    unique = []
    for name, *parts in steps:
        numbers[name] += 1
        unique_name = f"{name}_{numbers[name]}" if uses[name] > 1 else name
        unique.append((unique_name, *parts))
    return unique
