"""Linear models of the mean: penalized, Bayesian, by descent, and those with a built-in path."""

from automl.pipelines.catalogue.kernels import CALIBRATED, STANDARDIZED
from automl.pipelines.catalogue.models import classifier, regressor
from automl.pipelines.operators.domains import Choice, Domain, Integer, Real
from automl.pipelines.operators.flow_types import Scaled, Wide
from automl.pipelines.operators.operator import QUANTILE

# Eight powers of ten: the best strength depends on the number of rows and on the noise.
STRENGTH = Real(1e-4, 1e4, default=1.0, log=True)
CLASS_WEIGHT = Choice((None, "balanced"), default=None)
# A share of 0 would be the plain squared penalty, which other operators have.
MIX = Real(0.01, 1.0, default=0.5)
ENOUGH_STEPS = "the class's own bound stops before convergence on wide or one-hot data"
COARSE = "a looser tolerance: saga is slow, and the last digits do not change a ranking"
PATH = "a grid as wide as the domain of the plain model; the class's own has three values"

# The four parameters of two gamma priors; larger values would be more than a weak prior.
PRIORS: dict[str, Domain] = {
    name: Real(1e-10, 1e-3, default=1e-6, log=True)
    for name in ("alpha_1", "alpha_2", "lambda_1", "lambda_2")
}
AVERAGE = Choice((False, True), default=False)
DESCENT: dict[str, Domain] = {
    "penalty": Choice(("l2", "elasticnet"), default="l2"),
    "alpha": Real(1e-7, 0.1, default=1e-4, log=True),
    "l1_ratio": Real(1e-3, 1.0, default=0.15, log=True),
    "average": AVERAGE,
}
PASSIVE = "these settings are the passive-aggressive algorithm, eta0 its strength"

OPERATORS = (
    classifier(
        name="logistic_regression",
        path="sklearn.linear_model.LogisticRegression",
        takes=Wide,
        domains={"C": STRENGTH, "class_weight": CLASS_WEIGHT},
        fixed={"max_iter": 1000},
        reasons={"max_iter": ENOUGH_STEPS},
    ),
    classifier(
        name="logistic_regression_l1",
        path="sklearn.linear_model.LogisticRegression",
        takes=Wide,
        domains={"C": STRENGTH, "class_weight": CLASS_WEIGHT},
        fixed={"l1_ratio": 1.0, "solver": "saga", "max_iter": 300, "tol": 1e-3},
        max_rows=50_000,  # saga passes over all rows up to 300 times
        reasons={
            "l1_ratio": "this is the lasso penalty",
            "solver": "the solver that knows this penalty for several classes",
            "max_iter": ENOUGH_STEPS,
            "tol": COARSE,
        },
    ),
    classifier(
        name="logistic_regression_elastic_net",
        path="sklearn.linear_model.LogisticRegression",
        takes=Wide,
        domains={"C": STRENGTH, "l1_ratio": MIX, "class_weight": CLASS_WEIGHT},
        fixed={"solver": "saga", "max_iter": 300, "tol": 1e-3},
        max_rows=50_000,
        reasons={
            "l1_ratio": "this is the mixed penalty; 0 would be plain logistic regression",
            "solver": "the solver that knows this penalty",
            "max_iter": ENOUGH_STEPS,
            "tol": COARSE,
        },
    ),
    classifier(
        name="logistic_regression_cv",
        path="sklearn.linear_model.LogisticRegressionCV",
        takes=Wide,
        domains={"class_weight": CLASS_WEIGHT},
        fixed={
            "cv": 3,
            "l1_ratios": (0.0,),
            "max_iter": 1000,
            "scoring": "neg_log_loss",
            "use_legacy_attributes": False,
        },
        max_rows=20_000,  # ten strengths on three folds are thirty fits
        reasons={
            "cv": "three inner folds cost less and rank ten strengths as well",
            "l1_ratios": "the default is about to change to this value",
            "max_iter": ENOUGH_STEPS,
            "scoring": "the default is about to change to this value",
            "use_legacy_attributes": "the default is about to change to this value",
        },
    ),
    regressor(
        name="ridge",
        path="sklearn.linear_model.Ridge",
        takes=Wide,
        domains={"alpha": Real(1e-6, 1e6, default=1.0, log=True)},
    ),
    regressor(
        name="ridge_cv",
        path="sklearn.linear_model.RidgeCV",
        takes=Wide,
        fixed={"alphas": (1e-3, 1e-2, 0.1, 1.0, 10.0, 100.0, 1e3, 1e4)},
        reasons={"alphas": PATH},
    ),
    regressor(
        name="lasso",
        path="sklearn.linear_model.Lasso",
        takes=Wide,
        domains={"alpha": Real(1e-5, 10.0, default=1.0, log=True)},
    ),
    # The classes with a built-in path compute it for a single target.
    regressor(
        name="lasso_cv",
        one_output=True,
        path="sklearn.linear_model.LassoCV",
        takes=Wide,
    ),
    regressor(
        name="elastic_net",
        path="sklearn.linear_model.ElasticNet",
        takes=Wide,
        domains={"alpha": Real(1e-5, 10.0, default=1.0, log=True), "l1_ratio": MIX},
    ),
    regressor(
        name="elastic_net_cv",
        one_output=True,
        path="sklearn.linear_model.ElasticNetCV",
        takes=Wide,
        domains={"l1_ratio": MIX},
    ),
    regressor(
        name="lasso_lars",
        path="sklearn.linear_model.LassoLars",
        takes=Scaled,
        domains={"alpha": Real(1e-4, 1.0, default=0.01, log=True)},
        reasons={"alpha": "the class's own 1.0 leaves nothing of most models"},
    ),
    regressor(
        name="lasso_lars_cv",
        path="sklearn.linear_model.LassoLarsCV",
        takes=Scaled,
        one_output=True,
    ),
    regressor(
        name="bayesian_ridge",
        path="sklearn.linear_model.BayesianRidge",
        takes=Scaled,
        domains=PRIORS,
        one_output=True,
    ),
    regressor(
        name="ard_regression",
        path="sklearn.linear_model.ARDRegression",
        takes=Scaled,
        domains={**PRIORS, "threshold_lambda": Real(1e3, 1e5, default=1e4, log=True)},
        max_rows=5_000,
        max_columns=200,  # it inverts a matrix of columns by columns in every step
        one_output=True,
    ),
    regressor(
        name="huber_regressor",
        path="sklearn.linear_model.HuberRegressor",
        takes=Wide,
        domains={
            "epsilon": Real(1.01, 3.0, default=1.35),
            "alpha": Real(1e-6, 10.0, default=1e-4, log=True),
        },
        fixed={"max_iter": 500},
        max_rows=50_000,
        one_output=True,
        reasons={"max_iter": ENOUGH_STEPS},
    ),
    regressor(
        name="quantile_regressor",
        path="sklearn.linear_model.QuantileRegressor",
        takes=Wide,
        domains={"alpha": Real(1e-6, 1.0, default=1e-3, log=True)},
        max_rows=5_000,  # a linear program with two variables for every row
        one_output=True,
        quantile={"quantile": QUANTILE},
        reasons={"alpha": "the class's own 1.0 leaves nothing of most models"},
    ),
    classifier(
        name="sgd_classifier",
        path="sklearn.linear_model.SGDClassifier",
        takes=Wide,
        domains={
            "loss": Choice(("log_loss", "modified_huber"), default="log_loss"),
            **DESCENT,
            "class_weight": CLASS_WEIGHT,
        },
        reasons={"loss": "the class's own, hinge, gives no probabilities"},
    ),
    regressor(
        name="sgd_regressor",
        path="sklearn.linear_model.SGDRegressor",
        takes=Wide,
        domains={
            "loss": Choice(("squared_error", "huber"), default="squared_error"),
            **DESCENT,
            "learning_rate": Choice(("invscaling", "adaptive"), default="invscaling"),
        },
        wrapper=STANDARDIZED,  # its steps suit targets of unit variance, and diverge on amounts
        one_output=True,
    ),
    classifier(
        name="passive_aggressive_classifier",
        path="sklearn.linear_model.SGDClassifier",
        takes=Wide,
        domains={
            "eta0": Real(1e-5, 10.0, default=1.0, log=True),
            "learning_rate": Choice(("pa1", "pa2"), default="pa1"),
            "average": AVERAGE,
        },
        fixed={"penalty": None},
        wrapper=CALIBRATED,
        reasons={"eta0": PASSIVE, "learning_rate": PASSIVE, "penalty": PASSIVE},
    ),
    regressor(
        name="passive_aggressive_regressor",
        path="sklearn.linear_model.SGDRegressor",
        takes=Wide,
        domains={
            "eta0": Real(1e-5, 10.0, default=1.0, log=True),
            "learning_rate": Choice(("pa1", "pa2"), default="pa1"),
            "average": AVERAGE,
        },
        fixed={"penalty": None, "loss": "epsilon_insensitive"},
        wrapper=STANDARDIZED,
        one_output=True,
        reasons={
            "eta0": PASSIVE,
            "learning_rate": PASSIVE,
            "penalty": PASSIVE,
            "loss": PASSIVE,
        },
    ),
    classifier(
        name="linear_svc",
        path="sklearn.svm.LinearSVC",
        takes=Wide,
        domains={"C": STRENGTH, "class_weight": CLASS_WEIGHT},
        wrapper=CALIBRATED,
    ),
    regressor(
        name="linear_svr",
        path="sklearn.svm.LinearSVR",
        takes=Wide,
        domains={"C": STRENGTH, "epsilon": Real(1e-3, 1.0, default=0.1, log=True)},
        fixed={"loss": "squared_epsilon_insensitive"},
        wrapper=STANDARDIZED,
        one_output=True,
        reasons={
            "epsilon": "wide enough to leave rows out, as SVR's own default",
            "loss": "the smooth loss converges in a few steps",
        },
    ),
    regressor(
        name="pls_regression",
        path="sklearn.cross_decomposition.PLSRegression",
        takes=Scaled,
        domains={"n_components": Integer(1, 10, default=2)},
        fixed={"scale": False},
        reasons={"scale": "columns are scaled before"},
    ),
)
