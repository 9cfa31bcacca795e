"""Boosted trees of packages that may be installed: LightGBM and CatBoost."""

from automl.pipelines.catalogue.models import classifier, regressor
from automl.pipelines.operators.domains import Choice, Domain, Integer, Real
from automl.pipelines.operators.flow_types import Table
from automl.pipelines.operators.operator import QUANTILE, Rounds

STOPPED = "early stopping chooses the rounds"
SILENT = "thousands of fits would fill the terminal"
REPEATABLE = "more threads would sum in another order"
LGBM_DOMAINS: dict[str, Domain] = {
    "learning_rate": Real(0.005, 0.2, default=0.1, log=True),
    "num_leaves": Integer(2, 255, default=31, log=True),
    "min_child_samples": Integer(1, 100, default=20, log=True),
    "colsample_bytree": Real(0.3, 1.0, default=1.0),
    "subsample": Real(0.6, 1.0, default=1.0),
    "reg_lambda": Real(1e-4, 10.0, default=1e-4, log=True),
    "extra_trees": Choice((False, True), default=False),
}
# The booster holds its best scores in ordered dictionaries.
LGBM_PARTS = ("collections.OrderedDict", "lightgbm.basic.Booster")
# Early stopping makes the number of rounds a result, so two thousand is only a bound.
LGBM_FIXED = {
    "early_stopping_rounds": 20,
    "n_estimators": 2000,
    "n_jobs": 1,
    "subsample_freq": 1,
    "verbosity": -1,
}
LGBM_REASONS = {
    "reg_lambda": "as good as 0 on the logarithmic scale that this strength needs",
    "early_stopping_rounds": STOPPED,
    "n_estimators": STOPPED,
    "n_jobs": REPEATABLE,
    "subsample_freq": "without it subsample has no effect",
    "verbosity": SILENT,
}
CAT_DOMAINS: dict[str, Domain] = {
    "learning_rate": Real(0.005, 0.3, default=0.05, log=True),
    "depth": Integer(4, 8, default=6),
    "l2_leaf_reg": Real(1e-4, 10.0, default=3.0, log=True),
    "one_hot_max_size": Integer(2, 100, default=2, log=True),
}
# Depths of more than 8 double the time with every level, for trees are symmetric.
CAT_FIXED = {
    "early_stopping_rounds": 20,
    "iterations": 1000,
    "thread_count": 1,
    "allow_writing_files": False,
    "verbose": False,
}
CAT_REASONS = {
    "learning_rate": "CatBoost would guess it from the rounds, which early stopping chooses",
    "early_stopping_rounds": STOPPED,
    "thread_count": REPEATABLE,
    "allow_writing_files": "it would leave a folder where the user works",
    "verbose": SILENT,
}

OPERATORS = (
    classifier(
        name="lgbm_classifier",
        path="automl.pipelines.search_only.stopping_lightgbm.StoppingLGBMClassifier",
        takes=Table,
        domains={**LGBM_DOMAINS, "class_weight": Choice((None, "balanced"), default=None)},
        fixed=LGBM_FIXED,
        final={"early_stopping_rounds": None},
        final_path="lightgbm.LGBMClassifier",
        rounds=Rounds("n_estimators", "n_iter_", inner=100),
        requires="lightgbm",
        min_rows=100,  # a tenth of fewer rows says nothing about when to stop
        parts=(*LGBM_PARTS, "lightgbm.sklearn.LGBMClassifier"),  # the module where it is defined
        reasons=LGBM_REASONS,
    ),
    regressor(
        name="lgbm_regressor",
        path="automl.pipelines.search_only.stopping_lightgbm.StoppingLGBMRegressor",
        takes=Table,
        domains=LGBM_DOMAINS,
        fixed=LGBM_FIXED,
        final={"early_stopping_rounds": None},
        final_path="lightgbm.LGBMRegressor",
        rounds=Rounds("n_estimators", "n_iter_", inner=100),
        requires="lightgbm",
        min_rows=100,
        one_output=True,
        quantile={"objective": "quantile", "alpha": QUANTILE},
        parts=(*LGBM_PARTS, "lightgbm.sklearn.LGBMRegressor"),
        reasons=LGBM_REASONS,
    ),
    classifier(
        name="cat_boost_classifier",
        path="automl.pipelines.search_only.stopping_catboost.StoppingCatBoostClassifier",
        takes=Table,
        domains=CAT_DOMAINS,
        fixed=CAT_FIXED,
        final={"early_stopping_rounds": None},
        final_path="automl.pipelines.carried.catboost.FrameCatBoostClassifier",
        rounds=Rounds("iterations", "n_iter_", inner=100),
        requires="catboost",
        min_rows=100,
        reasons=CAT_REASONS,
    ),
    regressor(
        name="cat_boost_regressor",
        path="automl.pipelines.search_only.stopping_catboost.StoppingCatBoostRegressor",
        takes=Table,
        domains=CAT_DOMAINS,
        fixed=CAT_FIXED,
        final={"early_stopping_rounds": None},
        final_path="automl.pipelines.carried.catboost.FrameCatBoostRegressor",
        rounds=Rounds("iterations", "n_iter_", inner=100),
        requires="catboost",
        min_rows=100,
        one_output=True,
        reasons=CAT_REASONS,
    ),
)
