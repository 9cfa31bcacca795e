"""After the search: the predictor is chosen, its score corrected, and all of it fitted.

Choice
    `simplify`: the best pipeline without its useless steps, by an `Ablation` of each.
    `Chooser`: one pipeline or an ensemble of several, a `Choice`.
    `rescaled`: its probabilities on another scale, if that helps.

Score
    `honest_score`: the score to expect, an `HonestScore`.
    `LearningCurve`: the gain by more rows, a `Growth`.

Final fits
    `FinalFits`: plans fits that end within the budget, and makes them, each a `FittedMember`.
    `Reserve`: the seconds to keep for all of that; `choice_seconds`, `rescaling_seconds`.
    `check_scorer`: whether a scorer is quick enough for the choice, or else a `SlowScorerError`.
"""

from automl.selection.ablation import Ablation, simplify
from automl.selection.choice import Choice, Chooser
from automl.selection.final_fits import FinalFits, FittedMember
from automl.selection.honest_score import NO_GROWTH, Growth, HonestScore, honest_score
from automl.selection.learning_curve import LearningCurve
from automl.selection.rescaling import rescaled
from automl.selection.reserve import Reserve
from automl.selection.seconds import (
    SlowScorerError,
    check_scorer,
    choice_seconds,
    rescaling_seconds,
)

__all__ = [
    "NO_GROWTH",
    "Ablation",
    "Choice",
    "Chooser",
    "FinalFits",
    "FittedMember",
    "Growth",
    "HonestScore",
    "LearningCurve",
    "Reserve",
    "SlowScorerError",
    "check_scorer",
    "choice_seconds",
    "honest_score",
    "rescaled",
    "rescaling_seconds",
    "simplify",
]
