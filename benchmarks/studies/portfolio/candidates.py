"""What a portfolio may be made of: all models at their defaults, published settings, draws."""

from collections.abc import Iterable, Iterator
from typing import Any

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
# Zero-shot portfolio of AutoGluon 1.0, learnt on TabRepo (Salinas and Erickson, 2024,
# arXiv:2311.02971), in its order; what has no counterpart here is left out.
PUBLISHED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("lgbm", {"learning_rate": 0.05, "extra_trees": True}),
    ("lgbm", {"learning_rate": 0.05}),
    (
        "lgbm",
        {"learning_rate": 0.03, "num_leaves": 128, "colsample_bytree": 0.9, "min_child_samples": 3},
    ),
    (
        "lgbm",
        {
            "learning_rate": 0.0121,
            "num_leaves": 53,
            "colsample_bytree": 0.7,
            "min_child_samples": 14,
        },
    ),
    (
        "lgbm",
        {
            "learning_rate": 0.0152,
            "num_leaves": 16,
            "colsample_bytree": 0.56,
            "min_child_samples": 48,
            "extra_trees": True,
        },
    ),
    (
        "lgbm",
        {
            "learning_rate": 0.034,
            "num_leaves": 127,
            "colsample_bytree": 0.83,
            "min_child_samples": 6,
            "extra_trees": True,
        },
    ),
    (
        "lgbm",
        {
            "learning_rate": 0.047,
            "num_leaves": 89,
            "colsample_bytree": 0.62,
            "min_child_samples": 56,
        },
    ),
    (
        "lgbm",
        {
            "learning_rate": 0.0186,
            "num_leaves": 22,
            "colsample_bytree": 0.74,
            "min_child_samples": 6,
        },
    ),
    (
        "lgbm",
        {
            "learning_rate": 0.04,
            "num_leaves": 16,
            "colsample_bytree": 0.43,
            "min_child_samples": 33,
            "extra_trees": True,
        },
    ),
    (
        "cat_boost",
        {"depth": 6, "l2_leaf_reg": 2.15, "learning_rate": 0.0686, "one_hot_max_size": 10},
    ),
    (
        "cat_boost",
        {"depth": 4, "l2_leaf_reg": 4.56, "learning_rate": 0.0494, "one_hot_max_size": 3},
    ),
    (
        "cat_boost",
        {"depth": 8, "l2_leaf_reg": 3.33, "learning_rate": 0.0173, "one_hot_max_size": 10},
    ),
    ("cat_boost", {"depth": 7, "l2_leaf_reg": 4.52, "learning_rate": 0.0848}),
    (
        "xgb",
        {
            "max_depth": 10,
            "learning_rate": 0.0181,
            "colsample_bytree": 0.69,
            "min_child_weight": 0.6,
        },
    ),
    (
        "xgb",
        {
            "max_depth": 5,
            "learning_rate": 0.0878,
            "colsample_bytree": 0.66,
            "min_child_weight": 0.63,
        },
    ),
    (
        "xgb",
        {
            "max_depth": 7,
            "learning_rate": 0.0929,
            "colsample_bytree": 0.91,
            "min_child_weight": 0.8,
        },
    ),
    (
        "xgb",
        {"max_depth": 4, "learning_rate": 0.01, "colsample_bytree": 0.75, "min_child_weight": 0.92},
    ),
    (
        "xgb",
        {
            "max_depth": 5,
            "learning_rate": 0.0663,
            "colsample_bytree": 0.98,
            "min_child_weight": 1.41,
        },
    ),
    ("random_forest", {"max_features": 0.75}),
    ("random_forest", {"max_features": 0.75, LEAF: 2}),
    ("random_forest", {"max_features": 1.0, LEAF: 5}),
    ("random_forest", {"max_features": "log2"}),
    ("extra_trees", {"max_features": 0.75}),
    ("extra_trees", {"max_features": 1.0, LEAF: 4}),
    ("extra_trees", {"max_features": "sqrt", LEAF: 2}),
    ("extra_trees", {"max_features": 1.0, LEAF: 20}),
    ("extra_trees", {"max_features": 0.75, LEAF: 4}),
    ("extra_trees", {"criterion": "entropy", "max_features": 1.0, LEAF: 3}),
    ("mlp", {"hidden_layer_sizes": (128, 128), "activation": "tanh", "alpha": 0.054}),
    ("hist_gradient_boosting", {"learning_rate": 0.0115, "max_leaf_nodes": 141, LEAF: 12}),
    ("hist_gradient_boosting", {"learning_rate": 0.05, "max_leaf_nodes": 11, LEAF: 41}),
    ("hist_gradient_boosting", {"learning_rate": 0.018, "max_leaf_nodes": 10, LEAF: 10}),
    (
        "hist_gradient_boosting",
        {"learning_rate": 0.28, "max_leaf_nodes": 4, LEAF: 138, "l2_regularization": 0.085},
    ),
)
SCALERS = ("quantile_transformer", "power_transformer", "robust_scaler")
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
    """Return all candidates of a task: those made by hand, then the others in an order of chance.

    Parameters
    ----------
    task : {"classification", "regression"}
    """
    catalogue = load_catalogue()
    models = {one.name: one for one in catalogue.values() if one.is_model and task in one.tasks}
    rng = np.random.default_rng(SEED)
    found: dict[str, Start] = {}
    for start in _all(task, models, rng):
        if all(name in catalogue for name in (*start.prefer, *start.before)):
            found.setdefault(start.to_json(), start)
    known = {start.to_json(): start for start in BY_HAND if start.model in models}
    others = [start for text, start in found.items() if text not in known]
    return [*known.values(), *(others[place] for place in rng.permutation(len(others)))]


def _all(task: str, models: dict[str, Operator], rng: np.random.Generator) -> Iterator[Start]:
    ending = "_classifier" if task == "classification" else "_regressor"

    def named(names: Iterable[str]) -> Iterator[str]:
        both = ((name, name + ending) for name in names)
        return (name for pair in both for name in pair if name in models)

    yield from map(Start, models)
    for name, settings in PUBLISHED:
        for model in named([name]):
            if set(settings) <= set(models[model].domains):
                yield Start(model, settings)
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
        for model in named([name]):
            for _ in range(n):
                domains = models[model].domains
                settings = {key: domain.sample(rng) for key, domain in domains.items()}
                usual = SCALERS if name in SCALED else encoders if name in ENCODED else ()
                other = str(rng.choice([*usual, ""])) if rng.uniform() < CHANGED else ""
                finish = str(rng.choice(FINISHES[task])) if rng.uniform() < CHANGED / 2 else None
                yield Start(model, settings, (other,) if other else (), (), finish)
