"""Filling missing cells."""

from automl.pipelines.domains import Choice, Integer
from automl.pipelines.operator import Gappy, Matrix, Operator

INDICATOR = Choice((False, True), default=False)

OPERATORS = (
    Operator(
        name="simple_imputer",
        path="sklearn.impute.SimpleImputer",
        takes=Gappy,
        gives=Matrix,
        domains={
            "strategy": Choice(("mean", "median", "most_frequent"), default="mean"),
            "add_indicator": INDICATOR,
        },
    ),
    Operator(
        name="knn_imputer",
        path="sklearn.impute.KNNImputer",
        takes=Gappy,
        gives=Matrix,
        domains={
            "n_neighbors": Integer(3, 30, default=5, log=True),
            "add_indicator": INDICATOR,
        },
        max_rows=5_000,
    ),
)
