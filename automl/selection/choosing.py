"""How long the choice after a search takes, so that the search can end in time for it."""

from automl.evaluation import Problem
from automl.selection.evidence import RANKED_ROWS, Evidence
from automl.selection.honesty import JACKKNIFED, JACKKNIFED_RESAMPLES, POOL
from automl.selection.measure import BLOCKS

# What a choice takes, measured with ROC AUC, the dearest, on one core of 2.6 GHz.
SECONDS_PER_CELL = 1.5e-7  # of pipelines times rows
SECONDS_PER_RANKED_ROW = 1.5e-4  # of an ensemble's choice out of 25 by ROC AUC
SECONDS_PER_ROW = 5e-5  # of the rest of it
LEAST_POOL = 0.2  # of an ensemble's seconds: members are weighed once more, however few there are
SECONDS_PER_CALL, SECONDS_PER_CALL_AND_ROW = 1.5e-3, 2.5e-7


def choice_seconds(problem: Problem, n_pipelines: int) -> float:
    """Return the seconds that `Chooser` should take.

    Parameters
    ----------
    problem : Problem
    n_pipelines : int
        Those with held-out predictions.
    """
    evidence = Evidence(problem)
    n_rows, y = len(problem.dataset), problem.dataset.y
    ensemble = SECONDS_PER_ROW * n_rows + SECONDS_PER_RANKED_ROW * min(n_rows, RANKED_ROWS)
    pool = min(LEAST_POOL + n_pipelines / POOL, 1)
    seconds = SECONDS_PER_CELL * n_pipelines * n_rows + ensemble * pool
    if evidence.measure.is_quick(y):
        return seconds
    calls = min(n_pipelines, JACKKNIFED) * len(problem.splits)
    calls += 2 * JACKKNIFED_RESAMPLES * len(evidence.folds)
    one = SECONDS_PER_CALL + SECONDS_PER_CALL_AND_ROW * n_rows
    return seconds + one * (BLOCKS + 1) * calls
