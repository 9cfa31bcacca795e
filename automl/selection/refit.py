"""The fit of the winner on all rows, within what is left of the budget."""

import logging
import warnings
from collections.abc import Sequence
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from math import inf

from pebble import ProcessExpired
from sklearn.base import BaseEstimator

from automl.budget import Budget
from automl.errors import AutoMLWarning, BudgetError
from automl.evaluation import FinalFit, Problem
from automl.execution import LocalExecutor
from automl.execution.worker import run_final
from automl.outcome import Outcome
from automl.pipelines import Genome
from automl.pipelines.operator import Rounds

logger = logging.getLogger("automl.selection")

MARGIN = 1.5  # times the expected seconds: fits vary, and so does the machine
OVERHEAD = 1.0  # seconds for a fresh worker to read the data, and for the model to come back
GRACE = 1.0  # seconds over the budget before a final fit is given up for a cheaper one
MOST_SHARE = 0.15  # of the budget: what more trees in the final forest may cost

Candidate = tuple[Genome, Outcome]


@dataclass(frozen=True)
class Refitted:
    """A pipeline fitted on all rows."""

    genome: Genome
    """The pipeline, with the settings that it has."""
    outcome: Outcome
    """What it was worth on the outer folds."""
    pipeline: BaseEstimator
    """Fitted; it takes the raw dataframe."""
    rounds: int | None
    """The rounds it was fitted with."""


class Refit:
    """Plans and makes the final fit.

    Parameters
    ----------
    problem : Problem
    problem_path : str
        Where workers read it.
    executor : LocalExecutor
    budget : Budget
    """

    def __init__(
        self, problem: Problem, problem_path: str, executor: LocalExecutor, budget: Budget
    ) -> None:
        self._problem = problem
        self._path = problem_path
        self._executor = executor
        self._budget = budget
        self._growth = len(problem.dataset) / problem.training_rows

    def reserve(self, candidate: Candidate | None) -> float:
        """Return the seconds to keep for the final fit of a candidate."""
        if candidate is None or self._budget.seconds is None:
            return 0.0
        return OVERHEAD + MARGIN * self._cost(candidate)

    def rounds(self, genome: Genome, outcome: Outcome) -> int | None:
        """Return the rounds of the final fit.

        Early stopping found them inside the folds; a forest takes as many trees as the budget
        allows, so that its share of the budget stays small.
        """
        rounds = self._rounds_of(genome)
        if rounds is None or rounds.final is None:
            return outcome.rounds
        tried = int(self._problem.model(genome).fixed[rounds.parameter])
        if self._budget.seconds is None or self._budget.is_ordered:
            return rounds.final  # the clock has no say
        one = self._growth * outcome.fit_seconds / tried / self._executor.workers
        affordable = int(MOST_SHARE * self._budget.seconds / max(one, 1e-9))
        return max(tried, min(rounds.final, affordable))

    def expected_seconds(self, genome: Genome, outcome: Outcome, rounds: int | None) -> float:
        """Return the seconds that the final fit should take."""
        tuning = self._growth * outcome.tune_seconds
        seconds = self._growth * outcome.fit_seconds
        spec = self._rounds_of(genome)
        if spec is None or spec.final is None or rounds is None:
            return tuning + seconds
        tried = int(self._problem.model(genome).fixed[spec.parameter])
        return tuning + seconds * rounds / tried / self._executor.workers

    def best_of(self, candidates: Sequence[Candidate]) -> Refitted:
        """Fit the first candidate that can be fitted.

        Parameters
        ----------
        candidates : sequence of (Genome, Outcome)
            Best first, the baseline last.

        Raises
        ------
        BudgetError
            If none of them can be fitted.
        """
        failures: list[str] = []
        left = list(candidates)
        while left:
            genome, outcome = self._next(left)
            left.remove((genome, outcome))
            rounds = self.rounds(genome, outcome)
            try:
                final = self._fit(genome, rounds)
            except Exception as error:  # noqa: BLE001 the next one may do
                failures.append(f"{genome}: {type(error).__name__}: {error}")
                logger.warning("the final fit failed: %s", failures[-1])
                continue
            if failures:
                message = f"the best pipeline could not be fitted on all rows: {failures[0]}"
                warnings.warn(message, AutoMLWarning, stacklevel=4)
            elif genome != candidates[0][0]:
                warnings.warn(
                    f"the best pipeline takes longer to fit on all rows than the budget has left: "
                    f"{genome} is given back instead of {candidates[0][0]}",
                    AutoMLWarning,
                    stacklevel=4,
                )
            return Refitted(Genome.parse(final.genome), outcome, final.pipeline, final.rounds)
        raise BudgetError(f"no pipeline could be fitted on all rows: {failures[:3]}")

    def _next(self, candidates: Sequence[Candidate]) -> Candidate:
        """Return the best that should be done in time, or else the cheapest but the last.

        The last is the baseline, which is worth nothing as long as there is another one.
        """
        remaining = self._budget.remaining()
        better = candidates[:-1] or candidates
        in_time = (pair for pair in better if self._cost(pair) < remaining)
        return next(in_time, None) or min(better, key=self._cost)

    def _cost(self, candidate: Candidate) -> float:
        return self.expected_seconds(*candidate, self.rounds(*candidate))

    def _fit(self, genome: Genome, rounds: int | None) -> FinalFit:
        left = self._budget.remaining()
        timeout = None if left == inf else left + GRACE
        workers = self._executor.workers
        task = self._executor.submit(
            run_final, self._path, genome.text, rounds, workers, timeout=timeout
        )
        try:
            final: FinalFit = task.result()
            return final
        except FutureTimeout as error:
            raise TimeoutError(f"not done within {timeout:.3g} s") from error
        except ProcessExpired as error:
            raise RuntimeError(f"the worker died with exit code {error.exitcode}") from error

    def _rounds_of(self, genome: Genome) -> Rounds | None:
        return self._problem.model(genome).rounds
