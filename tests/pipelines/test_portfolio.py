"""The pipelines that every search starts from belong to its grammar, the simplest first."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from automl.pipelines import (
    Catalogue,
    Columns,
    Genome,
    Grammar,
    Operator,
    Traits,
    build_pipeline,
    load_catalogue,
    read_columns,
    starting_pipelines,
)
from automl.pipelines.catalogue import BASELINES
from automl.pipelines.operator import Gappy, Matrix, Prediction, Scaled, Task
from automl.pipelines.portfolio import STARTS, baseline_pipeline

CATALOGUE = load_catalogue("default")
NAMES = {"numeric": ("age", "income"), "categorical": ("city",), "dates": ("when",)}
KINDS = [kinds for size in (1, 2, 3) for kinds in combinations(NAMES, size)]
TASKS: tuple[Task, ...] = ("classification", "regression")
SIMPLEST = {"classification": "linear_discriminant_analysis", "regression": "ridge"}

each_kinds = pytest.mark.parametrize("kinds", KINDS, ids="-".join)
each_task = pytest.mark.parametrize("task", TASKS)


def columns_of(kinds: tuple[str, ...]) -> Columns:
    return Columns(**{kind: NAMES[kind] for kind in kinds})


def starts_of(
    catalogue: Catalogue, kinds: tuple[str, ...], task: Task, n_rows: int = 1000
) -> tuple[Grammar, list[Genome]]:
    grammar = Grammar(catalogue, columns_of(kinds), Traits(task=task, n_rows=n_rows))
    return grammar, starting_pipelines(grammar, np.random.default_rng(0))


@each_task
@each_kinds
@pytest.mark.parametrize("n_rows", [50, 1000, 1_000_000])
def test_starts_belong_to_the_grammar(kinds: tuple[str, ...], task: Task, n_rows: int) -> None:
    grammar, starts = starts_of(CATALOGUE, kinds, task, n_rows)
    assert all(grammar.contains(genome) for genome in starts)
    assert len(set(starts)) == len({genome.text for genome in starts}) == len(starts)
    for genome in starts:
        leaves = [part.operator for part in genome.walk() if part.is_leaf]
        assert sorted(leaves) == sorted(kinds)  # every kind of columns once
        build_pipeline(genome, CATALOGUE, columns_of(kinds), random_state=0)


@each_task
@each_kinds
def test_the_simplest_linear_model_is_first(kinds: tuple[str, ...], task: Task) -> None:
    _, starts = starts_of(CATALOGUE, kinds, task)
    first = starts[0]
    assert first.operator == SIMPLEST[task]
    assert dict(first.settings) == CATALOGUE[first.operator].defaults()
    linear = {"one_hot_encoder", "simple_imputer", "standard_scaler", "datetime_encoder", "join"}
    assert {part.operator for part in first.walk()} <= {first.operator, *kinds, *linear}
    for part in first.walk():
        if part.inputs and not part.is_join:
            assert dict(part.settings) == CATALOGUE[part.operator].defaults()


@each_task
def test_the_declared_models_and_no_others_start(task: Task) -> None:
    grammar, starts = starts_of(CATALOGUE, ("numeric", "categorical"), task)
    declared = {start.model for start in STARTS[task]}
    models = {name for name, operator in grammar.operators.items() if operator.is_model}
    assert {genome.operator for genome in starts} == models & declared
    assert models - declared  # evolution finds them


@each_task
def test_every_kind_of_columns_starts(task: Task) -> None:
    columns = Columns(
        numeric=("age",),
        ordered=("size",),
        categorical=("city",),
        high_cardinality=("street",),
        dates=("when",),
        durations=("waited",),
        texts=("note",),
        orders={"size": ("S", "M")},
    )
    grammar = Grammar(CATALOGUE, columns, Traits(task=task, n_rows=1000))
    starts = starting_pipelines(grammar, np.random.default_rng(0))
    for genome in starts:
        leaves = [part.operator for part in genome.walk() if part.is_leaf]
        assert sorted(leaves) == sorted(columns.kinds())
    declared = [one.model for one in STARTS[task] if one.model in grammar.operators]
    assert [genome.operator for genome in starts] == declared


@each_task
def test_the_declared_starts_are_all_there_and_in_order(task: Task) -> None:
    grammar, starts = starts_of(CATALOGUE, ("numeric", "categorical", "dates"), task)
    declared = [start for start in STARTS[task] if start.model in grammar.operators]
    assert len(declared) >= len(STARTS[task]) - 2  # of packages that are not there
    assert [genome.operator for genome in starts] == [start.model for start in declared]
    for genome, start in zip(starts, declared, strict=True):
        if start.categories is not None:
            assert start.categories in {part.operator for part in genome.walk()}
        expected = {**CATALOGUE[start.model].defaults(), **start.settings}
        assert dict(genome.settings) == expected


@each_task
@each_kinds
def test_a_linear_catalogue_starts_with_its_one_pipeline(
    kinds: tuple[str, ...], task: Task
) -> None:
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
            ["ridge"],  # a lasso is no start
        ),
    ],
)
def test_restricted_catalogues(names: list[str], kinds: list[str], expected: list[str]) -> None:
    catalogue = CATALOGUE.only(*names)
    grammar, starts = starts_of(catalogue, tuple(kinds), "regression")
    assert list(dict.fromkeys(genome.operator for genome in starts)) == expected
    assert all(grammar.contains(genome) for genome in starts)
    used = {part.operator for genome in starts for part in genome.walk() if part.inputs}
    assert used <= {*names, "join"}


@pytest.mark.parametrize(
    ("names", "kinds"),
    [
        (["ridge", "min_max_scaler", "knn_imputer"], ["numeric"]),
        (["ridge", "ordinal_encoder", "robust_scaler"], ["categorical"]),
        (["hist_gradient_boosting_regressor", "one_hot_encoder"], ["numeric", "categorical"]),
        (["gaussian_nb", "knn_imputer"], ["numeric"]),
        (["lasso", "standard_scaler", "simple_imputer"], ["numeric"]),  # sound, but no start
    ],
)
def test_without_a_sound_default_starts_are_grown(names: list[str], kinds: list[str]) -> None:
    task: Task = "classification" if "gaussian_nb" in names else "regression"
    grammar, starts = starts_of(CATALOGUE.only(*names), tuple(kinds), task)
    assert starts
    assert all(grammar.contains(genome) for genome in starts)
    assert len(set(starts)) == len(starts)
    again = starting_pipelines(grammar, np.random.default_rng(0))
    assert again == starts


def test_a_model_of_the_users_own_starts_too() -> None:
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
def test_the_baseline_predicts_from_any_column(kinds: tuple[str, ...], task: Task) -> None:
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
