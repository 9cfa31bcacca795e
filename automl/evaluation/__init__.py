"""What a pipeline is worth.

`NestedCV`: folds inside folds, and who chooses settings there. `outer_splits`: the folds that give
the score. `Problem`: all that an evaluation needs. `evaluate_fold`: nested fitness of one pipeline
on one fold; `evaluate_fewer`: after learning from fewer rows. `tune_fold`: better settings for it,
`tune`: on any folds. `fit_final`: the fit on all rows, a `FinalFit`. `FoldOutcome` and its `State`:
what comes of a fold.
"""

from automl.evaluation.fitness import (
    FinalFit,
    Problem,
    evaluate_fewer,
    evaluate_fold,
    fit_final,
    tune_fold,
)
from automl.evaluation.tuning import tune
from automl.outcome import FoldOutcome, State
from automl.problem.splits import NestedCV, Split, nested_cv, outer_splits

__all__ = [
    "FinalFit",
    "FoldOutcome",
    "NestedCV",
    "Problem",
    "Split",
    "State",
    "evaluate_fewer",
    "evaluate_fold",
    "fit_final",
    "nested_cv",
    "outer_splits",
    "tune",
    "tune_fold",
]
