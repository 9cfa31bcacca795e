"""What it costs to ignore a structure: the best pipeline on folds that respect it.

::

    best pipeline ──folds at random──► the score of the search
                  └─folds by patient─► lower: the pipeline knows its patients
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import fmean

from automl.errors import DataError, warn
from automl.execution import Evaluator
from automl.outcome import Outcome
from automl.problem.structured_splits import StructuredFold, structured_folds
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
        self._budget = budget
        self._folds = _folds(evaluator)

    def wall_seconds(self, outcome: Outcome) -> float:
        """Return the expected wall seconds of the check of a pipeline."""
        n_rounds = ceil(len(self._folds) / self._evaluator.workers)
        seconds = n_rounds * (outcome.fit_seconds + outcome.predict_seconds)
        return 0.0 if self._is_too_long(seconds) else seconds

    def costs(self, evaluated: Evaluated) -> list[StructureCost]:
        """Return what it costs to ignore each column, as far as the budget allows to measure it.

        Parameters
        ----------
        evaluated : Evaluated
            The best pipeline.
        """
        seconds = self.wall_seconds(evaluated.outcome)
        if not seconds or seconds > self._budget.remaining():
            return []
        limit = min(self._evaluator.limit, self._budget.remaining())
        jobs = [
            self._evaluator.structured(evaluated.genome, number, limit)
            for number in range(len(self._folds))
        ]
        self._budget.wait(jobs)
        for job in jobs:
            job.cancel()  # a fit that is late now would delay the winner
        outcomes = [self._evaluator.outcome(job) for job in jobs]
        scores: dict[str, list[float]] = {}
        for fold, outcome in zip(self._folds, outcomes, strict=True):
            if outcome.score is not None:
                scores.setdefault(fold.column, []).append(outcome.score)
        at_random = fmean(evaluated.outcome.scores)
        return [
            StructureCost(column, fmean(values), at_random, len(values))
            for column, values in scores.items()
        ]

    def _is_too_long(self, seconds: float) -> bool:
        if self._budget.is_interrupted:
            return True
        # In an ordered search the clock has no say.
        budget = None if self._budget.is_ordered else self._budget.seconds
        return budget is not None and seconds > SHARE * budget


def warn_of_costs(costs: Sequence[StructureCost], metric: str) -> None:
    """Say what it costs to ignore the structure.

    Parameters
    ----------
    costs : sequence of StructureCost
    metric : str
        The name of the score.
    """
    for cost in costs:
        warn(
            f"where folds respect {cost.column!r}, the best pipeline has {metric} {cost.score:.4g} "
            f"instead of {cost.at_random:.4g}"
        )


def _folds(evaluator: Evaluator) -> list[StructuredFold]:
    problem = evaluator.problem
    if problem.cv.tunes_inside:  # each fold would take many fits
        return []
    try:
        return structured_folds(problem.dataset, problem.structure, problem.seed)
    except DataError:  # too few groups or moments, for which the words before have to do
        return []
