"""CatBoost: boosted symmetric trees, with an encoding of categories by the rows before."""

from automl.pipelines.catalogue.models import classifier, regressor
from automl.pipelines.operators.domains import Choice, Domain, Integer, Real
from automl.pipelines.operators.flow_types import Table
from automl.pipelines.operators.operator import Rounds

# Depths of more than 8 double the time with every level, for trees are symmetric.
SHAPE: dict[str, Domain] = {
    "depth": Integer(4, 8, default=6),
    "l2_leaf_reg": Real(1e-4, 10.0, default=3.0, log=True),
    "one_hot_max_size": Integer(2, 100, default=2, log=True),
    "random_strength": Real(0.01, 10.0, default=1.0, log=True),
    "grow_policy": Choice(("SymmetricTree", "Depthwise"), default="SymmetricTree"),
}
DOMAINS: dict[str, Domain] = {
    "learning_rate": Real(0.005, 0.3, default=0.05, log=True),
    **SHAPE,
}
# CatBoost finds a rate for its rounds and rows, which is hard to beat on few rows.
UNSTOPPED_DOMAINS: dict[str, Domain] = {
    "iterations": Integer(100, 1000, default=1000, log=True),
    **SHAPE,
}
FIXED = {"thread_count": 1, "allow_writing_files": False, "verbose": False}
STOPPED_FIXED = {**FIXED, "iterations": 1000}
REASONS = {
    "thread_count": "more threads would sum in another order",
    "allow_writing_files": "it would leave a folder where the user works",
    "verbose": "thousands of fits would fill the terminal",
}
STOPPED_REASONS = {
    **REASONS,
    "learning_rate": "CatBoost would guess it from the rounds, which early stopping chooses",
}

OPERATORS = (
    classifier(
        name="cat_boost_classifier",
        path="automl.pipelines.search_only.stopping_catboost.StoppingCatBoostClassifier",
        takes=Table,
        domains=DOMAINS,
        fixed=STOPPED_FIXED,
        final_path="automl.pipelines.carried.catboost.FrameCatBoostClassifier",
        rounds=Rounds("iterations", "n_iter_", inner=100),
        requires="catboost",
        min_rows=100,  # a tenth of fewer rows says nothing about when to stop
        reasons=STOPPED_REASONS,
    ),
    classifier(
        name="cat_boost_classifier_unstopped",
        path="automl.pipelines.carried.catboost.FrameCatBoostClassifier",
        takes=Table,
        domains=UNSTOPPED_DOMAINS,
        fixed=FIXED,
        requires="catboost",
        reasons=REASONS,
    ),
    regressor(
        name="cat_boost_regressor",
        path="automl.pipelines.search_only.stopping_catboost.StoppingCatBoostRegressor",
        takes=Table,
        domains=DOMAINS,
        fixed=STOPPED_FIXED,
        final_path="automl.pipelines.carried.catboost.FrameCatBoostRegressor",
        rounds=Rounds("iterations", "n_iter_", inner=100),
        requires="catboost",
        min_rows=100,
        one_output=True,
        reasons=STOPPED_REASONS,
    ),
    regressor(
        name="cat_boost_regressor_unstopped",
        path="automl.pipelines.carried.catboost.FrameCatBoostRegressor",
        takes=Table,
        domains=UNSTOPPED_DOMAINS,
        fixed=FIXED,
        requires="catboost",
        one_output=True,
        reasons=REASONS,
    ),
)
