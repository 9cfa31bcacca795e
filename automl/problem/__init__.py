"""The question of a search: the data, the folds and the metric, checked once.

Data
    `Dataset`: the data of a fit; `read_dataset` checks them.

Scores
    `Metric`: the score to maximize; `Quantile`, `TunedThreshold`: special scores for users;
    `Objectives`: what pipelines are compared by beside that score.

Folds
    `NestedCV`: the folds of both levels, and the tuner; `outer_splits`: the rows of the outer ones;
    `nested_cv`: the record for the arguments of an estimator.

Together
    `Problem`: all of that, constant during a search; `pose_problem` puts it together.
"""

from automl.problem.dataset import Dataset, read_dataset
from automl.problem.metric import Metric, Quantile, TunedThreshold
from automl.problem.objectives import Objectives
from automl.problem.pose import pose_problem
from automl.problem.problem import Problem
from automl.problem.splits import NestedCV, Split, nested_cv, outer_splits

__all__ = [
    "Dataset",
    "Metric",
    "NestedCV",
    "Objectives",
    "Problem",
    "Quantile",
    "Split",
    "TunedThreshold",
    "nested_cv",
    "outer_splits",
    "pose_problem",
    "read_dataset",
]
