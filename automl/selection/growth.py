"""What more rows are worth: the final fit learns from all of them, the folds did not.

::

    64 % of the rows ──measured on held-out rows──► 80 %, as in the folds ──extrapolated──► all

These are the shares with five folds.
"""

from concurrent.futures import Future, wait
from dataclasses import dataclass
from math import ceil, inf
from statistics import fmean

import numpy as np

from automl.budget import Budget
from automl.evaluation import Problem
from automl.execution import LocalExecutor
from automl.execution.local import outcome_of
from automl.execution.worker import run_fewer
from automl.outcome import FoldOutcome, Outcome
from automl.selection.bank import Candidate, Held
from automl.selection.evidence import Evidence, standard_error

SHARE = 0.05  # of the budget, that finding out may cost


@dataclass(frozen=True)
class Growth:
    """By how much a final fit is better than the fits of the folds."""

    gain: float = 0.0
    """In units of the score; never below 0."""
    error: float = 0.0
    """Its standard error."""


NO_GROWTH = Growth()


class LearningCurve:
    """Finds out what more rows are worth to a pipeline, by fitting it on fewer.

    Parameters
    ----------
    problem : Problem
    problem_path : str
        Where workers read it.
    executor : LocalExecutor
    budget : Budget

    References
    ----------
    Viering, T. and Loog, M. (2023). The shape of learning curves: a review. IEEE Transactions on
    Pattern Analysis and Machine Intelligence 45. The curve is taken as a + b / rows, which falls
    faster than most and so promises rather too little.
    """

    def __init__(
        self, problem: Problem, problem_path: str, executor: LocalExecutor, budget: Budget
    ) -> None:
        self._problem = problem
        self._path = problem_path
        self._executor = executor
        self._budget = budget

    def seconds(self, outcome: Outcome) -> float:
        """Return the wall seconds that this takes at most for a pipeline."""
        one = outcome.fit_seconds + outcome.predict_seconds
        return ceil(self._folds(outcome) / self._executor.workers) * one

    def _folds(self, outcome: Outcome) -> int:
        """Return the folds to look at; none where each takes many fits, for a tuner."""
        folds = self._problem.folds_per_repeat
        if self._problem.cv.tunes_inside:
            return 0
        if self._budget.seconds is None or self._budget.is_ordered:
            return folds  # the clock has no say
        one = outcome.fit_seconds + outcome.predict_seconds
        affordable = SHARE * self._budget.seconds * self._executor.workers / max(one, 1e-9)
        return min(folds, int(affordable))

    def growth(self, candidate: Candidate, evidence: Evidence) -> Growth:
        """Return what the final fit of a pipeline should gain.

        What was measured is shrunk by its noise, and is nothing if that is larger.

        Parameters
        ----------
        candidate : Candidate
            With predictions for every fold of the first draw.
        evidence : Evidence
        """
        fewer = self._fewer(candidate)
        if not fewer:
            return NO_GROWTH
        first = {fold: candidate.held[fold] for fold in range(len(evidence.folds))}
        lead, sizes = evidence.lead(evidence.values(first), fewer)
        step = float(np.average(lead, weights=sizes))
        error = standard_error(lead, sizes)
        share = self._share(list(fewer))
        trusted = 1 - (error / step) ** 2 if step > error else 0.0
        return Growth(share * trusted * step, share * error)

    def _fewer(self, candidate: Candidate) -> dict[int, Held]:
        """Return what the pipeline predicts after learning from fewer rows, by fold."""
        left = self._budget.remaining()
        timeout = None if left == inf else left
        tasks: dict[int, Future[FoldOutcome]] = {}
        for fold in range(self._folds(candidate.outcome) if left > 0 else 0):
            arguments = self._path, candidate.genome.text, fold
            tasks[fold] = self._executor.submit(run_fewer, *arguments, timeout=timeout)
        wait(tasks.values(), timeout=timeout)
        for task in tasks.values():
            task.cancel()  # if it is not done by now
        outcomes = {fold: outcome_of(task) for fold, task in tasks.items()}
        return {
            fold: outcome.predictions
            for fold, outcome in outcomes.items()
            if outcome.predictions is not None
        }

    def _share(self, folds: list[int]) -> float:
        """Return what the last step of the curve is worth, in units of the one before it."""
        problem = self._problem
        few = 1 / fmean(len(problem.fewer_rows(fold)) for fold in folds)
        more = 1 / fmean(len(problem.splits[fold][0]) for fold in folds)
        return (more - 1 / len(problem.dataset)) / (few - more)
