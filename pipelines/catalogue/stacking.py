"""Predictions as columns: what a model predicts, out of fold, is seen by the next one."""

from automl.pipelines.operators.flow_types import Matrix, Output
from automl.pipelines.operators.operator import Operator

OPERATORS = (
    Operator(
        name="out_of_fold",
        path="automl.pipelines.carried.stacking.OutOfFold",
        takes=Output,
        gives=Matrix,
        argument="estimator",
        role="stack",
        max_rows=50_000,
    ),
)
