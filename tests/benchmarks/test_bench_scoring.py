"""Scores are those of scikit-learn, whatever classes an adapter knows and in whatever order."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import log_loss, mean_squared_error, roc_auc_score

from benchmarks.adapters import Predictions
from benchmarks.errors import ScoringError
from benchmarks.scores.scoring import (
    N_RESAMPLES,
    align_probabilities,
    constant_predictions,
    resampled_scores,
    score_predictions,
)
from benchmarks.tasks.split import Split
from benchmarks.tasks.task import Kind, Task


def make_split(kind, train, test):
    y = pd.Series([*train, *test], name="target")
    X = pd.DataFrame({"a": range(len(y))})
    n_train = len(train)
    task = Task("made", kind, X, y, "made up")
    return Split(task, 0, X[:n_train], y[:n_train], X[n_train:], y[n_train:].reset_index(drop=True))


def test_binary():
    split = make_split(Kind.BINARY, ["a", "b"], ["b", "a", "b", "a"])
    positive = np.array([0.9, 0.2, 0.4, 0.6])
    expected = roc_auc_score([1, 0, 1, 0], positive)
    in_order = Predictions(np.column_stack([1 - positive, positive]), ["a", "b"])
    turned = Predictions(np.column_stack([positive, 1 - positive]), ["b", "a"])
    assert score_predictions(split, in_order) == expected == 0.75
    assert score_predictions(split, turned) == expected


def test_multiclass_with_classes_missing_on_either_side():
    # 2 is in no training row, so the adapter does not know it; 3 is in no test row.
    split = make_split(Kind.MULTICLASS, [0, 1, 3], [0, 1, 2])
    values = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4]])
    score = score_predictions(split, Predictions(values, [0, 1, 3]))
    full = np.insert(values, 2, 0.0, axis=1)
    assert score == pytest.approx(log_loss([0, 1, 2], full, labels=[0, 1, 2, 3]))
    assert np.isfinite(score)


def test_regression():
    split = make_split(Kind.REGRESSION, [1.0, 2.0], [1.0, 4.0])
    score = score_predictions(split, Predictions(np.array([2.0, 2.0]), []))
    assert score == pytest.approx(mean_squared_error([1.0, 4.0], [2.0, 2.0]) ** 0.5)


def test_alignment_sorts_fills_and_normalizes():
    aligned = align_probabilities(Predictions(np.array([[0.5, 1.5]]), ["c", "a"]), ["a", "b", "c"])
    assert aligned.tolist() == [[0.75, 0.0, 0.25]]


def test_constants():
    split = make_split(Kind.MULTICLASS, ["x", "x", "y", "z"], ["x", "y", "z"])
    constant = constant_predictions(split)
    assert constant.classes == ["x", "y", "z"]
    assert constant.values.tolist() == [[0.5, 0.25, 0.25]] * 3
    split = make_split(Kind.REGRESSION, [1.0, 2.0], [1.0, 4.0])
    assert constant_predictions(split).values.tolist() == [1.5, 1.5]
    split = make_split(Kind.BINARY, ["a", "b"], ["b", "a"])
    assert score_predictions(split, constant_predictions(split)) == 0.5


@pytest.mark.parametrize(
    ("values", "classes", "message"),
    [
        ([[0.5, 0.5]], ["a", "b"], r"expected predictions of shape \(2, 2\), got shape \(1, 2\)"),
        ([[np.nan, 0.5], [0.5, 0.5]], ["a", "b"], "1 of 4 that are not"),
        ([[0.5, 0.5], [0.5, 0.5]], ["a", "q"], r"got \['a', 'q'\]"),
        ([[0.5, 0.5], [0.5, 0.5]], ["a", "a"], r"different classes"),
        ([[1.5, -0.5], [0.5, 0.5]], ["a", "b"], "of 0 or more"),
        ([[0.0, 0.0], [0.5, 0.5]], ["a", "b"], "of 0 or more"),
    ],
)
def test_what_cannot_be_scored(values, classes, message):
    split = make_split(Kind.BINARY, ["a", "b"], ["b", "a"])
    with pytest.raises(ScoringError, match=message):
        score_predictions(split, Predictions(np.array(values), classes))


def test_one_class_held_out():
    split = make_split(Kind.BINARY, ["a", "b"], ["b", "b"])
    with pytest.raises(ScoringError, match="both classes"):
        score_predictions(split, Predictions(np.full((2, 2), 0.5), ["a", "b"]))


def test_resamples_are_the_same_for_all_and_spread_as_the_score_does():
    random = np.random.default_rng(0)
    y = random.normal(size=400)
    split = make_split(Kind.REGRESSION, [0.0, 1.0], list(y))
    errors = random.normal(size=400)
    single, double = (
        np.array(resampled_scores(split, Predictions(y + share * errors, [])))
        for share in (1.0, 2.0)
    )
    assert single.shape == (N_RESAMPLES,)
    np.testing.assert_allclose(double, 2 * single)
    # The variance of a mean square of n normal errors is 2 / n, that of its root half as much.
    assert single.std() == pytest.approx((1 / (2 * 400)) ** 0.5, rel=0.2)


def test_every_resample_has_all_classes():
    split = make_split(Kind.BINARY, ["a", "b"], ["a"] * 30 + ["b"])
    values = np.linspace(0, 1, 31)
    scores = resampled_scores(split, Predictions(np.column_stack([1 - values, values]), ["a", "b"]))
    assert np.isfinite(scores).all()
