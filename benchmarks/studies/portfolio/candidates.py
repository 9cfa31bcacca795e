"""The candidates for a portfolio: all models at their defaults, published settings, draws."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from automl.pipelines import Operator, Start, load_catalogue

SEED = 0
# Draws of the settings of a model: many where settings matter much, few where fits are slow.
DRAWS = {
    "hist_gradient_boosting": 8,
    "lgbm": 6,
    "xgb": 4,
    "cat_boost": 4,
    "extra_trees": 6,
    "random_forest": 4,
    "gradient_boosting": 2,
    "mlp": 16,
    "svc_rbf": 6,
    "svr_rbf": 6,
    "svc_poly": 3,
    "svr_poly": 3,
    "k_neighbors": 2,
    "logistic_regression": 2,
    "ridge": 2,
}
LEAF = "min_samples_leaf"
# A model and its settings on each line: the zero-shot portfolio of AutoGluon 1.0, learnt on TabRepo
# (Salinas and Erickson, 2024, arXiv:2311.02971), in its order; what has no counterpart here is left
# out.
PUBLISHED = Path(__file__).with_name("published.jsonl")
# Boosted trees with low rates, with all their rounds, and with meta-tuned defaults (Holzmüller and
# others, 2024, arXiv:2407.04491), as far as they have a counterpart here.
BOOSTERS = Path(__file__).with_name("boosters.jsonl")
SCALERS = ("quantile_transformer", "power_transformer", "robust_scaler", "squashing_scaler")
SCALED = (
    "mlp",
    "svc_rbf",
    "svr_rbf",
    "logistic_regression",
    "ridge",
    "linear_discriminant_analysis",
)
ENCODERS = ("category_encoder", "one_hot_encoder", "count_encoder", "target_encoder_{task}")
ENCODED = ("hist_gradient_boosting", "lgbm", "cat_boost", "extra_trees", "random_forest")
BEFORE = {
    "polynomial_features": ("logistic_regression", "ridge"),
    "spline_transformer": ("logistic_regression", "ridge"),
    "pair_features": ("logistic_regression", "ridge", "extra_trees", "lgbm"),
    "pca": ("k_neighbors", "svc_rbf", "svr_rbf", "extra_trees"),
    "nystroem": ("logistic_regression", "ridge"),
    "discriminant_scores": ("k_neighbors", "extra_trees", "hist_gradient_boosting"),
    "row_statistics": ("hist_gradient_boosting", "lgbm"),
}
FINISHES = {"classification": ("calibrated",), "regression": ("log_target", "quantile_target")}
FINISHED = {
    "classification": ("extra_trees", "random_forest", "k_neighbors", "gaussian_nb"),
    "regression": ("hist_gradient_boosting", "extra_trees", "cat_boost", "svr_rbf", "mlp", "ridge"),
}
CHANGED = 0.5  # of draws have other preparations than the usual ones, half as many a finish
SLOW = {"learning_rate": 0.03, "max_leaf_nodes": 15, LEAF: 10}
NATIVE = ("category_encoder",)
BY_CLASS = ("target_encoder_classification",)
BY_MEAN = ("target_encoder_regression",)
BY_HAND = (
    Start("linear_discriminant_analysis"),
    Start("logistic_regression"),
    Start("hist_gradient_boosting_classifier"),
    Start("xgb_classifier", {"learning_rate": 0.05, "subsample": 0.8}),
    Start("lgbm_classifier", {"learning_rate": 0.05}, NATIVE),
    Start("hist_gradient_boosting_classifier", SLOW, BY_CLASS),
    Start("extra_trees_classifier"),
    Start("random_forest_classifier", {LEAF: 3}, BY_CLASS),
    Start("svc_rbf", {"C": 10.0}),
    Start("mlp_classifier"),
    Start("mlp_classifier", {"hidden_layer_sizes": (64, 64)}),
    Start("mlp_classifier_stopped"),
    Start("extra_trees_classifier", {"max_features": 0.5, LEAF: 2}),
    Start("random_forest_classifier"),
    Start("svc_poly", {"degree": 2, "coef0": 1.0}),
    Start("logistic_regression_cv"),
    Start("k_neighbors_classifier", {"weights": "distance"}),
    Start("gaussian_nb"),
    Start("cat_boost_classifier", {}, NATIVE),
    Start("hist_gradient_boosting_classifier", {"learning_rate": 0.05}, NATIVE),
    Start("ridge"),
    Start("hist_gradient_boosting_regressor"),
    Start("xgb_regressor", {"learning_rate": 0.05, "subsample": 0.8}),
    Start("lgbm_regressor", {"learning_rate": 0.05}, NATIVE),
    Start("hist_gradient_boosting_regressor", SLOW, BY_MEAN),
    Start("extra_trees_regressor", {"max_features": 0.5}),
    Start("random_forest_regressor", {"max_features": 0.33, LEAF: 2}, BY_MEAN),
    Start("svr_rbf", {"C": 3.0}),
    Start("mlp_regressor"),
    Start("mlp_regressor_stopped"),
    Start("random_forest_regressor", {"max_features": 0.33}),
    Start("lasso_cv"),
    Start("svr_poly", {"degree": 2, "coef0": 1.0}),
    Start("elastic_net_cv"),
    Start("k_neighbors_regressor", {"weights": "distance"}),
    Start("gaussian_process_regressor"),
    Start("cat_boost_regressor", {}, NATIVE),
    Start("hist_gradient_boosting_regressor", {"learning_rate": 0.05}, NATIVE),
)
"""The starts of version 0.1.0 before any were learnt, in their order."""


def candidates(task: str) -> list[Start]:
    """Return all candidates of a task: those made by hand, boosters, the rest in chance's order.

    Parameters
    ----------
    task : {"classification", "regression"}
    """
    catalogue = load_catalogue()
    models = {
        name: operator
        for name, operator in catalogue.items()
        if operator.is_model and task in operator.tasks
    }
    rng = np.random.default_rng(SEED)
    kind = "classifier" if task == "classification" else "regressor"
    lines = BOOSTERS.read_text("utf-8").replace("{kind}", kind).replace("{task}", task)
    boosters = map(Start.from_json, lines.splitlines())
    firsts = [start for start in (*BY_HAND, *boosters) if start.model in models]
    by_hand = {start.to_json(): start for start in firsts}
    # By their texts, so that a start that comes twice is measured once.
    drawn: dict[str, Start] = {}
    for start in _all(task, models, rng):
        if all(name in catalogue for name in (*start.prefer, *start.before)):
            drawn.setdefault(start.to_json(), start)
    further = [start for text, start in drawn.items() if text not in by_hand]
    # A run that ends early has then seen a fair share of every family.
    return [*by_hand.values(), *(further[place] for place in rng.permutation(len(further)))]


def _all(task: str, models: dict[str, Operator], rng: np.random.Generator) -> Iterator[Start]:
    ending = "_classifier" if task == "classification" else "_regressor"

    def named(names: Iterable[str]) -> Iterator[str]:
        variants = (variant for name in names for variant in (name, name + ending))
        return (variant for variant in variants if variant in models)

    yield from map(Start, models)
    for line in PUBLISHED.read_text("utf-8").splitlines():
        start = Start.from_json(line)
        for model in named([start.model]):
            if set(start.settings) <= set(models[model].domains):
                yield Start(model, start.settings)
    encoders = [name.format(task=task) for name in ENCODERS]
    for model in named(SCALED):
        yield from (Start(model, {}, (scaler,)) for scaler in SCALERS)
    for model in named(ENCODED):
        yield from (Start(model, {}, (encoder,)) for encoder in encoders)
    for before, names in BEFORE.items():
        yield from (Start(model, {}, (), (before,)) for model in named(names))
    for model in named(FINISHED[task]):
        yield from (Start(model, finish=finish) for finish in FINISHES[task])
    for name, n in DRAWS.items():
        usual = SCALERS if name in SCALED else encoders if name in ENCODED else ()
        for model in named([name]):
            yield from (_draw(model, models[model], usual, FINISHES[task], rng) for _ in range(n))


def _draw(
    model: str,
    operator: Operator,
    preparations: Iterable[str],
    finishes: Sequence[str],
    rng: np.random.Generator,
) -> Start:
    """Return a model with settings of chance, at times with a preparation or a finish."""
    settings = {name: domain.sample(rng) for name, domain in operator.domains.items()}
    preparation = str(rng.choice([*preparations, ""])) if rng.uniform() < CHANGED else ""
    finish = str(rng.choice(finishes)) if rng.uniform() < CHANGED / 2 else None
    return Start(model, settings, (preparation,) if preparation else (), (), finish)
