"""scikit-learn's boosted trees: early stopping on rows of the training part chooses the rounds."""

from automl.pipelines.catalogue.models import classifier, regressor
from automl.pipelines.operators.domains import Choice, Domain, Integer, Real
from automl.pipelines.operators.flow_types import Table
from automl.pipelines.operators.operator import QUANTILE, Rounds

WEAK = "as good as 0 on the logarithmic scale that this strength needs"
STOPPED = "early stopping chooses the rounds"
SETTLED = "few rounds at a low rate: no row is held out to say when to stop"

# Early stopping makes the number of rounds a result, so a thousand is only a bound. The class keeps
# the rounds without gain in its model: more of these, for a low rate, would overfit.
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
