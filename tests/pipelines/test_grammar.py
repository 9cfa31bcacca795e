"""Whatever grows, mutates or crosses is a pipeline that the grammar has and that can be built."""

import os
import random
import subprocess
import sys
from functools import cache
from itertools import combinations

import numpy as np
import pytest
from deap import gp
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.pipelines import (
    Catalogue,
    Columns,
    Genome,
    Grammar,
    Operator,
    Traits,
    build_pipeline,
    load_catalogue,
)
from automl.pipelines.operator import Gappy, Prediction, Task

CATALOGUE = load_catalogue("default")
NAMES = {"numeric": ("age", "income"), "categorical": ("city",), "dates": ("when", "then")}
KINDS = [kinds for size in (1, 2, 3) for kinds in combinations(NAMES, size)]
TASKS: tuple[Task, ...] = ("classification", "regression")
SEEDS = st.integers(0, 2**32 - 1)

RIDGE = "ridge(standard_scaler(simple_imputer(numeric, add_indicator=False, strategy='mean')), {})"


def columns_of(kinds: tuple[str, ...]) -> Columns:
    return Columns(**{kind: NAMES[kind] for kind in kinds})


@cache
def grammar_of(kinds: tuple[str, ...], task: Task) -> Grammar:
    return Grammar(CATALOGUE, columns_of(kinds), Traits(task=task, n_rows=1000))


def check(genome: Genome, kinds: tuple[str, ...], task: Task) -> None:
    """Check that a genome belongs to the grammar, and that a pipeline can be built of it."""
    grammar = grammar_of(kinds, task)
    assert grammar.contains(genome)
    assert grammar.genome(grammar.tree(genome)) == genome
    assert {part.operator for part in genome.walk() if part.is_leaf} <= set(kinds)
    assert grammar.operators[genome.operator].is_model
    pipeline = build_pipeline(genome, CATALOGUE, columns_of(kinds), random_state=0)
    assert pipeline.steps[-1][0] == genome.operator


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("kinds", KINDS, ids="-".join)
@settings(max_examples=20)
@given(seed=SEEDS)
def test_what_grows_can_be_built(kinds: tuple[str, ...], task: Task, seed: int) -> None:
    grammar = grammar_of(kinds, task)
    genome = grammar.grow(np.random.default_rng(seed))
    check(genome, kinds, task)
    assert grammar.grow(np.random.default_rng(seed)) == genome


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("kinds", KINDS, ids="-".join)
@settings(max_examples=20)
@given(seed=SEEDS)
def test_what_deap_makes_can_be_built(kinds: tuple[str, ...], task: Task, seed: int) -> None:
    grammar = grammar_of(kinds, task)
    rng = np.random.default_rng(seed)
    random.seed(seed)
    one, other = grammar.grow_tree(rng), grammar.grow_tree(rng)
    for _ in range(3):
        for made in (
            *gp.cxOnePoint(one, other),
            *gp.mutUniform(one, lambda pset, type_: grammar.grow_tree(rng, type_), grammar.pset),
            inserted(other, grammar),
            *gp.mutShrink(other),
        ):
            check(grammar.genome(made), kinds, task)


def inserted(tree: gp.PrimitiveTree, grammar: Grammar) -> gp.PrimitiveTree:
    """Insert a branch; where DEAP wants a terminal of a type that has none, nothing changes."""
    before = gp.PrimitiveTree(tree)
    try:
        (tree,) = gp.mutInsert(tree, grammar.pset)
    except IndexError:
        assert tree == before
    return tree


@pytest.mark.parametrize("operation", ["cross", "regrow", "insert", "shrink"])
def test_what_deap_makes_is_new(operation: str) -> None:
    """Typed trees leave DEAP's operators enough to do."""
    grammar = grammar_of(("numeric", "categorical"), "classification")
    rng = np.random.default_rng(0)
    random.seed(0)
    changed = 0
    for _ in range(50):
        tree = grammar.grow_tree(rng)
        before = grammar.genome(tree)
        if operation == "cross":
            gp.cxOnePoint(tree, grammar.grow_tree(rng))
        elif operation == "regrow":
            gp.mutUniform(tree, lambda pset, type_: grammar.grow_tree(rng, type_), grammar.pset)
        elif operation == "insert":
            inserted(tree, grammar)
        else:
            gp.mutShrink(tree)
        changed += grammar.genome(tree) != before
    assert changed >= 5


@pytest.mark.parametrize("task", TASKS)
def test_every_operator_of_the_task_grows(task: Task) -> None:
    kinds = ("numeric", "categorical", "dates")
    grammar = grammar_of(kinds, task)
    rng = np.random.default_rng(0)
    met: set[str] = set()
    for _ in range(2000):
        met |= {part.operator for part in grammar.grow(rng).walk()}
    assert met == {*grammar.operators, *kinds, "join"}
    assert {operator.name for operator in CATALOGUE.values() if task in operator.tasks} <= met


def test_domains_and_values_of_nodes() -> None:
    grammar = grammar_of(("numeric",), "regression")
    tree = grammar.tree(Genome.parse(RIDGE.format("alpha=10.0")))
    (place,) = [index for index, node in enumerate(tree) if node.name == "10.0"]
    assert grammar.domain(tree[place]) == CATALOGUE["ridge"].domains["alpha"]
    assert [grammar.domain(node) for node in tree if node.name in ("numeric", "ridge")] == [None]
    tree[place] = grammar.value(3.0, like=tree[place])
    assert grammar.genome(tree) == Genome.parse(RIDGE.format("alpha=3.0"))


def test_alternatives_take_and_give_the_same() -> None:
    grammar = grammar_of(("numeric", "categorical"), "regression")
    assert {one.name for one in grammar.alternatives("simple_imputer")} == {"knn_imputer"}
    for name, operator in grammar.operators.items():
        for other in grammar.alternatives(name):
            assert other.name != name
            assert (other.takes, other.gives) == (operator.takes, operator.gives)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("nothing(numeric)", ["nothing"]),
        (RIDGE.format("alpha=1.0").replace("standard_scaler", "none_such"), ["none_such"]),
        ("ridge(numeric(dates), alpha=1.0)", ["numeric"]),
        ("ridge(planets, alpha=1.0)", ["planets", "numeric", "categorical"]),
        ("ridge(dates, alpha=1.0)", ["dates", "numeric", "categorical"]),
        ("ridge(ridge, alpha=1.0)", ["'ridge'", "numeric"]),
        ("ridge(numeric, alpha=1.0)", ["ridge", "Scaled", "Numeric"]),
        ("ridge(one_hot_encoder(numeric, max_categories=50), alpha=1.0)", ["Categorical"]),
        ("ridge(categorical, alpha=1.0)", ["Scaled", "Categorical"]),
        ("ridge(ridge_cv(one_hot_encoder(categorical, max_categories=9)), alpha=1.0)", ["ridge"]),
        ("ridge(one_hot_encoder(categorical, max_categories=9), numeric, alpha=1.0)", ["numeric"]),
        ("gaussian_nb(simple_imputer(numeric))", ["gaussian_nb"]),  # for classes only
        ("simple_imputer(numeric, add_indicator=False, strategy='mean')", ["simple_imputer"]),
        ("numeric", ["numeric"]),
        ("join", ["join"]),
        (RIDGE.format("gamma=1.0"), ["gamma", "alpha"]),
        (RIDGE.format("alpha=1.0, gamma=2.5"), ["gamma", "alpha"]),
        (RIDGE.format("alpha=1e9"), ["ridge", "alpha", "1000000000.0", "high=1000000.0"]),
        (RIDGE.format("alpha='strong'"), ["alpha", "'strong'"]),
        (RIDGE.format("alpha=True"), ["alpha", "True"]),
        (RIDGE.format("alpha=1.0").replace("'mean'", "'mode'"), ["strategy", "'mode'", "median"]),
        (RIDGE.format("alpha=1.0").replace("False", "0"), ["add_indicator", "got 0"]),
        ("ridge_cv(join(numeric))", ["numeric"]),
        ("ridge_cv(join(numeric, categorical))", ["join(categorical, numeric)"]),
        ("lasso_cv(join(one_hot_encoder(categorical, max_categories=9), numeric))", ["Gappy"]),
    ],
)
def test_what_does_not_fit_is_named(text: str, shown: list[str]) -> None:
    grammar = grammar_of(("numeric", "categorical"), "regression")
    genome = Genome.parse(text)
    with pytest.raises(ValueError, match=r"got|has no") as caught:
        grammar.tree(genome)
    assert all(part in str(caught.value) for part in shown)
    assert not grammar.contains(genome)


@pytest.mark.parametrize("task", TASKS)
def test_a_frame_nothing_can_be_made_of_is_named(task: Task) -> None:
    catalogue = CATALOGUE.only("ridge", "logistic_regression", "standard_scaler", "simple_imputer")
    with pytest.raises(ValueError, match="no pipeline can be made of") as caught:
        Grammar(catalogue, Columns(categorical=("city",)), Traits(task=task, n_rows=100))
    for shown in (task, "['categorical']", "standard_scaler"):
        assert shown in str(caught.value)


def toy(name: str, **guards: int) -> Operator:
    return Operator(
        name=name, path="sklearn.dummy.DummyRegressor", takes=Gappy, gives=Prediction, **guards
    )


@pytest.mark.parametrize(
    ("n_rows", "n_columns", "expected"),
    [
        (99, 5, {"any", "few_rows", "few_columns"}),
        (100, 5, {"any", "few_rows", "few_columns", "many_rows"}),
        (200, 5, {"any", "few_rows", "few_columns", "many_rows"}),
        (201, 5, {"any", "few_columns", "many_rows"}),
        (201, 6, {"any", "many_rows"}),
    ],
)
def test_guards_by_size(n_rows: int, n_columns: int, expected: set[str]) -> None:
    catalogue = Catalogue(
        [
            toy("any"),
            toy("many_rows", min_rows=100),
            toy("few_rows", max_rows=200),
            toy("few_columns", max_columns=5),
        ]
    )
    columns = Columns(numeric=tuple(f"n{number}" for number in range(n_columns)))
    grammar = Grammar(
        catalogue, columns, Traits(task="regression", n_rows=n_rows, n_columns=n_columns)
    )
    rng = np.random.default_rng(0)
    assert set(grammar.operators) == expected
    assert {grammar.grow(rng).operator for _ in range(100)} == expected
    for name in catalogue:
        assert grammar.contains(Genome.of(name, Genome("numeric"))) is (name in expected)


def test_guards_of_the_catalogue() -> None:
    few = Grammar(CATALOGUE, columns_of(("numeric",)), Traits(task="classification", n_rows=50))
    many = Grammar(
        CATALOGUE, columns_of(("numeric",)), Traits(task="classification", n_rows=1_000_000)
    )
    assert not {"mlp_classifier", "xgb_classifier", "nystroem"} & set(few.operators)
    assert {"mlp_classifier", "xgb_classifier", "nystroem"} <= set(many.operators)
    assert {"svc_rbf", "knn_imputer", "k_neighbors_classifier"} <= set(few.operators)
    assert not {"svc_rbf", "knn_imputer", "k_neighbors_classifier"} & set(many.operators)
    wide = Columns(numeric=tuple(f"n{number}" for number in range(51)))
    assert (
        "polynomial_features"
        not in Grammar(
            CATALOGUE, wide, Traits(task="regression", n_rows=100, n_columns=51)
        ).operators
    )


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("ridge_cv(variance_threshold(standard_scaler({})))", True),
        ("ridge_cv(standard_scaler(variance_threshold({})))", True),
        ("ridge_cv(variance_threshold({}))", False),
        ("ridge_cv(join(standard_scaler({}), variance_threshold(standard_scaler({}))))", True),
        ("ridge_cv(join(standard_scaler({}), variance_threshold({})))", False),
        ("ridge_cv(variance_threshold(join(standard_scaler({}), min_max_scaler({}))))", True),
    ],
)
def test_an_operator_that_gives_what_it_takes_keeps_the_type(text: str, fits: bool) -> None:
    imputed = "simple_imputer(numeric, add_indicator=False, strategy='mean')"
    genome = Genome.parse(text.replace("{}", imputed))
    assert grammar_of(("numeric",), "regression").contains(genome) is fits


GROW_AND_CROSS = """
import random
import numpy as np
from deap import gp
from automl.pipelines import Columns, Grammar, Traits, load_catalogue

columns = Columns(numeric=("age",), categorical=("city",), dates=("when",))
grammar = Grammar(load_catalogue("default"), columns, Traits(task="classification", n_rows=1000))
rng = np.random.default_rng(0)
random.seed(0)
for _ in range(50):
    one, other = grammar.grow_tree(rng), grammar.grow_tree(rng)
    gp.cxOnePoint(one, other)
    print(grammar.genome(one), grammar.genome(other), sep="\\n")
"""


def test_every_process_makes_the_same_genomes_of_a_seed() -> None:
    """It fails without `FlowType.__hash__`: DEAP draws from a set of types."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", GROW_AND_CROSS],
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("1", "2")
    ]
    first, second = (process.communicate(timeout=60)[0] for process in processes)
    assert len(first.splitlines()) == 100
    assert first == second
