"""How long the choice after a search takes, so that the search can end in time for it."""

from collections.abc import Sequence

from automl.outcome import Outcome
from automl.problem import Problem
from automl.search.search import Reserve
from automl.search.trial import Trial
from automl.selection.choice import JACKKNIFED, JACKKNIFED_RESAMPLES, POOL
from automl.selection.evidence import RANKED_ROWS, Evidence
from automl.selection.final_fits import Refit
from automl.selection.rescaling import rescaling_seconds
from automl.selection.row_values import BLOCKS

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


def make_reserve(problem: Problem, refit: Refit | None) -> Reserve:
    """Return what tells a search the seconds to keep for the choice and the final fits.

    Parameters
    ----------
    problem : Problem
    refit : Refit or None
        None if nothing is fitted after the search.
    """

    def reserve(leaders: Sequence[tuple[Trial, Outcome]], n_candidates: int) -> float:
        pairs = [(trial.genome, outcome) for trial, outcome in leaders if not trial.is_baseline]
        fits = 0.0 if refit is None else refit.reserve(pairs)
        choice = choice_seconds(problem, n_candidates) + rescaling_seconds(problem)
        return fits + choice if leaders else fits

    return reserve
