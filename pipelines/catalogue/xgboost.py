"""XGBoost: boosted trees that grow level by level."""

from automl.pipelines.catalogue.boosting import SETTLED, STOPPED, WEAK
from automl.pipelines.catalogue.models import classifier, regressor
from automl.pipelines.operators.domains import Domain, Integer, Real
from automl.pipelines.operators.flow_types import Table
from automl.pipelines.operators.operator import QUANTILE, Rounds

DOMAINS: dict[str, Domain] = {
    "learning_rate": Real(0.005, 0.3, default=0.1, log=True),
    "max_depth": Integer(2, 10, default=6),
    "min_child_weight": Real(0.001, 20.0, default=1.0, log=True),
    "subsample": Real(0.5, 1.0, default=1.0),
    "colsample_bytree": Real(0.5, 1.0, default=1.0),
    "reg_lambda": Real(1e-4, 50.0, default=1.0, log=True),
    "reg_alpha": Real(1e-4, 50.0, default=1e-4, log=True),
}
UNSTOPPED_DOMAINS: dict[str, Domain] = {
    **DOMAINS,
    "learning_rate": Real(0.005, 0.3, default=0.03, log=True),
    "n_estimators": Integer(50, 1000, default=300, log=True),
}
PARTS = ("xgboost.core.Booster",)
REGRESSOR_PARTS = (*PARTS, "xgboost.sklearn.XGBRegressor")  # the module where it is defined
FIXED = {"enable_categorical": True, "n_jobs": 1}
# Early stopping makes the number of rounds a result, so a thousand is only a bound.
STOPPED_FIXED = {**FIXED, "n_estimators": 1000}
REASONS = {
    "enable_categorical": "categories that come as such are taken as such",
    "n_jobs": "sums in another order would give other predictions on another machine",
    "reg_alpha": WEAK,
}
STOPPED_REASONS = {
    **REASONS,
    "n_estimators": STOPPED,
    "learning_rate": "0.3 is coarse where early stopping chooses the rounds",
}
UNSTOPPED_REASONS = {**REASONS, "learning_rate": SETTLED, "n_estimators": SETTLED}

OPERATORS = (
    classifier(
        name="xgb_classifier",
        path="automl.pipelines.search_only.stopping.StoppingXGBClassifier",
        takes=Table,
        domains=DOMAINS,
        fixed=STOPPED_FIXED,
        final_path="automl.pipelines.carried.boosting.LabelXGBClassifier",
        rounds=Rounds("n_estimators", "n_iter_", inner=100),
        min_rows=100,  # a tenth of fewer rows says nothing about when to stop
        parts=PARTS,
        reasons=STOPPED_REASONS,
    ),
    classifier(
        name="xgb_classifier_unstopped",
        path="automl.pipelines.carried.boosting.LabelXGBClassifier",
        takes=Table,
        domains=UNSTOPPED_DOMAINS,
        fixed=FIXED,
        parts=PARTS,
        reasons=UNSTOPPED_REASONS,
    ),
    regressor(
        name="xgb_regressor",
        path="automl.pipelines.search_only.stopping.StoppingXGBRegressor",
        takes=Table,
        quantile={"objective": "reg:quantileerror", "quantile_alpha": QUANTILE},
        domains=DOMAINS,
        fixed=STOPPED_FIXED,
        final_path="xgboost.XGBRegressor",
        rounds=Rounds("n_estimators", "n_iter_", inner=100),
        min_rows=100,
        parts=REGRESSOR_PARTS,
        reasons=STOPPED_REASONS,
    ),
    regressor(
        name="xgb_regressor_unstopped",
        path="xgboost.XGBRegressor",
        takes=Table,
        quantile={"objective": "reg:quantileerror", "quantile_alpha": QUANTILE},
        domains=UNSTOPPED_DOMAINS,
        fixed=FIXED,
        parts=REGRESSOR_PARTS,
        reasons=UNSTOPPED_REASONS,
    ),
)
