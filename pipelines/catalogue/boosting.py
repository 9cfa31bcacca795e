"""Boosted trees, whose number of rounds early stopping chooses on rows of the training part."""

from automl.pipelines.catalogue.models import classifier, regressor
from automl.pipelines.operators.domains import Choice, Domain, Integer, Real
from automl.pipelines.operators.flow_types import Table
from automl.pipelines.operators.operator import QUANTILE, Rounds

WEAK = "as good as 0 on the logarithmic scale that this strength needs"
STOPPED = "early stopping chooses the rounds"

# Early stopping makes the number of rounds a result, so a thousand is only a bound.
HIST_FIXED = {"early_stopping": True, "max_iter": 1000, "n_iter_no_change": 20}
HIST_DOMAINS: dict[str, Domain] = {
    "learning_rate": Real(0.005, 0.5, default=0.1, log=True),
    "max_leaf_nodes": Integer(2, 255, default=31, log=True),
    "min_samples_leaf": Integer(1, 200, default=20, log=True),
    "l2_regularization": Real(1e-6, 100.0, default=1e-6, log=True),
    "max_features": Real(0.3, 1.0, default=1.0),
}
# Trees hold predictors, and categories bring a preprocessor with partial functions.
HIST_PARTS = (
    "functools.partial",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.utils.validation.check_array",
)
HIST_REASONS = {
    "early_stopping": STOPPED,
    "max_iter": STOPPED,
    "n_iter_no_change": "ten rounds without gain are often noise",
    "l2_regularization": WEAK,
}
CLASS_WEIGHT = Choice((None, "balanced"), default=None)
XGB_DOMAINS: dict[str, Domain] = {
    "learning_rate": Real(0.005, 0.3, default=0.1, log=True),
    "max_depth": Integer(2, 10, default=6),
    "min_child_weight": Real(0.001, 20.0, default=1.0, log=True),
    "subsample": Real(0.5, 1.0, default=1.0),
    "colsample_bytree": Real(0.5, 1.0, default=1.0),
    "reg_lambda": Real(1e-4, 50.0, default=1.0, log=True),
    "reg_alpha": Real(1e-4, 50.0, default=1e-4, log=True),
}
XGB_PARTS = ("xgboost.core.Booster",)
XGB_FIXED = {
    "early_stopping_rounds": 20,
    "enable_categorical": True,
    "n_estimators": 1000,
    "n_jobs": 1,
}
XGB_REASONS = {
    "early_stopping_rounds": STOPPED,
    "n_estimators": STOPPED,
    "enable_categorical": "categories that come as such are taken as such",
    "n_jobs": "sums in another order would give other predictions on another machine",
    "learning_rate": "0.3 is coarse where early stopping chooses the rounds",
    "reg_alpha": WEAK,
}
# One effect or a pair of columns a tree: small trees do, and the model can be plotted.
ADDITIVE_DOMAINS: dict[str, Domain] = {
    "interaction_cst": Choice(("no_interactions", "pairwise"), default="no_interactions"),
    "learning_rate": Real(0.01, 0.5, default=0.1, log=True),
    "max_leaf_nodes": Integer(2, 31, default=7, log=True),
    "min_samples_leaf": Integer(1, 100, default=20, log=True),
}
ADDITIVE_REASONS = {
    "early_stopping": STOPPED,
    "max_iter": STOPPED,
    "n_iter_no_change": "ten rounds without gain are often noise",
    "interaction_cst": "this is the additive model, whose effects can be plotted one by one",
    "max_leaf_nodes": "a step of one effect needs few leaves",
}

OPERATORS = (
    classifier(
        name="hist_gradient_boosting_classifier",
        path="sklearn.ensemble.HistGradientBoostingClassifier",
        takes=Table,
        domains={**HIST_DOMAINS, "class_weight": CLASS_WEIGHT},
        fixed=HIST_FIXED,
        final={"early_stopping": False},
        rounds=Rounds("max_iter", "n_iter_"),
        parts=HIST_PARTS,
        reasons=HIST_REASONS,
    ),
    regressor(
        name="hist_gradient_boosting_regressor",
        path="sklearn.ensemble.HistGradientBoostingRegressor",
        takes=Table,
        one_output=True,
        quantile={"loss": "quantile", "quantile": QUANTILE},
        domains=HIST_DOMAINS,
        fixed=HIST_FIXED,
        final={"early_stopping": False},
        rounds=Rounds("max_iter", "n_iter_"),
        parts=HIST_PARTS,
        reasons=HIST_REASONS,
    ),
    classifier(
        name="xgb_classifier",
        path="automl.pipelines.search_only.stopping.StoppingXGBClassifier",
        takes=Table,
        domains=XGB_DOMAINS,
        fixed=XGB_FIXED,
        final={"early_stopping_rounds": None},
        final_path="automl.pipelines.carried.boosting.LabelXGBClassifier",
        rounds=Rounds("n_estimators", "n_iter_", inner=100),
        min_rows=100,  # a tenth of fewer rows says nothing about when to stop
        parts=XGB_PARTS,
        reasons=XGB_REASONS,
    ),
    regressor(
        name="xgb_regressor",
        path="automl.pipelines.search_only.stopping.StoppingXGBRegressor",
        takes=Table,
        quantile={"objective": "reg:quantileerror", "quantile_alpha": QUANTILE},
        domains=XGB_DOMAINS,
        fixed=XGB_FIXED,
        final={"early_stopping_rounds": None},
        final_path="xgboost.XGBRegressor",
        rounds=Rounds("n_estimators", "n_iter_", inner=100),
        min_rows=100,
        parts=(*XGB_PARTS, "xgboost.sklearn.XGBRegressor"),  # the module where it is defined
        reasons=XGB_REASONS,
    ),
    classifier(
        name="additive_boosting_classifier",
        path="sklearn.ensemble.HistGradientBoostingClassifier",
        takes=Table,
        domains=ADDITIVE_DOMAINS,
        fixed=HIST_FIXED,
        final={"early_stopping": False},
        rounds=Rounds("max_iter", "n_iter_"),
        parts=HIST_PARTS,
        reasons=ADDITIVE_REASONS,
    ),
    regressor(
        name="additive_boosting_regressor",
        path="sklearn.ensemble.HistGradientBoostingRegressor",
        takes=Table,
        domains=ADDITIVE_DOMAINS,
        fixed=HIST_FIXED,
        final={"early_stopping": False},
        rounds=Rounds("max_iter", "n_iter_"),
        one_output=True,
        quantile={"loss": "quantile", "quantile": QUANTILE},
        parts=HIST_PARTS,
        reasons=ADDITIVE_REASONS,
    ),
)
