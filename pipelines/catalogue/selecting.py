"""Selection of columns."""

from automl.pipelines.catalogue.trees import TREE_PARTS
from automl.pipelines.operators.calls import Call, Name
from automl.pipelines.operators.domains import Choice, Integer, Real
from automl.pipelines.operators.flow_types import Complete, FlowType, Matrix
from automl.pipelines.operators.operator import Operator, Task

HALF = "a tenth of the columns, the class's own, is a last resort rather than a first try"
PERCENTILE = Integer(5, 100, default=50, log=True)
ALPHA = Real(1e-4, 0.2, default=0.05, log=True)
THRESHOLD = Choice(("0.1*mean", "0.3*mean", "mean", "3*mean"), default="mean")
# Half of a forest's default: importances of columns settle sooner than predictions. The seed makes
# selection the same in search, final fit and script.
FOREST = {"n_estimators": 50, "random_state": 0}
# The functions' own module; the class takes them from a public one.
SCORE_PARTS: dict[Task, tuple[str, ...]] = {
    "classification": ("sklearn.feature_selection._univariate_selection.f_classif",),
    "regression": ("sklearn.feature_selection._univariate_selection.f_regression",),
}
SCORES: dict[Task, tuple[str, dict[str, Name]]] = {
    "classification": ("classif", {}),
    "regression": ("regression", {"score_func": Name("sklearn.feature_selection.f_regression")}),
}
FORESTS: dict[Task, Call] = {
    "classification": Call("sklearn.ensemble.ExtraTreesClassifier", FOREST),
    "regression": Call("sklearn.ensemble.ExtraTreesRegressor", FOREST),
}
INFORMATION: dict[Task, tuple[str, str]] = {
    "classification": ("classif", "mutual_info_of_classes"),
    "regression": ("regression", "mutual_info_of_numbers"),
}
LINEAR_SVC = {"C": 0.1, "penalty": "l1", "dual": False, "random_state": 0}
SPARSE_MODELS: dict[Task, tuple[FlowType, Call]] = {
    "classification": (Complete, Call("sklearn.svm.LinearSVC", LINEAR_SVC)),
    "regression": (Matrix, Call("sklearn.linear_model.LassoLarsIC", {})),
}


def _reasons(score: dict[str, Name]) -> dict[str, str]:
    return dict.fromkeys(score, "the class's own is for classes")


OPERATORS = (
    Operator(
        name="variance_threshold",
        path="sklearn.feature_selection.VarianceThreshold",
        takes=Complete,
        gives=None,
        domains={"threshold": Choice((0.0, 1e-4, 1e-3, 1e-2), default=0.0)},
    ),
    *(
        Operator(
            name=f"select_percentile_{suffix}",
            path="sklearn.feature_selection.SelectPercentile",
            takes=Complete,
            gives=None,
            tasks=(task,),
            domains={"percentile": PERCENTILE},
            fixed=score,
            one_output=True,
            parts=SCORE_PARTS[task],
            reasons={"percentile": HALF, **_reasons(score)},
        )
        for task, (suffix, score) in SCORES.items()
    ),
    *(
        Operator(
            name=f"select_fdr_{suffix}",
            path="automl.pipelines.carried.selecting.NonemptySelectFdr",
            takes=Complete,
            gives=None,
            tasks=(task,),
            domains={"alpha": ALPHA},
            fixed=score,
            one_output=True,
            parts=SCORE_PARTS[task],
            reasons=_reasons(score),
        )
        for task, (suffix, score) in SCORES.items()
    ),
    *(
        Operator(
            name=f"select_from_trees_{task}",
            path="sklearn.feature_selection.SelectFromModel",
            takes=Complete,
            gives=None,
            tasks=(task,),
            domains={"threshold": THRESHOLD},
            fixed={"estimator": forest},
            parts=TREE_PARTS,
            reasons={
                "threshold": "what the class's own None means for trees",
                "estimator": "the class has none",
            },
        )
        for task, forest in FORESTS.items()
    ),
    *(
        Operator(
            name=f"select_percentile_information_{suffix}",
            path="sklearn.feature_selection.SelectPercentile",
            takes=Matrix,
            gives=None,
            tasks=(task,),
            domains={"percentile": PERCENTILE},
            fixed={"score_func": Name(f"automl.pipelines.carried.selecting.{function}")},
            max_rows=20_000,
            max_columns=500,  # a query of neighbors for every column
            one_output=True,
            parts=(f"automl.pipelines.carried.selecting.{function}",),
            reasons={"percentile": HALF, "score_func": "linear scores miss what is no line"},
        )
        for task, (suffix, function) in INFORMATION.items()
    ),
    # A sparse linear model has coefficients of 0, and its columns go.
    *(
        Operator(
            name=f"select_from_l1_{task}",
            path="sklearn.feature_selection.SelectFromModel",
            takes=takes,
            gives=None,
            tasks=(task,),
            domains={"threshold": Choice((1e-5, "0.1*mean", "mean"), default=1e-5)},
            fixed={"estimator": sparse},
            one_output=True,
            max_rows=50_000,
            reasons={
                "threshold": "what the class's own None means for these models",
                "estimator": "the class has none",
            },
        )
        for task, (takes, sparse) in SPARSE_MODELS.items()
    ),
    *(
        Operator(
            name=f"rfe_{task}",
            path="sklearn.feature_selection.RFE",
            takes=Complete,
            gives=None,
            tasks=(task,),
            domains={"n_features_to_select": Real(0.1, 0.9, default=0.5)},
            fixed={"estimator": forest, "step": 0.2},
            max_rows=20_000,
            max_columns=500,
            parts=TREE_PARTS,
            reasons={
                "n_features_to_select": "half, as the class's own",
                "estimator": "the class has none",
                "step": "one at a time costs a forest for every column",
            },
        )
        for task, forest in FORESTS.items()
    ),
    *(
        Operator(
            name=f"random_probe_{task}",
            path="automl.pipelines.carried.selecting.RandomProbeSelector",
            takes=Matrix,
            gives=None,
            tasks=(task,),
            fixed={"task": task},
            max_columns=2_000,
            # The class cannot see the task: it gets targets as numbers or labels alike.
            reasons={} if task == "classification" else {"task": "numbers are predicted"},
        )
        for task in FORESTS
    ),
)
