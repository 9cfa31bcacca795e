"""The seconds that a search keeps for all that comes after it: the choice and the final fits.

::

    first half of the budget ──► the leaders would be fitted
    second half ───────────────► the members of the ensembles of now would be fitted
                                  │
                                  └── chosen anew when the leaders change, or when time is up

The leaders may be slow relatives of one another, of which an ensemble has one.
"""

from collections.abc import Sequence

from automl.problem import Problem
from automl.search.bank import Bank
from automl.search.budget import Budget
from automl.search.evaluated import Evaluated
from automl.selection.evidence import Evidence
from automl.selection.final_fits import FinalFits
from automl.selection.pace import machine_pace
from automl.selection.pool import POOL, Pool
from automl.selection.seconds import choice_seconds, rescaling_seconds

SCORER_SHARE = 0.2  # of the budget, at most, for the calls of a scorer of the user
MOST = 2 * POOL  # of the pipelines: worse ones are hardly members
LATE = 0.5  # of the budget: an ensemble before that is none of the last


class Reserve:
    """Tells a search the seconds to keep.

    Parameters
    ----------
    problem : Problem
    budget : Budget
    final_fits : FinalFits or None
        None if nothing is fitted after the search.
    """

    def __init__(self, problem: Problem, budget: Budget, final_fits: FinalFits | None) -> None:
        self._evidence = Evidence(problem)
        self._budget = budget
        self._final_fits = final_fits
        # Without a clock nothing is planned.
        self._pace = 1.0 if budget.seconds is None else machine_pace()
        self._leaders: tuple[int, ...] = ()
        self._n_ranked = 0
        self._fits = 0.0

    def __call__(self, leaders: Sequence[Evaluated], bank: Bank) -> float:
        """Return the seconds to keep.

        Parameters
        ----------
        leaders : sequence of Evaluated
            The best pipelines so far, best first.
        bank : Bank
            The pipelines to choose from.
        """
        choice = self._choice(leaders, len(bank)) if leaders else 0.0
        return choice + self._final(leaders, bank, choice)

    def _choice(self, leaders: Sequence[Evaluated], n_candidates: int) -> float:
        problem, seconds = self._evidence.problem, self._budget.seconds
        planned = self._pace * choice_seconds(self._evidence, n_candidates)
        if seconds is not None and problem.metric.is_own:
            # The seconds of a call were measured here, so that the pace is in them.
            slow = choice_seconds(self._evidence, n_candidates, _call_seconds(leaders))
            planned = max(planned, min(slow, SCORER_SHARE * seconds))
        return planned + self._pace * rescaling_seconds(problem)

    def _final(self, leaders: Sequence[Evaluated], bank: Bank, choice: float) -> float:
        """Return the seconds of the final fits."""
        models = [leader for leader in leaders if not leader.is_baseline]
        if self._final_fits is None:
            return 0.0
        if not self._is_late() or not models:
            return self._final_fits.reserve(models)
        numbers = tuple(model.number for model in models)
        is_over = self._budget.remaining() <= choice + self._fits
        if numbers != self._leaders or (is_over and bank.n_ranked != self._n_ranked):
            self._leaders, self._n_ranked = numbers, bank.n_ranked
            self._fits = self._of_ensembles(self._final_fits, models, bank)
        return self._fits

    def _is_late(self) -> bool:
        seconds = self._budget.seconds
        return seconds is not None and self._budget.remaining() < LATE * seconds

    def _of_ensembles(
        self, final_fits: FinalFits, models: Sequence[Evaluated], bank: Bank
    ) -> float:
        """Return the seconds of the final fits of the dearest ensemble that may be chosen now."""
        evidence = self._evidence
        if not evidence.row_values.is_quick(evidence.problem.dataset.y):
            return final_fits.reserve(models)  # such a choice takes seconds
        candidates = [
            candidate for candidate in bank.candidates() if candidate.genome != bank.baseline
        ]
        ensembles = Pool(evidence, candidates[:MOST], final_fits.size).ensembles()
        return max(map(final_fits.reserve, ensembles), default=final_fits.reserve(models))


def _call_seconds(leaders: Sequence[Evaluated]) -> float:
    """Return a bound for the seconds of a scorer of the user: the fewest with the predictions."""
    return min((leader.outcome.predict_seconds for leader in leaders), default=0.0)
