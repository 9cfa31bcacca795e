"""The forecast learns what good pipelines are made of, and the same from the same outcomes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from automl.outcome import FoldOutcome, Outcome, State
from automl.pipelines import Genome
from automl.randomness import generator
from automl.strategies.surrogate import Surrogate, features_of
from tests.strategies.test_genetic import GRAMMAR, STARTS, outcome_of


def folds_of(*scores):
    folds = tuple(FoldOutcome(State.DONE, score=score) for score in scores)
    return Outcome(State.DONE if len(scores) == 3 else State.RACED_OUT, folds)


def learnt(score, n=60):
    """Return a surrogate that knows random pipelines by a score."""
    surrogate = Surrogate()
    for birth in range(n):
        genome = GRAMMAR.grow(generator(0, birth))
        surrogate.tell(genome, outcome_of(score(genome)))
    return surrogate


def test_each_kind_of_setting_is_a_feature():
    text = "mlp_classifier(numeric, alpha=0.1, hidden_layer_sizes=(8, 8), shuffle=True, solver='a')"
    features = features_of(Genome.parse(text))
    assert features["mlp_classifier.alpha"] == 0.1
    assert features["mlp_classifier.hidden_layer_sizes=(8, 8)"] == 1
    assert features["mlp_classifier.shuffle=True"] == 1
    assert features["mlp_classifier.solver=a"] == 1
    assert features["mlp_classifier(numeric)"] == 1


@given(st.integers(0, 500), st.integers(0, 500))
def test_equal_pipelines_have_equal_features_and_other_settings_others(first, second):
    genome, rival = (GRAMMAR.grow(generator(1, birth)) for birth in (first, second))
    if genome == rival:
        assert features_of(genome) == features_of(rival)
    elif len({part.operator for part in genome.walk()}) == sum(1 for _ in genome.walk()):
        # An operator that comes twice has the settings of one of its places only.
        assert features_of(genome) != features_of(rival)


def test_what_good_pipelines_have_is_preferred():
    def score(genome):
        return -float("pca" in genome.text) - genome.size / 10

    surrogate = learnt(score, 100)
    genomes = [GRAMMAR.grow(generator(9, birth)) for birth in range(120)]
    picks = [score(surrogate.best_of(genomes[start : start + 20])) for start in range(0, 120, 20)]
    assert np.mean(picks) > np.quantile([score(genome) for genome in genomes], 0.8)


def test_the_same_outcomes_give_the_same_forecast():
    genomes = [GRAMMAR.grow(generator(9, birth)) for birth in range(20)]
    first, second = (learnt(lambda genome: -genome.size) for _ in range(2))
    assert first.best_of(genomes) == second.best_of(genomes)
    assert first.best_of(genomes[:1]) == genomes[0]


def test_without_a_score_there_is_no_forecast():
    surrogate = Surrogate()
    assert surrogate.best_of(STARTS) == STARTS[0]
    surrogate.tell(STARTS[0], Outcome(State.TIMED_OUT, (FoldOutcome(State.TIMED_OUT),)))
    assert surrogate.best_of(STARTS) == STARTS[0]


def test_pipelines_that_were_raced_out_are_compared_on_their_folds():
    """The first fold is the easiest, so that its score alone would look good."""
    surrogate = Surrogate()
    surrogate.tell(STARTS[0], folds_of(0.9, 0.6, 0.6))
    surrogate.tell(STARTS[1], folds_of(0.8))
    surrogate.tell(STARTS[2], folds_of(0.88, 0.58, 0.58))
    surrogate.tell(STARTS[3], Outcome(State.CRASHED, (FoldOutcome(State.CRASHED),)))
    ranks = surrogate._ranks()
    assert np.argsort(-ranks).tolist() == [0, 2, 1, 3]
