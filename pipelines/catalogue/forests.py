"""Random forests and extremely randomized trees."""

from automl.pipelines.catalogue.models import classifier, regressor
from automl.pipelines.operators.domains import Choice, Integer
from automl.pipelines.operators.flow_types import Complete
from automl.pipelines.operators.operator import Rounds

FEATURES = ("sqrt", "log2", 0.1, 0.2, 0.33, 0.5, 0.75, 1.0)
TREES = {"n_estimators": 100}
ROUNDS = Rounds("n_estimators", final=500)
CLASSIFIER = {
    "criterion": Choice(("gini", "entropy"), default="gini"),
    "max_features": Choice(FEATURES, default="sqrt"),
}
WEIGHTS = (None, "balanced", "balanced_subsample")
REGRESSOR = {"max_features": Choice(FEATURES, default=1.0)}

OPERATORS = (
    classifier(
        name="random_forest_classifier",
        path="sklearn.ensemble.RandomForestClassifier",
        takes=Complete,
        domains={
            **CLASSIFIER,
            "min_samples_leaf": Integer(1, 40, default=1, log=True),
            "class_weight": Choice(WEIGHTS, default=None),
        },
        fixed=TREES,
        rounds=ROUNDS,
        parallel=True,
    ),
    regressor(
        name="random_forest_regressor",
        path="sklearn.ensemble.RandomForestRegressor",
        takes=Complete,
        domains={**REGRESSOR, "min_samples_leaf": Integer(1, 40, default=1, log=True)},
        fixed=TREES,
        rounds=ROUNDS,
        parallel=True,
    ),
    classifier(
        name="extra_trees_classifier",
        path="sklearn.ensemble.ExtraTreesClassifier",
        takes=Complete,
        domains={
            **CLASSIFIER,
            "min_samples_leaf": Integer(1, 20, default=1, log=True),
            "class_weight": Choice(WEIGHTS[:2], default=None),
        },
        fixed=TREES,
        rounds=ROUNDS,
        parallel=True,
    ),
    regressor(
        name="extra_trees_regressor",
        path="sklearn.ensemble.ExtraTreesRegressor",
        takes=Complete,
        domains={**REGRESSOR, "min_samples_leaf": Integer(1, 20, default=1, log=True)},
        fixed=TREES,
        rounds=ROUNDS,
        parallel=True,
    ),
)
