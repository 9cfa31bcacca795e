"""A single tree, and ensembles of other models by bagging and boosting."""

from automl.pipelines.catalogue.kernels import STANDARDIZED
from automl.pipelines.catalogue.models import classifier, regressor
from automl.pipelines.catalogue.neural import NETWORK_PARTS
from automl.pipelines.operators.calls import Call
from automl.pipelines.operators.domains import Choice, Domain, Integer, Real
from automl.pipelines.operators.flow_types import Complete, FlowType, Matrix, Spread, Wide
from automl.pipelines.operators.operator import QUANTILE, Rounds

TREE_PARTS = ("sklearn.tree._tree.Tree",)  # the arrays of a fitted tree, of any ensemble
TREE: dict[str, Domain] = {
    "max_depth": Choice((None, *range(1, 13)), default=None),
    "min_samples_leaf": Integer(1, 100, default=1, log=True),
    "ccp_alpha": Choice((0.0, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1), default=0.0),
}
BAG: dict[str, Domain] = {
    "max_samples": Real(0.1, 1.0, default=1.0),
    "max_features": Real(0.1, 1.0, default=1.0),
}
# Ten members, the default of the classes: each is a whole model.
BAG_REASONS = {
    "estimator": "each bag has members of one sort",
    "max_samples": "the class's own None, as a number",
}
SEEDED = {"random_state": 0}
NETWORK = {"hidden_layer_sizes": (64,), "max_iter": 50, **SEEDED}
# Name of the bag: input, classifier, regressor, most rows (ten fits of its members), parts.
BAGS: dict[str, tuple[FlowType, Call, Call, int, tuple[str, ...]]] = {
    "mlps": (
        Wide,
        Call("sklearn.neural_network.MLPClassifier", NETWORK),
        Call("sklearn.neural_network.MLPRegressor", NETWORK),
        50_000,
        NETWORK_PARTS,
    ),
    "svms": (
        Spread,
        Call("sklearn.svm.SVC", {"gamma": 1.0, "C": 10.0}),
        Call("sklearn.svm.SVR", {"gamma": 1.0, "C": 10.0}),
        5_000,
        (),
    ),
    "trees": (
        Complete,
        Call("sklearn.tree.DecisionTreeClassifier", SEEDED),
        Call("sklearn.tree.DecisionTreeRegressor", SEEDED),
        100_000,
        TREE_PARTS,
    ),
}
# Deep trees would fit a gradient's noise, and their sum needs no depth beyond interactions.
GRADIENT: dict[str, Domain] = {
    "learning_rate": Real(0.005, 0.5, default=0.1, log=True),
    "max_depth": Integer(1, 8, default=3),
    "min_samples_leaf": Integer(1, 50, default=1, log=True),
    "subsample": Real(0.4, 1.0, default=1.0),
    "max_features": Choice((None, "sqrt", 0.3, 0.5, 0.7), default=None),
}
# It sorts rows at every split, so it is offered for few rows only; the histograms of the other
# boosted trees are as good on many.
MAX_ROWS = 5_000
STOPPED = {"n_estimators": 500, "n_iter_no_change": 20}
ROUNDS = Rounds("n_estimators", "n_estimators_", inner=100)
REASONS = {
    "n_estimators": "early stopping chooses the rounds",
    "n_iter_no_change": "the class's own does not stop early",
}

OPERATORS = (
    classifier(
        name="decision_tree_classifier",
        path="sklearn.tree.DecisionTreeClassifier",
        takes=Complete,
        one_output=False,
        domains={
            "criterion": Choice(("gini", "entropy"), default="gini"),
            **TREE,
            "class_weight": Choice((None, "balanced"), default=None),
        },
        parts=TREE_PARTS,
    ),
    regressor(
        name="decision_tree_regressor",
        path="sklearn.tree.DecisionTreeRegressor",
        takes=Complete,
        domains=TREE,
        parts=TREE_PARTS,
    ),
    *(
        classifier(
            name=f"bagged_{name}_classifier",
            path="sklearn.ensemble.BaggingClassifier",
            takes=takes,
            domains=BAG,
            fixed={"estimator": member},
            max_rows=max_rows,
            parallel=True,
            parts=parts,
            reasons=BAG_REASONS,
        )
        for name, (takes, member, _, max_rows, parts) in BAGS.items()
    ),
    *(
        regressor(
            name=f"bagged_{name}_regressor",
            path="sklearn.ensemble.BaggingRegressor",
            takes=takes,
            domains=BAG,
            fixed={"estimator": member},
            wrapper=STANDARDIZED,
            max_rows=max_rows,
            one_output=True,
            parts=parts,
            reasons=BAG_REASONS,
        )
        for name, (takes, _, member, max_rows, parts) in BAGS.items()
    ),
    classifier(
        name="ada_boost_classifier",
        path="sklearn.ensemble.AdaBoostClassifier",
        takes=Complete,
        domains={
            "n_estimators": Integer(50, 500, default=50, log=True),
            "learning_rate": Real(0.01, 2.0, default=1.0, log=True),
        },
        fixed={"estimator": Call("sklearn.tree.DecisionTreeClassifier", {"max_depth": 3})},
        max_rows=50_000,
        parts=TREE_PARTS,
        reasons={"estimator": "stumps, the class's own, know no interactions"},
    ),
    regressor(
        name="ada_boost_regressor",
        path="sklearn.ensemble.AdaBoostRegressor",
        takes=Complete,
        domains={
            "n_estimators": Integer(50, 500, default=50, log=True),
            "learning_rate": Real(0.01, 2.0, default=1.0, log=True),
            "loss": Choice(("linear", "square", "exponential"), default="linear"),
        },
        fixed={"estimator": Call("sklearn.tree.DecisionTreeRegressor", {"max_depth": 5})},
        max_rows=50_000,
        one_output=True,
        parts=TREE_PARTS,
        reasons={"estimator": "deeper than the class's own 3, which is coarse for numbers"},
    ),
    classifier(
        name="gradient_boosting_classifier",
        path="sklearn.ensemble.GradientBoostingClassifier",
        takes=Matrix,
        domains=GRADIENT,
        fixed=STOPPED,
        final={"n_iter_no_change": None},
        rounds=ROUNDS,
        max_rows=MAX_ROWS,
        parts=TREE_PARTS,
        reasons=REASONS,
    ),
    regressor(
        name="gradient_boosting_regressor",
        path="sklearn.ensemble.GradientBoostingRegressor",
        takes=Matrix,
        domains=GRADIENT,
        fixed=STOPPED,
        final={"n_iter_no_change": None},
        rounds=ROUNDS,
        max_rows=MAX_ROWS,
        parts=TREE_PARTS,
        one_output=True,
        quantile={"loss": "quantile", "alpha": QUANTILE},
        reasons=REASONS,
    ),
)
