"""The learning curve: the gain by more rows, since the folds learn from fewer than the final fit.

::

    64 % of the rows ──measured on held-out rows──► 80 %, as in the folds ──extrapolated──► all

These are the shares with five folds.
"""

from concurrent.futures import Future
from math import ceil
from statistics import fmean

import numpy as np

from automl.execution import Evaluator
from automl.outcome import FoldOutcome, HeldOut, Outcome
from automl.pipelines import Genome, Rescaling
from automl.search.budget import Budget
from automl.search.evaluated import Evaluated
from automl.selection.choice import Choice
from automl.selection.evidence import Evidence, standard_error
from automl.selection.honest_score import NO_GROWTH, Growth
from automl.selection.rescaling import rescale

SHARE = 0.05  # of the budget, that the fits on fewer rows may cost: they improve no prediction
FOLDS = 5  # compared at most: more would cost as much as a whole pipeline

Jobs = dict[int, "Future[FoldOutcome]"]  # by fold


class LearningCurve:
    """Measures the gain by more rows for a pipeline, by fitting it on fewer.

    These fits can start while final fits are under way, so that no worker is idle.

    Parameters
    ----------
    evaluator : Evaluator
    budget : Budget

    References
    ----------
    Viering, T. and Loog, M. (2023). The shape of learning curves: a review. IEEE Transactions on
    Pattern Analysis and Machine Intelligence 45. The curve is taken as a + b / rows, which falls
    faster than most and so promises rather too little.
    """

    def __init__(self, evaluator: Evaluator, budget: Budget) -> None:
        self._evaluator = evaluator
        self._problem = evaluator.problem
        self._budget = budget
        self._jobs: dict[Genome, Jobs] = {}
        self.estimator_seconds = 0.0

    def seconds(self, outcome: Outcome) -> float:
        """Return the expected seconds of one core for a pipeline."""
        return self._n_folds(outcome) * _fold_seconds(outcome)

    def wall_seconds(self, outcome: Outcome) -> float:
        """Return the expected wall seconds where workers have nothing else to do."""
        n_rounds = ceil(self._n_folds(outcome) / self._evaluator.workers)
        return n_rounds * _fold_seconds(outcome)

    def start(self, evaluated: Evaluated) -> None:
        """Let workers fit a pipeline on fewer rows as soon as they have nothing else to do."""
        remaining = self._budget.remaining()
        n_folds = self._n_folds(evaluated.outcome) if remaining > 0 else 0
        seconds = min(self._evaluator.limit, remaining)
        self._jobs[evaluated.genome] = {
            fold: self._evaluator.fewer(evaluated.genome, fold, seconds) for fold in range(n_folds)
        }

    def _n_folds(self, outcome: Outcome) -> int:
        """Return the number of folds to compare.

        It is 0 where each takes many fits, for a tuner, or where final fits see no more rows.
        """
        n_folds = min(self._problem.folds_per_repeat, FOLDS)
        if self._problem.cv.tunes_inside or self._problem.bagging is not None:
            return 0
        n_rounds = self._budget.allowance(SHARE) // max(_fold_seconds(outcome), 1e-9)
        return int(min(n_folds, n_rounds * self._evaluator.workers))

    def growth(self, choice: Choice, rescaling: Rescaling | None, evidence: Evidence) -> Growth:
        """Return the expected gain of the final fit.

        The best pipeline of the choice stands for all members. Its lead over itself with fewer rows
        is lowered by the luck of the choice, then shrunk by its noise; the gain is 0 if the noise
        is larger.

        Parameters
        ----------
        choice : Choice
        rescaling : Rescaling or None
            Of its probabilities.
        evidence : Evidence
        """
        best = choice.members[0]
        # The jobs may be those of a member that could not be fitted.
        if best.genome not in self._jobs:
            self.stop()
            self.start(best.evaluated)
        fewer, full = self._predictions(self._jobs[best.genome]), best.held_out
        if not fewer:
            return NO_GROWTH
        if rescaling is not None:
            fewer = {fold: rescale(values, rescaling) for fold, values in fewer.items()}
            full = {fold: rescale(values, rescaling) for fold, values in full.items()}
        leads, sizes = evidence.lead(evidence.values(full), fewer)
        step = float(np.average(leads, weights=sizes)) + min(choice.correction, 0.0)
        error = standard_error(leads, sizes)
        # The step from the folds to all rows is smaller than the measured one.
        share = self._share(fewer)
        trust = 1 - (error / step) ** 2 if step > error else 0.0
        return Growth(share * trust * step, share * error)

    def stop(self) -> None:
        """End the fits that are not done by now."""
        for jobs in self._jobs.values():
            for job in jobs.values():
                job.cancel()
        self._jobs.clear()

    def _predictions(self, jobs: Jobs) -> dict[int, HeldOut]:
        """Return the predictions of a pipeline that learnt from fewer rows, by fold."""
        self._budget.wait(jobs.values())
        # A fit that is late now would delay the winner.
        self.stop()
        outcomes = {fold: self._evaluator.outcome(job) for fold, job in jobs.items()}
        self.estimator_seconds += sum(fold.estimator_seconds for fold in outcomes.values())
        return {
            fold: outcome.predictions
            for fold, outcome in outcomes.items()
            if outcome.predictions is not None
        }

    def _share(self, fewer: dict[int, HeldOut]) -> float:
        """Return the worth of the last step of the curve, in units of the step before it."""
        problem = self._problem
        n_rows = [len(problem.splits[fold][0]) for fold in fewer]
        last = fmean(1 / rows for rows in n_rows) - 1 / len(problem.final_rows)
        before = fmean(1 / (rows * problem.smaller_share) - 1 / rows for rows in n_rows)
        return min(last / before, 1.0)


def _fold_seconds(outcome: Outcome) -> float:
    """Return the seconds of a fold, its prediction included."""
    return outcome.fit_seconds + outcome.predict_seconds
