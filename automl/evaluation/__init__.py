"""The evaluation of a pipeline.

On an outer fold
    `evaluate_fold`: nested fitness; `evaluate_fewer`: the same after learning from fewer rows;
    `evaluate_structured`: on a fold that respects the structure of the data.
    `tune_fold`: better settings for a pipeline; `tune`: the same on any folds.
    `FoldOutcome`: the result, with its `State`.

On all rows
    `fit_final`: the fit of a winner, a `FinalFit`.
"""

from automl.evaluation.fitness import (
    FinalFit,
    evaluate_fewer,
    evaluate_fold,
    evaluate_structured,
    fit_final,
    tune_fold,
)
from automl.evaluation.tuning import tune
from automl.outcome import FoldOutcome, State

__all__ = [
    "FinalFit",
    "FoldOutcome",
    "State",
    "evaluate_fewer",
    "evaluate_fold",
    "evaluate_structured",
    "fit_final",
    "tune",
    "tune_fold",
]
