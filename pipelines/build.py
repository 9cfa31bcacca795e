"""Genome to scikit-learn estimator.

A genome becomes nested calls first, which are then made here or written out by `export`; so the
script cannot differ from what was fitted. A chain of operators over one kind of columns is a
transformer of a `ColumnTransformer`; what comes after a join is a step of a `Pipeline`.
"""

import inspect
from collections.abc import Mapping
from functools import cache
from typing import Any

from sklearn.base import BaseEstimator

from automl.pipelines.columns import Columns
from automl.pipelines.domains import Value
from automl.pipelines.genome import Genome
from automl.pipelines.operator import Call, Constant, Name, Operator, locate

PIPELINE = "sklearn.pipeline.Pipeline"
FOLDED = {"sklearn.preprocessing.TargetEncoder"}  # whose folds draw, not the encoder itself


def build_pipeline(
    genome: Genome,
    catalogue: Mapping[str, Operator],
    columns: Columns,
    *,
    random_state: int,
    rounds: int | None = None,
    final: bool = False,
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
        genome, catalogue, columns, random_state=random_state, rounds=rounds, final=final
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
) -> Call:
    """Return the nested calls that `build_pipeline` makes; it takes the same arguments."""
    plan = _Plan(catalogue, columns, random_state, rounds, final)
    steps = plan.steps(genome)
    if final:
        steps = [("cells", columns.reader()), *steps]
    return Call(PIPELINE, {"steps": _uniquely_named(steps)})


def make(argument: Any) -> Any:
    """Make nested calls."""
    if isinstance(argument, Call):
        settings = {name: make(value) for name, value in argument.settings.items()}
        return locate(argument.path)(**settings)
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
        catalogue: Mapping[str, Operator],
        columns: Columns,
        random_state: int,
        rounds: int | None,
        final: bool,
    ) -> None:
        self.catalogue = catalogue
        self.kinds = columns.kinds()
        self.random_state = random_state
        self.rounds = rounds
        self.final = final

    def steps(self, genome: Genome) -> list[tuple[str, Call]]:
        """Return the steps from the dataframe to the output of a genome."""
        if self._branch(genome) is not None:
            return [("columns", self._columns([genome]))]
        if genome.is_join:
            return [("columns", self._join(genome))]
        return [*self.steps(genome.inputs[0]), (genome.operator, self._operator(genome))]

    def _branch(self, genome: Genome) -> str | None:
        """Return the kind of columns that a chain of transformers starts from, if it is one."""
        while not genome.is_leaf:
            if genome.is_join or self.catalogue[genome.operator].is_model:
                return None
            genome = genome.inputs[0]
        return genome.operator

    def _join(self, genome: Genome) -> Call:
        branches = [part for part in genome.inputs if self._branch(part) is not None]
        others = [part for part in genome.inputs if self._branch(part) is None]
        if not others:
            return self._columns(branches)
        parts = [("columns", self._columns(branches))] if branches else []
        for part in others:
            parts.append(
                (part.operator, Call(PIPELINE, {"steps": _uniquely_named(self.steps(part))}))
            )
        return Call("sklearn.pipeline.FeatureUnion", {"transformer_list": _uniquely_named(parts)})

    def _columns(self, branches: list[Genome]) -> Call:
        transformers = [(kind, *rest) for kind, *rest in map(self._transformer, branches)]
        return Call(
            "sklearn.compose.ColumnTransformer",
            {"transformers": _uniquely_named(transformers), "sparse_threshold": 0.0},
        )

    def _transformer(self, genome: Genome) -> tuple[str, Call | str, Constant]:
        chain = []
        while not genome.is_leaf:
            chain.append((genome.operator, self._operator(genome)))
            genome = genome.inputs[0]
        kind = genome.operator
        columns = Constant(kind.upper(), list(self.kinds[kind]))
        if not chain:
            return kind, "passthrough", columns
        if len(chain) == 1:
            return kind, chain[0][1], columns
        return kind, Call(PIPELINE, {"steps": _uniquely_named(chain[::-1])}), columns

    def _operator(self, genome: Genome) -> Call:
        operator = self.catalogue[genome.operator]
        settings = {**operator.fixed, **dict(genome.settings), **self._final_settings(operator)}
        path = operator.final_path if self.final and operator.final_path else operator.path
        if _takes_random_state(path):
            settings["random_state"] = self.random_state
        call = Call(path, settings)
        if operator.wrapper is None:
            return call
        wrapper = operator.wrapper
        return Call(wrapper.path, {wrapper.argument: call, **wrapper.fixed})

    def _final_settings(self, operator: Operator) -> dict[str, Value]:
        if not self.final:
            return {}
        found = {}
        if operator.rounds is not None and self.rounds is not None:
            found = {operator.rounds.parameter: self.rounds}
        return {**operator.final, **found}


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
