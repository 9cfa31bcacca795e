"""After the search: what predicts is chosen, its score corrected, and all of it fitted.

`simplify`: the best pipeline without its useless steps, by an `Ablation` of each. `Bank`: what
pipelines predicted for rows that were held out. `Chooser`: one pipeline or an ensemble
of these, a `Choice`; `choice_seconds`: how long that takes. `rescaled`: its probabilities on
another scale, if that helps; `rescaling_seconds`: how long that takes. `LearningCurve`: what more
rows are worth, a `Growth`. `HonestScore`: what all that is worth. `Refit`: plans final fits that
end within what is left of the budget, and makes them, each a `Refitted`.
"""

from automl.selection.ablation import Ablation, simplify
from automl.selection.choice import NO_GROWTH, Choice, Chooser, Growth, HonestScore
from automl.selection.final_fits import Refit, Refitted
from automl.selection.learning_curve import LearningCurve
from automl.selection.rescaling import rescaled, rescaling_seconds
from automl.selection.seconds import choice_seconds, make_reserve

__all__ = [
    "NO_GROWTH",
    "Ablation",
    "Choice",
    "Chooser",
    "Growth",
    "HonestScore",
    "LearningCurve",
    "Refit",
    "Refitted",
    "choice_seconds",
    "make_reserve",
    "rescaled",
    "rescaling_seconds",
    "simplify",
]
