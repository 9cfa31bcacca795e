"""The fit of the winner, or of the members of an ensemble, on all rows within the budget."""

import logging
import warnings
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future, wait
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from math import inf

from pebble import ProcessExpired
from sklearn.base import BaseEstimator

from automl.errors import AutoMLWarning, BudgetError
from automl.evaluation import FinalFit
from automl.execution import Limits, LocalExecutor
from automl.execution.worker import run_final, take_final
from automl.outcome import Outcome
from automl.pipelines import Genome
from automl.problem import Problem
from automl.search.budget import Budget
from automl.search.trial import Pair
from automl.selection.learning_curve import LearningCurve

logger = logging.getLogger("automl.selection")

MARGIN = 1.5  # times the expected seconds: fits vary, and so does the machine
MEMBERS_MARGIN = 1.2  # the same for an ensemble, which can do without a member that is late
OVERHEAD = 1.0  # seconds for a fresh worker to read the data, and for models to come back
# Of its fit in one thread: what a forest takes to come back (450 MiB: 1.8 of 5 s). It is charged to
# its worker, though the main process reads one after the other: few members are such forests.
RETURN = 0.5
GRACE = 1.0  # seconds over the budget before a final fit is given up for a cheaper one
MEMBERS_SHARE = 0.15  # of the budget: what the members beyond the best may cost


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
    weight: float = 1.0
    """Its share of the prediction."""


class Refit:
    """Plans and makes the final fits; its `curve` tells what these gain from all rows.

    Parameters
    ----------
    problem : Problem
    problem_path : str
        Where workers read it.
    executor : LocalExecutor
    budget : Budget
    limits : Limits
    size : int
        Members that an ensemble may have.
    """

    def __init__(
        self,
        problem: Problem,
        problem_path: str,
        executor: LocalExecutor,
        budget: Budget,
        limits: Limits,
        size: int = 1,
    ) -> None:
        self._problem = problem
        self._path = problem_path
        self._executor = executor
        self._budget = budget
        self._size = size
        self.curve = LearningCurve(problem, problem_path, executor, budget, limits)
        self._row_ratio = len(problem.dataset) / problem.training_rows
        self._fit_seconds = 0.0

    @property
    def estimator_seconds(self) -> float:
        """All seconds inside estimators so far, those of the curve among them."""
        return self._fit_seconds + self.curve.estimator_seconds

    def reserve(self, leaders: Sequence[Pair]) -> float:
        """Return the seconds to keep for the final fits, from the best pipelines so far."""
        if not leaders or self._budget.seconds is None:
            return 0.0
        curve = self.curve.seconds(leaders[0][1])
        alone = MARGIN * self._cost(leaders[0]) + self.curve.wall_seconds(leaders[0][1])
        together = MEMBERS_MARGIN * self._together(leaders[: self._size], curve)
        most = alone + MEMBERS_SHARE * self._budget.seconds
        return OVERHEAD + min(max(alone, together), most)

    def rounds(
        self, genome: Genome, outcome: Outcome, seconds: float = inf, n_jobs: int = 1
    ) -> int | None:
        """Return the rounds of the final fit.

        Early stopping found them inside the folds; a forest takes as many more trees as there are
        seconds for.

        Parameters
        ----------
        genome : Genome
        outcome : Outcome
        seconds : float
            What the fit may take, in `n_jobs` threads.
        n_jobs : int
        """
        trees = self._trees(genome)
        if trees is None:
            return outcome.rounds
        tried, most = trees
        if self._budget.is_ordered or seconds == inf:
            return most  # the clock has no say
        one = self._forest_seconds(outcome, n_jobs) / tried
        seconds -= self._row_ratio * outcome.tune_seconds
        return max(tried, min(most, int(seconds / max(one, 1e-9))))

    def expected_seconds(self, genome: Genome, outcome: Outcome, n_jobs: int) -> float:
        """Return the seconds that the final fit should take.

        A forest has no more trees than in the folds, unless all of them are fitted in any case.
        """
        tuning = self._row_ratio * outcome.tune_seconds
        if self._problem.bagging is not None:
            return tuning + self._problem.bagging.folds * outcome.fit_seconds
        if trees := self._trees(genome):
            tried, most = trees
            more = most / tried if self._budget.is_ordered else 1
            return tuning + more * self._forest_seconds(outcome, n_jobs)
        return tuning + self._row_ratio * outcome.fit_seconds

    def _forest_seconds(self, outcome: Outcome, n_jobs: int) -> float:
        return self._row_ratio * outcome.fit_seconds * (1 / n_jobs + RETURN)

    def best_of(self, candidates: Sequence[Pair]) -> Refitted:
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
        self.curve.stop()  # of a member that could not be fitted
        failures: list[str] = []
        left = list(candidates)
        while left:
            genome, outcome = self._next(left)
            left.remove((genome, outcome))
            try:
                after = OVERHEAD + self.curve.wall_seconds(outcome)
                seconds = (self._budget.remaining() - after) / MARGIN
                n_jobs = self._executor.workers
                final = self._result(self._submit(genome, outcome, seconds, n_jobs))
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

    def _next(self, candidates: Sequence[Pair]) -> Pair:
        """Return the best that should be done in time, or else the cheapest but the last.

        The last is the baseline, which is worth nothing as long as there is another one.
        """
        remaining = self._budget.remaining()
        better = candidates[:-1] or candidates
        in_time = (pair for pair in better if self._cost(pair) < remaining)
        return next(in_time, None) or min(better, key=self._cost)

    def ensemble_of(self, members: Sequence[Pair], weights: Sequence[float]) -> list[Refitted]:
        """Fit the members of an ensemble side by side, each in one thread, the longest first.

        Time that is left goes to more trees in the forests among them. Members that take longer
        than the budget has left, and those whose fit fails, are left out; the weights of the others
        are raised in proportion.

        Parameters
        ----------
        members : sequence of (Genome, Outcome)
            The best first.
        weights : sequence of float

        Returns
        -------
        list of Refitted
            None if no member could be fitted.
        """
        shares = dict(zip(members, weights, strict=True))
        timely = self._timely(members)
        seconds = self._shares(timely)
        n_jobs = 1 if len(timely) > 1 else self._executor.workers
        tasks = {pair: self._submit(*pair, seconds[pair], n_jobs) for pair in seconds}
        if n_jobs == 1:
            self.curve.start(*timely[0])
        try:
            wait(tasks.values(), timeout=self._timeout())
        finally:
            for task in tasks.values():
                task.cancel()  # if it is not done by now
        fitted: dict[Pair, FinalFit] = {}
        for pair in timely:
            try:
                fitted[pair] = self._result(tasks[pair])
            except Exception as error:  # noqa: BLE001 the others will do
                message = f"a member of the ensemble could not be fitted on all rows: {pair[0]}: "
                warnings.warn(f"{message}{error}", AutoMLWarning, stacklevel=4)
        total = sum(shares[pair] for pair in fitted)
        return [
            Refitted(
                Genome.parse(final.genome),
                pair[1],
                final.pipeline,
                final.rounds,
                shares[pair] / total,
            )
            for pair, final in fitted.items()
        ]

    def _timely(self, members: Sequence[Pair]) -> list[Pair]:
        """Leave out the members that take longest until the others should be done in time."""
        timely = list(members)
        while len(timely) > 1 and self._together(timely) > self._room():
            timely.remove(max(timely[1:], key=lambda pair: self._cost(pair, n_jobs=1)))
        return timely

    def _shares(self, pairs: Sequence[Pair]) -> dict[Pair, float]:
        """Return the seconds of each final fit, the longest first, as workers take them.

        Forests share what a worker has left, after its part of what more rows are worth.
        """
        room = self._room()
        if len(pairs) == 1:
            return {pairs[0]: room - self.curve.wall_seconds(pairs[0][1])}
        loads = [self.curve.seconds(pairs[0][1]) / self._executor.workers] * self._executor.workers
        costs = {pair: self._cost(pair, n_jobs=1) for pair in pairs}
        places: dict[Pair, int] = {}
        for pair in sorted(pairs, key=lambda pair: costs[pair], reverse=True):
            places[pair] = loads.index(min(loads))
            loads[places[pair]] += costs[pair]
        forests = Counter(place for pair, place in places.items() if self._trees(pair[0]))
        return {
            pair: costs[pair] + max(room - loads[place], 0.0) / max(forests[place], 1)
            for pair, place in places.items()
        }

    def _room(self) -> float:
        """Return the seconds that the members of an ensemble may take."""
        return (self._budget.remaining() - OVERHEAD) / MEMBERS_MARGIN

    def _together(self, pairs: Sequence[Pair], curve: float = 0.0) -> float:
        """Return the seconds that final fits should take side by side, each in one thread.

        Workers that have none to make take what more rows are worth, `curve` seconds of fits.
        """
        costs = [self._cost(pair, n_jobs=1) for pair in pairs]
        return max([*costs, (sum(costs) + curve) / self._executor.workers])

    def _cost(self, pair: Pair, n_jobs: int | None = None) -> float:
        """Return the seconds that a final fit should take, by default with all workers."""
        return self.expected_seconds(*pair, n_jobs or self._executor.workers)

    def _timeout(self) -> float | None:
        left = self._budget.remaining()
        return None if left == inf else max(left, 0) + GRACE

    def _submit(
        self, genome: Genome, outcome: Outcome, seconds: float, n_jobs: int
    ) -> "Future[str]":
        rounds = self.rounds(genome, outcome, seconds, n_jobs)
        arguments = self._path, genome.text, rounds, n_jobs
        return self._executor.submit(run_final, *arguments, timeout=self._timeout())

    def _trees(self, genome: Genome) -> tuple[int, int] | None:
        """Return the trees of a forest in the folds, and the most that it may have at the end.

        None if it is no forest, or bagged, for then there are several.
        """
        model = self._problem.model(genome)
        if model.rounds is None or model.rounds.final is None or self._problem.bagging is not None:
            return None
        return int(model.fixed[model.rounds.parameter]), model.rounds.final

    def _result(self, task: "Future[str]") -> FinalFit:
        try:
            final = take_final(task.result())
        except (FutureTimeout, CancelledError) as error:
            raise TimeoutError("not done within the budget") from error
        except ProcessExpired as error:
            raise RuntimeError(f"the worker died with exit code {error.exitcode}") from error
        finally:
            task.cancel()  # if it was interrupted
        self._fit_seconds += final.seconds
        return final
