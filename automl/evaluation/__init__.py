"""What a pipeline is worth.

`outer_splits`: the folds that give the score. `Problem`: all that an evaluation needs.
`evaluate_fold`: nested fitness of one pipeline on one fold. `fit_final`: the fit on all rows.
"""

from automl.evaluation.nested import Problem, evaluate_fold, fit_final
from automl.evaluation.splits import Split, outer_splits

__all__ = ["Problem", "Split", "evaluate_fold", "fit_final", "outer_splits"]
