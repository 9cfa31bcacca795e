"""The pipelines that every search starts from: sound defaults, simplest first."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from automl.pipelines.catalogue import BASELINES
from automl.pipelines.columns import Columns
from automl.pipelines.domains import Value
from automl.pipelines.genome import JOIN, Genome
from automl.pipelines.grammar import Grammar
from automl.pipelines.operator import FlowType, Gappy, Matrix, Operator, Scaled, Spread, Task

FALLBACKS = 8  # random pipelines where the catalogue has nothing to make a sound start from


@dataclass(frozen=True)
class Start:
    """A model with the settings in which it departs from its defaults."""

    model: str
    """The name of its operator."""
    settings: Mapping[str, Value] = field(default_factory=dict)
    """Settings other than defaults."""
    categories: str | None = None
    """The encoder of categories, where it is not the usual one for the model's input."""


BY_CLASS = "target_encoder_classification"
BY_MEAN = "target_encoder_regression"
SLOW = {"learning_rate": 0.03, "max_leaf_nodes": 15, "min_samples_leaf": 10}
STARTS: dict[Task, tuple[Start, ...]] = {
    "classification": (
        Start("logistic_regression"),
        Start("hist_gradient_boosting_classifier"),
        Start("xgb_classifier", {"learning_rate": 0.05, "subsample": 0.8}),
        Start("hist_gradient_boosting_classifier", SLOW, BY_CLASS),
        Start("extra_trees_classifier"),
        Start("random_forest_classifier", {"min_samples_leaf": 3}, BY_CLASS),
        Start("svc_rbf", {"C": 10.0}),
        Start("mlp_classifier"),
        Start("extra_trees_classifier", {"max_features": 0.5, "min_samples_leaf": 2}),
        Start("random_forest_classifier"),
        Start("svc_poly", {"degree": 2, "coef0": 1.0}),
        Start("logistic_regression_cv"),
        Start("k_neighbors_classifier", {"n_neighbors": 10, "weights": "distance"}),
        Start("gaussian_nb"),
    ),
    "regression": (
        Start("ridge"),
        Start("hist_gradient_boosting_regressor"),
        Start("xgb_regressor", {"learning_rate": 0.05, "subsample": 0.8}),
        Start("hist_gradient_boosting_regressor", SLOW, BY_MEAN),
        Start("extra_trees_regressor", {"max_features": 0.5}),
        Start("random_forest_regressor", {"max_features": 0.33, "min_samples_leaf": 2}, BY_MEAN),
        Start("svr_rbf", {"C": 3.0}),
        Start("mlp_regressor"),
        Start("random_forest_regressor", {"max_features": 0.33}),
        Start("lasso_cv"),
        Start("svr_poly", {"degree": 2, "coef0": 1.0}),
        Start("elastic_net_cv"),
        Start("k_neighbors_regressor", {"n_neighbors": 10, "weights": "distance"}),
    ),
}
ENCODERS: dict[FlowType, str] = {
    Scaled: "one_hot_encoder",
    Matrix: "ordinal_encoder",
    Gappy: "ordinal_encoder",
}
STEPS_TO: dict[FlowType, tuple[str, ...]] = {
    Gappy: (),
    Matrix: ("simple_imputer",),
    Scaled: ("simple_imputer", "standard_scaler"),
}


def starting_pipelines(grammar: Grammar, task: Task, rng: np.random.Generator) -> list[Genome]:
    """Return the first pipelines of a search, the simplest first.

    Parameters
    ----------
    grammar : Grammar
        Pipelines that it does not have are left out.
    task : {"classification", "regression"}
    rng : Generator
        Used only where the catalogue allows none of the sound defaults.

    Returns
    -------
    list of Genome
        At least one, without duplicates.
    """
    starts = list(STARTS[task])
    named = {start.model for start in starts}
    starts += [
        Start(name)
        for name, operator in grammar.operators.items()
        if operator.is_model and name not in named
    ]
    genomes = [_genome(grammar, start) for start in starts if start.model in grammar.operators]
    allowed = [genome for genome in genomes if genome is not None and grammar.contains(genome)]
    if not allowed:
        allowed = [grammar.grow(rng) for _ in range(FALLBACKS)]
    return list(dict.fromkeys(allowed))


def baseline_pipeline(task: Task, columns: Columns) -> Genome:
    """Return the constant predictor, which every other pipeline has to beat."""
    return Genome.of(BASELINES[task].name, Genome(next(iter(columns.kinds()))))


def _genome(grammar: Grammar, start: Start) -> Genome | None:
    """Return the genome of a start, or None if an operator that it needs is missing."""
    model = grammar.operators[start.model]
    matrix = Scaled if model.takes is Spread else model.takes
    if matrix not in ENCODERS:
        return None
    branches = [_branch(grammar, kind, matrix, start.categories) for kind in grammar.kinds]
    parts = [branch for branch in branches if branch is not None]
    if len(parts) < len(branches):
        return None
    genome = parts[0] if len(parts) == 1 else Genome.of(JOIN, *parts)
    chain = ("kernel_scaler", model.name) if model.takes is Spread else (model.name,)
    grown = _chain(grammar, genome, chain)
    return grown and grown.with_settings({**model.defaults(), **start.settings})


def _branch(grammar: Grammar, kind: str, matrix: FlowType, encoder: str | None) -> Genome | None:
    leaf = Genome(kind)
    if kind == "categorical":
        chosen = encoder or ENCODERS[matrix]
        scaler = ("standard_scaler",) if encoder and matrix is Scaled else ()
        return _chain(grammar, leaf, (chosen, *scaler))
    encoders = ("datetime_encoder",) if kind == "dates" else ()
    return _chain(grammar, leaf, (*encoders, *STEPS_TO[matrix]))


def _chain(grammar: Grammar, genome: Genome, names: tuple[str, ...]) -> Genome | None:
    for name in names:
        if name not in grammar.operators:
            return None
        operator: Operator = grammar.operators[name]
        genome = Genome.of(name, genome, settings=operator.defaults())
    return genome
