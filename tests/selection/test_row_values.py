"""Values of rows, whose mean is the score of these rows and nearly that of others."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import (
    accuracy_score,
    log_loss,
    mean_absolute_error,
    mean_pinball_loss,
    mean_squared_error,
    roc_auc_score,
    root_mean_squared_error,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from automl.evaluation.held_out import CachingPredictor
from automl.problem.metric import Quantile, TunedThreshold, resolve_metric
from automl.problem.stored import StoredNumbers, StoredProbabilities
from automl.selection.row_values import BLOCKS, RowValues

LETTERS = np.array(["a", "b", "c"])


def row_values_of(scoring, classes=None):
    task = "regression" if classes is None else "classification"
    labels = None if classes is None else classes.tolist()
    return RowValues(resolve_metric(scoring, task, labels), classes)


def two_classes(n, seed=0):
    """Return labels of two classes, and probabilities that tell something of them, with ties."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    high = np.clip(0.5 + 0.2 * (2 * y - 1) + rng.normal(scale=0.3, size=n), 0, 1).round(2)
    return y, np.column_stack([1 - high, high])


def numbers(n, n_outputs=1, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.normal(size=(n, n_outputs))
    predictions = y + rng.normal(scale=0.5, size=y.shape)
    return (y[:, 0] if n_outputs == 1 else y), predictions


eighths = st.integers(0, 8).map(lambda number: number / 8)  # of which many are equal
weights = st.floats(0.1, 9)
class_rows = st.lists(st.tuples(st.booleans(), eighths, weights), min_size=2, max_size=40)
number_rows = st.lists(st.tuples(eighths, eighths, weights), min_size=1, max_size=40)

OF_CLASSES = {
    "roc_auc": lambda y, p, w: roc_auc_score(y, p[:, 1], sample_weight=w),
    "neg_log_loss": lambda y, p, w: -log_loss(y, p, labels=[0, 1], sample_weight=w),
    "accuracy": lambda y, p, w: accuracy_score(y, p[:, 1] > 0.5, sample_weight=w),
}
OF_NUMBERS = {
    "neg_root_mean_squared_error": root_mean_squared_error,
    "neg_mean_squared_error": mean_squared_error,
    "neg_mean_absolute_error": mean_absolute_error,
}
WITHOUT_CLOSED_FORM = ("f1", "balanced_accuracy", "average_precision", "matthews_corrcoef")


@pytest.mark.parametrize("name", OF_CLASSES)
@given(rows=class_rows, weighted=st.booleans())
def test_the_mean_of_values_is_the_score_of_scikit_learn_for_classes(name, rows, weighted):
    y, high, w = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
    y[:2] = [0, 1]
    p, w = np.column_stack([1 - high, high]), (w if weighted else None)
    row_values = row_values_of(name, np.array([0.0, 1.0]))
    expected = OF_CLASSES[name](y, p, w)
    assert np.average(row_values.values(y, p, w), weights=w) == pytest.approx(expected)
    assert row_values.score(y, p.astype(np.float32), w) == pytest.approx(expected)


@pytest.mark.parametrize("name", [*OF_NUMBERS, 0.9])
@given(rows=number_rows, weighted=st.booleans())
def test_the_mean_of_values_is_the_score_of_scikit_learn_for_numbers(name, rows, weighted):
    y, predicted, w = (np.array(column) for column in zip(*rows, strict=True))
    w = w if weighted else None
    if name == 0.9:
        row_values = row_values_of(Quantile(name))
        expected = -mean_pinball_loss(y, predicted, alpha=name, sample_weight=w)
    else:
        row_values = row_values_of(name)
        expected = -OF_NUMBERS[name](y, predicted, sample_weight=w)
    values = row_values.values(y, predicted[:, None], w)
    assert np.average(values, weights=w) == pytest.approx(expected, abs=1e-12)
    assert row_values.score(y, predicted[:, None], w) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    "name", [*WITHOUT_CLOSED_FORM, *OF_CLASSES, "r2", "neg_median_absolute_error"]
)
def test_the_mean_of_values_is_the_score_of_the_scorer(name, weighted):
    is_class = name in (*WITHOUT_CLOSED_FORM, *OF_CLASSES)
    y, predictions = two_classes(90) if is_class else numbers(90)
    classes = LETTERS[:2] if is_class else None
    y = LETTERS[y] if is_class else y
    row_values = row_values_of(name, classes)
    stored = StoredProbabilities(predictions, classes) if is_class else StoredNumbers(predictions)
    w = np.random.default_rng(0).uniform(0.5, 2, 90) if weighted else None
    options = {"sample_weight": w} if weighted else {}
    expected = row_values.metric.scorer(stored, np.zeros((90, 1)), y, **options)
    assert row_values.score(y, predictions, w) == pytest.approx(expected)
    assert np.average(row_values.values(y, predictions, w), weights=w) == pytest.approx(expected)


CLOSED = ("roc_auc", "neg_root_mean_squared_error")
JACKKNIFED = ("f1", "balanced_accuracy", "average_precision", "r2")


def resampled(name, n=400, count=150):
    """Return the scores of resampled rows, and the means of their values."""
    is_class = not name.startswith("neg_") and name != "r2"
    y, predictions = two_classes(n) if is_class else numbers(n)
    row_values = row_values_of(name, np.array([0, 1]) if is_class else None)
    values = row_values.values(y, predictions)
    rng = np.random.default_rng(1)
    draws = [rng.integers(n, size=n) for _ in range(count)]
    exact = np.array([row_values.score(y[rows], predictions[rows]) for rows in draws])
    return exact, np.array([values[rows].mean() for rows in draws])


@pytest.mark.parametrize("name", CLOSED)
def test_values_foretell_the_score_of_resampled_rows(name):
    exact, foretold = resampled(name)
    assert np.corrcoef(exact, foretold)[0, 1] > 0.995
    assert np.abs(exact - foretold).max() < 0.1 * (exact.max() - exact.min())


@pytest.mark.parametrize("name", JACKKNIFED)
def test_the_jackknife_foretells_how_much_a_score_varies(name):
    exact, foretold = resampled(name)
    assert foretold.std() == pytest.approx(exact.std(), rel=0.35)
    assert foretold.mean() == pytest.approx(exact.mean(), abs=3 * exact.std() / 12)


def test_the_jackknife_of_a_mean_has_the_spread_of_the_rows():
    def own(estimator, X, y):
        return -float(np.mean((estimator.predict(X) - y) ** 2))

    y, predictions = numbers(2000)
    values = row_values_of(own).values(y, predictions)
    exact = row_values_of("neg_mean_squared_error").values(y, predictions)
    assert values.mean() == pytest.approx(exact.mean())
    assert values.std() == pytest.approx(exact.std(), rel=0.3)
    few = row_values_of(own).values(y[:BLOCKS], predictions[:BLOCKS])  # each row is a block
    np.testing.assert_allclose(few, exact[:BLOCKS], atol=1e-6)


def test_rows_of_a_group_are_left_out_together():
    y, p = two_classes(120)
    groups = np.random.default_rng(0).integers(5, 35, 120) * 2
    values = row_values_of("f1", np.array([0, 1])).values(y, p, units=groups)
    assert len(np.unique(values)) <= BLOCKS
    for group in np.unique(groups):
        assert len(np.unique(values[groups == group])) == 1


@pytest.mark.parametrize("name", ["r2", "neg_median_absolute_error"])
@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_few_rows(name, n):
    y, predictions = numbers(n)
    values = row_values_of(name).values(y, predictions)
    score = row_values_of(name).score(y, predictions)
    assert values.shape == (n,)
    assert np.isnan(score) or values.mean() == pytest.approx(score)


@pytest.mark.parametrize("name", ["f1_macro", "d2_log_loss_score", "roc_auc_ovr", "recall_macro"])
def test_a_class_with_one_row_or_a_single_group(name):
    y = LETTERS[np.arange(40) % 2]
    y[5] = "c"  # without it some scorers raise, and others warn
    p = np.random.default_rng(0).dirichlet(np.ones(3), 40)
    row_values = row_values_of(name, LETTERS)
    score = row_values.score(y, p)
    values = row_values.values(y, p)
    assert values.mean() == pytest.approx(score)
    assert np.isfinite(values).all()
    assert np.unique(values).size > 1
    one_group = row_values.values(y, p, units=np.full(40, 7))  # as with LeaveOneGroupOut
    np.testing.assert_allclose(one_group, score)


def test_warnings_of_a_scorer_are_silent():
    y, p = two_classes(40)
    never = np.tile([0.9, 0.1], (40, 1))
    for name in ("precision", "f1"):
        row_values = row_values_of(name, np.array([0, 1]))
        assert row_values.score(y, never) == 0
        np.testing.assert_array_equal(row_values.values(y, never), 0)
        assert row_values.score(y, p) > 0


def test_several_targets():
    y, predictions = numbers(60, n_outputs=2)
    for name, function in OF_NUMBERS.items():
        values = row_values_of(name).values(y, predictions)
        assert values.shape == (60,)
        assert values.mean() == pytest.approx(-function(y, predictions))


def test_perfect_predictions():
    y, _ = numbers(20)
    np.testing.assert_array_equal(
        row_values_of("neg_root_mean_squared_error").values(y, y[:, None]), 0
    )
    labels, _ = two_classes(20)
    sure = np.eye(2)[labels]
    np.testing.assert_array_equal(
        row_values_of("roc_auc", np.array([0, 1])).values(labels, sure), 1
    )
    losses = row_values_of("neg_log_loss", np.array([0, 1])).values(labels, 1 - sure)
    assert losses == pytest.approx(np.log(np.finfo(float).eps))


def test_a_function_of_the_user_keeps_its_meaning_under_any_name():
    def roc_auc(estimator, X, y):
        return float(np.mean(estimator.predict(X) == y)) + 10

    y, p = two_classes(40)
    row_values = row_values_of(roc_auc, np.array([0, 1]))
    assert row_values.score(y, p) == 10 + row_values_of("accuracy", np.array([0, 1])).score(y, p)
    assert row_values.values(y, p).mean() == pytest.approx(row_values.score(y, p))


def test_labels_stand_for_themselves_where_a_threshold_is_tuned():
    y, p = two_classes(60)
    labels = np.eye(2, dtype=np.float32)[(p[:, 1] > 0.3).astype(int)]
    stored = StoredProbabilities(labels, LETTERS[:2])
    for score in ("f1", "accuracy", "recall"):
        row_values = row_values_of(TunedThreshold(score), LETTERS[:2])
        expected = row_values.metric.scorer(stored, np.zeros((60, 1)), LETTERS[y])
        assert row_values.score(LETTERS[y], labels) == pytest.approx(expected)


class Counting:
    """Notes the names of the attributes that it is asked for."""

    def __init__(self, pipeline):
        self.pipeline = pipeline
        self.calls = []

    def __getattr__(self, name):
        self.calls.append(name)
        return getattr(self.pipeline, name)


class TestCachingPredictor:
    X = pd.DataFrame(np.random.default_rng(0).normal(size=(30, 2)), columns=["a", "b"])
    y = np.repeat(["x", "z"], 15)

    def pipeline(self):
        return make_pipeline(StandardScaler(), LogisticRegression()).fit(self.X, self.y)

    def test_a_table_is_predicted_once(self):
        pipeline = Counting(self.pipeline())
        predictor = CachingPredictor(pipeline, np.array(["x", "z"]))
        first = predictor.predict_proba(self.X)
        assert predictor.predict_proba(self.X) is first
        np.testing.assert_array_equal(
            predictor.held_out(self.X, labels=False), first.astype(np.float32)
        )
        assert pipeline.calls.count("predict_proba") == 1
        predictor.predict_proba(self.X.copy())  # equal cells, but another table
        assert pipeline.calls.count("predict_proba") == 2

    def test_a_class_that_the_training_part_lacks_has_a_column(self):
        predictor = CachingPredictor(self.pipeline(), np.array(["w", "x", "y", "z"]))
        probabilities = predictor.predict_proba(self.X)
        assert probabilities.shape == (30, 4)
        np.testing.assert_array_equal(probabilities[:, [0, 2]], 0)
        np.testing.assert_array_equal(
            probabilities[:, [1, 3]], self.pipeline().predict_proba(self.X)
        )
        labels = predictor.held_out(self.X, labels=True)
        assert labels.dtype == np.float32
        np.testing.assert_array_equal(
            predictor.classes[labels.argmax(axis=1)], predictor.predict(self.X)
        )

    def test_it_has_the_attributes_of_the_pipeline(self):
        pipeline = self.pipeline()
        predictor = CachingPredictor(pipeline, np.array(["x", "z"]))
        assert predictor.named_steps == pipeline.named_steps
        assert predictor[-1] is pipeline[-1]
        assert predictor[:-1].transform(self.X).shape == (30, 2)
        with pytest.raises(AttributeError, match="nonsense"):
            _ = predictor.nonsense

    @pytest.mark.parametrize("name", [*OF_CLASSES, *WITHOUT_CLOSED_FORM])
    def test_stored_predictions_score_as_the_pipeline_did(self, name):
        row_values = row_values_of(name, np.array(["x", "z"]))
        predictor = CachingPredictor(self.pipeline(), row_values.classes)
        score = row_values.metric.scorer(predictor, self.X, self.y)
        held_out = predictor.held_out(self.X, labels=False)
        assert row_values.score(self.y, held_out) == pytest.approx(score, rel=1e-5)

    @pytest.mark.parametrize("n_outputs", [1, 2])
    def test_numbers(self, n_outputs):
        y = np.random.default_rng(1).normal(size=(30, n_outputs))
        y = y[:, 0] if n_outputs == 1 else y
        predictor = CachingPredictor(Ridge().fit(self.X, y), None)
        held_out = predictor.held_out(self.X, labels=False)
        assert held_out.shape == (30, n_outputs)
        np.testing.assert_allclose(
            StoredNumbers(held_out).predict(None), predictor.predict(self.X), rtol=1e-5
        )
        score = row_values_of("r2").metric.scorer(predictor, self.X, y)
        assert row_values_of("r2").score(y, held_out) == pytest.approx(score, rel=1e-4)
