"""The pipelines that every search starts from belong to its grammar, the simplest first."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from automl.pipelines import (
    Columns,
    Grammar,
    Operator,
    Traits,
    build_pipeline,
    load_catalogue,
    read_columns,
    starting_pipeline,
    starting_pipelines,
)
from automl.pipelines.catalogue import BASELINES
from automl.pipelines.catalogue.presets import PRESETS
from automl.pipelines.operators.flow_types import Gappy, Matrix, Prediction, Scaled
from automl.pipelines.spaces.portfolio import (
    FEWEST,
    FIRSTS,
    MANY_ROWS,
    MOST_ROWS,
    SELECTORS,
    WIDE,
    Start,
    baseline_pipeline,
    portfolio,
    reference_pipeline,
)

CATALOGUE = load_catalogue("default")
NAMES = {"numeric": ("age", "income"), "categorical": ("city",), "dates": ("when",)}
KINDS = [kinds for size in (1, 2, 3) for kinds in combinations(NAMES, size)]
TASKS = ("classification", "regression")
SIMPLEST = {"classification": "linear_discriminant_analysis", "regression": "ridge"}
EVERYTHING = Columns(
    numeric=("age",),
    ordered=("size",),
    categorical=("city",),
    high_cardinality=("street",),
    dates=("when",),
    durations=("waited",),
    texts=("note",),
    orders={"size": ("S", "M")},
)

each_kinds = pytest.mark.parametrize("kinds", KINDS, ids="-".join)
each_task = pytest.mark.parametrize("task", TASKS)


def columns_of(kinds):
    return Columns(**{kind: NAMES[kind] for kind in kinds})


def starts_of(catalogue, kinds, task, n_rows=1000):
    grammar = Grammar(catalogue, columns_of(kinds), Traits(task=task, n_rows=n_rows))
    return grammar, list(starting_pipelines(grammar, np.random.default_rng(0)))


@each_task
@each_kinds
@pytest.mark.parametrize("n_rows", [50, 1000, 1_000_000])
def test_starts_belong_to_the_grammar(kinds, task, n_rows):
    grammar, starts = starts_of(CATALOGUE, kinds, task, n_rows)
    assert all(grammar.contains(genome) for genome in starts)
    assert len(set(starts)) == len({genome.text for genome in starts}) == len(starts)
    for genome in starts:
        leaves = [part.operator for part in genome.walk() if part.is_leaf]
        assert sorted(leaves) == sorted(kinds)  # every kind of columns once
        build_pipeline(genome, CATALOGUE, columns_of(kinds), random_state=0)


@each_task
@pytest.mark.parametrize("n_rows", [1000, MANY_ROWS])
def test_the_portfolio_starts_in_its_order(task, n_rows):
    grammar, starts = starts_of(CATALOGUE, ("numeric", "categorical", "dates"), task, n_rows)
    learnt = [start for start in portfolio(task, n_rows) if start.model in grammar.operators]
    assert len(learnt) >= 16
    genomes = {start.to_json(): starting_pipeline(grammar, start) for start in learnt}
    reference = reference_pipeline(grammar)
    assert reference in starts[:FIRSTS]
    expected = list(dict.fromkeys(filter(None, genomes.values())))
    assert [start for start in starts if start != reference] == [
        start for start in expected if start != reference
    ]
    for start in learnt:
        genome = genomes[start.to_json()]
        if genome is None:
            continue
        names = [part.operator for part in genome.walk()]
        assert set(start.before) <= set(names)
        assert start.finish in (None, names[0])
        model = next(part for part in genome.walk() if part.operator == start.model)
        assert dict(model.settings) == {**CATALOGUE[start.model].defaults(), **start.settings}


@each_task
def test_few_and_many_rows_have_portfolios_of_their_own(task):
    few, many = portfolio(task, MANY_ROWS - 1), portfolio(task, MANY_ROWS)
    assert few != many
    for starts in (few, many):
        lines = [start.to_json() for start in starts]
        assert len(set(lines)) == len(lines)
        assert [Start.from_json(line) for line in lines] == list(starts)
        assert all(start.model in CATALOGUE for start in starts)


@each_task
def test_every_kind_of_columns_starts(task):
    grammar = Grammar(CATALOGUE, EVERYTHING, Traits(task=task, n_rows=1000))
    starts = starting_pipelines(grammar, np.random.default_rng(0))
    for genome in starts:
        leaves = [part.operator for part in genome.walk() if part.is_leaf]
        assert sorted(leaves) == sorted(EVERYTHING.kinds())


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (Start("ridge"), "ridge(standard_scaler(simple_imputer(numeric)))"),
        (
            Start("ridge", prefer=("power_transformer", "knn_imputer")),
            "ridge(power_transformer(knn_imputer(numeric)))",
        ),
        (
            Start("ridge", before=("polynomial_features",)),
            "ridge(polynomial_features(standard_scaler(simple_imputer(numeric))))",
        ),
        (
            Start("hist_gradient_boosting_regressor", finish="power_target"),
            "power_target(hist_gradient_boosting_regressor(numeric))",
        ),
    ],
)
def test_a_start_says_what_departs_from_the_usual(start, expected):
    grammar, _ = starts_of(CATALOGUE, ("numeric",), "regression")
    genome = starting_pipeline(grammar, start)
    assert genome is not None
    assert simplified(genome) == expected


@pytest.mark.parametrize(
    "start",
    [
        Start("no_such_model"),
        Start("ridge", {"alpha": 1e9}),
        Start("ridge", before=("no_such_step",)),
        Start("ridge", finish="calibrated"),
        Start("logistic_regression"),
    ],
)
def test_a_start_that_the_grammar_lacks_is_none(start):
    grammar, _ = starts_of(CATALOGUE, ("numeric",), "regression")
    assert starting_pipeline(grammar, start) is None


@each_task
@each_kinds
def test_a_linear_catalogue_starts_with_its_one_pipeline(kinds, task):
    names = [SIMPLEST[task], "standard_scaler", "simple_imputer"]
    names += ["one_hot_encoder"] if "categorical" in kinds else []
    names += ["datetime_encoder"] if "dates" in kinds else []
    _, starts = starts_of(CATALOGUE.only(*names), kinds, task)
    assert [genome.operator for genome in starts] == [SIMPLEST[task]]


@pytest.mark.parametrize(
    ("names", "kinds", "expected"),
    [
        (["ridge", "standard_scaler", "simple_imputer"], ["numeric"], ["ridge"]),
        (["hist_gradient_boosting_regressor"], ["numeric"], ["hist_gradient_boosting_regressor"]),
        (["random_forest_regressor", "simple_imputer"], ["numeric"], ["random_forest_regressor"]),
        (["lasso_cv", "ridge", "one_hot_encoder"], ["categorical"], ["ridge", "lasso_cv"]),
        (["extra_trees_regressor", "ordinal_encoder"], ["categorical"], ["extra_trees_regressor"]),
        (
            ["svr_rbf", "kernel_scaler", "standard_scaler", "simple_imputer"],
            ["numeric"],
            ["svr_rbf"],
        ),
        (
            ["ridge", "lasso", "svr_rbf", "standard_scaler", "simple_imputer"],  # no kernel_scaler
            ["numeric"],
            ["ridge", "lasso"],  # which is no start, but others are few
        ),
    ],
)
def test_restricted_catalogues(names, kinds, expected):
    catalogue = CATALOGUE.only(*names)
    grammar, starts = starts_of(catalogue, tuple(kinds), "regression")
    assert list(dict.fromkeys(genome.operator for genome in starts)) == expected
    assert all(grammar.contains(genome) for genome in starts)
    used = {part.operator for genome in starts for part in genome.walk() if part.inputs}
    assert used <= {*names, "join"}


def simplified(genome):
    """Return a genome without its settings."""
    if genome.is_leaf:
        return genome.operator
    return f"{genome.operator}({', '.join(map(simplified, genome.inputs))})"


@pytest.mark.parametrize(
    ("names", "kinds", "expected"),
    [
        (
            ["ridge", "min_max_scaler", "knn_imputer"],
            ["numeric"],
            "ridge(min_max_scaler(knn_imputer(numeric)))",
        ),
        (
            ["ridge", "min_max_scaler", "robust_scaler", "knn_imputer", "simple_imputer"],
            ["numeric"],
            "ridge(robust_scaler(simple_imputer(numeric)))",
        ),
        (
            ["ridge", "ordinal_encoder", "robust_scaler"],
            ["categorical"],
            "ridge(robust_scaler(ordinal_encoder(categorical)))",
        ),
        (
            ["ridge", "ordinal_encoder", "sparse_one_hot_encoder", "robust_scaler"],
            ["categorical"],
            "ridge(sparse_one_hot_encoder(categorical))",
        ),
        (
            ["hist_gradient_boosting_regressor", "one_hot_encoder"],
            ["numeric", "categorical"],
            "hist_gradient_boosting_regressor(join(numeric, one_hot_encoder(categorical)))",
        ),
        (
            ["ridge", "standard_scaler", "simple_imputer"],  # nothing encodes categories or dates
            ["numeric", "categorical", "dates"],
            "ridge(standard_scaler(simple_imputer(numeric)))",
        ),
        (
            ["lasso", "standard_scaler", "simple_imputer"],  # a model that is no start
            ["numeric"],
            "lasso(standard_scaler(simple_imputer(numeric)))",
        ),
    ],
)
def test_what_is_missing_is_done_by_another(names, kinds, expected):
    _, starts = starts_of(CATALOGUE.only(*names), tuple(kinds), "regression")
    assert {simplified(genome) for genome in starts} == {expected}


def test_where_no_default_can_be_reached_starts_are_grown():
    names = ("multinomial_nb", "k_bins_discretizer", "simple_imputer")  # it takes a transformer
    grammar, starts = starts_of(CATALOGUE.only(*names), ("numeric",), "classification")
    assert starts
    assert all(grammar.contains(genome) for genome in starts)
    assert len(set(starts)) == len(starts)
    assert list(starting_pipelines(grammar, np.random.default_rng(0))) == starts


class NoRandomness:
    """Stands for a generator, which a sound start does not need."""


def sound_starts(catalogue, task):
    """Return the starts for all kinds of columns, of which none may be random."""
    grammar = Grammar(catalogue, EVERYTHING, Traits(task=task, n_rows=1000))
    starts = list(starting_pipelines(grammar, NoRandomness()))
    assert starts
    for genome in starts:
        assert grammar.contains(genome)
        build_pipeline(genome, catalogue, EVERYTHING, random_state=0)
        for part in genome.walk():
            if part.inputs and not part.is_join and not catalogue[part.operator].is_model:
                assert dict(part.settings) == catalogue[part.operator].defaults()
    return starts


def leaves(genome):
    return sorted(part.operator for part in genome.walk() if part.is_leaf)


@each_task
@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_has_sound_starts(preset, task):
    catalogue = load_catalogue(preset)
    starts = sound_starts(catalogue, task)
    assert len(starts) >= FEWEST or preset in ("interpretable", "linear")
    for genome in starts:  # words as counts are sparse, which some models do not take
        missing = {*EVERYTHING.kinds()} - set(leaves(genome))
        allowed = {"interpretable": {"texts"}, "onnx": {"dates", "texts"}}
        assert missing <= allowed.get(preset, set())


@each_task
@pytest.mark.parametrize("left_out", ["standard_scaler", "string_encoder", "one_hot_encoder"])
def test_one_operator_fewer_is_no_start_fewer(left_out, task):
    everything = sound_starts(CATALOGUE, task)
    starts = sound_starts(CATALOGUE.without(left_out), task)
    assert [genome.operator for genome in starts] == [genome.operator for genome in everything]
    assert all(leaves(genome) == sorted(EVERYTHING.kinds()) for genome in starts)


@each_task
@pytest.mark.parametrize(
    ("template", "steps"),
    [
        ("model", []),
        ("selector > model", ["variance_threshold"]),
        ("pca > model", ["pca"]),
        ("transformer > model", ["pca"]),
        ("selector > pca > model", ["variance_threshold", "pca"]),
        ("imputer > robust_scaler > model", ["simple_imputer", "robust_scaler"]),
        ("standard_scaler > kernel_pca > model", ["standard_scaler", "kernel_pca"]),
    ],
)
def test_starts_have_the_steps_of_a_template(template, steps, task):
    word = {"classification": "classifier", "regression": "regressor"}[task]
    catalogue = load_catalogue("default", template=template.replace("model", word))
    starts = sound_starts(catalogue, task)
    for genome in starts:
        assert leaves(genome) == sorted(EVERYTHING.kinds())
        trunk = []
        while not genome.is_join:
            trunk.append(genome.operator)
            (genome,) = genome.inputs
        met = [name for name in trunk[::-1] if name in steps]
        assert met == steps


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("scaler > svr_rbf", "svr_rbf(kernel_scaler(standard_scaler(simple_imputer(numeric))))"),
        (
            "kernel scaler > svr_rbf",
            "svr_rbf(kernel_scaler(standard_scaler(simple_imputer(numeric))))",
        ),
        ("pca > lasso", "lasso(pca(standard_scaler(simple_imputer(numeric))))"),
    ],
)
def test_starts_of_a_template_that_names_its_model(template, expected):
    _, starts = starts_of(CATALOGUE.with_template(template), ("numeric",), "regression")
    assert expected in [simplified(genome) for genome in starts]
    assert len({genome.operator for genome in starts}) == 1


def test_branches_that_have_the_steps_cannot_be_joined():
    catalogue = CATALOGUE.with_template("encoder > ridge")
    _, starts = starts_of(catalogue, ("numeric", "categorical", "dates"), "regression")
    assert [simplified(genome) for genome in starts] == ["ridge(one_hot_encoder(categorical))"]


def test_a_model_of_the_users_own_starts_too():
    own = [
        Operator(
            name=f"own_{type_.__name__}",
            path="sklearn.linear_model.Ridge",
            takes=type_,
            gives=Prediction,
            tasks=("regression",),
        )
        for type_ in (Gappy, Matrix, Scaled)
    ]
    catalogue = CATALOGUE
    for operator in own:
        catalogue = catalogue.with_operator(operator)
    _, starts = starts_of(catalogue, ("numeric", "categorical", "dates"), "regression")
    assert [genome.operator for genome in starts[-3:]] == [operator.name for operator in own]


@each_task
@each_kinds
def test_the_baseline_predicts_from_any_column(kinds, task):
    days = pd.to_datetime(["2020-01-01", None, "2020-01-03", "2020-01-04"])
    frame = pd.DataFrame(
        {
            "age": [1, None, 3, 4],
            "income": [1, 2, 3, 4],
            "city": ["a", "b", None, "a"],
            "when": days,
        }
    )
    columns = read_columns(frame[[name for kind in kinds for name in NAMES[kind]]])
    assert columns == columns_of(kinds)
    genome = baseline_pipeline(task, columns)
    catalogue = CATALOGUE.with_operator(BASELINES[task])
    numbers = np.array([1.0, 2.0, 3.0, 6.0])
    y = np.array(["x", "y", "x", "x"]) if task == "classification" else numbers
    for final, data in ((False, columns.read(frame)), (True, frame)):
        pipeline = build_pipeline(genome, catalogue, columns, random_state=0, final=final)
        predicted = pipeline.fit(data, y).predict(data)
        assert set(predicted) == ({"x"} if task == "classification" else {3.0})


@each_task
def test_what_does_not_scale_comes_last_with_more_rows_than_were_learnt_from(task):
    usual, large = portfolio(task, MOST_ROWS), portfolio(task, MOST_ROWS + 1)
    assert sorted(map(str, usual)) == sorted(map(str, large))
    limited = [CATALOGUE[start.model].max_rows is not None for start in large]
    assert any(limited)
    assert limited == sorted(limited)
    assert limited != [CATALOGUE[start.model].max_rows is not None for start in usual]


LINEAR = ("logistic_regression", "logistic_regression_cv", "ridge", "ridge_cv", "lasso_lars_cv")


@each_task
@pytest.mark.parametrize("n_rows", [1_000, 20_000])
def test_many_columns_start_with_linear_models_and_selected_columns(task, n_rows):
    columns = Columns(numeric=tuple(f"x{place}" for place in range(WIDE)))
    traits = Traits(task=task, n_rows=n_rows, n_columns=WIDE)
    narrower = Grammar(CATALOGUE, columns, replace(traits, n_columns=WIDE - 1))
    usual = starting_pipelines(narrower, np.random.default_rng(0))
    grammar = Grammar(CATALOGUE, columns, traits)
    starts = list(starting_pipelines(grammar, np.random.default_rng(0)))
    selected = [genome for genome in starts if SELECTORS[task] in genome.text]
    # Each usual start is there, after as many models of selected columns as evolution has founders.
    assert len(selected) == FEWEST
    assert set(starts) == {*usual, *selected}
    n_linear = next(n for n, genome in enumerate(starts) if genome.operator not in LINEAR)
    assert n_linear >= 1
    steps = {part.operator for genome in starts[:n_linear] for part in genome.walk()}
    assert not steps & {"nystroem", "pair_features"}  # which take longer than the model
    assert starts[0].operator in LINEAR
    assert selected[0].operator in LINEAR
    plain = [genome for genome in starts if genome not in selected]
    assert starts.index(selected[-1]) < starts.index(plain[n_linear + FIRSTS])


@each_task
def test_what_starts_took_elsewhere_is_known(task):
    grammar = Grammar(CATALOGUE, EVERYTHING, Traits(task=task, n_rows=1000))
    starts = starting_pipelines(grammar, np.random.default_rng(0))
    durations = [seconds for seconds in starts.values() if seconds is not None]
    assert len(durations) >= 20
    assert all(1e-3 < seconds < 60 for seconds in durations)
