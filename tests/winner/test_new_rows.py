"""Rows are predicted in blocks, and nobody can tell by the predictions or the warnings."""

import warnings
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.pipeline import Pipeline

from automl import DataError
from automl.pipelines import Grammar, Traits, build_pipeline, load_catalogue, read_columns
from automl.pipelines.building.build import make
from automl.winner import new_rows
from automl.winner.new_rows import predicted
from tests.searches import NUMBERS, X, classifier, labels, regressor

FRAME = X.assign(
    day=pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(len(X)) * 7 % 90, unit="D"),
    note=[f"{word} house" for word in ("old", "new", "red") for _ in range(len(X) // 3)],
)
FRAME.loc[FRAME.index[::9], ["a", "kind", "day"]] = None
LONG = pd.concat([FRAME, FRAME[::-1]], ignore_index=True)
COLUMNS = read_columns(FRAME)
RANKS = pd.qcut(NUMBERS, 3, labels=["low", "mean", "high"]).astype(object)
LABELS = np.column_stack([labels(0.4), labels(0.7)])
CATALOGUE = load_catalogue("default")
# Neighbors at the same distance come in any order, rows with gaps are multiplied by themselves, and
# numbers of 32 bits are added in an order that depends on their place in memory.
INEXACT = ("k_neighbors", "knn_imputer", "regression_imputer", "min_hash_encoder", "string_encoder")
KINDS = {
    "two classes": (labels(0.4), Traits(task="classification", n_rows=len(X))),
    "three classes": (RANKS, Traits(task="classification", n_rows=len(X))),
    "numbers": (np.exp(NUMBERS), Traits(task="regression", n_rows=len(X), least_target=0.01)),
    "targets of classes": (LABELS, Traits(task="classification", n_rows=len(X), n_outputs=2)),
    "targets of numbers": (X[["a", "b"]], Traits(task="regression", n_rows=len(X), n_outputs=2)),
    "quantiles": (NUMBERS, Traits(task="regression", n_rows=len(X), quantile=(0.1, 0.9))),
}


def as_list(predictions):
    return predictions if isinstance(predictions, list) else [predictions]


def assert_same(actual, expected, is_exact=True):
    # The threads of linear algebra, of which machines differ, decide on last digits.
    tolerance, least = (1e-9, 1e-12) if is_exact else (1e-3, 1e-6)
    for part, whole in zip(as_list(actual), as_list(expected), strict=True):
        assert part.dtype == whole.dtype
        if whole.dtype.kind == "f":
            np.testing.assert_allclose(part, whole, rtol=tolerance, atol=least)
        elif is_exact:
            np.testing.assert_array_equal(part, whole)


@cache
def grammar(kind):
    return Grammar(CATALOGUE, COLUMNS, KINDS[kind][1])


def random_pipeline(kind, seed):
    """Return a random pipeline that is fitted, or None where it refuses so few rows; its text."""
    target, traits = KINDS[kind]
    genome = grammar(kind).grow(np.random.default_rng(seed))
    options = {"quantile": traits.quantile, "n_outputs": traits.n_outputs}
    pipeline = build_pipeline(
        genome, CATALOGUE, COLUMNS, random_state=0, rounds=5, final=True, **options
    )
    try:
        return pipeline.fit(FRAME, np.asarray(target)), genome.text
    except ValueError:  # such as of more components than columns
        return None, genome.text


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=8)
@given(seed=st.integers(0, 2**32 - 1))
def test_blocks_predict_what_one_piece_does(kind, seed):
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("ignore")
        pipeline, text = random_pipeline(kind, seed)
        if pipeline is None:
            return
        patch.setattr(new_rows, "BLOCK", 1)
        is_exact = not any(name in text for name in INEXACT)
        for method in ("predict", "predict_proba"):
            if hasattr(pipeline, method):
                expected = getattr(pipeline, method)(LONG)
                assert_same(predicted(LONG, pipeline, method), expected, is_exact)


@pytest.mark.parametrize("n_rows", [1, 127, 128, 129, 255, 256, 257, 1000])
def test_blocks_hold_all_rows_and_none_is_short(n_rows, monkeypatch):
    monkeypatch.setattr(new_rows, "BLOCK", 700)
    rows = [list(range(n_rows)[block]) for block in new_rows._blocks(n_rows, 5)]
    assert [row for block in rows for row in block] == list(range(n_rows))
    lengths = [len(block) for block in rows]
    assert set(lengths[:-1]) <= {128}  # the greatest multiple of 64 below 700 / 5
    assert min(n_rows, 128) <= lengths[-1] < 256


class Recorder(RegressorMixin, BaseEstimator):
    """A model that keeps the numbers of the rows that it was given."""

    def fit(self, X, y):
        self.lengths_ = []
        return self

    def predict(self, X):
        self.lengths_.append(len(X))
        return np.zeros(len(X))


def recorder():
    cells = make(COLUMNS.reader())
    return Pipeline([("cells", cells), ("model", Recorder())]).fit(FRAME, NUMBERS)


def test_models_see_blocks_and_the_reader_of_cells_all_rows(monkeypatch):
    monkeypatch.setattr(new_rows, "BLOCK", 1)
    pipeline = recorder()
    # In the first block no cell of the column can be read, and that is no error of all rows.
    odd = FRAME.assign(day=FRAME["day"].astype(object)).reset_index(drop=True)
    odd.loc[:63, "day"] = "soon"
    with pytest.warns(UserWarning, match=r"of 150 cells of the column 'day' are not") as caught:
        predicted(odd, pipeline, "predict")
    assert len(caught) == 1
    assert pipeline.steps[-1][1].lengths_ == [64, 86]
    with pytest.raises(DataError, match="none can be read"):
        predicted(odd.assign(day="soon"), pipeline, "predict")


def test_every_method_of_a_search_predicts_in_blocks(monkeypatch):
    numbers, classes = regressor().fit(X, NUMBERS), classifier(ensemble_size=3).fit(X, labels(0.4))
    calls = [
        getattr(search, method)
        for search, method in (
            (classes, "predict"),
            (classes, "predict_proba"),
            (numbers, "predict"),
            (numbers, "predict_interval"),
        )
    ]
    expected = [call(X) for call in calls]
    monkeypatch.setattr(new_rows, "BLOCK", 1)
    for call, values in zip(calls, expected, strict=True):
        assert_same(call(X), values)
