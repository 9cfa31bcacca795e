"""What it costs to ignore a structure: the best pipeline on folds that respect it.

::

    best pipeline ──folds at random──► the score of the search
                  └─folds by patient─► lower: the pipeline knows its patients
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import fmean

from automl.errors import warn
from automl.execution import Evaluator
from automl.outcome import Outcome
from automl.search.budget import Budget
from automl.search.evaluated import Evaluated

SHARE = 0.05  # of the budget, that these fits may cost: they improve no prediction


@dataclass(frozen=True)
class StructureCost:
    """The score of the best pipeline on folds that respect a column, beside that of the search."""

    column: str
    """The name of the column."""
    score: float
    """The mean score on folds that respect it; greater is better."""
    at_random: float
    """The mean score on the folds of the search."""
    folds: int
    """The folds that respect it and gave a score."""


class StructureCheck:
    """Fits the best pipeline a few more times, on folds that respect the structure of the data.

    Parameters
    ----------
    evaluator : Evaluator
    budget : Budget
    """

    def __init__(self, evaluator: Evaluator, budget: Budget) -> None:
        self._evaluator = evaluator
        self._problem = evaluator.problem
        self._budget = budget
        self.estimator_seconds = 0.0

    def wall_seconds(self, outcome: Outcome) -> float:
        """Return the expected wall seconds of the check; 0 where they are too many."""
        n_rounds = ceil(len(self._problem.structured_folds) / self._evaluator.workers)
        seconds = n_rounds * (outcome.fit_seconds + outcome.predict_seconds)
        return seconds if seconds <= self._budget.allowance(SHARE) else 0.0

    def costs(self, evaluated: Evaluated) -> list[StructureCost]:
        """Return what it costs to ignore each column, as far as the budget allows to measure it.

        Parameters
        ----------
        evaluated : Evaluated
            The best pipeline.
        """
        seconds = self.wall_seconds(evaluated.outcome)
        if not 0 < seconds < self._budget.remaining():
            return []
        folds = self._problem.structured_folds
        limit = min(self._evaluator.limit, self._budget.remaining())
        jobs = [
            self._evaluator.structured(evaluated.genome, number, limit)
            for number in range(len(folds))
        ]
        self._budget.wait(jobs)
        for job in jobs:
            job.cancel()  # a fit that is late now would delay the winner
        outcomes = [self._evaluator.outcome(job) for job in jobs]
        self.estimator_seconds += sum(outcome.estimator_seconds for outcome in outcomes)
        scores: dict[str, list[float]] = {}
        for fold, outcome in zip(folds, outcomes, strict=True):
            if outcome.score is not None:
                scores.setdefault(fold.column, []).append(outcome.score)
        at_random = fmean(evaluated.outcome.scores)
        return [
            StructureCost(column, fmean(values), at_random, len(values))
            for column, values in scores.items()
        ]


def warn_of_costs(costs: Sequence[StructureCost], metric: str) -> None:
    """Say what it costs to ignore the structure.

    Parameters
    ----------
    costs : sequence of StructureCost
    metric : str
        The name of the score.
    """
    for cost in costs:
        change = "lower" if cost.score < cost.at_random else "no lower"
        warn(
            f"where folds respect {cost.column!r}, the best pipeline has {metric} "
            f"{cost.score:.4g}, {change} than {cost.at_random:.4g} on folds at random"
        )
