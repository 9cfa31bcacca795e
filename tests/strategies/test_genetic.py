"""Evolution: always new, always valid, always the same for a seed, and better than chance."""

import numpy as np

from automl.outcome import FoldOutcome, Outcome, State
from automl.pipelines import (
    Columns,
    Genome,
    Grammar,
    Start,
    Traits,
    load_catalogue,
    starting_pipeline,
)
from automl.problem.metric import Metric
from automl.problem.objectives import Objectives
from automl.randomness import generator
from automl.strategies import genetic, make_strategy
from automl.strategies.genetic import MAX_SIZE, POPULATION, GeneticStrategy

COLUMNS = Columns(numeric=("a", "b"), categorical=("c",))
GRAMMAR = Grammar(load_catalogue("default"), COLUMNS, Traits(task="classification", n_rows=1000))

MODELS = """
    linear_discriminant_analysis logistic_regression hist_gradient_boosting_classifier
    xgb_classifier extra_trees_classifier random_forest_classifier svc_rbf mlp_classifier svc_poly
    gaussian_nb k_neighbors_classifier logistic_regression_cv decision_tree_classifier
    ada_boost_classifier
""".split()
STARTS = [genome for name in MODELS if (genome := starting_pipeline(GRAMMAR, Start(name)))]


def outcome_of(score):
    return Outcome(State.DONE, (FoldOutcome(State.DONE, score=score),))


def closeness(genome):
    """Return a score with a known best: a scaled SVC with C near 100."""
    settings = dict(genome.settings)
    near = -abs(np.log10(settings["C"]) - 2) if genome.operator == "svc_rbf" else -6
    return near + 0.1 * ("robust_scaler" in genome.text)


def run(seed, evaluations=150, starts=None):
    starts = STARTS if starts is None else starts
    strategy = make_strategy("genetic", GRAMMAR, starts)
    asked = []
    for birth in range(1, evaluations + 1):
        genome = strategy.ask(generator(seed, birth))
        asked.append(genome)
        strategy.tell(genome, outcome_of(closeness(genome)))
    return asked


def test_nothing_is_asked_twice_and_everything_is_valid():
    asked = run(1)
    assert len(set(asked)) == len(asked)
    assert all(GRAMMAR.contains(genome) for genome in asked)
    assert all(genome.size <= MAX_SIZE for genome in asked)


def test_evolution_gets_closer_than_random_search():
    evolved = [max(map(closeness, run(seed, 100))) for seed in range(3)]
    grown = [
        max(closeness(GRAMMAR.grow(generator(seed, birth))) for birth in range(100))
        for seed in range(3)
    ]
    assert np.mean(evolved) > np.mean(grown)
    assert np.median(evolved) > -0.1


def test_children_are_of_every_move():
    asked = run(4, 200)
    operators = [{part.operator for part in genome.walk()} for genome in asked]
    assert len(set().union(*operators)) > 20
    assert max(genome.size for genome in asked) > max(genome.size for genome in asked[:14])


def test_a_pipeline_without_a_score_is_no_parent():
    starts = [Genome.parse("gaussian_nb(ordinal_encoder(categorical), var_smoothing=1e-09)")]
    strategy = GeneticStrategy(GRAMMAR, starts)
    (genome,) = starts
    strategy.tell(genome, Outcome(State.TIMED_OUT, (FoldOutcome(State.TIMED_OUT),)))
    child = strategy.ask(generator(0, 2))  # grown, for there is nobody to descend from
    assert child == GRAMMAR.grow(generator(0, 2))


def test_evolution_begins_after_the_starts_however_few_have_a_score():
    starts = STARTS
    strategy = GeneticStrategy(GRAMMAR, starts)
    for number, start in enumerate(starts):
        lost = Outcome(State.RACED_OUT, (FoldOutcome(State.DONE, score=0.1),))
        strategy.tell(start, outcome_of(0.5 + number) if number < 2 else lost)
    relatives = {part.operator for start in starts[:2] for part in start.walk()}
    children = [strategy.ask(generator(1, birth)) for birth in range(40)]
    near = [len({part.operator for part in child.walk()} - relatives) <= 1 for child in children]
    assert np.mean(near) > 0.6
    assert any(child.operator == starts[1].operator for child in children)


def test_founders_come_before_children_where_there_is_one_start():
    start = STARTS[0]
    strategy = GeneticStrategy(GRAMMAR, [start])
    strategy.tell(start, outcome_of(0.5))
    assert strategy.ask(generator(2, 0)) == GRAMMAR.grow(generator(2, 0))


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


def test_moves_that_pay_are_drawn_more_often(monkeypatch):
    monkeypatch.setattr(genetic, "SCREENED", 1)  # else the forecast has its part in who pays
    strategy = GeneticStrategy(GRAMMAR, STARTS)
    for start in STARTS:
        strategy.tell(start, outcome_of(start.size))
    for birth in range(200):
        child = strategy.ask(generator(3, birth))
        strategy.tell(child, outcome_of(min(child.size, 9)))  # longer is better, for a while
    insert, shrink = strategy._moves[2], strategy._moves[3]
    assert insert.weight == shrink.weight
    assert insert.credit > shrink.credit
    assert insert.children > shrink.children > 0  # none is given up


def test_a_child_that_was_raced_out_earns_its_move_nothing():
    strategy = GeneticStrategy(GRAMMAR, STARTS)
    for start in STARTS:
        strategy.tell(start, outcome_of(0.5))
    child = strategy.ask(generator(6, 0))
    strategy.tell(child, Outcome(State.RACED_OUT, (FoldOutcome(State.DONE, score=0.9),)))
    assert [move.children for move in strategy._moves].count(1) == 1
    assert not any(move.better for move in strategy._moves)


def test_operators_that_survive_have_more_credit_however_long_it_goes_on():
    strategy = GeneticStrategy(GRAMMAR, STARTS)
    by_model = {start.operator: start for start in STARTS}
    for birth in range(200):
        good = by_model["gaussian_nb"].with_settings({"var_smoothing": 10 ** (-birth / 50 - 4)})
        strategy.tell(good, outcome_of(birth))
    strategy.tell(by_model["svc_rbf"], outcome_of(-1))
    assert strategy.credit("gaussian_nb") > 0.9
    assert strategy.credit("svc_rbf") == 0.5
    assert strategy.credit("ridge_classifier") == 1.0  # unknown: it is tried once


def test_what_is_not_proposed_is_no_birth():
    strategy = GeneticStrategy(GRAMMAR, STARTS)
    for start in STARTS:
        strategy.tell(start, outcome_of(0.5))
    for birth in range(100):
        child = strategy.ask(generator(7, birth))
        strategy.tell(child, outcome_of(0.4))
    assert not strategy._births


def survivors(objectives, outcome):
    """Return the folds of the population after many pipelines of one size."""
    strategy = GeneticStrategy(GRAMMAR, STARTS, objectives)
    start = next(start for start in STARTS if start.operator == "gaussian_nb")
    for number in range(3 * POPULATION):
        genome = start.with_settings({"var_smoothing": 10 ** -(4 + number / 20)})
        strategy.tell(genome, outcome(number))
    return {individual.scores[0] for individual in strategy._population}


def test_further_axes_decide_who_survives():
    def outcome(number):
        return Outcome(State.DONE, (FoldOutcome(State.DONE, -number, further=(number % 50,)),))

    scores = {-number for number in range(POPULATION)}
    assert {
        score for score, _ in survivors(Objectives(("size",), (Metric("f1", None),)), outcome)
    } == scores
    population = survivors(Objectives(("f1",), (Metric("f1", None),)), outcome)
    # Up to 49, each is better than those before in the one and worse in the other.
    assert {(0, 0), (-49, 49)} <= population
    assert min(score for score, _ in population) == -49


def test_a_missing_score_is_the_worst():
    def outcome(number):
        further = (None,) if number % 3 else (number % 7,)
        return Outcome(State.DONE, (FoldOutcome(State.DONE, 0.5 + number, further=further),))

    population = survivors(Objectives(("f1", "size"), (Metric("f1", None),)), outcome)
    n_scored = sum(further is not None for _, further in population)
    assert n_scored > 1
    assert (3 * POPULATION - 0.5, None) in population  # the best of all in the score


def test_what_types_allow_and_the_grammar_does_not_is_no_child():
    imputed = "simple_imputer(numeric, add_indicator=False, strategy='mean')"
    pca = f"pca(standard_scaler({imputed}), n_components=0.9, whiten=False)"
    genome = Genome.parse(f"gaussian_nb(standard_scaler({pca}), var_smoothing=1e-09)")
    strategy = GeneticStrategy(GRAMMAR, [genome])
    children = set()
    for seed in range(60):
        tree = GRAMMAR.tree(genome)  # a scaler in the place of the PCA would be one of three
        strategy._replace(tree, generator(seed, 1))
        children.add(GRAMMAR.genome(tree))
    assert len(children) > 10
    assert all(map(GRAMMAR.contains, children))
