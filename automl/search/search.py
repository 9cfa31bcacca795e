"""The conductor of a search: one loop that asks, evaluates in parallel, and tells.

::

    strategy.ask ─► Trial ─fold 0─► worker ─► raced out? ─no─► the other folds ─► worker
         ▲                                        │yes                              │
         └────────── strategy.tell ◄──────────────┴──────────── Outcome ◄───────────┘

With a budget of evaluations, outcomes are told in the order of asking and a fixed number of
pipelines is under way, so that the number of workers and the clock have no say in what comes next.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import replace
from math import inf
from typing import Protocol

from automl.errors import HistoryError
from automl.execution import Limits, LocalExecutor
from automl.execution.limits import LONGEST_SECONDS
from automl.execution.local import outcome_of
from automl.execution.worker import run_fold, run_tuning
from automl.outcome import FoldOutcome, Outcome, State
from automl.pipelines import Genome
from automl.problem import Problem
from automl.randomness import generator
from automl.search.bank import Bank
from automl.search.budget import Budget
from automl.search.costs import Costs
from automl.search.history import History, PastTrial
from automl.search.observer import Observer
from automl.search.trial import Trial, standing
from automl.strategies import Proposals

logger = logging.getLogger("automl.search")

LOOKAHEAD = 8  # pipelines under way in an ordered search: more would be asked knowing less
GRACE = 1.0  # seconds after the end of a search in which a task is cancelled, not timed out
PULSE = 0.5  # seconds after which observers hear that nothing happened


class Search:
    """One search: its trials, what came of them, and the loop.

    Parameters
    ----------
    problem : Problem
    problem_path : str
        Where workers read it.
    strategy : Proposals
    baseline : Genome
        Evaluated first; the strategy never hears of it.
    executor : LocalExecutor
    budget : Budget
    limits : Limits
    history : History
    bank : Bank
        Takes what pipelines predict for held-out rows.
    reserve : callable
        Seconds to keep for what comes after the search.
    reference : Genome, optional
    keep : int
        Pipelines that are worth keeping beside each other: others are raced against the last.
    costs : Costs, optional
        Tells what folds take; by default it knows nothing yet.
    observers : sequence of Observer
    """

    def __init__(
        self,
        *,
        problem: Problem,
        problem_path: str,
        strategy: Proposals,
        baseline: Genome,
        executor: LocalExecutor,
        budget: Budget,
        limits: Limits,
        history: History,
        bank: Bank,
        reserve: "Reserve",
        reference: Genome | None = None,
        keep: int = 1,
        costs: Costs | None = None,
        observers: Sequence[Observer] = (),
    ) -> None:
        self.problem = problem
        self.budget = budget
        self.finished: list[tuple[Trial, Outcome]] = []
        self.leaders: list[tuple[Trial, Outcome]] = []
        self.bank = bank
        self.first_model_seconds: float | None = None
        self.estimator_seconds = 0.0
        self._problem_path = problem_path
        self._strategy = strategy
        self._baseline = baseline
        self._executor = executor
        self._limits = limits
        self._history = history
        self._reserve = reserve
        self.reference = reference
        self._keep = keep
        self._observers = observers
        self._asked = 0
        self._led: set[Genome] = set()
        self._tuned: set[Genome] = set()
        self._exhausted: int | None = None
        self._open: dict[int, Trial] = {}
        self._running: dict[Future[FoldOutcome], tuple[Trial, int]] = {}
        self._cut_short: set[Future[FoldOutcome]] = set()
        self._costs = costs or Costs()

    @property
    def best(self) -> tuple[Trial, Outcome] | None:
        """The best trial so far; the baseline only while it is alone."""
        return self.leaders[0] if self.leaders else None

    @property
    def outcomes(self) -> dict[Genome, Outcome]:
        """What came of the pipelines that were evaluated on the outer folds."""
        return {trial.genome: outcome for trial, outcome in self.evaluated}

    @property
    def evaluated(self) -> list[tuple[Trial, Outcome]]:
        """The finished trials that were evaluated on the outer folds."""
        return [pair for pair in self.finished if not pair[0].is_tuning]

    def run(self) -> None:
        """Search until the budget is spent or the strategy has nothing more to propose."""
        try:
            self._notify("on_start")
            self._replay()
            self._look_ahead()
            while not self._out_of_time():
                self._tell()
                self._submit()
                if not self._running:
                    break
                done, _ = wait(self._running, timeout=self._pulse(), return_when=FIRST_COMPLETED)
                for future in done:
                    self._collect(future)
                self._notify("on_pulse")
        except KeyboardInterrupt:
            logger.warning("interrupted: the search ends with the best pipeline so far")
        finally:
            for future in self._running:
                future.cancel()
            self._running.clear()
            self._close_what_is_known()
            self._notify("on_end")

    def _submit(self) -> None:
        """Keep every worker busy: folds of trials under way first, then new trials."""
        while len(self._running) < self._executor.workers:
            task = next(self._tasks(), None)
            if task is not None:
                self._start(*task)
            elif not self._ask():
                return

    def _start(self, trial: Trial, fold: int) -> None:
        text = trial.genome.text
        function = run_tuning if trial.is_tuning else run_fold
        part = self.problem.tuning_fold(trial.number) if trial.is_tuning else fold
        # The baseline is what there is if nothing else ends in time.
        limit = self._limits.seconds_of(self.budget.seconds or inf)
        limit = LONGEST_SECONDS if trial.is_baseline else limit
        timeout = min(limit, self._left() + GRACE)
        future = self._executor.submit(function, self._problem_path, text, part, timeout=timeout)
        self._running[future] = trial, fold
        if timeout < limit:
            self._cut_short.add(future)

    def _tasks(self) -> Iterator[tuple[Trial, int]]:
        """Yield the folds that may be evaluated now and are not, oldest trial first."""
        running = {(trial.number, fold) for trial, fold in self._running.values()}
        for trial in self._with_time():
            if trial.outcome() is None:
                for fold in trial.next_folds():
                    if (trial.number, fold) not in running:
                        yield trial, fold

    def _with_time(self) -> list[Trial]:
        """Return the open trials that have time for the folds of their repeat, oldest first."""
        if self.budget.is_ordered:
            return list(self._open.values())  # the clock has no say
        running = Counter(trial.number for trial, _ in self._running.values())
        return self._costs.with_time(
            self._open.values(), running, self._executor.workers, self._left()
        )

    def _ask(self) -> Trial | None:
        """Open the next trial, if the budget and the order allow one."""
        ahead = LOOKAHEAD if self.budget.is_ordered else LOOKAHEAD + self._executor.workers
        # As many again may have no time left, so that quicker ones are asked for.
        is_full = len(self._with_time()) >= ahead or len(self._open) >= 2 * ahead
        if is_full or not self.budget.allows(self._asked - len(self._tuned)):
            return None
        if self._exhausted == len(self.finished):  # nothing was told since there was nothing left
            return None
        trial = self._next_trial()
        if trial is None:
            self._exhausted = len(self.finished)
        else:
            self._history.add_trial(trial.number, trial.genome.text, len(self.finished))
        return trial

    def _look_ahead(self) -> None:
        """In an ordered search, ask as soon as the order allows, however busy the workers are."""
        while self.budget.is_ordered and self._ask():
            pass

    def _next_trial(self) -> Trial | None:
        number = self._asked
        leader = self._new_leader()
        if leader is not None:
            self._led.add(leader)
            self._strategy.add_shortened(leader)
        if number == 0:
            trial = self._trial(number, self._baseline)
        elif leader is not None and self._is_tunable(leader):
            self._tuned.add(leader)
            trial = Trial(number, leader, n_folds=1, folds_per_repeat=1, is_tuning=True)
        else:
            genome = self._strategy.ask(generator(self.problem.seed, number))
            if genome is None:
                return None
            trial = self._trial(number, genome)
        self._open[number] = trial
        self._asked += 1
        return trial

    def _trial(self, number: int, genome: Genome) -> Trial:
        problem = self.problem
        n_folds = len(problem.splits)
        trial = Trial(number, genome, n_folds, problem.folds_per_repeat)
        self._set_rivals(trial)
        return trial

    def _new_leader(self) -> Genome | None:
        """Return the best pipeline if it has to be tuned, and proposed without each of its steps.

        That is after the starts, of which each better one would be looked at otherwise.
        """
        if self._strategy.has_starts or self.best is None or self.best[0].is_baseline:
            return None
        leader = self.best[0].genome
        return None if leader in self._led else leader

    def _is_tunable(self, genome: Genome) -> bool:
        """Tell whether settings are tuned, and what is found can be evaluated.

        It has to be asked for, after those that are under way.
        """
        in_time = self.budget.allows(self._asked - len(self._tuned) + LOOKAHEAD - 1)
        operators = (self.problem.catalogue.get(part.operator) for part in genome.walk())
        has_settings = any(operator.domains for operator in operators if operator is not None)
        return self.problem.cv.tuner == "auto" and in_time and has_settings

    def _collect(self, future: "Future[FoldOutcome]") -> None:
        trial, fold = self._running.pop(future)
        outcome = outcome_of(future)
        self.estimator_seconds += outcome.estimator_seconds
        if outcome.state is State.TIMED_OUT and future in self._cut_short:
            return  # the end of the search stopped it, which says nothing of the pipeline
        self._history.add_fold(trial.number, fold, outcome)
        self._take(trial, fold, outcome)
        logger.debug("trial %d, fold %d: %s %s", trial.number, fold, outcome.state, outcome.cause)

    def _take(self, trial: Trial, fold: int, outcome: FoldOutcome) -> None:
        """Note what came of a fold; its predictions are the bank's."""
        if not trial.is_tuning:
            self._costs.note(trial.genome, outcome)
        self.bank.put(trial.number, fold, outcome)
        trial.folds[fold] = replace(outcome, predictions=None)

    def _tell(self) -> None:
        """Tell the strategy what has ended, in an ordered search only in the order of asking."""
        for trial in list(self._open.values()):
            outcome = trial.outcome()
            if outcome is not None:
                self._tell_of(trial, outcome)
            elif self.budget.is_ordered:
                return
        in_time = {trial.number for trial in self._with_time()}
        for trial in list(self._open.values()):
            cut = None if trial.number in in_time else self._cut(trial)
            if outcome := trial.outcome() or cut:  # what was told in between may have decided it
                self._tell_of(trial, outcome)

    def _tell_of(self, trial: Trial, outcome: Outcome) -> None:
        self._close(trial, outcome)
        self._history.set_told(trial.number, len(self.finished) - 1)
        self._look_ahead()

    def _cut(self, trial: Trial) -> Outcome | None:
        """Return what came of a trial that has no time for its next repeat of the folds."""
        is_running = any(other is trial for other, _ in self._running.values())
        return None if is_running else trial.whole_repeats()

    def _close_what_is_known(self) -> None:
        """At the end, count trials that are decided but were not told yet, by whole repeats.

        The history does not say that they were told, so a resumed search tells them in order.
        """
        for trial in list(self._open.values()):
            outcome = trial.outcome() or trial.whole_repeats()
            if outcome is not None:
                self._close(trial, outcome)

    def _close(self, trial: Trial, outcome: Outcome) -> None:
        del self._open[trial.number]
        self.finished.append((trial, outcome))
        if trial.is_tuning:
            self._adopt(outcome)
            return
        self.bank.settle(trial, outcome)
        self._compare(trial, outcome)
        if not trial.is_baseline:
            self._strategy.tell(trial.genome, outcome)
            if outcome.score is not None and self.first_model_seconds is None:
                self.first_model_seconds = self.budget.elapsed()
        for future, (other, _) in list(self._running.items()):
            if other is trial:  # it is decided: its remaining folds are of no use
                future.cancel()
                del self._running[future]
        if not self.budget.is_ordered:  # otherwise what a trial has to reach is fixed at its birth
            for other in self._open.values():
                self._set_rivals(other)
        self._notify("on_trial", trial, outcome)

    def _adopt(self, outcome: Outcome) -> None:
        """Propose a pipeline with the settings that were found; it has yet to earn its score."""
        for fold in outcome.folds:
            if fold.tuned is not None:
                self._strategy.add(Genome.parse(fold.tuned))

    def _notify(self, method: str, *news: object) -> None:
        for observer in self._observers:
            try:
                getattr(observer, method)(self, *news)
            except Exception:
                logger.exception("an observer failed; the search goes on")

    def _compare(self, trial: Trial, outcome: Outcome) -> None:
        """Keep the best trials, of equals the first."""
        if outcome.score is not None:
            self.leaders.append((trial, outcome))
            self.leaders.sort(key=standing, reverse=True)
            del self.leaders[self._keep + 1 :]  # the last may be the baseline

    def _set_rivals(self, trial: Trial) -> None:
        """Say what a trial is compared with: the best, and the last that is worth keeping."""
        scores = [outcome.scores for leader, outcome in self.leaders if not leader.is_baseline]
        trial.rival = scores[0] if scores else []
        trial.hurdle = scores[self._keep - 1] if len(scores) >= self._keep else []

    def _replay(self) -> None:
        """Ask and tell again what the history holds, in the same order."""
        past = list(self._history.trials())
        told = sorted((one for one in past if one.told is not None), key=lambda one: one.told or 0)
        for one in past:
            self._retell(told, one.tells_before)
            trial = self._next_trial()
            if trial is None or trial.genome.text != one.genome:
                raise HistoryError(
                    f"the history was written by another version or catalogue: its pipeline "
                    f"{one.number} is {one.genome}, but now {trial and trial.genome.text}"
                )
            for fold, outcome in one.folds.items():
                self._take(trial, fold, outcome)
        self._retell(told, len(told))

    def _retell(self, told: list[PastTrial], upto: int) -> None:
        while len(self.finished) < upto:
            trial = self._open[told[len(self.finished)].number]
            outcome = trial.outcome() or trial.whole_repeats()
            if outcome is None:
                raise HistoryError(f"the history lacks folds of its pipeline {trial.number}")
            self._close(trial, outcome)

    def _left(self) -> float:
        """Return the seconds that are left for searching."""
        return self.budget.remaining() - self._reserve(self.leaders, len(self.bank))

    def _out_of_time(self) -> bool:
        return self._left() <= 0

    def _pulse(self) -> float:
        return max(0.0, min(PULSE, self._left()))


class Reserve(Protocol):
    """Tells how many seconds to keep for what comes after the search."""

    def __call__(self, leaders: Sequence[tuple[Trial, Outcome]], n_candidates: int) -> float:
        """Return the seconds, from the best trials and the number of pipelines to choose from."""
