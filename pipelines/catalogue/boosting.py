"""Boosted trees, whose number of rounds early stopping chooses on rows of the training part."""

from automl.pipelines.domains import Domain, Integer, Real
from automl.pipelines.operator import Gappy, Operator, Prediction, Rounds

WEAK = "as good as 0 on the logarithmic scale that this strength needs"
STOPPED = "early stopping chooses the rounds"

HIST_FIXED = {"early_stopping": True, "max_iter": 1000, "n_iter_no_change": 20}
HIST_DOMAINS: dict[str, Domain] = {
    "learning_rate": Real(0.005, 0.5, default=0.1, log=True),
    "max_leaf_nodes": Integer(2, 255, default=31, log=True),
    "min_samples_leaf": Integer(1, 200, default=20, log=True),
    "l2_regularization": Real(1e-6, 100.0, default=1e-6, log=True),
    "max_features": Real(0.3, 1.0, default=1.0),
}
HIST_REASONS = {
    "early_stopping": STOPPED,
    "max_iter": STOPPED,
    "n_iter_no_change": "ten rounds without gain are often noise",
    "l2_regularization": WEAK,
}
XGB_DOMAINS: dict[str, Domain] = {
    "learning_rate": Real(0.005, 0.3, default=0.1, log=True),
    "max_depth": Integer(2, 10, default=6),
    "min_child_weight": Real(0.001, 20.0, default=1.0, log=True),
    "subsample": Real(0.5, 1.0, default=1.0),
    "colsample_bytree": Real(0.5, 1.0, default=1.0),
    "reg_lambda": Real(1e-4, 50.0, default=1.0, log=True),
    "reg_alpha": Real(1e-4, 50.0, default=1e-4, log=True),
}
XGB_FIXED = {"early_stopping_rounds": 20, "n_estimators": 1000, "n_jobs": 1}
XGB_REASONS = {
    "early_stopping_rounds": STOPPED,
    "n_estimators": STOPPED,
    "n_jobs": "sums in another order would give other predictions on another machine",
    "learning_rate": "0.3 is coarse where early stopping chooses the rounds",
    "reg_alpha": WEAK,
}

OPERATORS = (
    Operator(
        name="hist_gradient_boosting_classifier",
        path="sklearn.ensemble.HistGradientBoostingClassifier",
        takes=Gappy,
        gives=Prediction,
        tasks=("classification",),
        domains=HIST_DOMAINS,
        fixed=HIST_FIXED,
        final={"early_stopping": False},
        rounds=Rounds("max_iter", "n_iter_"),
        reasons=HIST_REASONS,
    ),
    Operator(
        name="hist_gradient_boosting_regressor",
        path="sklearn.ensemble.HistGradientBoostingRegressor",
        takes=Gappy,
        gives=Prediction,
        tasks=("regression",),
        domains=HIST_DOMAINS,
        fixed=HIST_FIXED,
        final={"early_stopping": False},
        rounds=Rounds("max_iter", "n_iter_"),
        reasons=HIST_REASONS,
    ),
    Operator(
        name="xgb_classifier",
        path="automl.pipelines.stopping.StoppingXGBClassifier",
        takes=Gappy,
        gives=Prediction,
        tasks=("classification",),
        domains=XGB_DOMAINS,
        fixed=XGB_FIXED,
        final={"early_stopping_rounds": None},
        final_path="automl.pipelines.carried.boosting.LabelXGBClassifier",
        rounds=Rounds("n_estimators", "n_iter_"),
        min_rows=100,
        reasons=XGB_REASONS,
    ),
    Operator(
        name="xgb_regressor",
        path="automl.pipelines.stopping.StoppingXGBRegressor",
        takes=Gappy,
        gives=Prediction,
        tasks=("regression",),
        domains=XGB_DOMAINS,
        fixed=XGB_FIXED,
        final={"early_stopping_rounds": None},
        final_path="xgboost.XGBRegressor",
        rounds=Rounds("n_estimators", "n_iter_"),
        min_rows=100,
        reasons=XGB_REASONS,
    ),
)
