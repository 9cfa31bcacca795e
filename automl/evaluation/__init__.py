"""What a pipeline is worth.

`NestedCV`: folds inside folds, and who chooses settings there. `outer_splits`: the folds that give
the score. `Problem`: all that an evaluation needs. `evaluate_fold`: nested fitness of one pipeline
on one fold. `tune_fold`: better settings for it. `fit_final`: the fit on all rows, a `FinalFit`.
"""

from automl.evaluation.nested import FinalFit, Problem, evaluate_fold, fit_final, tune_fold
from automl.evaluation.splits import NestedCV, Split, nested_cv, outer_splits

__all__ = [
    "FinalFit",
    "NestedCV",
    "Problem",
    "Split",
    "evaluate_fold",
    "fit_final",
    "nested_cv",
    "outer_splits",
    "tune_fold",
]
