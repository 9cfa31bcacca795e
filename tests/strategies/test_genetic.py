"""Evolution: always new, always valid, always the same for a seed, and better than chance."""

import random

import numpy as np
import pytest

from automl.outcome import FoldOutcome, Outcome, State
from automl.pipelines import Columns, Genome, Grammar, Traits, load_catalogue, starting_pipelines
from automl.randomness import generator
from automl.strategies import GeneticStrategy
from automl.strategies.genetic import MAX_SIZE, POPULATION

COLUMNS = Columns(numeric=("a", "b"), categorical=("c",))
GRAMMAR = Grammar(load_catalogue("default"), COLUMNS, Traits(task="classification", n_rows=1000))


def outcome_of(score):
    return Outcome(State.DONE, (FoldOutcome(State.DONE, score=score),))


def closeness(genome):
    """Return a score with a known best: a scaled SVC with C near 100."""
    settings = dict(genome.settings)
    near = -abs(np.log10(settings["C"]) - 2) if genome.operator == "svc_rbf" else -6
    return near + 0.1 * ("robust_scaler" in genome.text)


def run(seed, evaluations=150, starts=None):
    rng = generator(seed, 0)
    starts = starting_pipelines(GRAMMAR, rng) if starts is None else starts
    strategy = GeneticStrategy(GRAMMAR, starts)
    asked = []
    for birth in range(1, evaluations + 1):
        genome = strategy.ask(generator(seed, birth))
        asked.append(genome)
        strategy.tell(genome, outcome_of(closeness(genome)))
    return asked


def test_starts_come_first_in_their_order():
    starts = starting_pipelines(GRAMMAR, generator(0, 0))
    assert run(0, len(starts), starts) == starts


def test_nothing_is_asked_twice_and_everything_is_valid():
    asked = run(1)
    assert len(set(asked)) == len(asked)
    assert all(GRAMMAR.contains(genome) for genome in asked)
    assert all(genome.size <= MAX_SIZE for genome in asked)


def test_the_same_seed_gives_the_same_evolution():
    assert run(2) == run(2)
    assert run(2) != run(3)


def test_evolution_gets_closer_than_random_search():
    evolved = [max(map(closeness, run(seed))) for seed in range(5)]
    grown = [
        max(closeness(GRAMMAR.grow(generator(seed, birth))) for birth in range(150))
        for seed in range(5)
    ]
    assert np.mean(evolved) > np.mean(grown)
    assert np.median(evolved) > -0.1


def test_children_are_of_every_move():
    asked = run(4, 300)
    operators = [{part.operator for part in genome.walk()} for genome in asked]
    assert len(set().union(*operators)) > 20
    assert max(genome.size for genome in asked) > max(genome.size for genome in asked[:14])


def test_a_pipeline_without_a_score_is_no_parent():
    starts = [Genome.parse("gaussian_nb(ordinal_encoder(categorical), var_smoothing=1e-09)")]
    strategy = GeneticStrategy(GRAMMAR, starts)
    genome = strategy.ask(generator(0, 1))
    strategy.tell(genome, Outcome(State.TIMED_OUT, (FoldOutcome(State.TIMED_OUT),)))
    child = strategy.ask(generator(0, 2))  # grown, for there is nobody to descend from
    assert child == GRAMMAR.grow(generator(0, 2))


def test_twins_do_not_fill_the_population():
    strategy = GeneticStrategy(GRAMMAR, [])
    for birth in range(100):
        genome = strategy.ask(generator(5, birth))
        strategy.tell(genome, outcome_of(0.5))
    assert len(strategy._population) == 1
    for birth in range(100, 200):
        genome = strategy.ask(generator(5, birth))
        strategy.tell(genome, outcome_of(birth / 1000))
    assert len(strategy._population) == POPULATION


def test_an_exhausted_space_ends_with_none():
    catalogue = load_catalogue("default").only("lasso_cv", "min_max_scaler", "ordinal_encoder")
    grammar = Grammar(catalogue, Columns(categorical=("c",)), Traits(task="regression", n_rows=100))
    strategy = GeneticStrategy(grammar, [])
    asked = []
    for birth in range(200):
        genome = strategy.ask(generator(0, birth))
        if genome is None:
            break
        asked.append(genome)
        strategy.tell(genome, outcome_of(float(birth)))
    assert len(asked) == len(set(asked))


def test_the_standard_library_s_random_state_is_put_back():
    random.seed(11)
    state = random.getstate()
    run(6, 40)
    assert random.getstate() == state


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_the_evolution_is_the_same_in_every_process(hash_seed, tmp_path):
    import os
    import subprocess
    import sys

    code = (
        f"import sys; sys.path.insert(0, {os.path.dirname(__file__)!r})\n"
        "import test_genetic\n"
        "print([genome.digest for genome in test_genetic.run(7, 120)])"
    )
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str([genome.digest for genome in run(7, 120)])
