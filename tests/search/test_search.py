"""The loop of a search under a clock that only fits move."""

from concurrent.futures import Future
from types import SimpleNamespace

import pytest

from automl.errors import AutoMLWarning, BudgetError
from automl.outcome import FoldOutcome, State
from automl.pipelines import Genome
from automl.problem import Objectives
from automl.search.bank import Bank
from automl.search.costs import Costs
from automl.search.history import History
from automl.search.observer import Observer
from automl.search.proposing import Proposer
from automl.search.race import Race
from automl.search.resume import replay
from automl.search.search import Search
from automl.search.trial import Trial
from automl.search.trials import Trials

SECONDS = {"dummy": 0.1, "quick": 0.5, "slow": 3.0}
DEVICE_MODELS = set()  # those of the GPU
SCORES = {"dummy": 0.1, "quick": 0.6, "slow": 0.8}


class Budget:
    """Seconds that pass only while something is fitted."""

    is_ordered = is_interrupted = False
    evaluations = None

    def __init__(self, seconds):
        self.seconds, self.now = seconds, 0.0

    def interrupt(self):
        self.is_interrupted = True

    def remaining(self):
        return max(self.seconds - self.now, 0.0)

    def elapsed(self):
        return self.now

    def allows(self, n_asked):
        return True


class Evaluator:
    """Fits at once, one worker after the other."""

    workers = capacity = 1
    limit = 60.0

    def __init__(self, budget, n_folds):
        self.budget = budget
        self.problem = SimpleNamespace(
            splits=[None] * n_folds,
            folds_per_repeat=5,
            seed=0,
            metric=SimpleNamespace(name="accuracy"),
            objectives=Objectives(),
            uses_device=lambda genome: genome.operator in DEVICE_MODELS,
        )

    def fold(self, genome, fold, seconds):
        self.budget.now += SECONDS[genome.operator]
        score, fit_seconds = SCORES[genome.operator], SECONDS[genome.operator]
        future = Future()
        future.set_result(FoldOutcome(State.DONE, score, fit_seconds=fit_seconds))
        return future

    def is_void(self, job):
        return False

    def outcome(self, job):
        return job.result()


class Strategy:
    """Proposes slow pipelines and quick ones in turn, without end."""

    has_starts = True  # so that no leader is tuned

    def __init__(self, *models):
        self.genomes = self._genomes(models)
        self.told_models = []

    def _genomes(self, models):
        for number in range(1_000):
            model = models[number % len(models)]
            yield Genome.canonical(model, Genome("numeric"), settings={"number": number})

    def ask(self, rng):
        return next(self.genomes)

    def tell(self, genome, outcome):
        self.told_models.append(genome.operator)

    def add(self, genome):
        raise AssertionError("nothing is tuned here")

    add_shortened = add


def search_of(history, seconds, repeats, *models, costs=None, size=50, observers=()):
    """Return a search; with a large size, nothing is raced out."""
    budget = Budget(seconds)
    evaluator = Evaluator(budget, 5 * repeats)
    baseline = Genome.parse("dummy(numeric)")
    proposer = Proposer(evaluator.problem, Strategy(*models), baseline, budget)
    trials = Trials(proposer, Race(size), Bank(history), costs or Costs(), budget)
    return Search(evaluator, trials, history, lambda leaders, n_candidates: 1.0, observers)


def replayed(history, *arguments, **options):
    """Return a search that has done no more than its history."""
    search = search_of(history, *arguments, **options)
    list(replay(history, search.trials))
    return search


@pytest.fixture
def history(tmp_path):
    with History(tmp_path / "run.db") as history:
        history.open_run({"seed": 0}, resume=False)
        yield history


def folds_of(history):
    return {trial.genome: len(trial.folds) for trial in history.trials()}


def test_no_pipeline_starts_that_cannot_end(history):
    search = search_of(history, 30.0, 1, "slow", "quick")
    search.run()
    assert set(folds_of(history).values()) == {0, 5}
    assert search.budget.now <= 29.0
    done = [evaluated.genome.operator for evaluated in search.evaluated]
    assert done == ["dummy", "slow", *["quick"] * 5]  # another "slow" had no room


def test_a_pipeline_that_was_slow_on_other_data_does_not_start_in_the_last_seconds(
    history,
):
    models = ["quick", "slow"] * 3
    names = [f"{model}(numeric, number={number})" for number, model in enumerate(models)]
    prior_seconds = dict(zip(map(Genome.parse, names), [0.05, 0.3] * 3, strict=True))
    search = search_of(history, 10.0, 1, "quick", "slow", costs=Costs(prior_seconds))
    search.run()
    assert folds_of(history)[names[1]] == 0  # it takes six times as long as the quick one: 15 s
    assert [evaluated.genome.operator for evaluated in search.evaluated].count("quick") == 3


def test_a_pipeline_without_time_does_not_keep_others_from_being_asked(history):
    models = ["quick", *["slow"] * 9]
    names = [f"{models[n % 10]}(numeric, number={n})" for n in range(100)]
    seconds = {Genome.parse(name): 0.3 if "slow" in name else 0.05 for name in names}
    search = search_of(history, 12.0, 1, *models, costs=Costs(seconds))
    search.run()
    done = [evaluated.genome.operator for evaluated in search.evaluated]
    assert done == ["dummy", "quick", "quick"]  # nine that are slow lie between them


def test_a_whole_draw_counts_where_there_is_no_time_for_the_next(history):
    search = search_of(history, 20.0, 3, "slow", "quick")
    result = search.run()
    slow = search.evaluated[1]
    outcome = slow.outcome
    assert slow == search.best
    assert (outcome.state, len(outcome.folds), outcome.score) == (State.DONE, 5, 0.8)
    assert result.first_model_seconds == pytest.approx(16.5)  # 15 folds of the baseline before
    # The strategy hears of it before the end, so that others are raced against it.
    assert search.trials.proposer._strategy.told_models[0] == "slow"


def test_a_pipeline_that_was_cut_is_told_again_when_the_run_goes_on(history):
    first = search_of(history, 20.0, 3, "slow", "quick")
    first.run()
    resumed = replayed(history, 60.0, 3, "slow", "quick")
    assert resumed.evaluated == first.evaluated
    longer = search_of(history, 60.0, 3, "slow", "quick")
    longer.run()
    assert len(longer.evaluated) > len(first.evaluated)


def test_the_time_of_older_pipelines_is_lost_for_younger_pipelines():
    trials = [Trial(number, Genome.parse(f"svc(numeric, C={number})"), 5, 5) for number in (1, 2)]
    costs = Costs({trial.genome: 1.0 for trial in trials})
    costs.note(trials[0].genome, FoldOutcome(State.DONE, 0.5, fit_seconds=1.0))
    trials[0].folds[0] = FoldOutcome(State.DONE, 0.5)
    # 4 folds, then 5: 4.5 s on 2 workers
    assert costs.with_time(trials, {}, 2, seconds_left=4.0) == trials[:1]
    assert costs.with_time(trials, {}, 2, seconds_left=5.0) == trials
    # 2 to start, 2 half done, then 5: 4 s
    assert costs.with_time(trials, {1: 2}, 2, seconds_left=4.1) == trials
    assert costs.with_time(trials, {1: 2}, 2, seconds_left=3.9) == trials[:1]
    # the first fold is alone: 3 s
    assert costs.with_time(trials[1:], {}, 2, seconds_left=2.9) == []


def test_a_trial_between_two_draws_needs_time_for_the_next():
    trial = Trial(1, Genome.parse("svc(numeric)"), 10, 5)
    costs = Costs()
    for fold in range(5):
        trial.folds[fold] = FoldOutcome(State.DONE, 0.5)
        costs.note(trial.genome, FoldOutcome(State.DONE, 0.5, fit_seconds=1.0))
    assert costs.with_time([trial], {}, 1, seconds_left=4.0) == []
    assert costs.with_time([trial], {}, 1, seconds_left=6.0) == [trial]
    assert costs.with_time([trial], {1: 1}, 1, seconds_left=6.0) == [trial]


def test_a_leader_is_tuned_if_its_successor_has_time_too():
    leader = Genome.parse("svc(numeric)")
    tuning = Trial(1, leader, n_folds=1, folds_per_repeat=1, is_tuning=True)
    costs = Costs()
    costs.note(leader, FoldOutcome(State.DONE, 0.5, fit_seconds=1.0))
    assert costs.with_time([tuning], {}, 2, seconds_left=14.0) == []
    assert costs.with_time([tuning], {}, 2, seconds_left=16.0) == [tuning]


def test_an_outcome_at_a_cut_is_told_again_by_the_history(history):
    """A younger pipeline may raise the hurdle in the moment in which an older one is cut."""
    search = search_of(history, 100.0, 3, "slow", "quick", size=1)
    scores = {"dummy": [0.05] * 15, "slow": [0.1] * 5, "quick": [0.9] * 15}
    for _ in range(3):
        trial = search._ask()
        assert trial is not None
        for fold, score in enumerate(scores[trial.genome.operator]):
            trial.folds[fold] = FoldOutcome(State.DONE, score, fit_seconds=50.0)
            history.add_fold(trial.number, fold, trial.folds[fold])
            search.trials.costs.note(trial.genome, trial.folds[fold])
    search._tell()
    states = [evaluated.outcome.state for evaluated in search.evaluated]
    assert states == [State.DONE, State.DONE, State.RACED_OUT]
    resumed = replayed(history, 100.0, 3, "slow", "quick", size=1)
    assert resumed.evaluated == search.evaluated


class Watcher(Observer):
    """Notes every call, and stops the search after some pipelines."""

    def __init__(self, n_pipelines=1_000):
        self.calls, self.n_pipelines, self.running = [], n_pipelines, []

    def on_start(self, search):
        self.calls.append("start")

    def on_pulse(self, search):
        assert search.budget.remaining() >= 0
        self.calls.append("pulse")
        self.running += search.running

    def on_evaluated(self, search, evaluated):
        assert search.evaluated[-1] is evaluated
        self.calls.append((evaluated.number, evaluated.genome.operator, search.metric))
        if len(search.evaluated) == self.n_pipelines:
            search.stop()

    def on_end(self, search):
        self.calls.append("end")


def test_an_observer_hears_of_everything_and_may_stop_the_search(history):
    watcher = Watcher(n_pipelines=3)
    result = search_of(history, 1_000.0, 1, "quick", observers=[watcher]).run()
    assert len(result.evaluated) == 3
    assert watcher.calls[0] == "start"
    assert watcher.calls[-1] == "end"
    assert watcher.calls.count("pulse") >= 3
    # Each fold was under way when it was told of.
    assert {(work.number, work.fold) for work in watcher.running} == {
        (number, fold) for number in range(3) for fold in range(5)
    }
    assert watcher.running[0].genome.operator == "dummy"
    assert watcher.running[0].seconds >= 0
    assert not watcher.running[0].is_tuning
    ended = [call for call in watcher.calls if isinstance(call, tuple)]
    assert ended == [(0, "dummy", "accuracy"), (1, "quick", "accuracy"), (2, "quick", "accuracy")]


def test_a_resumed_search_repeats_the_calls(history):
    search_of(history, 10.0, 1, "quick").run()
    watcher = Watcher()
    search = search_of(history, 10.0, 1, "quick", observers=[watcher])
    search.run()
    numbers = [call[0] for call in watcher.calls if isinstance(call, tuple)]
    assert numbers == [evaluated.number for evaluated in search.evaluated]


@pytest.mark.parametrize("is_ordered", [True, False])
def test_a_resumed_search_is_stopped_as_soon_as_it_is_told(history, is_ordered):
    search_of(history, 30.0, 1, "quick").run()
    n_folds = sum(folds_of(history).values())
    watcher = Watcher(n_pipelines=2)
    search = search_of(history, 1_000.0, 1, "quick", observers=[watcher])
    search.trials.budget.is_ordered = is_ordered
    result = search.run()
    assert len(result.evaluated) == 2
    assert result.was_stopped
    assert len([call for call in watcher.calls if isinstance(call, tuple)]) == 2
    assert sum(folds_of(history).values()) == n_folds
    at_once = search_of(history, 1_000.0, 1, "quick", observers=[Refusing()])
    assert at_once.run().evaluated == ()


def test_a_search_goes_on_where_its_history_cannot_be_written(history, tmp_path):
    class Removing(Observer):
        def on_evaluated(self, search, evaluated):
            (tmp_path / "run.db").unlink(missing_ok=True)

    search = search_of(history, 30.0, 1, "quick", observers=[Removing()])
    with pytest.warns(AutoMLWarning, match=r"run\.db cannot be written any more") as warned:
        result = search.run()
    assert len(warned) == 1
    assert len(result.evaluated) > 3
    assert set(history.table()["number"]) >= {ended.number for ended in result.evaluated}


class Failing(Observer):
    """Fails in every call."""

    def on_start(self, search):
        raise ValueError("no start")

    def on_evaluated(self, search, evaluated):
        raise ValueError("no pipeline")


def test_a_failing_observer_is_reported_once(history):
    watcher = Watcher()
    search = search_of(history, 10.0, 1, "quick", observers=[Failing(), watcher])
    with pytest.warns(AutoMLWarning) as warned:
        search.run()
    (warning,) = warned
    assert "Failing.on_start failed" in str(warning.message)
    assert "ValueError: no start" in str(warning.message)
    assert watcher.calls[-1] == "end"


def ordered_search(history, observers):
    search = search_of(history, 1_000.0, 1, "quick", observers=observers)
    search.trials.budget.is_ordered = True
    return search


def test_an_ordered_search_that_is_stopped_counts_only_what_was_told(history):
    """Whatever else is done by then depends on the workers."""
    search = ordered_search(history, [Watcher(n_pipelines=2)])
    search._evaluator.workers = search._evaluator.capacity = 8
    assert len(search.run().evaluated) == 2


class Impatient(Observer):
    """Interrupts at each pipeline, as a user does who holds Ctrl-C."""

    def __init__(self):
        self.has_ended = False

    def on_evaluated(self, search, evaluated):
        raise KeyboardInterrupt

    def on_end(self, search):
        self.has_ended = True


def test_an_observer_that_interrupts_again_and_again_loses_nothing(history):
    observer = Impatient()
    result = search_of(history, 30.0, 1, "quick", observers=[observer]).run()
    assert result.was_stopped
    assert result.evaluated
    assert observer.has_ended


class Refusing(Observer):
    def on_start(self, search):
        search.stop()


class Interrupting(Observer):
    """Does as the handler of Ctrl-C does; from the second time on, as Python itself."""

    def __init__(self, n_times):
        self.n_times = n_times

    def on_evaluated(self, search, evaluated):
        for turn in range(self.n_times):
            if turn:
                raise KeyboardInterrupt
            search.budget.interrupt()


def test_an_interrupted_search_ends_with_the_best_so_far(history, caplog):
    search = search_of(history, 1_000.0, 1, "quick", observers=[Interrupting(1)])
    result = search.run()
    assert len(result.evaluated) == 1
    assert result.was_stopped
    assert "interrupted" in caplog.text


def test_the_second_interrupt_is_an_exception(history):
    search = search_of(history, 1_000.0, 1, "quick", observers=[Interrupting(2)])
    with pytest.raises(KeyboardInterrupt):
        search.run()


def test_a_search_that_is_stopped_at_once_says_so(history):
    search = search_of(history, 30.0, 1, "quick", observers=[Refusing()])
    result = search.run()
    assert result.evaluated == ()
    with pytest.raises(BudgetError, match="the search was stopped after"):
        result.ranked(search._evaluator.problem)
    assert [trial.number for trial in history.trials()] == []


def test_nothing_is_started_after_the_stop(history):
    search = search_of(history, 1_000.0, 1, "quick", observers=[Watcher(n_pipelines=3)])
    search.run()
    n_folds = sum(len(trial.folds) for trial in history.trials())
    assert n_folds == 15


def test_what_else_has_ended_is_not_told_after_the_stop(history):
    """With two workers, several trials may be decided when the first of them stops the search."""
    search = ordered_search(history, [Watcher(n_pipelines=2)])
    for _ in range(4):
        trial = search._ask()
        for fold in range(5):
            trial.folds[fold] = FoldOutcome(State.DONE, 0.5)
    search._tell()
    assert len(search.evaluated) == 2


def test_a_fold_whose_files_were_harmed_is_evaluated_again(history):
    search = search_of(history, 30.0, 1, "quick")
    evaluator = search._evaluator
    first, jobs, harmed = evaluator.fold, [], set()

    def fold(genome, number, seconds):
        jobs.append((genome.operator, number))
        job = first(genome, number, seconds)
        if jobs.count(("dummy", 0)) == 1:
            harmed.add(job)
        return job

    evaluator.fold, evaluator.is_void = fold, harmed.__contains__
    search.run()
    assert jobs.count(("dummy", 0)) == 2
    assert folds_of(history)["dummy(numeric)"] == 5  # each fold is written once


def test_a_second_pipeline_for_the_gpu_keeps_no_worker_from_another_one(history, monkeypatch):
    search = search_of(history, 30.0, 1, "slow", "slow", "quick")
    monkeypatch.setitem(globals(), "DEVICE_MODELS", {"slow"})
    monkeypatch.setattr(search._evaluator, "capacity", 2, raising=False)
    beside = []
    start = search._start

    def watched(trial, fold):
        start(trial, fold)
        beside.append(sorted(running.genome.operator for running in search.running))

    monkeypatch.setattr(search, "_start", watched)
    search.run()
    assert ["quick", "slow"] in beside
    assert ["slow", "slow"] not in beside
