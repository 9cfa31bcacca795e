"""Keeping the columns that matter."""

from automl.pipelines.domains import Choice, Integer, Real
from automl.pipelines.operator import Call, Matrix, Name, Operator, Task

HALF = "a tenth of the columns, the class's own, is a last resort rather than a first try"
PERCENTILE = Integer(5, 100, default=50, log=True)
ALPHA = Real(1e-4, 0.2, default=0.05, log=True)
THRESHOLD = Choice(("0.1*mean", "0.3*mean", "mean", "3*mean"), default="mean")
FOREST = {"n_estimators": 50, "random_state": 0}
SCORES: dict[Task, tuple[str, dict[str, Name]]] = {
    "classification": ("classif", {}),
    "regression": ("regression", {"score_func": Name("sklearn.feature_selection.f_regression")}),
}
FORESTS: dict[Task, Call] = {
    "classification": Call("sklearn.ensemble.ExtraTreesClassifier", FOREST),
    "regression": Call("sklearn.ensemble.ExtraTreesRegressor", FOREST),
}


def _reasons(score: dict[str, Name]) -> dict[str, str]:
    return dict.fromkeys(score, "the class's own is for classes")


OPERATORS = (
    Operator(
        name="variance_threshold",
        path="sklearn.feature_selection.VarianceThreshold",
        takes=Matrix,
        gives=None,
    ),
    *(
        Operator(
            name=f"select_percentile_{suffix}",
            path="sklearn.feature_selection.SelectPercentile",
            takes=Matrix,
            gives=None,
            tasks=(task,),
            domains={"percentile": PERCENTILE},
            fixed=score,
            reasons={"percentile": HALF, **_reasons(score)},
        )
        for task, (suffix, score) in SCORES.items()
    ),
    *(
        Operator(
            name=f"select_fdr_{suffix}",
            path="sklearn.feature_selection.SelectFdr",
            takes=Matrix,
            gives=None,
            tasks=(task,),
            domains={"alpha": ALPHA},
            fixed=score,
            reasons=_reasons(score),
        )
        for task, (suffix, score) in SCORES.items()
    ),
    *(
        Operator(
            name=f"select_from_trees_{task}",
            path="sklearn.feature_selection.SelectFromModel",
            takes=Matrix,
            gives=None,
            tasks=(task,),
            domains={"threshold": THRESHOLD},
            fixed={"estimator": forest},
            reasons={
                "threshold": "what the class's own None means for trees",
                "estimator": "the class has none",
            },
        )
        for task, forest in FORESTS.items()
    ),
)
