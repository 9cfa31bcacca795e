"""Random forests and extremely randomized trees."""

from automl.pipelines.catalogue.models import classifier, regressor
from automl.pipelines.catalogue.trees import TREE_PARTS
from automl.pipelines.operators.domains import Choice, Integer
from automl.pipelines.operators.flow_types import Complete
from automl.pipelines.operators.operator import Rounds

FEATURES = ("sqrt", "log2", 0.1, 0.2, 0.33, 0.5, 0.75, 1.0)
# More trees never hurt, so their number is not searched: a hundred rank the other settings, and the
# final fit grows up to five hundred as far as time is left.
TREES = {"n_estimators": 100}
ROUNDS = Rounds("n_estimators", final=500)
CLASSIFIER = {
    "criterion": Choice(("gini", "entropy"), default="gini"),
    "max_features": Choice(FEATURES, default="sqrt"),
}
WEIGHTS = (None, "balanced", "balanced_subsample")
# The squared error alone: the absolute error takes many times as long.
REGRESSOR = {"max_features": Choice(FEATURES, default=1.0)}

OPERATORS = (
    classifier(
        name="random_forest_classifier",
        path="sklearn.ensemble.RandomForestClassifier",
        takes=Complete,
        one_output=False,
        domains={
            **CLASSIFIER,
            "min_samples_leaf": Integer(1, 40, default=1, log=True),
            "class_weight": Choice(WEIGHTS, default=None),
        },
        fixed=TREES,
        rounds=ROUNDS,
        parallel=True,
        parts=TREE_PARTS,
    ),
    regressor(
        name="random_forest_regressor",
        path="sklearn.ensemble.RandomForestRegressor",
        takes=Complete,
        domains={**REGRESSOR, "min_samples_leaf": Integer(1, 40, default=1, log=True)},
        fixed=TREES,
        rounds=ROUNDS,
        parallel=True,
        parts=TREE_PARTS,
    ),
    classifier(
        name="extra_trees_classifier",
        path="sklearn.ensemble.ExtraTreesClassifier",
        takes=Complete,
        one_output=False,
        domains={
            **CLASSIFIER,
            "min_samples_leaf": Integer(1, 20, default=1, log=True),
            # Their trees see all rows, so that there are no subsamples to balance.
            "class_weight": Choice(WEIGHTS[:2], default=None),
        },
        fixed=TREES,
        rounds=ROUNDS,
        parallel=True,
        parts=TREE_PARTS,
    ),
    regressor(
        name="extra_trees_regressor",
        path="sklearn.ensemble.ExtraTreesRegressor",
        takes=Complete,
        domains={**REGRESSOR, "min_samples_leaf": Integer(1, 20, default=1, log=True)},
        fixed=TREES,
        rounds=ROUNDS,
        parallel=True,
        parts=TREE_PARTS,
    ),
)
