"""The conductor of a search: one loop that asks, evaluates in parallel, and tells.

::

    strategy.ask ─► Trial ─fold 0─► worker ─► raced out? ─no─► the other folds ─► worker
         ▲                                        │yes                              │
         └────────── strategy.tell ◄──────────────┴──────────── Outcome ◄───────────┘

With a budget of evaluations the search is *ordered*: outcomes are told in the order of asking, and
a fixed number of pipelines is under way. Then the next question depends on neither the number of
workers nor the clock. With a budget of seconds, outcomes are told as they come.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait

from automl.errors import warn
from automl.execution import Evaluator
from automl.execution.limits import LONGEST_SECONDS
from automl.outcome import FoldOutcome, Outcome, State
from automl.search.bank import Bank
from automl.search.budget import Budget, enlarged
from automl.search.evaluated import Evaluated
from automl.search.history import PHASE, SEARCHING, History
from automl.search.observer import Observer, Phase
from automl.search.proposing import LOOKAHEAD
from automl.search.result import SearchResult
from automl.search.resume import replay
from automl.search.running import RunningFold
from automl.search.trial import Trial
from automl.search.trials import Trials

logger = logging.getLogger("automl.search")

# Seconds after the end of a search in which a job is cancelled, not timed out: the loop may be
# late.
GRACE = 1.0
PULSE = 0.5  # seconds after which observers hear that nothing happened: a clock that people watch
# Trials that are opened at once. After each of them alone, jobs would be sought among all that are
# open: with hundreds of workers that took as long as the questions.
ASKED = 16


# Returns the seconds to keep for the choice and the final fits, from the best pipelines so far and
# the pipelines to choose from.
KeptSeconds = Callable[[Sequence[Evaluated], Bank], float]


class Search:
    """One search: the loop that keeps all workers busy until the budget is spent.

    Parameters
    ----------
    evaluator : Evaluator
    trials : Trials
    history : History
    reserve : callable
        Returns the seconds to keep for the choice and the final fits.
    observers : sequence of Observer
    """

    def __init__(
        self,
        evaluator: Evaluator,
        trials: Trials,
        history: History,
        reserve: KeptSeconds,
        observers: Sequence[Observer] = (),
    ) -> None:
        self.trials = trials
        self._evaluator = evaluator
        self._history = history
        self._reserve = reserve
        self._observers = observers
        self._failed_observers: set[int] = set()
        self._running: dict[Future[FoldOutcome], RunningFold] = {}
        self._cut_short: set[Future[FoldOutcome]] = set()
        self._n_closed_when_exhausted: int | None = None
        self._estimator_seconds = 0.0
        self._is_stopped = False

    @property
    def budget(self) -> Budget:
        """The budget of the fit."""
        return self.trials.budget

    @property
    def metric(self) -> str:
        """The name of the score."""
        return self._evaluator.problem.metric.name

    @property
    def best(self) -> Evaluated | None:
        """The best pipeline so far; the baseline only while it is alone."""
        return self.trials.race.best

    @property
    def evaluated(self) -> Sequence[Evaluated]:
        """The pipelines that ended, in the order in which they did."""
        return tuple(self.trials.evaluated)

    @property
    def running(self) -> Sequence[RunningFold]:
        """The folds under way, at most one a worker, the oldest first."""
        return tuple(self._running.values())

    def stop(self) -> None:
        """End the search; the winner is chosen among the pipelines so far."""
        self._is_stopped = True

    def enter(self, phase: Phase) -> None:
        """Tell the observers of a phase after the search."""
        self._history.note(PHASE, phase.value)
        self._notify("on_phase", phase)

    def pulse(self) -> None:
        """Tell the observers that some time went by."""
        self._notify("on_pulse")

    def run(self) -> SearchResult:
        """Search until the budget is spent or the strategy has nothing more to propose."""
        try:
            self._history.note(PHASE, SEARCHING)
            self._notify("on_start")
            self._replay()
            self._look_ahead()
            # Observers are told in this thread, so that they need no locks.
            while not self._is_over():
                self._tell()
                if self._is_ended:  # fits that start now would be killed a moment later
                    break
                self._submit()
                if not self._running:
                    break
                self.pulse()  # now, so that observers see no worker idle
                done, _ = wait(self._running, timeout=self._pulse(), return_when=FIRST_COMPLETED)
                for future in done:
                    self._collect(future)
        except KeyboardInterrupt:  # where no handler could be set, the first is no flag
            if self.budget.is_interrupted:
                raise
            self.budget.interrupt()
        finally:
            # Workers are needed for the final fits, or by the next fit.
            for future in self._running:
                future.cancel()
            self._running.clear()
            self._close_decided()
            self._notify("on_end")
        if self.budget.is_interrupted:
            logger.warning("interrupted: the search ends with the best pipeline so far")
        return self._result()

    @property
    def _is_ended(self) -> bool:
        """Whether somebody wants an end, whatever the budget has left."""
        return self._is_stopped or self.budget.is_interrupted

    def _replay(self) -> None:
        """Ask and tell what the history holds, until an observer has seen enough."""
        past = replay(self._history, self.trials)
        while not self._is_ended and (evaluated := next(past, None)) is not None:
            self._notify("on_evaluated", evaluated)
        if self._is_ended:
            # The history may hold the folds of pipelines that were told later.
            self.trials.open.clear()

    def _close_decided(self) -> None:
        """Close the trials that are decided; of an ordered search that was stopped, none.

        Which of these have ended by now depends on the workers, and so would the winner.
        """
        if not (self._is_stopped and self.budget.is_ordered):
            for evaluated in self.trials.close_decided():
                self._notify("on_evaluated", evaluated)

    def _result(self) -> SearchResult:
        return SearchResult(
            evaluated=tuple(self.trials.evaluated),
            bank=self.trials.bank,
            seconds=self.budget.elapsed(),
            estimator_seconds=self._estimator_seconds,
            first_model_seconds=self.trials.first_model_seconds,
            advice=self._advice(),
            was_stopped=self._is_ended,
        )

    def _advice(self) -> str:
        if self._is_ended:
            return "let the search run longer"
        return f"give {enlarged(self.budget.evaluations, len(self.trials.evaluated))}"

    def _submit(self) -> None:
        """Keep every worker busy: folds of open trials first, then new trials."""
        jobs, started = self._jobs(), time.monotonic()
        while len(self._running) < self._evaluator.capacity:
            # To ask for a thousand pipelines takes a while, in which outcomes come and time goes.
            if self._running and time.monotonic() - started > PULSE:
                return
            job = next(jobs, None)
            if job is not None:
                self._start(*job)
            elif self._ask_several():
                jobs = self._jobs()
            else:
                return

    def _ask_several(self) -> bool:
        """Open trials for the free workers, a few at a time; tell whether there is one."""
        n_free = self._evaluator.capacity - len(self._running)
        n_asked = 0
        while n_asked < min(n_free, ASKED) and self._ask() is not None:
            n_asked += 1
        return n_asked > 0

    def _start(self, trial: Trial, fold: int) -> None:
        """Hand a fold to a worker, with the seconds that the limits and the budget leave it."""
        # The baseline is the winner if nothing else ends in time, so its limit is the longest.
        limit = LONGEST_SECONDS if trial.is_baseline else self._evaluator.limit
        seconds = min(limit, self._seconds_left() + GRACE)
        if trial.is_tuning:
            part = self._evaluator.problem.tuning_fold(trial.number)
            future = self._evaluator.tune(trial.genome, part, seconds)
        else:
            future = self._evaluator.fold(trial.genome, fold, seconds)
        self._running[future] = RunningFold(trial, fold)
        if seconds < limit:
            self._cut_short.add(future)

    def _jobs(self) -> Iterator[tuple[Trial, int]]:
        """Yield the folds that may be evaluated now and are not, oldest trial first."""
        running = {(running.number, running.fold) for running in self._running.values()}
        uses_device = self._evaluator.problem.uses_device
        for trial in self._with_time():
            needs_device = uses_device(trial.genome)
            for fold in () if trial.outcome() is not None else trial.next_folds():
                if (trial.number, fold) in running:
                    continue
                # A second job for the GPU would keep a worker waiting that has other work.
                if needs_device and any(uses_device(job.genome) for job in self._running.values()):
                    break
                yield trial, fold

    def _with_time(self) -> list[Trial]:
        """Return the open trials that have time for the folds of their draw, oldest first."""
        trials = self.trials.open.values()
        if self.budget.is_ordered:
            return list(trials)  # the clock has no say
        n_running = Counter(running.number for running in self._running.values())
        workers = self._evaluator.workers
        return self.trials.costs.with_time(trials, n_running, workers, self._seconds_left())

    def _ask(self) -> Trial | None:
        """Open the next trial, if the budget and the order allow one."""
        ahead = LOOKAHEAD if self.budget.is_ordered else LOOKAHEAD + self._evaluator.workers
        n_open = len(self.trials.open)
        # As many trials again may wait without time, so that quicker ones are asked for.
        is_full = n_open >= 2 * ahead or (n_open >= ahead and len(self._with_time()) >= ahead)
        is_exhausted = self._n_closed_when_exhausted == self.trials.n_closed
        if is_full or is_exhausted or not self.trials.proposer.has_budget:
            return None
        trial = self.trials.open_next()
        if trial is None:  # until another outcome is told, the strategy has nothing new
            self._n_closed_when_exhausted = self.trials.n_closed
        else:
            self._history.add_trial(
                trial.number,
                trial.genome.text,
                self.trials.n_closed,
                is_tuning=trial.is_tuning,
            )
        return trial

    def _look_ahead(self) -> None:
        """In an ordered search, ask as soon as the order allows, however busy the workers are."""
        while self.budget.is_ordered and not self._is_stopped and self._ask():
            pass

    def _collect(self, future: "Future[FoldOutcome]") -> None:
        """Take the outcome of a fold, which is written to the history before anything else."""
        running = self._running.pop(future)
        trial, fold = running.trial, running.fold
        outcome = self._evaluator.outcome(future)
        self._estimator_seconds += outcome.estimator_seconds
        if outcome.state is State.TIMED_OUT and future in self._cut_short:
            return  # the end of the search stopped it, which says nothing of the pipeline
        if self._evaluator.is_void(future):
            return  # a fold that is not taken is evaluated again
        self._history.add_fold(trial.number, fold, outcome)
        self.trials.take(trial, fold, outcome)
        logger.debug("trial %d, fold %d: %s %s", trial.number, fold, outcome.state, outcome.cause)

    def _tell(self) -> None:
        """Close the trials that are decided, in an ordered search only in the order of asking.

        Each outcome that is told may move the hurdles, and so decide a trial that is younger.
        """
        for trial in list(self.trials.open.values()):
            outcome = trial.outcome()
            if outcome is not None:
                self._close(trial, outcome)
            if self._is_stopped or (outcome is None and self.budget.is_ordered):
                return
        in_time = {trial.number for trial in self._with_time()}
        for trial in list(self.trials.open.values()):
            cut = None if trial.number in in_time else self._cut(trial)
            if outcome := trial.outcome() or cut:
                self._close(trial, outcome)
            if self._is_stopped:
                return

    def _cut(self, trial: Trial) -> Outcome | None:
        """Return the outcome of a trial that has no time for its next draw of the folds."""
        is_running = any(running.trial is trial for running in self._running.values())
        return None if is_running else trial.whole_repeats()

    def _close(self, trial: Trial, outcome: Outcome) -> None:
        evaluated = self.trials.close(trial, outcome)
        self._history.set_told(trial.number, self.trials.n_closed - 1)
        for future, running in list(self._running.items()):
            if running.trial is trial:  # it is decided, so its remaining folds are of no use
                future.cancel()
                del self._running[future]
        if evaluated is not None:
            self._notify("on_evaluated", evaluated)
        self._look_ahead()

    def _notify(self, method: str, *news: object) -> None:
        """Call all observers; the first error of each is reported."""
        for number, observer in enumerate(self._observers):
            try:
                getattr(observer, method)(self, *news)
            except KeyboardInterrupt:  # trials and history stay consistent, unlike anywhere else
                if self.budget.is_interrupted:
                    raise
                self.stop()
            except Exception as error:
                if number not in self._failed_observers:
                    self._failed_observers.add(number)
                    name = f"{type(observer).__name__}.{method}"
                    logger.exception("%s failed", name)
                    warn(f"{name} failed, and the search goes on: {type(error).__name__}: {error}")

    def _seconds_left(self) -> float:
        """Return the seconds that are left for searching."""
        trials = self.trials
        return self.budget.remaining() - self._reserve(trials.race.leaders, trials.bank)

    def _is_over(self) -> bool:
        return self._is_ended or self._seconds_left() <= 0

    def _pulse(self) -> float:
        return 0.0 if self._is_over() else min(PULSE, self._seconds_left())
