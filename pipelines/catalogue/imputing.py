"""Filling missing cells, and marking where they were."""

from automl.pipelines.operators.calls import Name
from automl.pipelines.operators.domains import Choice, Integer
from automl.pipelines.operators.flow_types import Gappy, Matrix, Scaled
from automl.pipelines.operators.operator import Operator

INDICATOR = Choice((False, True), default=False)
FIXED = {"keep_empty_features": True}
REASONS = {"keep_empty_features": "a branch of one column would be empty where a fold has no cell"}

OPERATORS = (
    Operator(
        name="simple_imputer",
        path="sklearn.impute.SimpleImputer",
        takes=Gappy,
        gives=Matrix,
        domains={
            "strategy": Choice(("mean", "median", "most_frequent", "constant"), default="mean"),
            "add_indicator": INDICATOR,
        },
        fixed=FIXED,
        reasons=REASONS,
    ),
    Operator(
        name="knn_imputer",
        path="sklearn.impute.KNNImputer",
        takes=Gappy,
        gives=Matrix,
        domains={
            "n_neighbors": Integer(3, 30, default=5, log=True),
            "weights": Choice(("uniform", "distance"), default="uniform"),
            "add_indicator": INDICATOR,
        },
        fixed=FIXED,
        reasons=REASONS,
        max_rows=5_000,  # distances of all rows with gaps to all rows
        max_columns=200,
    ),
    Operator(
        name="regression_imputer",
        path="automl.pipelines.carried.imputing.RegressionImputer",
        takes=Gappy,
        gives=Matrix,
        domains={"add_indicator": INDICATOR},
        max_rows=20_000,
        max_columns=100,  # five rounds of one regression a column
        parts=(
            "sklearn.impute._iterative.IterativeImputer",
            "sklearn.impute._iterative._ImputerTriplet",
        ),
    ),
)
# Apart from the imputers, because they go beside an imputed branch and not into it.
INDICATORS = (
    Operator(
        name="missing_indicator",
        path="sklearn.preprocessing.FunctionTransformer",
        takes=Gappy,
        gives=Scaled,
        fixed={
            "func": Name("automl.pipelines.carried.imputing.missing_cells"),
            "feature_names_out": "one-to-one",
        },
        tells_gaps=True,
        parts=("automl.pipelines.carried.imputing.missing_cells",),
        reasons={
            "func": "MissingIndicator gives booleans, which splines and others refuse",
            "feature_names_out": "without it, columns have no names",
        },
    ),
)
