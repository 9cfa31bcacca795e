"""What more rows are worth: the final fit learns from all of them, the folds did not.

::

    64 % of the rows ──measured on held-out rows──► 80 %, as in the folds ──extrapolated──► all

These are the shares with five folds.
"""

from concurrent.futures import Future, wait
from math import ceil
from statistics import fmean

import numpy as np

from automl.execution import Limits, LocalExecutor
from automl.execution.local import outcome_of
from automl.execution.worker import run_fewer
from automl.outcome import FoldOutcome, Outcome
from automl.pipelines import Genome, Rescaling
from automl.problem import Problem
from automl.search.bank import Held
from automl.search.budget import Budget
from automl.selection.choice import NO_GROWTH, Choice, Growth
from automl.selection.evidence import Evidence, standard_error
from automl.selection.rescaling import rescale

SHARE = 0.05  # of the budget, that finding out may cost
FOLDS = 5  # that are looked at, at most

Tasks = dict[int, "Future[FoldOutcome]"]  # by fold


class LearningCurve:
    """Finds out what more rows are worth to a pipeline, by fitting it on fewer.

    These fits can start while final fits are under way, so that no worker is idle.

    Parameters
    ----------
    problem : Problem
    problem_path : str
        Where workers read it.
    executor : LocalExecutor
    budget : Budget
    limits : Limits

    References
    ----------
    Viering, T. and Loog, M. (2023). The shape of learning curves: a review. IEEE Transactions on
    Pattern Analysis and Machine Intelligence 45. The curve is taken as a + b / rows, which falls
    faster than most and so promises rather too little.
    """

    def __init__(
        self,
        problem: Problem,
        problem_path: str,
        executor: LocalExecutor,
        budget: Budget,
        limits: Limits,
    ) -> None:
        self._problem = problem
        self._path = problem_path
        self._executor = executor
        self._budget = budget
        self._limits = limits
        self._tasks: dict[Genome, Tasks] = {}
        self.estimator_seconds = 0.0

    def seconds(self, outcome: Outcome) -> float:
        """Return the seconds of one core that this should take for a pipeline."""
        return self._folds(outcome) * _one(outcome)

    def wall_seconds(self, outcome: Outcome) -> float:
        """Return what it should take where workers have nothing else to do."""
        return ceil(self._folds(outcome) / self._executor.workers) * _one(outcome)

    def start(self, genome: Genome, outcome: Outcome) -> None:
        """Let workers fit a pipeline on fewer rows as soon as they have nothing else to do."""
        left = self._budget.remaining()
        folds = self._folds(outcome) if left > 0 else 0
        limit = min(self._limits.seconds_of(self._budget.seconds or np.inf), left)
        self._tasks[genome] = {
            fold: self._executor.submit(run_fewer, self._path, genome.text, fold, timeout=limit)
            for fold in range(folds)
        }

    def _folds(self, outcome: Outcome) -> int:
        """Return the folds to look at.

        None where each takes many fits, for a tuner, or where final fits see no more rows.
        """
        folds = min(self._problem.folds_per_repeat, FOLDS)
        if self._problem.cv.tunes_inside or self._problem.bagging is not None:
            return 0
        if self._budget.seconds is None or self._budget.is_ordered:
            return folds  # the clock has no say
        rounds = int(SHARE * self._budget.seconds / max(_one(outcome), 1e-9))
        return min(folds, rounds * self._executor.workers)

    def growth(self, choice: Choice, rescaling: Rescaling | None, evidence: Evidence) -> Growth:
        """Return what the final fit should gain.

        The best pipeline of the choice stands for all of it. Its lead over itself with fewer rows
        is lowered by what the choice had in luck, then shrunk by its noise; it is nothing if that
        is larger.

        Parameters
        ----------
        choice : Choice
        rescaling : Rescaling or None
            Of its probabilities.
        evidence : Evidence
        """
        best = choice.members[0]
        if best.genome not in self._tasks:
            self.stop()
            self.start(best.genome, best.outcome)
        fewer = self._fewer(self._tasks[best.genome])
        if not fewer:
            return NO_GROWTH
        more = best.held
        if rescaling is not None:
            fewer, more = (
                {n: rescale(p, rescaling) for n, p in of.items()} for of in (fewer, more)
            )
        lead, sizes = evidence.lead(evidence.values(more), fewer)
        step = float(np.average(lead, weights=sizes)) + min(choice.correction, 0.0)
        error = standard_error(lead, sizes)
        share = self._share(fewer)
        trusted = 1 - (error / step) ** 2 if step > error else 0.0
        return Growth(share * trusted * step, share * error)

    def stop(self) -> None:
        """End the fits that are not done by now."""
        for tasks in self._tasks.values():
            for task in tasks.values():
                task.cancel()
        self._tasks.clear()

    def _fewer(self, tasks: Tasks) -> dict[int, Held]:
        """Return what a pipeline predicts after learning from fewer rows, by fold."""
        left = self._budget.remaining()
        wait(tasks.values(), timeout=None if left == np.inf else max(left, 0))
        self.stop()
        outcomes = {fold: outcome_of(task) for fold, task in tasks.items()}
        self.estimator_seconds += sum(one.estimator_seconds for one in outcomes.values())
        return {
            fold: outcome.predictions
            for fold, outcome in outcomes.items()
            if outcome.predictions is not None
        }

    def _share(self, fewer: dict[int, Held]) -> float:
        """Return what the last step of the curve is worth, in units of the one before it."""
        problem = self._problem
        more = [len(problem.splits[fold][0]) for fold in fewer]
        last = fmean(1 / rows for rows in more) - 1 / len(problem.dataset)
        before = fmean(1 / (rows * problem.smaller_share) - 1 / rows for rows in more)
        return min(last / before, 1.0)


def _one(outcome: Outcome) -> float:
    """Return the seconds of a fold."""
    return outcome.fit_seconds + outcome.predict_seconds
