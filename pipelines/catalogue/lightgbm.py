"""LightGBM: boosted trees that grow leaf by leaf."""

from automl.pipelines.catalogue.boosting import CLASS_WEIGHT, SETTLED, STOPPED, WEAK
from automl.pipelines.catalogue.models import classifier, regressor
from automl.pipelines.operators.domains import Choice, Domain, Integer, Real
from automl.pipelines.operators.flow_types import Table
from automl.pipelines.operators.operator import QUANTILE, Rounds

DOMAINS: dict[str, Domain] = {
    "learning_rate": Real(0.005, 0.2, default=0.1, log=True),
    "num_leaves": Integer(2, 255, default=31, log=True),
    "min_child_samples": Integer(1, 100, default=20, log=True),
    "colsample_bytree": Real(0.3, 1.0, default=1.0),
    "subsample": Real(0.6, 1.0, default=1.0),
    "reg_lambda": Real(1e-4, 10.0, default=1e-4, log=True),
    "extra_trees": Choice((False, True), default=False),
    "cat_smooth": Real(0.001, 100.0, default=10.0, log=True),
    "min_data_per_group": Integer(2, 100, default=100, log=True),
}
UNSTOPPED_DOMAINS: dict[str, Domain] = {
    **DOMAINS,
    "learning_rate": Real(0.005, 0.2, default=0.03, log=True),
    "n_estimators": Integer(50, 1000, default=300, log=True),
}
# The booster holds its best scores in ordered dictionaries.
PARTS = ("collections.OrderedDict", "lightgbm.basic.Booster")
CLASSIFIER_PARTS = (*PARTS, "lightgbm.sklearn.LGBMClassifier")  # the module where it is defined
REGRESSOR_PARTS = (*PARTS, "lightgbm.sklearn.LGBMRegressor")
FIXED = {"n_jobs": 1, "subsample_freq": 1, "verbosity": -1}
# Early stopping makes the number of rounds a result, so two thousand is only a bound.
STOPPED_FIXED = {**FIXED, "n_estimators": 2000}
REASONS = {
    "reg_lambda": WEAK,
    "n_jobs": "more threads would sum in another order",
    "subsample_freq": "without it subsample has no effect",
    "verbosity": "thousands of fits would fill the terminal",
}
STOPPED_REASONS = {**REASONS, "n_estimators": STOPPED}
UNSTOPPED_REASONS = {**REASONS, "learning_rate": SETTLED, "n_estimators": SETTLED}

OPERATORS = (
    classifier(
        name="lgbm_classifier",
        path="automl.pipelines.search_only.stopping_lightgbm.StoppingLGBMClassifier",
        takes=Table,
        domains={**DOMAINS, "class_weight": CLASS_WEIGHT},
        fixed=STOPPED_FIXED,
        final_path="lightgbm.LGBMClassifier",
        rounds=Rounds("n_estimators", "n_iter_", inner=100),
        requires="lightgbm",
        min_rows=100,  # a tenth of fewer rows says nothing about when to stop
        parts=CLASSIFIER_PARTS,
        reasons=STOPPED_REASONS,
    ),
    classifier(
        name="lgbm_classifier_unstopped",
        path="lightgbm.LGBMClassifier",
        takes=Table,
        domains={**UNSTOPPED_DOMAINS, "class_weight": CLASS_WEIGHT},
        fixed=FIXED,
        requires="lightgbm",
        parts=CLASSIFIER_PARTS,
        reasons=UNSTOPPED_REASONS,
    ),
    regressor(
        name="lgbm_regressor",
        path="automl.pipelines.search_only.stopping_lightgbm.StoppingLGBMRegressor",
        takes=Table,
        domains=DOMAINS,
        fixed=STOPPED_FIXED,
        final_path="lightgbm.LGBMRegressor",
        rounds=Rounds("n_estimators", "n_iter_", inner=100),
        requires="lightgbm",
        min_rows=100,
        one_output=True,
        quantile={"objective": "quantile", "alpha": QUANTILE},
        parts=REGRESSOR_PARTS,
        reasons=STOPPED_REASONS,
    ),
    regressor(
        name="lgbm_regressor_unstopped",
        path="lightgbm.LGBMRegressor",
        takes=Table,
        domains=UNSTOPPED_DOMAINS,
        fixed=FIXED,
        requires="lightgbm",
        one_output=True,
        quantile={"objective": "quantile", "alpha": QUANTILE},
        parts=REGRESSOR_PARTS,
        reasons=UNSTOPPED_REASONS,
    ),
)
