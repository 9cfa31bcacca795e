"""The planned seconds of all that comes after a search, so that the search ends in time for it."""

from collections.abc import Sequence

from automl.problem import Problem
from automl.search.evaluated import Evaluated
from automl.search.search import Reserve
from automl.selection.choice import JACKKNIFED, JACKKNIFED_RESAMPLES, POOL
from automl.selection.evidence import RANKED_ROWS, Evidence
from automl.selection.final_fits import FinalFits
from automl.selection.rescaling import MOST_CELLS, can_rescale
from automl.selection.row_values import BLOCKS

# The seconds of a choice, measured with ROC AUC, the dearest, on one core of 2.6 GHz.
SECONDS_PER_CELL = 1.5e-7  # of pipelines times rows
SECONDS_PER_RANKED_ROW = 1.5e-4  # of an ensemble's choice out of 25 by ROC AUC
SECONDS_PER_ROW = 5e-5  # of the same without the ranking
LEAST_POOL = 0.2  # of an ensemble's seconds: members are weighed once more, however few there are
SECONDS_PER_CALL, SECONDS_PER_CALL_AND_ROW = 1.5e-3, 2.5e-7
SECONDS_PER_RESCALED_CELL = 1.5e-5  # of all parts together, measured on one core of 2.6 GHz


def choice_seconds(problem: Problem, n_pipelines: int) -> float:
    """Return the seconds that `Chooser` should take.

    Parameters
    ----------
    problem : Problem
    n_pipelines : int
        The pipelines with held-out predictions.
    """
    evidence = Evidence(problem)
    n_rows, y = len(problem.dataset), problem.dataset.y
    ensemble = SECONDS_PER_ROW * n_rows + SECONDS_PER_RANKED_ROW * min(n_rows, RANKED_ROWS)
    pool = min(LEAST_POOL + n_pipelines / POOL, 1)
    seconds = SECONDS_PER_CELL * n_pipelines * n_rows + ensemble * pool
    if evidence.row_values.is_quick(y):
        return seconds
    n_calls = min(n_pipelines, JACKKNIFED) * len(problem.splits)
    n_calls += 2 * JACKKNIFED_RESAMPLES * len(evidence.folds)
    call = SECONDS_PER_CALL + SECONDS_PER_CALL_AND_ROW * n_rows
    return seconds + call * (BLOCKS + 1) * n_calls


def rescaling_seconds(problem: Problem) -> float:
    """Return the seconds that `rescaled` takes at most."""
    classes = problem.dataset.classes
    if classes is None or not can_rescale(problem):
        return 0.0
    return SECONDS_PER_RESCALED_CELL * min(len(problem.dataset) * len(classes), MOST_CELLS)


def make_reserve(problem: Problem, final_fits: FinalFits | None) -> Reserve:
    """Return a function that tells a search the seconds to keep for the choice and the final fits.

    Parameters
    ----------
    problem : Problem
    final_fits : FinalFits or None
        None if nothing is fitted after the search.
    """

    def reserve(leaders: Sequence[Evaluated], n_candidates: int) -> float:
        models = [leader for leader in leaders if not leader.is_baseline]
        fits = 0.0 if final_fits is None else final_fits.reserve(models)
        choice = choice_seconds(problem, n_candidates) + rescaling_seconds(problem)
        return fits + choice if leaders else fits

    return reserve
