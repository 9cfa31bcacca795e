"""Pipelines of the preset "onnx": all their steps have an ONNX form."""

import warnings

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from automl import catalogue
from automl.onnx import DifferenceError, model_of
from automl.pipelines import Grammar, Traits, build_pipeline, read_columns, starting_pipelines

N_ROWS = 400
TASKS = {
    "two classes": "classification",
    "three classes": "classification",
    "numbers": "regression",
}
OPERATORS = catalogue("onnx")


def mixed_rows(target):
    """Return rows with every kind of column that has an ONNX form, with gaps, and their target."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "age": rng.normal(40, 10, N_ROWS).round(1),
            "pay": rng.lognormal(8, 1, N_ROWS).round(2),
            "children": rng.integers(0, 5, N_ROWS),
            "city": rng.choice(["Oslo", "Rome", "Bern", "Lima"], N_ROWS),
            "street": rng.choice([f"street {number}" for number in range(80)], N_ROWS),
            "size": pd.Categorical(rng.choice(["S", "M"], N_ROWS), ["S", "M"], ordered=True),
            "waited": pd.to_timedelta(rng.integers(0, 1000, N_ROWS), unit="min"),
        }
    )
    amount = frame["age"] / 10 + np.log(frame["pay"]) + 2 * (frame["city"] == "Oslo")
    amount += rng.normal(0, 0.5, N_ROWS)
    for name in ("age", "city", "waited"):
        frame.loc[rng.random(N_ROWS) < 0.1, name] = None
    if target == "numbers":
        return frame, amount
    n_classes = 2 if target == "two classes" else 3
    return frame, pd.qcut(amount, n_classes, labels=list("abc")[:n_classes]).astype(str)


def converted(genomes, target):
    """Return how far each pipeline that fits is from Python; None for one that hangs on a digit."""
    frame, y = mixed_rows(target)
    columns, is_new = read_columns(frame), np.arange(N_ROWS) % 2 == 1
    new = frame[is_new].reset_index(drop=True)
    new.loc[::9, ["city", "street"]] = "elsewhere"  # which training has not seen
    differences = []
    for genome in genomes:
        with warnings.catch_warnings(), threadpool_limits(1):
            warnings.simplefilter("ignore")
            pipeline = build_pipeline(genome, OPERATORS, columns, random_state=0, final=True)
            try:
                pipeline.fit(frame[~is_new], y[~is_new])
            except Exception:  # noqa: BLE001 of any package, such as when no column is left
                continue
            try:
                differences.append(model_of(pipeline, columns, new)[1].largest_difference)
            except DifferenceError:
                differences.append(None)
    return differences


def grammar_of(target):
    frame, _ = mixed_rows(target)
    columns = read_columns(frame)
    assert set(columns.kinds()) == {
        "numeric", "ordered", "categorical", "high_cardinality", "durations"
    }  # fmt: skip
    traits = Traits(task=TASKS[target], n_rows=N_ROWS // 2, n_columns=7, least_target=1.0)
    return Grammar(OPERATORS, columns, traits)


@pytest.mark.slow
@pytest.mark.parametrize("target", TASKS)
def test_the_first_starts_convert(target):
    genomes = list(starting_pipelines(grammar_of(target), np.random.default_rng(0)))[:4]
    differences = converted(genomes, target)
    assert len(differences) == len(genomes)
    assert None not in differences
    assert max(differences) < 1e-3


@pytest.mark.slow
@pytest.mark.parametrize("target", TASKS)
def test_all_starts_and_random_pipelines_convert(target):
    grammar, rng = grammar_of(target), np.random.default_rng(0)
    starts = starting_pipelines(grammar, rng)
    of_starts = converted(starts, target)
    assert len(of_starts) == len(starts)
    assert None not in of_starts
    drawn = converted([grammar.grow(rng) for _ in range(30)], target)
    # Ties among neighbors and columns of nothing but rounding are others in every library.
    assert drawn.count(None) <= len(drawn) / 10
    assert len(drawn) > 15


def test_catboost_takes_numbers_and_no_categories():
    grammar = grammar_of("two classes")
    for genome in starting_pipelines(grammar, np.random.default_rng(0)):
        names = [part.operator for part in genome.walk()]
        assert not {"category_encoder", "cat_boost_classifier_unstopped"} <= set(names)
    assert {"cat_boost_classifier", "category_encoder", "lgbm_classifier"} <= set(OPERATORS)
