"""Linear models: logistic regression, ridge, lasso, elastic net, and those with a built-in path."""

from automl.pipelines.domains import Choice, Real
from automl.pipelines.operator import Operator, Prediction, Scaled

STRENGTH = Real(1e-4, 1e4, default=1.0, log=True)
CLASS_WEIGHT = Choice((None, "balanced"), default=None)
MIX = Real(0.01, 1.0, default=0.5)
ENOUGH_STEPS = "the class's own bound stops before convergence on wide or one-hot data"
COARSE = "a looser tolerance: saga is slow, and the last digits do not change a ranking"
PATH = "a grid as wide as the domain of the plain model; the class's own has three values"

OPERATORS = (
    Operator(
        name="logistic_regression",
        path="sklearn.linear_model.LogisticRegression",
        takes=Scaled,
        gives=Prediction,
        tasks=("classification",),
        domains={"C": STRENGTH, "class_weight": CLASS_WEIGHT},
        fixed={"max_iter": 1000},
        reasons={"max_iter": ENOUGH_STEPS},
    ),
    Operator(
        name="logistic_regression_l1",
        path="sklearn.linear_model.LogisticRegression",
        takes=Scaled,
        gives=Prediction,
        tasks=("classification",),
        domains={"C": STRENGTH, "class_weight": CLASS_WEIGHT},
        fixed={"l1_ratio": 1.0, "solver": "saga", "max_iter": 300, "tol": 1e-3},
        max_rows=50_000,
        reasons={
            "l1_ratio": "this is the lasso penalty",
            "solver": "the solver that knows this penalty for several classes",
            "max_iter": ENOUGH_STEPS,
            "tol": COARSE,
        },
    ),
    Operator(
        name="logistic_regression_elastic_net",
        path="sklearn.linear_model.LogisticRegression",
        takes=Scaled,
        gives=Prediction,
        tasks=("classification",),
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
    Operator(
        name="logistic_regression_cv",
        path="sklearn.linear_model.LogisticRegressionCV",
        takes=Scaled,
        gives=Prediction,
        tasks=("classification",),
        domains={"class_weight": CLASS_WEIGHT},
        fixed={
            "cv": 3,
            "l1_ratios": (0.0,),
            "max_iter": 1000,
            "scoring": "neg_log_loss",
            "use_legacy_attributes": False,
        },
        max_rows=20_000,
        reasons={
            "cv": "three inner folds cost less and rank ten strengths as well",
            "l1_ratios": "the default is about to change to this value",
            "max_iter": ENOUGH_STEPS,
            "scoring": "the default is about to change to this value",
            "use_legacy_attributes": "the default is about to change to this value",
        },
    ),
    Operator(
        name="ridge",
        path="sklearn.linear_model.Ridge",
        takes=Scaled,
        gives=Prediction,
        tasks=("regression",),
        domains={"alpha": Real(1e-6, 1e6, default=1.0, log=True)},
    ),
    Operator(
        name="ridge_cv",
        path="sklearn.linear_model.RidgeCV",
        takes=Scaled,
        gives=Prediction,
        tasks=("regression",),
        fixed={"alphas": (1e-3, 1e-2, 0.1, 1.0, 10.0, 100.0, 1e3, 1e4)},
        reasons={"alphas": PATH},
    ),
    Operator(
        name="lasso",
        path="sklearn.linear_model.Lasso",
        takes=Scaled,
        gives=Prediction,
        tasks=("regression",),
        domains={"alpha": Real(1e-5, 10.0, default=1.0, log=True)},
    ),
    Operator(
        name="lasso_cv",
        path="sklearn.linear_model.LassoCV",
        takes=Scaled,
        gives=Prediction,
        tasks=("regression",),
    ),
    Operator(
        name="elastic_net",
        path="sklearn.linear_model.ElasticNet",
        takes=Scaled,
        gives=Prediction,
        tasks=("regression",),
        domains={"alpha": Real(1e-5, 10.0, default=1.0, log=True), "l1_ratio": MIX},
    ),
    Operator(
        name="elastic_net_cv",
        path="sklearn.linear_model.ElasticNetCV",
        takes=Scaled,
        gives=Prediction,
        tasks=("regression",),
        domains={"l1_ratio": MIX},
    ),
)
