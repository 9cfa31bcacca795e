"""The planned seconds of the choice after a search."""

import time
from collections.abc import Sequence
from math import inf

from automl.problem import Problem
from automl.search.bank import Candidate
from automl.selection.choice import JACKKNIFED_RESAMPLES, ensemble_resamples
from automl.selection.evidence import RANKED_ROWS, Evidence
from automl.selection.pool import JACKKNIFED, POOL
from automl.selection.rescaling import MOST_CELLS, can_rescale
from automl.selection.row_values import BLOCKS

# The seconds of a choice out of 25 pipelines of 2,000 to 150,000 rows, on one core of 2.6 GHz.
SECONDS_PER_CELL = 1.5e-7  # of pipelines times rows
SECONDS_PER_RANKED_ROW = 1.4e-5  # in a draw of an ensemble's choice by ROC AUC
SECONDS_PER_ROW = 3e-5  # of an ensemble's choice without the ranking
LEAST_POOL = 0.2  # of an ensemble's seconds: members are weighed once more, however few there are
SECONDS_PER_CALL, SECONDS_PER_CALL_AND_ROW = 1.5e-3, 2.5e-7
MARGIN = 1.3  # times the calls for the choice: some more are made for the honest score
SECONDS_PER_RESCALED_CELL = 1.5e-5  # of all parts together, measured on one core of 2.6 GHz


def choice_seconds(evidence: Evidence, n_pipelines: int, call_seconds: float = 0.0) -> float:
    """Return the seconds that `Chooser` should take.

    Parameters
    ----------
    evidence : Evidence
    n_pipelines : int
        The pipelines with held-out predictions.
    call_seconds : float
        The seconds of a call of the scorer, if they are known.
    """
    n_rows, y = len(evidence.rows), evidence.problem.dataset.y
    n_ranked = min(n_rows, RANKED_ROWS) * ensemble_resamples(n_rows)
    ensemble = SECONDS_PER_ROW * n_rows + SECONDS_PER_RANKED_ROW * n_ranked
    pool = min(LEAST_POOL + n_pipelines / POOL, 1)
    seconds = SECONDS_PER_CELL * n_pipelines * n_rows + ensemble * pool
    if evidence.row_values.is_quick(y):
        return seconds
    call = max(call_seconds, SECONDS_PER_CALL + SECONDS_PER_CALL_AND_ROW * n_rows)
    return seconds + call * scorer_calls(evidence.problem, n_pipelines)


def scorer_calls(problem: Problem, n_pipelines: int) -> int:
    """Return the calls of a scorer that `Chooser` makes where values have no closed form.

    Parameters
    ----------
    problem : Problem
    n_pipelines : int
        The pipelines with held-out predictions.
    """
    n_values = min(n_pipelines, JACKKNIFED) * len(problem.splits)
    n_values += 2 * JACKKNIFED_RESAMPLES * problem.folds_per_repeat
    return (BLOCKS + 1) * n_values


class SlowScorerError(Exception):
    """A scorer of the user takes longer than the budget has left."""


def check_scorer(problem: Problem, candidates: Sequence[Candidate], seconds: float) -> None:
    """Call a scorer of the user once, and tell how long all calls would take.

    Parameters
    ----------
    problem : Problem
    candidates : sequence of Candidate
        At least one.
    seconds : float
        The seconds that all calls may take.

    Raises
    ------
    SlowScorerError
        If they would take more.
    """
    if not problem.metric.is_own or seconds == inf:
        return
    (fold, predictions), *_ = candidates[0].held_out.items()
    rows, weights = problem.held_out(fold), problem.dataset.sample_weight
    started = time.monotonic()
    Evidence(problem).row_values.score(
        problem.dataset.y[rows], predictions, None if weights is None else weights[rows]
    )
    call = time.monotonic() - started
    expected = MARGIN * call * scorer_calls(problem, len(candidates))
    if expected > max(seconds, 0.0):
        raise SlowScorerError(
            f"a call of scoring={problem.metric.name} takes {call:.2g} s, so that the choice would "
            f"take {expected:.0f} s, of which the budget has {max(seconds, 0.0):.0f}"
        )


def rescaling_seconds(problem: Problem) -> float:
    """Return the seconds that `rescaled` takes at most."""
    classes = problem.dataset.classes
    if classes is None or not can_rescale(problem):
        return 0.0
    return SECONDS_PER_RESCALED_CELL * min(len(problem.dataset) * len(classes), MOST_CELLS)
