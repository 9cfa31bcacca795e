"""What a pipeline is worth.

`evaluate_fold`: nested fitness of one pipeline on one fold; `evaluate_fewer`: after learning from
fewer rows. `tune_fold`: better settings for it, `tune`: on any folds. `fit_final`: the fit on all
rows, a `FinalFit`. `FoldOutcome` and its `State`: what comes of a fold.
"""

from automl.evaluation.fitness import (
    FinalFit,
    evaluate_fewer,
    evaluate_fold,
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
    "fit_final",
    "tune",
    "tune_fold",
]
