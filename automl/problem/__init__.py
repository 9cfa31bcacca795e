"""What is asked: the data, the folds and the metric, checked once.

`Dataset`: the data of a fit; `read_dataset` checks them. `Metric`: what is maximized; `Quantile`,
`TunedThreshold`: what users may ask for. `NestedCV`: folds inside folds, and who chooses settings
there; `outer_splits`: the folds that give the score. `Problem`: all of that, which does not change
during a search; `pose_problem` makes it of data and settings.
"""

from automl.problem.dataset import Dataset, read_dataset
from automl.problem.metric import Metric, Quantile, TunedThreshold
from automl.problem.pose import pose_problem
from automl.problem.problem import Problem
from automl.problem.splits import NestedCV, Split, nested_cv, outer_splits

__all__ = [
    "Dataset",
    "Metric",
    "NestedCV",
    "Problem",
    "Quantile",
    "Split",
    "TunedThreshold",
    "nested_cv",
    "outer_splits",
    "pose_problem",
    "read_dataset",
]
