"""The final fits: the winner, or the members of an ensemble, on all rows within the budget.

::

    seconds left ──► members that are done in time ──longest first──► workers, side by side
                                                                        │
             more trees for the forests of a worker ◄── its seconds left ┘

How long a final fit takes follows from the folds of its pipeline, by the ratio of rows. A forest is
planned with the trees that it had in the folds, and gets more out of the time that is left.
"""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from math import inf

from sklearn.base import BaseEstimator

from automl.errors import BudgetError, warn
from automl.evaluation import FinalFit
from automl.execution import Evaluator, FinalAnswer
from automl.outcome import Outcome
from automl.pipelines import Genome
from automl.search.budget import Budget
from automl.search.evaluated import Evaluated
from automl.selection.fallback import Fallback
from automl.selection.learning_curve import LearningCurve
from automl.selection.structure_check import StructureCheck

logger = logging.getLogger("automl.selection")

MARGIN = 1.5  # times the expected seconds: fits vary, and so does the machine
MEMBERS_MARGIN = 1.2  # the same for an ensemble, which can do without a member that is late
OVERHEAD = 1.0  # seconds for a fresh worker to read the data, and for models to come back
# Of its fit in one thread: the time of a forest to come back (450 MiB: 1.8 of 5 s). It is charged
# to its worker, though the main process reads one after the other: few members are such forests.
RETURN = 0.5
# Seconds over the budget before a final fit is given up: another one would take longer still. A
# fit that hangs ends so late, too, and half a second is left of the second that is promised.
GRACE = 0.5
PATIENCE = 20.0  # times the expected seconds of a final fit, where the budget has no seconds
# Of the budget, that the members beyond the best may cost. It is bounded because the search finds
# better members in the same time.
MEMBERS_SHARE = 0.15


@dataclass(frozen=True)
class FittedMember:
    """A pipeline fitted on all rows."""

    evaluated: Evaluated
    """The pipeline that the search evaluated, with its outcome on the outer folds."""
    genome: Genome
    """The pipeline with the settings that it has now; a named tuner chose them on all rows."""
    pipeline: BaseEstimator
    """Fitted; it takes the raw dataframe."""
    rounds: int | None
    """The rounds it was fitted with."""
    weight: float = 1.0
    """Its share of the prediction."""

    @property
    def outcome(self) -> Outcome:
        """Its outcome on the outer folds."""
        return self.evaluated.outcome


class FinalFits:
    """Plans and makes the final fits.

    Its `curve` measures their gain by more rows, and its `check` what an ignored structure costs.

    Parameters
    ----------
    evaluator : Evaluator
    budget : Budget
    size : int
        The number of pipelines that may predict together.
    """

    def __init__(self, evaluator: Evaluator, budget: Budget, size: int = 1) -> None:
        self._evaluator = evaluator
        self.problem = evaluator.problem
        self._budget = budget
        self.size = size
        self.curve = LearningCurve(evaluator, budget)
        self.check = StructureCheck(evaluator, budget)
        self.fallback = Fallback(evaluator, budget)
        self._row_ratio = len(self.problem.final_rows) / self.problem.training_rows
        self._fit_seconds = 0.0

    @property
    def estimator_seconds(self) -> float:
        """All seconds inside estimators so far, those of curve and check among them."""
        return self._fit_seconds + self.curve.estimator_seconds + self.check.estimator_seconds

    def reserve(self, leaders: Sequence[Evaluated]) -> float:
        """Return the seconds to keep for the final fits, from the best pipelines so far."""
        if not leaders or self._budget.seconds is None:
            return 0.0
        curve = self.curve.seconds(leaders[0].outcome)
        alone = MARGIN * self._cost(leaders[0]) + self.curve.wall_seconds(leaders[0].outcome)
        together = MEMBERS_MARGIN * self._together(leaders[: self.size], curve)
        # An ensemble is worth a part of the search, but not more of it than its share.
        ceiling = alone + MEMBERS_SHARE * self._budget.seconds
        check = self.check.wall_seconds(leaders[0].outcome)
        return OVERHEAD + check + min(max(alone, together), ceiling)

    def spare_seconds(self, leaders: Sequence[Evaluated]) -> float:
        """Return the seconds that the budget has left beside the final fits; infinity for none."""
        models = _models(leaders)
        return self._budget.remaining() - self.reserve(models)

    def rounds(self, evaluated: Evaluated, seconds: float = inf, n_jobs: int = 1) -> int | None:
        """Return the rounds of the final fit.

        Early stopping chose them inside the folds; a forest takes as many more trees as there are
        seconds for.

        Parameters
        ----------
        evaluated : Evaluated
        seconds : float
            The seconds that the fit may take, in `n_jobs` threads.
        n_jobs : int
        """
        outcome = evaluated.outcome
        trees = self._trees(evaluated.genome)
        if trees is None:
            return outcome.rounds
        n_tried, n_final = trees
        if self._budget.ignores_clock or seconds == inf:
            return n_final  # the clock has no say
        tree_seconds = self._forest_seconds(outcome, n_jobs) / n_tried
        seconds -= self._row_ratio * outcome.tune_seconds
        return max(n_tried, min(n_final, int(seconds / max(tree_seconds, 1e-9))))

    def expected_seconds(self, evaluated: Evaluated, n_jobs: int) -> float:
        """Return the expected seconds of the final fit.

        A forest has no more trees than in the folds, unless all of them are fitted in any case.
        """
        outcome = evaluated.outcome
        tuning = self._row_ratio * outcome.tune_seconds
        if self.problem.bagging is not None:
            return tuning + self.problem.bagging.folds * outcome.fit_seconds
        if trees := self._trees(evaluated.genome):
            n_tried, n_final = trees
            growth = n_final / n_tried if self._budget.ignores_clock else 1
            return tuning + growth * self._forest_seconds(outcome, n_jobs)
        return tuning + self._row_ratio * outcome.fit_seconds

    def _forest_seconds(self, outcome: Outcome, n_jobs: int) -> float:
        return self._row_ratio * outcome.fit_seconds * (1 / n_jobs + RETURN)

    def best_of(self, candidates: Sequence[Evaluated]) -> FittedMember:
        """Fit the first candidate that can be fitted.

        Parameters
        ----------
        candidates : sequence of Evaluated
            Best first.

        Raises
        ------
        BudgetError
            If none of them can be fitted.
        """
        self.curve.stop()  # it may belong to a member that could not be fitted
        failures: list[str] = []
        untried = list(candidates)
        while untried:
            candidate = self._next(untried)
            # What is fitted already comes before whatever is late, and before the constant.
            if candidate is None and (fitted := self._fitted_fallback()) is not None:
                return fitted
            candidate = candidate or self._cheapest(untried)
            untried.remove(candidate)
            try:
                fit = self._fit_alone(candidate)
            except Exception as error:  # noqa: BLE001 the next one may do
                failures.append(f"{candidate.genome}: {type(error).__name__}: {error}")
                logger.warning("the final fit failed: %s", failures[-1])
                continue
            if failures:
                warn(f"the best pipeline could not be fitted on all rows: {failures[0]}")
            elif candidate is not candidates[0]:
                warn(
                    f"the best pipeline takes longer to fit on all rows than the budget has left: "
                    f"{candidate.genome} is given back instead of {candidates[0].genome}"
                )
            return _member(candidate, fit)
        raise BudgetError(f"no pipeline could be fitted on all rows: {failures[:3]}")

    def _fit_alone(self, candidate: Evaluated) -> FinalFit:
        after = OVERHEAD + self.curve.wall_seconds(candidate.outcome)
        seconds = (self._budget.remaining() - after) / MARGIN
        job = self._submit(candidate, seconds, self._evaluator.threads)
        self._budget.wait([job], GRACE)
        return self._result(job)

    def _next(self, candidates: Sequence[Evaluated]) -> Evaluated | None:
        """Return the best that should be done in time, but the constant only alone.

        The constant is worth nothing as long as there is another pipeline.
        """
        remaining = self._budget.remaining()
        return next((pipe for pipe in _models(candidates) if self._cost(pipe) < remaining), None)

    def _cheapest(self, candidates: Sequence[Evaluated]) -> Evaluated:
        return min(_models(candidates) or candidates, key=self._cost)

    def _fitted_fallback(self) -> FittedMember | None:
        fit = self.fallback.fit(GRACE)
        if fit is None or self.fallback.evaluated is None:
            return None
        warn(
            "no better pipeline could be fitted on all rows in time: "
            f"{self.fallback.evaluated.genome} is given back, which was fitted during the search"
        )
        return _member(self.fallback.evaluated, fit)

    def ensemble_of(
        self, members: Sequence[Evaluated], weights: Sequence[float]
    ) -> list[FittedMember]:
        """Fit the members of an ensemble side by side, each in one thread, the longest first.

        Time that is left goes to more trees in the forests among them. Members that take longer
        than the budget has left, and those whose fit fails, are left out; the weights of the others
        are raised in proportion.

        Parameters
        ----------
        members : sequence of Evaluated
            The best first.
        weights : sequence of float

        Returns
        -------
        list of FittedMember
            Empty if no member could be fitted.
        """
        timely = self._timely(members)
        seconds = self._shares(timely)
        n_jobs = 1 if len(timely) > 1 else self._evaluator.threads
        jobs = {number: self._submit(timely[number], seconds[number], n_jobs) for number in seconds}
        if n_jobs == 1:
            self.curve.start(timely[0])
        try:
            self._budget.wait(jobs.values(), GRACE)
        finally:
            for job in jobs.values():
                job.cancel()  # if it is not done by now
        shares = {member.genome: weight for member, weight in zip(members, weights, strict=True)}
        return self._fitted_members(timely, jobs, shares)

    def _fitted_members(
        self,
        members: Sequence[Evaluated],
        jobs: Mapping[int, "Future[FinalAnswer]"],
        shares: Mapping[Genome, float],
    ) -> list[FittedMember]:
        """Return the members whose fit is done, with weights that sum to 1."""
        fits: dict[int, FinalFit] = {}
        for number, member in enumerate(members):
            try:
                fits[number] = self._result(jobs[number])
            except Exception as error:  # noqa: BLE001 the ensemble does without it
                message = "a member of the ensemble could not be fitted on all rows"
                warn(f"{message}: {member.genome}: {error}")
        total = sum(shares[members[number].genome] for number in fits)
        return [
            _member(members[number], fit, shares[members[number].genome] / total)
            for number, fit in fits.items()
        ]

    def _timely(self, members: Sequence[Evaluated]) -> list[Evaluated]:
        """Leave out the members that take longest until the others should be done in time."""
        timely = list(members)
        while len(timely) > 1 and self._together(timely) > self._room():
            timely.remove(max(timely[1:], key=lambda member: self._cost(member, n_jobs=1)))
        return timely

    def _shares(self, members: Sequence[Evaluated]) -> dict[int, float]:
        """Return the seconds of each final fit by the member's place, the longest first.

        That is the order in which workers take them. Forests share the seconds that their worker
        has left, after its part of the learning curve.
        """
        room = self._room()
        if len(members) == 1:
            return {0: room - self.curve.wall_seconds(members[0].outcome)}
        workers = self._evaluator.workers
        loads = [self.curve.seconds(members[0].outcome) / workers] * workers
        costs = [self._cost(member, n_jobs=1) for member in members]
        worker_of: dict[int, int] = {}
        for number in sorted(range(len(members)), key=lambda number: costs[number], reverse=True):
            worker_of[number] = loads.index(min(loads))
            loads[worker_of[number]] += costs[number]
        n_forests = Counter(
            worker for number, worker in worker_of.items() if self._trees(members[number].genome)
        )
        return {
            number: costs[number] + max(room - loads[worker], 0.0) / max(n_forests[worker], 1)
            for number, worker in worker_of.items()
        }

    def _room(self) -> float:
        """Return the seconds that the members of an ensemble may take."""
        return (self._budget.remaining() - OVERHEAD) / MEMBERS_MARGIN

    def _together(self, members: Sequence[Evaluated], curve: float = 0.0) -> float:
        """Return the expected seconds of final fits side by side, each in one thread.

        Workers that have no final fit take the learning curve, `curve` seconds of fits.
        """
        costs = [self._cost(member, n_jobs=1) for member in members]
        return max([*costs, (sum(costs) + curve) / self._evaluator.workers])

    def _cost(self, evaluated: Evaluated, n_jobs: int | None = None) -> float:
        """Return the expected seconds of a final fit, by default in all threads."""
        return self.expected_seconds(evaluated, n_jobs or self._evaluator.threads)

    def _submit(self, evaluated: Evaluated, seconds: float, n_jobs: int) -> "Future[FinalAnswer]":
        rounds = self.rounds(evaluated, seconds, n_jobs)
        return self._evaluator.final(evaluated.genome, rounds, n_jobs, self._limit(evaluated))

    def _limit(self, evaluated: Evaluated) -> float:
        """Return the seconds after which a final fit is given up."""
        remaining = self._budget.remaining()
        if remaining < inf:
            return remaining + GRACE
        # Without a clock it has an end, too, for a fit on all rows may hang where folds did not.
        return max(self._evaluator.limit, PATIENCE * self._cost(evaluated, n_jobs=1))

    def _trees(self, genome: Genome) -> tuple[int, int] | None:
        """Return the trees of a forest in the folds, and the most that it may have at the end.

        None if it is no forest, or bagged, for then there are several.
        """
        model = self.problem.model(genome)
        if model.rounds is None or model.rounds.final is None or self.problem.bagging is not None:
            return None
        return int(model.fixed[model.rounds.parameter]), model.rounds.final

    def _result(self, job: "Future[FinalAnswer]") -> FinalFit:
        fit = self._evaluator.final_fit(job)
        self._fit_seconds += fit.seconds
        return fit


def _models(candidates: Sequence[Evaluated]) -> list[Evaluated]:
    return [candidate for candidate in candidates if not candidate.is_baseline]


def _member(evaluated: Evaluated, fit: FinalFit, weight: float = 1.0) -> FittedMember:
    return FittedMember(evaluated, Genome.parse(fit.genome), fit.pipeline, fit.rounds, weight)
