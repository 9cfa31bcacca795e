"""After the search: what predicts is chosen, its score corrected, and all of it fitted.

`Bank`: what pipelines predicted for rows that were held out. `Chooser`: one pipeline or an ensemble
of these, a `Choice`; `choice_seconds`: how long that takes. `calibrated`: its probabilities on
another scale. `LearningCurve`: what more rows are worth, a `Growth`. `HonestScore`: what all that
is worth. `Refit`: plans final fits that end within what is left of the budget, and makes them, each
a `Refitted`.
"""

from automl.selection.bank import Bank, Candidate
from automl.selection.calibration import calibrated
from automl.selection.growth import NO_GROWTH, LearningCurve
from automl.selection.honesty import Choice, Chooser, HonestScore, choice_seconds
from automl.selection.refit import Refit, Refitted

__all__ = [
    "NO_GROWTH",
    "Bank",
    "Candidate",
    "Choice",
    "Chooser",
    "HonestScore",
    "LearningCurve",
    "Refit",
    "Refitted",
    "calibrated",
    "choice_seconds",
]
