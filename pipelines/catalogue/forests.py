"""Random forests and extremely randomized trees."""

from automl.pipelines.domains import Choice, Integer
from automl.pipelines.operator import Matrix, Operator, Prediction, Rounds

FEATURES = ("sqrt", "log2", 0.1, 0.2, 0.33, 0.5, 0.75, 1.0)
TREES = {"n_estimators": 100}
ROUNDS = Rounds("n_estimators", final=500)
CLASSIFIER = {
    "criterion": Choice(("gini", "entropy"), default="gini"),
    "max_features": Choice(FEATURES, default="sqrt"),
    "class_weight": Choice((None, "balanced"), default=None),
}
REGRESSOR = {"max_features": Choice(FEATURES, default=1.0)}

OPERATORS = (
    Operator(
        name="random_forest_classifier",
        path="sklearn.ensemble.RandomForestClassifier",
        takes=Matrix,
        gives=Prediction,
        tasks=("classification",),
        domains={**CLASSIFIER, "min_samples_leaf": Integer(1, 40, default=1, log=True)},
        fixed=TREES,
        rounds=ROUNDS,
        parallel=True,
    ),
    Operator(
        name="random_forest_regressor",
        path="sklearn.ensemble.RandomForestRegressor",
        takes=Matrix,
        gives=Prediction,
        tasks=("regression",),
        domains={**REGRESSOR, "min_samples_leaf": Integer(1, 40, default=1, log=True)},
        fixed=TREES,
        rounds=ROUNDS,
        parallel=True,
    ),
    Operator(
        name="extra_trees_classifier",
        path="sklearn.ensemble.ExtraTreesClassifier",
        takes=Matrix,
        gives=Prediction,
        tasks=("classification",),
        domains={**CLASSIFIER, "min_samples_leaf": Integer(1, 20, default=1, log=True)},
        fixed=TREES,
        rounds=ROUNDS,
        parallel=True,
    ),
    Operator(
        name="extra_trees_regressor",
        path="sklearn.ensemble.ExtraTreesRegressor",
        takes=Matrix,
        gives=Prediction,
        tasks=("regression",),
        domains={**REGRESSOR, "min_samples_leaf": Integer(1, 20, default=1, log=True)},
        fixed=TREES,
        rounds=ROUNDS,
        parallel=True,
    ),
)
