"""The pipelines that every search starts from: sound defaults, simplest first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, product

import numpy as np

from automl.pipelines.catalogue import BASELINES, load_catalogue
from automl.pipelines.columns import Columns
from automl.pipelines.domains import Value
from automl.pipelines.genome import JOIN, Genome
from automl.pipelines.grammar import Grammar
from automl.pipelines.operator import Matrix, Task

FALLBACKS = (
    8  # other models, or random pipelines, where the catalogue has no model of the portfolio
)


@dataclass(frozen=True)
class Start:
    """A model with the settings in which it departs from its defaults."""

    model: str
    """The name of its operator."""
    settings: Mapping[str, Value] = field(default_factory=dict)
    """Settings other than defaults."""
    prefer: tuple[str, ...] = ()
    """What prepares columns where it can, other than the usual: encoders, scalers, imputers."""
    before: tuple[str, ...] = ()
    """What comes between prepared columns and the model."""
    finish: str | None = None
    """What goes around the model."""


# What people would take without a search. scikit-learn's default for numbers tries all columns at
# every split, which is bagging rather than a forest.
FORESTS = {
    "classification": Start("random_forest_classifier"),
    "regression": Start("random_forest_regressor", {"max_features": 0.33}),
}
BY_CLASS = "target_encoder_classification"
BY_MEAN = "target_encoder_regression"
NATIVE = "category_encoder"
KERNEL = "kernel_scaler"
SLOW = {"learning_rate": 0.03, "max_leaf_nodes": 15, "min_samples_leaf": 10}
STARTS: dict[Task, tuple[Start, ...]] = {
    "classification": (
        Start("linear_discriminant_analysis"),  # there in no time, whatever the number of rows
        Start("logistic_regression"),
        Start("hist_gradient_boosting_classifier"),
        Start("xgb_classifier", {"learning_rate": 0.05, "subsample": 0.8}),
        Start("lgbm_classifier", {"learning_rate": 0.05}, (NATIVE,)),
        Start("hist_gradient_boosting_classifier", SLOW, (BY_CLASS,)),
        Start("extra_trees_classifier"),
        Start("random_forest_classifier", {"min_samples_leaf": 3}, (BY_CLASS,)),
        Start("svc_rbf", {"C": 10.0}),
        Start("mlp_classifier"),
        Start("mlp_classifier", {"hidden_layer_sizes": (64, 64)}),
        Start("mlp_classifier_stopped"),
        Start("extra_trees_classifier", {"max_features": 0.5, "min_samples_leaf": 2}),
        FORESTS["classification"],
        Start("svc_poly", {"degree": 2, "coef0": 1.0}),
        Start("logistic_regression_cv"),
        Start("k_neighbors_classifier", {"weights": "distance"}),
        Start("gaussian_nb"),
        Start("cat_boost_classifier", {}, (NATIVE,)),
        Start("hist_gradient_boosting_classifier", {"learning_rate": 0.05}, (NATIVE,)),
    ),
    "regression": (
        Start("ridge"),
        Start("hist_gradient_boosting_regressor"),
        Start("xgb_regressor", {"learning_rate": 0.05, "subsample": 0.8}),
        Start("lgbm_regressor", {"learning_rate": 0.05}, (NATIVE,)),
        Start("hist_gradient_boosting_regressor", SLOW, (BY_MEAN,)),
        Start("extra_trees_regressor", {"max_features": 0.5}),
        Start("random_forest_regressor", {"max_features": 0.33, "min_samples_leaf": 2}, (BY_MEAN,)),
        Start("svr_rbf", {"C": 3.0}),
        Start("mlp_regressor"),
        Start("mlp_regressor_stopped"),
        FORESTS["regression"],
        Start("lasso_cv"),
        Start("svr_poly", {"degree": 2, "coef0": 1.0}),
        Start("elastic_net_cv"),
        Start("k_neighbors_regressor", {"weights": "distance"}),
        Start("gaussian_process_regressor"),
        Start("cat_boost_regressor", {}, (NATIVE,)),
        Start("hist_gradient_boosting_regressor", {"learning_rate": 0.05}, (NATIVE,)),
    ),
}
TARGET_ENCODERS: dict[Task, str] = {"classification": BY_CLASS, "regression": BY_MEAN}
# What comes first of its role; what is not named here comes after, in the catalogue's order.
FIRST = (
    "simple_imputer",
    "standard_scaler",
    "robust_scaler",
    "datetime_encoder",
    "string_encoder",
    "min_hash_encoder",
    "tfidf_vectorizer",
    "pca",
)
FOR_SIZES = ("one_hot_encoder", "sparse_one_hot_encoder")  # usual where columns' sizes matter
FOR_TREES = ("ordinal_encoder",)


def starting_pipelines(grammar: Grammar, rng: np.random.Generator) -> list[Genome]:
    """Return the first pipelines of a search, the simplest first.

    Models that the portfolio does not know, such as those of a user, come after those that it
    knows; models that ship with the project and are no start come when evolution finds them, or
    where there is no other. The steps of a template, and what prepares columns for them, are the
    first operators there are at their defaults. Columns that nothing prepares are left out.

    Parameters
    ----------
    grammar : Grammar
        Pipelines that it does not have are left out.
    rng : Generator
        Used only where no model can be reached so.

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
    genomes = _genomes(grammar, starts) or _genomes(grammar, map(Start, models))[:FALLBACKS]
    return genomes or list(dict.fromkeys(grammar.grow(rng) for _ in range(FALLBACKS)))


def baseline_pipeline(task: Task, columns: Columns) -> Genome:
    """Return the constant predictor, which every other pipeline has to beat."""
    return Genome.of(BASELINES[task].name, Genome(next(iter(columns.kinds()))))


def reference_pipeline(grammar: Grammar) -> Genome | None:
    """Return the random forest that winners are compared with; None where there is none."""
    return starting_pipeline(grammar, FORESTS[grammar.traits.task])


def _genomes(grammar: Grammar, starts: Iterable[Start]) -> list[Genome]:
    """Return the genomes of the starts that the grammar has, without duplicates."""
    genomes = [starting_pipeline(grammar, start) for start in starts]
    return list(dict.fromkeys(one for one in genomes if one is not None))


def starting_pipeline(grammar: Grammar, start: Start) -> Genome | None:
    """Return the genome of a start, of all kinds of columns that can be brought to its model.

    Parameters
    ----------
    grammar : Grammar
    start : Start

    Returns
    -------
    Genome or None
        None where the grammar does not have it.
    """
    needed = {start.model, *start.before, *filter(None, (start.finish,))}
    genome = _genome(grammar, start) if needed <= set(grammar.operators) else None
    return genome if genome is not None and grammar.contains(genome) else None


def _genome(grammar: Grammar, start: Start) -> Genome | None:
    words = (*grammar.template[:-1], *start.before, start.model)
    preferred = _preferred(grammar, start, words)
    parts = [Genome(kind) for kind in grammar.kinds]
    for word in words:
        found = [_step(grammar, part, word, preferred) for part in parts]
        branches = [part for part in found if part is not None]
        if not branches:
            return None
        joined = Genome.of(JOIN, *map(_before, branches))
        whole = _step(grammar, joined, word, preferred)
        parts = branches if whole is None else [whole]
    model = grammar.operators[start.model]
    genome = parts[0].with_settings({**model.defaults(), **start.settings})
    return genome if start.finish is None else _chain(grammar, genome, [start.finish])


def _before(part: Genome) -> Genome:
    """Return what a branch has before its last step, as it can be joined with others."""
    (inner,) = part.inputs
    return inner.inputs[0] if inner.operator == KERNEL else inner


def _step(grammar: Grammar, part: Genome, word: str, preferred: Sequence[str]) -> Genome | None:
    """Return the first operator of a name or role over a part, prepared as it has to be."""
    given = grammar.type_of(part)
    if given is None:
        return None
    roles = ["encoder"] * part.is_leaf + ["imputer", "scaler", KERNEL]
    if part.operator == "high_cardinality" and NATIVE not in preferred:
        preferred = (TARGET_ENCODERS[grammar.traits.task], *preferred)
    choices = [[(), *((name,) for name in _ranked(grammar, role, preferred))] for role in roles]
    for name in _ranked(grammar, word, preferred):
        for preparation in product(*choices):
            names = (*chain.from_iterable(preparation), name)
            if grammar.after(given, names) is not None:
                return _chain(grammar, part, names)
    return None


def _ranked(grammar: Grammar, word: str, preferred: Sequence[str]) -> list[str]:
    """Return the operators of a name or role, those that are preferred first."""
    names = [one.name for one in grammar.operators.values() if word in one.roles()]
    return sorted(names, key=[*preferred, *names].index)


def _preferred(grammar: Grammar, start: Start, words: Sequence[str]) -> tuple[str, ...]:
    """Return the operators to try first, in their order."""
    firsts = [
        grammar.operators[name] for word in words for name in _ranked(grammar, word, FIRST)[:1]
    ]
    for_trees = all(Matrix.fits(operator.takes) for operator in firsts)
    by_target = TARGET_ENCODERS[grammar.traits.task]
    usual = FOR_TREES if for_trees else FOR_SIZES
    return ("ordered_encoder", *start.prefer, *usual, by_target, "count_encoder", *FIRST)


def _chain(grammar: Grammar, genome: Genome, names: Iterable[str]) -> Genome:
    """Return operators at their defaults, one after the other."""
    for name in names:
        genome = Genome.of(name, genome, settings=grammar.operators[name].defaults())
    return genome
