"""The pipelines that every search starts from: sound defaults, simplest first."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from automl.pipelines.catalogue import BASELINES, load_catalogue
from automl.pipelines.columns import Columns
from automl.pipelines.domains import Value
from automl.pipelines.genome import JOIN, Genome
from automl.pipelines.grammar import Grammar
from automl.pipelines.operator import (
    Complete,
    FlowType,
    Gappy,
    Matrix,
    Operator,
    Scaled,
    Spread,
    Table,
    Task,
    Wide,
)

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
NATIVE = "category_encoder"
SLOW = {"learning_rate": 0.03, "max_leaf_nodes": 15, "min_samples_leaf": 10}
STARTS: dict[Task, tuple[Start, ...]] = {
    "classification": (
        Start("linear_discriminant_analysis"),  # there in no time, whatever the number of rows
        Start("logistic_regression"),
        Start("hist_gradient_boosting_classifier"),
        Start("xgb_classifier", {"learning_rate": 0.05, "subsample": 0.8}),
        Start("lgbm_classifier", {"learning_rate": 0.05}, NATIVE),
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
        Start("cat_boost_classifier", {}, NATIVE),
        Start("hist_gradient_boosting_classifier", {"learning_rate": 0.05}, NATIVE),
    ),
    "regression": (
        Start("ridge"),
        Start("hist_gradient_boosting_regressor"),
        Start("xgb_regressor", {"learning_rate": 0.05, "subsample": 0.8}),
        Start("lgbm_regressor", {"learning_rate": 0.05}, NATIVE),
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
        Start("gaussian_process_regressor"),
        Start("cat_boost_regressor", {}, NATIVE),
        Start("hist_gradient_boosting_regressor", {"learning_rate": 0.05}, NATIVE),
    ),
}
TARGET_ENCODERS: dict[Task, str] = {"classification": BY_CLASS, "regression": BY_MEAN}
SCALED = ("simple_imputer", "standard_scaler")
# The steps from a matrix with gaps to what a model takes, and the usual encoder of categories.
PREPARATION: dict[FlowType, tuple[tuple[str, ...], str]] = {
    Spread: (SCALED, "one_hot_encoder"),
    Wide: (SCALED, "one_hot_encoder"),
    Scaled: (SCALED, "one_hot_encoder"),
    Complete: (SCALED[:1], "ordinal_encoder"),
    Matrix: (SCALED[:1], "ordinal_encoder"),
    Gappy: ((), "ordinal_encoder"),
    Table: ((), "ordinal_encoder"),
}


def starting_pipelines(grammar: Grammar, rng: np.random.Generator) -> list[Genome]:
    """Return the first pipelines of a search, the simplest first.

    Models that the portfolio does not know, such as those of a user, come after those that it
    knows; models that ship with the project and are no start come when evolution finds them.

    Parameters
    ----------
    grammar : Grammar
        Pipelines that it does not have are left out.
    rng : Generator
        Used only where the catalogue allows none of the sound defaults.

    Returns
    -------
    list of Genome
        At least one, without duplicates.
    """
    models = [one.name for one in grammar.operators.values() if one.is_model]
    starts = [start for start in STARTS[grammar.traits.task] if start.model in models]
    named = {start.model for start in starts}
    known = load_catalogue() if starts else {}
    starts += [Start(name) for name in models if name not in named and name not in known]
    genomes = [_genome(grammar, start) for start in starts]
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
    if model.takes not in PREPARATION:
        return None
    steps, usual = PREPARATION[model.takes]
    encoder = start.categories or usual
    chains = [_steps(grammar, kind, steps, encoder) for kind in grammar.kinds]
    branches = [
        _chain(grammar, Genome(kind), chain)
        for kind, chain in zip(grammar.kinds, chains, strict=True)
    ]
    parts = [branch for branch in branches if branch is not None]
    if len(parts) < len(branches):
        return None
    chain = ("kernel_scaler", model.name) if model.takes is Spread else (model.name,)
    grown = _chain(grammar, Genome.of(JOIN, *parts), chain)
    return grown and grown.with_settings({**model.defaults(), **start.settings})


def _steps(grammar: Grammar, kind: str, steps: tuple[str, ...], encoder: str) -> tuple[str, ...]:
    """Return the steps from a kind of columns to what a model takes."""
    by_target = TARGET_ENCODERS[grammar.traits.task]
    if kind == "high_cardinality" and encoder != NATIVE and by_target in grammar.operators:
        encoder = by_target
    scaler = steps[1:] if encoder == by_target else ()
    return {
        "numeric": steps,
        "durations": steps,
        "dates": ("datetime_encoder", *steps),
        "ordered": ("ordered_encoder", *steps),
        "texts": ("string_encoder",),
    }.get(kind, (encoder, *scaler))


def _chain(grammar: Grammar, genome: Genome, names: tuple[str, ...]) -> Genome | None:
    for name in names:
        if name not in grammar.operators:
            return None
        operator: Operator = grammar.operators[name]
        genome = Genome.of(name, genome, settings=operator.defaults())
    return genome
