"""Predictions as columns: the out-of-fold predictions of a model are the input of the next one."""

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
        max_rows=50_000,  # its model is fitted four times
    ),
)
