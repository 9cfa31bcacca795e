"""What every strategy promises, over whole pipelines and over the settings of one."""

import os
import random
import subprocess
import sys
from functools import cache
from itertools import product

import numpy as np
import pytest

from automl.errors import SettingsError
from automl.outcome import FoldOutcome, Outcome, State
from automl.pipelines import (
    Columns,
    Genome,
    Grammar,
    Skeleton,
    Start,
    Traits,
    load_catalogue,
    starting_pipeline,
)
from automl.problem import NestedCV
from automl.randomness import generator
from automl.strategies import STRATEGIES, hyperopt, make_strategy
from automl.strategies.hyperopt import HyperoptStrategy

CATALOGUE = load_catalogue("default")
COLUMNS = Columns(numeric=("a", "b"), categorical=("c",))
GRAMMAR = Grammar(CATALOGUE, COLUMNS, Traits(task="classification", n_rows=1000))
STARTS = [
    genome
    for name in ("linear_discriminant_analysis", "extra_trees_classifier", "svc_rbf", "gaussian_nb")
    if (genome := starting_pipeline(GRAMMAR, Start(name)))
]
(START,) = (start for start in STARTS if start.operator == "svc_rbf")
SMALL = Genome.parse(
    "linear_discriminant_analysis(max_abs_scaler(simple_imputer(numeric, add_indicator=False, "
    "strategy='mean')), shrinkage='auto')"
)
TWIN = "standard_scaler(simple_imputer(numeric, add_indicator=False, strategy='{}'))"
TWINS = Genome.parse(
    f"linear_discriminant_analysis(join({TWIN.format('mean')}, {TWIN.format('median')}), "
    "shrinkage='auto')"
)
LEVELS = ("pipelines", "settings", "twins")

FIRST = {"settings": START, "twins": TWINS}  # settings that are equal would merge its branches


def make(name, level):
    if level == "pipelines":
        return GRAMMAR, make_strategy(name, GRAMMAR, STARTS)
    space = Skeleton(FIRST[level], CATALOGUE)
    return space, make_strategy(name, space, [FIRST[level]])


def outcome_of(score):
    if score is None:
        return Outcome(State.TIMED_OUT, (FoldOutcome(State.TIMED_OUT, cause="too slow"),))
    return Outcome(State.DONE, (FoldOutcome(State.DONE, score=score),))


def closeness(genome):
    """Return a score with a known best: an SVC with C near 100, after any other scaling."""
    settings = dict(genome.settings)
    return -abs(np.log10(settings["C"]) - 2) if genome.operator == "svc_rbf" else -6.0


# Proposals: twice as many as those by chance with which estimators begin.
PROPOSALS = 2 * hyperopt.N_STARTUP


def run(name, level, seed=0, n=PROPOSALS, score=closeness):
    _, strategy = make(name, level)
    asked = []
    for birth in range(n):
        genome = strategy.ask(generator(seed, birth))
        if genome is None:
            break
        asked.append(genome)
        strategy.tell(genome, outcome_of(score(genome)))
    return asked


@cache
def first_run(name, level):
    """Return what a strategy asks for, once for all tests that only look at it."""
    return run(name, level)


def cases():
    """Yield each strategy at each level; estimators take long to learn wherever there is much."""
    for name, level in product(STRATEGIES, LEVELS):
        is_slow = name in ("bayesian", "hyperopt") and level != "settings"
        yield pytest.param(name, level, marks=pytest.mark.slow if is_slow else ())


@pytest.mark.parametrize(("name", "level"), list(cases()))
class TestContract:
    def test_starts_come_first_and_all_are_different_and_valid(self, name, level):
        space, _ = make(name, level)
        asked = first_run(name, level)
        starts = [FIRST[level]] if level in FIRST else STARTS
        assert asked[: len(starts)] == starts
        assert len(asked) > len(starts) + 10
        assert len(set(asked)) == len(asked)
        assert all(space.contains(genome) for genome in asked)

    def test_the_same_seed_and_outcomes_give_the_same_proposals(self, name, level):
        assert first_run(name, level) == run(name, level)
        if name != "grid":
            assert first_run(name, level)[:10] != run(name, level, 1, n=10)

    def test_several_may_be_under_way_and_told_in_any_order(self, name, level):
        _, strategy = make(name, level)
        rng = generator(3, 0)
        for _ in range(4):
            asked = [genome for _ in range(8) if (genome := strategy.ask(rng)) is not None]
            assert len(set(asked)) == len(asked)
            for genome in asked[::-1]:
                strategy.tell(genome, outcome_of(closeness(genome)))

    def test_pipelines_without_a_score_and_of_others_may_be_told(self, name, level):
        space, strategy = make(name, level)
        for birth in range(30):
            strategy.tell(GRAMMAR.grow(generator(9, birth)), outcome_of(float(birth)))
            genome = strategy.ask(generator(4, birth))
            assert space.contains(genome)
            strategy.tell(genome, outcome_of(None if birth % 3 else -1.0))

    def test_an_added_pipeline_comes_next_and_once(self, name, level):
        _, strategy = make(name, level)
        child = GRAMMAR.grow(generator(12, 0))
        first = []
        while strategy.has_starts:
            first.append(strategy.ask(generator(5, len(first))))
        strategy.add(child)
        strategy.add(child)
        assert strategy.ask(generator(5, 98)) == child
        assert not strategy.has_starts
        assert strategy.ask(generator(5, 99)) != child

    def test_global_random_states_are_left_alone(self, name, level):
        random.seed(11)
        before = random.getstate(), np.random.get_state()[1].tolist()
        run(name, level, n=hyperopt.N_STARTUP + 2)
        assert random.getstate() == before[0]
        assert np.random.get_state()[1].tolist() == before[1]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["genetic", "bayesian", "hyperopt"])
def test_those_that_learn_get_closer_than_random_search(name):
    def late_scores(strategy):
        proposals = [run(strategy, "settings", seed, 50)[30:] for seed in range(6)]
        return [[closeness(genome) for genome in genomes] for genomes in proposals]

    late, drawn = late_scores(name), late_scores("random")
    assert np.mean(late) > np.mean(drawn) + 0.3
    assert np.median([max(scores) for scores in late]) > -0.3


@pytest.mark.slow
@pytest.mark.parametrize("name", STRATEGIES)
def test_a_small_space_is_exhausted_not_searched_for_ever(name):
    space = Skeleton(SMALL, CATALOGUE)
    n_points = np.prod([len(domain.grid(3)) for domain in space.hyperparameters().values()])
    strategy = make_strategy(name, space, [SMALL])
    asked = []
    while (genome := strategy.ask(generator(1, len(asked)))) is not None:
        asked.append(genome)
        strategy.tell(genome, outcome_of(float(len(asked))))
    assert len(asked) == len(set(asked)) <= n_points
    assert len(asked) >= (n_points if name == "grid" else n_points / 2)


def test_unknown_names_and_missing_packages_are_told(monkeypatch):
    with pytest.raises(SettingsError, match=r"a strategy out of .*'genetic'.*got 'annealing'"):
        make_strategy("annealing", GRAMMAR, [])
    monkeypatch.delitem(sys.modules, "automl.strategies.bayesian", raising=False)
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(SettingsError, match=r"needs optuna.*automl-gp\[bayesian\]"):
        make_strategy("bayesian", GRAMMAR, [])


@pytest.mark.parametrize("level", LEVELS)
def test_no_trial_of_optuna_is_left_running_once_all_is_told(level):
    _, strategy = make("bayesian", level)
    for birth in range(PROPOSALS):
        genome = strategy.ask(generator(6, birth))
        strategy.tell(genome, outcome_of(closeness(genome)))
    study = strategy._strategy._study
    assert not [trial for trial in study.trials if trial.state.name in ("RUNNING", "WAITING")]


def test_estimators_begin_to_learn_before_the_usual_number_of_trials_is_over():
    assert NestedCV().trials > hyperopt.N_STARTUP


def test_structures_that_differ_in_settings_only_are_one_for_hyperopt():
    nearby = START.with_settings({**dict(START.settings), "C": 5.0})
    assert len(HyperoptStrategy(GRAMMAR, [START, nearby])._skeletons) == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", ["genetic", "bayesian", "hyperopt"])
def test_the_search_is_the_same_in_every_process(name):
    code = (
        f"import sys; sys.path.insert(0, {os.path.dirname(__file__)!r})\n"
        "import test_contract\n"
        f"print([genome.digest for genome in test_contract.run({name!r}, 'pipelines', 7)])"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str([genome.digest for genome in run(name, "pipelines", 7)])
