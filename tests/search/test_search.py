"""The loop of a search under a clock that only fits move."""

from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from automl.execution import Limits
from automl.outcome import FoldOutcome, State
from automl.pipelines import Genome
from automl.search.bank import Bank
from automl.search.costs import Costs
from automl.search.history import History
from automl.search.search import Search
from automl.search.trial import Trial

SECONDS = {"dummy": 0.1, "quick": 0.5, "slow": 3.0}
SCORES = {"dummy": 0.1, "quick": 0.6, "slow": 0.8}


class Budget:
    """Seconds that pass only while something is fitted."""

    is_ordered = False

    def __init__(self, seconds: float) -> None:
        self.seconds, self.now = seconds, 0.0

    def remaining(self) -> float:
        return max(self.seconds - self.now, 0.0)

    def elapsed(self) -> float:
        return self.now

    def allows(self, asked: int) -> bool:
        return True


class Executor:
    """Fits at once, one worker after the other."""

    workers = 1

    def __init__(self, budget: Budget) -> None:
        self.budget, self.fits = budget, []

    def submit(
        self, function: Any, path: str, text: str, fold: int, timeout: float
    ) -> "Future[FoldOutcome]":
        model = Genome.parse(text).operator
        self.budget.now += SECONDS[model]
        self.fits.append((text, fold))
        future: Future[FoldOutcome] = Future()
        future.set_result(FoldOutcome(State.DONE, SCORES[model], fit_seconds=SECONDS[model]))
        return future


class Strategy:
    """Proposes slow pipelines and quick ones in turn, without end."""

    has_starts = True  # so that no leader is tuned

    def __init__(self, *models: str) -> None:
        self.genomes = self._genomes(models)
        self.told: list[str] = []

    def _genomes(self, models: tuple[str, ...]) -> Iterator[Genome]:
        for number in range(1_000):
            model = models[number % len(models)]
            yield Genome.of(model, Genome("numeric"), settings={"number": number})

    def ask(self, rng: object) -> Genome | None:
        return next(self.genomes)

    def tell(self, genome: Genome, outcome: object) -> None:
        self.told.append(genome.operator)

    def add(self, genome: Genome) -> None:
        raise AssertionError("nothing is tuned here")

    add_shortened = add


def search_of(
    history: History, seconds: float, repeats: int, *models: str, costs: Costs | None = None
) -> Search:
    budget: Any = Budget(seconds)
    problem: Any = SimpleNamespace(splits=[None] * 5 * repeats, folds_per_repeat=5, seed=0)
    return Search(
        problem=problem,
        problem_path="",
        strategy=Strategy(*models),  # type: ignore[arg-type]
        baseline=Genome.parse("dummy(numeric)"),
        executor=Executor(budget),  # type: ignore[arg-type]
        budget=budget,
        limits=Limits(seconds=60),
        history=history,
        bank=Bank(history),
        reserve=lambda leaders, n_candidates: 1.0,
        keep=50,  # so that nothing is raced out
        costs=costs,
    )


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path / "run.db") as history:
        history.open_run({"seed": 0}, resume=False)
        yield history


def folds_of(history: History) -> dict[str, int]:
    return {one.genome: len(one.folds) for one in history.trials()}


def test_no_pipeline_starts_that_cannot_end(history: History) -> None:
    search = search_of(history, 30.0, 1, "slow", "quick")
    search.run()
    assert set(folds_of(history).values()) == {0, 5}
    assert search.budget.now <= 29.0
    done = [trial.genome.operator for trial, _ in search.finished]
    assert done == ["dummy", "slow", *["quick"] * 5]  # another "slow" had no room


def test_what_is_known_to_be_slow_elsewhere_does_not_start_in_the_last_seconds(
    history: History,
) -> None:
    models = ["quick", "slow"] * 3
    names = [f"{model}(numeric, number={number})" for number, model in enumerate(models)]
    elsewhere = dict(zip(map(Genome.parse, names), [0.05, 0.3] * 3, strict=True))
    search = search_of(history, 10.0, 1, "quick", "slow", costs=Costs(elsewhere))
    search.run()
    assert folds_of(history)[names[1]] == 0  # it takes six times as long as the quick one: 15 s
    assert [trial.genome.operator for trial, _ in search.finished].count("quick") == 3


def test_what_has_no_time_left_keeps_nobody_from_being_asked(history: History) -> None:
    models = ["quick", *["slow"] * 9]
    names = [f"{models[n % 10]}(numeric, number={n})" for n in range(100)]
    seconds = {Genome.parse(name): 0.3 if "slow" in name else 0.05 for name in names}
    search = search_of(history, 12.0, 1, *models, costs=Costs(seconds))
    search.run()
    done = [trial.genome.operator for trial, _ in search.finished]
    assert done == ["dummy", "quick", "quick"]  # nine that are slow lie between them


def test_a_whole_draw_counts_where_there_is_no_time_for_the_next(history: History) -> None:
    search = search_of(history, 20.0, 3, "slow", "quick")
    search.run()
    slow, (trial, outcome) = search.finished[1], search.leaders[0]
    assert slow == (trial, outcome)
    assert (outcome.state, len(outcome.folds), outcome.score) == (State.DONE, 5, 0.8)
    assert search.first_model_seconds == pytest.approx(16.5)  # 15 folds of the baseline before
    assert search._strategy.told[0] == "slow"  # before the end, so that others are raced against it


def test_what_was_cut_is_told_again_when_the_run_goes_on(history: History) -> None:
    first = search_of(history, 20.0, 3, "slow", "quick")
    first.run()
    again = search_of(history, 60.0, 3, "slow", "quick")
    again._replay()
    pairs = [(trial.genome.text, outcome.scores) for trial, outcome in first.finished]
    assert [(trial.genome.text, outcome.scores) for trial, outcome in again.finished] == pairs
    longer = search_of(history, 60.0, 3, "slow", "quick")
    longer.run()
    assert len(longer.finished) > len(first.finished)


def test_what_older_pipelines_need_is_not_there_for_younger_ones() -> None:
    trials = [Trial(number, Genome.parse(f"svc(numeric, C={number})"), 5, 5) for number in (1, 2)]
    costs = Costs({trial.genome: 1.0 for trial in trials})
    costs.note(trials[0].genome, FoldOutcome(State.DONE, 0.5, fit_seconds=1.0))
    trials[0].folds[0] = FoldOutcome(State.DONE, 0.5)
    # 4 folds, then 5: 4.5 s on 2 workers
    assert costs.with_time(trials, {}, 2, left=4.0) == trials[:1]
    assert costs.with_time(trials, {}, 2, left=5.0) == trials
    assert costs.with_time(trials, {1: 2}, 2, left=4.1) == trials  # 2 to start, 2 half done, then 5
    assert costs.with_time(trials, {1: 2}, 2, left=3.9) == trials[:1]
    assert costs.with_time(trials[1:], {}, 2, left=2.9) == []  # the first fold is alone: 3 s


def test_a_trial_between_two_draws_needs_time_for_the_next() -> None:
    trial = Trial(1, Genome.parse("svc(numeric)"), 10, 5)
    costs = Costs()
    for fold in range(5):
        trial.folds[fold] = FoldOutcome(State.DONE, 0.5)
        costs.note(trial.genome, FoldOutcome(State.DONE, 0.5, fit_seconds=1.0))
    assert costs.with_time([trial], {}, 1, left=4.0) == []
    assert costs.with_time([trial], {}, 1, left=6.0) == [trial]
    assert costs.with_time([trial], {1: 1}, 1, left=6.0) == [trial]


def test_a_leader_is_tuned_if_what_is_found_has_time_too() -> None:
    leader = Genome.parse("svc(numeric)")
    tuning = Trial(1, leader, n_folds=1, folds_per_repeat=1, is_tuning=True)
    costs = Costs()
    costs.note(leader, FoldOutcome(State.DONE, 0.5, fit_seconds=1.0))
    assert costs.with_time([tuning], {}, 2, left=14.0) == []
    assert costs.with_time([tuning], {}, 2, left=16.0) == [tuning]


def test_what_is_told_at_a_cut_is_told_again_by_the_history(history: History) -> None:
    """A younger pipeline may raise the hurdle in the moment in which an older one is cut."""
    search = search_of(history, 100.0, 3, "slow", "quick")
    search._keep = 1
    scores = {"dummy": [0.05] * 15, "slow": [0.1] * 5, "quick": [0.9] * 15}
    for _ in range(3):
        trial = search._ask()
        assert trial is not None
        for fold, score in enumerate(scores[trial.genome.operator]):
            trial.folds[fold] = FoldOutcome(State.DONE, score, fit_seconds=50.0)
            history.add_fold(trial.number, fold, trial.folds[fold])
            search._costs.note(trial.genome, trial.folds[fold])
    search._tell()
    told = [(trial.genome, outcome) for trial, outcome in search.finished]
    assert [outcome.state for _, outcome in told] == [State.DONE, State.DONE, State.RACED_OUT]
    again = search_of(history, 100.0, 3, "slow", "quick")
    again._keep = 1
    again._replay()
    assert [(trial.genome, outcome) for trial, outcome in again.finished] == told
