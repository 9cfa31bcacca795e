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
from automl.pipelines.building.build import model_of
from automl.pipelines.operators.flow_types import Gappy, Matrix, Numeric, Prediction, Scaled, Spread

CATALOGUE = load_catalogue("default")
NAMES = {
    "numeric": ("age", "income"),
    "categorical": ("city",),
    "dates": ("when", "then"),
    "ordered": ("size",),
    "high_cardinality": ("street",),
    "durations": ("waited",),
    "texts": ("note",),
}
ALL = tuple(NAMES)
KINDS = [
    *(kinds for size in (1, 2, 3) for kinds in combinations(ALL[:3], size)),
    *((kind,) for kind in ALL[3:]),
    ALL,
]
TASKS = ("classification", "regression")
STACK = "out_of_fold"
SEEDS = st.integers(0, 2**32 - 1)

ONE_HOT = "one_hot_encoder(categorical, max_categories=9, min_frequency=None)"
STACKED = f"out_of_fold(ridge_cv({ONE_HOT}))"
SCALED = "max_abs_scaler(simple_imputer(numeric, add_indicator=False, strategy='mean'))"
RIDGE = "ridge(standard_scaler(simple_imputer(numeric, add_indicator=False, strategy='mean')), {})"


def columns_of(kinds):
    orders = {"size": ("S", "M", "L")} if "ordered" in kinds else {}
    return Columns(**{kind: NAMES[kind] for kind in kinds}, orders=orders)


@cache
def grammar_of(kinds, task):
    traits = Traits(task=task, n_rows=1000, least_target=0)  # logarithms of targets too
    return Grammar(CATALOGUE, columns_of(kinds), traits)


def check(genome, kinds, task):
    """Check that a genome belongs to the grammar, and that a pipeline can be built of it."""
    grammar = grammar_of(kinds, task)
    assert grammar.contains(genome)
    assert grammar.genome(grammar.tree(genome)) == genome
    assert {part.operator for part in genome.walk() if part.is_leaf} <= set(kinds)
    root = grammar.operators[genome.operator]
    assert root.is_model or root.is_finish
    assert grammar.operators[model_of(genome, grammar.operators).operator].is_model
    pipeline = build_pipeline(genome, CATALOGUE, columns_of(kinds), random_state=0)
    assert pipeline.steps[-1][0] == genome.operator


def nests_stacks(genome):
    """Tell whether a stack is in another; DEAP makes such trees, the grammar has none of them."""
    return any(
        part.operator == STACK and any(below.operator == STACK for below in inner.walk())
        for part in genome.walk()
        for inner in part.inputs
    )


def is_scaled(part):
    if part.is_leaf:
        return False
    role = "join" if part.is_join else CATALOGUE[part.operator].role
    return all(map(is_scaled, part.inputs)) if role in ("join", "imputer") else role == "scaler"


SELECTED = "select_from_l1_regression({}, threshold='mean')"


def scales_twice(genome):
    """Tell whether a scaler takes what scalers gave; the grammar has none of these trees either."""
    return any(
        not (part.is_leaf or part.is_join)
        and CATALOGUE[part.operator].role == "scaler"
        and is_scaled(part.inputs[0])
        for part in genome.walk()
    )


def is_selected(part):
    if part.is_leaf:
        return False
    if part.is_join or CATALOGUE[part.operator].role in ("imputer", "scaler"):
        return all(map(is_selected, part.inputs))
    return CATALOGUE[part.operator].role == "selector"


def selects_twice(genome):
    """Tell whether a selector takes what selectors chose; the grammar has none of these, too."""
    return any(
        not (part.is_leaf or part.is_join)
        and CATALOGUE[part.operator].role == "selector"
        and is_selected(part.inputs[0])
        for part in genome.walk()
    )


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("kinds", KINDS, ids="-".join)
@settings(max_examples=20)
@given(seed=SEEDS)
def test_what_grows_can_be_built(kinds, task, seed):
    grammar = grammar_of(kinds, task)
    genome = grammar.grow(np.random.default_rng(seed))
    check(genome, kinds, task)
    assert grammar.grow(np.random.default_rng(seed)) == genome


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("kinds", KINDS, ids="-".join)
@settings(max_examples=20)
@given(seed=SEEDS)
def test_what_deap_makes_can_be_built(kinds, task, seed):
    grammar = grammar_of(kinds, task)
    rng = np.random.default_rng(seed)
    random.seed(seed)
    mother, father = grammar.grow_tree(rng), grammar.grow_tree(rng)
    for _ in range(3):
        for child in (
            *gp.cxOnePoint(mother, father),
            *gp.mutUniform(mother, lambda pset, type_: grammar.grow_tree(rng, type_), grammar.pset),
            inserted(father, grammar),
            *gp.mutShrink(father),
        ):
            genome = grammar.genome(child)
            if nests_stacks(genome) or scales_twice(genome) or selects_twice(genome):
                with pytest.raises(
                    ValueError, match=r"without another stack|not (scaled|selected) yet"
                ):
                    grammar.tree(genome)
            else:
                check(genome, kinds, task)


def inserted(tree, grammar):
    """Insert a branch; where DEAP wants a terminal of a type that has none, nothing changes."""
    before = gp.PrimitiveTree(tree)
    try:
        (tree,) = gp.mutInsert(tree, grammar.pset)
    except IndexError:
        assert tree == before
    return tree


@pytest.mark.parametrize("operation", ["cross", "regrow", "insert", "shrink"])
def test_what_deap_makes_is_new(operation):
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
def test_every_operator_of_the_task_grows(task):
    grammar = grammar_of(ALL, task)
    rng = np.random.default_rng(0)
    expected = {*grammar.operators, *ALL, "join"}
    met = set()
    for _ in range(5000):
        met |= {part.operator for part in grammar.grow(rng).walk()}
        if met >= expected:
            break
    assert met == expected
    of_task = {operator.name for operator in CATALOGUE.values() if task in operator.tasks}
    # What is for small frames, for large ones, or for targets above zero.
    sizes = [Traits(task=task, n_rows=n_rows, least_target=0.5) for n_rows in (100, 1_000_000)]
    sized = {operator.name for operator in CATALOGUE.values() if any(map(operator.suits, sizes))}
    assert of_task == met & of_task | sized


def test_domains_and_values_of_nodes():
    grammar = grammar_of(("numeric",), "regression")
    tree = grammar.tree(Genome.parse(RIDGE.format("alpha=10.0")))
    (place,) = [index for index, node in enumerate(tree) if node.name == "10.0"]
    assert grammar.domain(tree[place]) == CATALOGUE["ridge"].domains["alpha"]
    assert [grammar.domain(node) for node in tree if node.name in ("numeric", "ridge")] == [None]
    tree[place] = grammar.value(3.0, like=tree[place])
    assert grammar.genome(tree) == Genome.parse(RIDGE.format("alpha=3.0"))


IMPUTED = "simple_imputer(numeric, add_indicator=False, strategy='mean')"
TREES = CATALOGUE["extra_trees_regressor"].defaults()
WIDE_STEPS = {"min_max_scaler", "robust_scaler", "quantile_transformer", "max_abs_scaler"}


@pytest.mark.parametrize(
    ("text", "present", "absent"),
    [
        (IMPUTED, {"knn_imputer", "regression_imputer"}, {"standard_scaler", "pca", "ridge"}),
        (f"standard_scaler({IMPUTED})", WIDE_STEPS, {"variance_threshold", "knn_imputer", "ridge"}),
        (f"variance_threshold({IMPUTED}, threshold=0.0)", WIDE_STEPS | {"knn_imputer"}, {"ridge"}),
        (f"ridge_cv(standard_scaler({IMPUTED}))", {"lasso", "ridge"}, {"svr_rbf", "log_target"}),
        (
            Genome.canonical("extra_trees_regressor", Genome.parse(IMPUTED), settings=TREES).text,
            {"random_forest_regressor", "hist_gradient_boosting_regressor"},
            {"ridge", "svr_rbf"},
        ),
        (
            "ordinal_encoder(categorical)",
            {"one_hot_encoder", "count_encoder"},
            {"category_encoder"},
        ),
        ("category_encoder(categorical)", {"ordinal_encoder"}, {"sparse_one_hot_encoder"}),
        (
            f"log_target(ridge_cv(standard_scaler({IMPUTED})))",
            {"power_target", "quantile_target"},
            {"calibrated", "ridge", "out_of_fold"},
        ),
    ],
    ids=lambda value: value.partition("(")[0] if isinstance(value, str) else "",
)
def test_alternatives_by_name(text, present, absent):
    grammar = grammar_of(("numeric", "categorical"), "regression")
    part = Genome.parse(text)
    names = {operator.name for operator in grammar.alternatives(part)}
    assert present <= names
    assert not names & {*absent, part.operator}


@pytest.mark.parametrize("task", TASKS)
@settings(max_examples=30)
@given(seed=SEEDS)
def test_alternatives_fit(task, seed):
    grammar = grammar_of(ALL, task)
    genome = grammar.grow(np.random.default_rng(seed))
    parts = [part for part in genome.walk() if not (part.is_leaf or part.is_join)]
    for part in parts:
        for operator in grammar.alternatives(part):
            assert operator.name != part.operator
            new = Genome.canonical(operator.name, *part.inputs, settings=operator.defaults())
            replaced = genome.replaced(part, new)
            refused = nests_stacks(replaced) or scales_twice(replaced) or selects_twice(replaced)
            assert refused or grammar.contains(replaced)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("nothing(numeric)", ["nothing"]),
        (RIDGE.format("alpha=1.0").replace("standard_scaler", "none_such"), ["none_such"]),
        ("ridge(numeric(dates), alpha=1.0)", ["numeric"]),
        ("ridge(planets, alpha=1.0)", ["planets", "numeric", "categorical"]),
        ("ridge(dates, alpha=1.0)", ["dates", "numeric", "categorical"]),
        ("ridge(ridge, alpha=1.0)", ["'ridge'", "numeric"]),
        ("ridge(numeric, alpha=1.0)", ["ridge", "Wide", "Numeric"]),
        (f"ridge({ONE_HOT.replace('categorical', 'numeric')}, alpha=1.0)", ["Categorical"]),
        ("ridge(categorical, alpha=1.0)", ["Wide", "Categorical"]),
        (f"ridge(ridge_cv({ONE_HOT}), alpha=1.0)", ["ridge"]),
        (f"ridge({ONE_HOT}, numeric, alpha=1.0)", ["numeric"]),
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
        (f"lasso_cv(join({ONE_HOT}, numeric))", ["Gappy"]),
        (f"out_of_fold(ridge_cv({ONE_HOT}))", ["model at the root", "out_of_fold"]),
        (f"log_target(log_target(ridge_cv({ONE_HOT})))", ["log_target", "Prediction", "Output"]),
        (
            f"ridge_cv(standard_scaler(out_of_fold(ridge_cv(standard_scaler({STACKED})))))",
            ["out_of_fold", "without another stack"],
        ),
        (f"ridge_cv(standard_scaler({SCALED}))", ["standard_scaler", "not scaled yet"]),
        (
            f"ridge_cv(standard_scaler(join({SCALED}, standard_scaler({ONE_HOT}))))",
            ["standard_scaler", "not scaled yet"],
        ),
        (
            f"ridge_cv({SELECTED.format(SELECTED.format(f'standard_scaler({ONE_HOT})'))})",
            ["select_from_l1_regression", "not selected yet"],
        ),
    ],
)
def test_what_does_not_fit_is_named(text, shown):
    grammar = grammar_of(("numeric", "categorical"), "regression")
    genome = Genome.parse(text)
    with pytest.raises(ValueError, match=r"got|has no") as caught:
        grammar.tree(genome)
    assert all(part in str(caught.value) for part in shown)
    assert not grammar.contains(genome)


@pytest.mark.parametrize("task", TASKS)
def test_a_frame_nothing_can_be_made_of_is_named(task):
    catalogue = CATALOGUE.only("ridge", "logistic_regression", "standard_scaler", "simple_imputer")
    with pytest.raises(ValueError, match="no pipeline can be made of") as caught:
        Grammar(catalogue, Columns(categorical=("city",)), Traits(task=task, n_rows=100))
    for shown in (task, "['categorical']", "the models ['"):
        assert shown in str(caught.value)


@pytest.mark.parametrize(
    ("names", "template", "unused"),
    [
        (list(CATALOGUE), "", []),
        (["ridge", "standard_scaler", "simple_imputer", "one_hot_encoder"], "", ["dates"]),
        (["ridge", "one_hot_encoder"], "", ["numeric", "dates"]),
        (["ridge", "sparse_one_hot_encoder", "datetime_encoder"], "", ["numeric", "dates"]),
        (["lasso", "svr_rbf", "kernel_scaler", "one_hot_encoder"], "", ["numeric", "dates"]),
        (["gaussian_nb", "hist_gradient_boosting_regressor"], "", ["categorical", "dates"]),
        (list(CATALOGUE), "pca > regressor", []),
        (list(CATALOGUE), "one_hot_encoder > regressor", ["numeric", "dates"]),
    ],
)
def test_kinds_that_no_pipeline_can_use(names, template, unused):
    catalogue = CATALOGUE.only(*names)
    catalogue = catalogue.with_template(template) if template else catalogue
    kinds = ALL[:3]
    grammar = Grammar(catalogue, columns_of(kinds), Traits(task="regression", n_rows=1000))
    assert grammar.unused_kinds == unused
    rng = np.random.default_rng(0)
    met = set()
    for _ in range(1000):
        met |= {part.operator for part in grammar.grow(rng).walk() if part.is_leaf}
    assert met == set(kinds) - set(unused)


@pytest.mark.parametrize("template", ["regressor", "selector > pca > regressor"])
def test_trees_of_a_template_are_drawn_from_its_models(template):
    """No finish has a place in it, though the catalogue has some."""
    catalogue = CATALOGUE.with_template(template)
    grammar = Grammar(catalogue, columns_of(ALL), Traits(task="regression", n_rows=1000))
    assert any(operator.is_finish for operator in grammar.operators.values())
    assert grammar.pset.ret is Prediction
    rng = np.random.default_rng(0)
    for _ in range(20):
        assert grammar.operators[grammar.genome(grammar.grow_tree(rng)).operator].is_model
        assert grammar.operators[grammar.grow(rng).operator].is_model


def test_types_of_parts():
    grammar = grammar_of(("numeric", "categorical"), "regression")
    assert grammar.type_of(Genome("numeric")) is Numeric
    assert grammar.type_of(Genome.parse(IMPUTED)) is Matrix
    assert grammar.type_of(Genome("dates")) is None
    assert grammar.after(Numeric, []) is Numeric
    assert grammar.after(Numeric, ["simple_imputer", "standard_scaler"]) is Scaled
    assert grammar.after(Numeric, ["standard_scaler", "simple_imputer"]) is None


def toy(name, **guards):
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
def test_guards_by_size(n_rows, n_columns, expected):
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
        assert grammar.contains(Genome.canonical(name, Genome("numeric"))) is (name in expected)


def test_guards_of_the_catalogue():
    few = Grammar(CATALOGUE, columns_of(("numeric",)), Traits(task="classification", n_rows=50))
    many = Grammar(
        CATALOGUE, columns_of(("numeric",)), Traits(task="classification", n_rows=1_000_000)
    )
    for_many = {"mlp_classifier_stopped", "xgb_classifier", "nystroem"}
    assert not for_many & set(few.operators)
    assert for_many <= set(many.operators)
    assert "mlp_classifier" in set(few.operators) - set(many.operators)
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
        ("ridge_cv(variance_threshold(standard_scaler({}), T))", True),
        ("ridge_cv(standard_scaler(variance_threshold({}, T)))", True),
        ("ridge_cv(variance_threshold({}, T))", False),
        (
            "ridge_cv(join(standard_scaler({}), variance_threshold(standard_scaler({}), T)))",
            True,
        ),
        ("ridge_cv(join(standard_scaler({}), variance_threshold({}, T)))", False),
        (
            "ridge_cv(variance_threshold(join(standard_scaler({}), min_max_scaler({})), T))",
            True,
        ),
    ],
)
def test_an_operator_that_gives_what_it_takes_keeps_the_type(text, fits):
    imputed = "simple_imputer(numeric, add_indicator=False, strategy='mean')"
    genome = Genome.parse(text.replace("{}", imputed).replace("T)", "threshold=0.0)"))
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


@pytest.mark.slow
def test_every_process_makes_the_same_genomes_of_a_seed():
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
    first, second = (process.communicate()[0] for process in processes)
    assert len(first.splitlines()) == 100
    assert first == second


def test_a_template_may_name_two_scalers():
    catalogue = CATALOGUE.with_template("max_abs_scaler > standard_scaler > ridge_cv")
    grammar = Grammar(catalogue, columns_of(("numeric",)), Traits(task="regression", n_rows=100))
    assert scales_twice(grammar.grow(np.random.default_rng(0)))


def test_a_scaler_of_the_user_that_needs_a_scaled_matrix_gets_one():
    path = "sklearn.preprocessing.StandardScaler"
    own = Operator(name="own", path=path, takes=Scaled, gives=Spread, role="scaler")
    names = ("svr_rbf", "standard_scaler", "simple_imputer")
    catalogue = CATALOGUE.only(*names).with_operator(own)
    grammar = Grammar(catalogue, columns_of(("numeric",)), Traits(task="regression", n_rows=100))
    assert "own(standard_scaler(" in grammar.grow(np.random.default_rng(0)).text
