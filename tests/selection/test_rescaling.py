"""Probabilities are rescaled where that makes them come true, and left alone otherwise."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import softmax
from sklearn.metrics import log_loss
from sklearn.model_selection import TimeSeriesSplit
from sklearn.naive_bayes import GaussianNB

from automl.outcome import FoldOutcome, Outcome, State
from automl.pipelines import Genome, Rescaling, load_catalogue
from automl.pipelines.carried.rescaling import RescaledClassifier
from automl.problem import NestedCV, Problem, outer_splits
from automl.problem.dataset import read_dataset
from automl.problem.metric import resolve_metric
from automl.search.bank import Candidate
from automl.search.evaluated import Evaluated
from automl.selection import Chooser, rescaled
from automl.selection.evidence import Evidence
from automl.selection.rescaling import find_rescaling, rescale
from automl.winner.held_out import held_out_rows

# A row is known by its number here.
pytestmark = pytest.mark.filterwarnings("ignore:the columns .* count the rows")

N = 600


def drawn(seed, n_classes):
    """Return the logarithms of true chances, and labels that were drawn by them."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(N, n_classes))
    chances = softmax(logits, axis=1)
    y = np.array([rng.choice(n_classes, p=row) for row in chances])
    return logits, y


def rescale_choice(y, probabilities, scoring="neg_log_loss", cv=5, **options):
    """Choose a pipeline with these probabilities, and rescale them."""
    frame, cv = pd.DataFrame({"number": np.arange(len(y))}), NestedCV(outer=cv, repeats=1)
    dataset = read_dataset(frame, y, "classification", **options)
    metric = resolve_metric(scoring, "classification", dataset.classes.tolist())
    splits = outer_splits(dataset, cv, seed=0)
    problem = Problem(dataset, load_catalogue("default"), splits, metric, 0, cv)
    held_out = {
        fold: probabilities[rows].astype(np.float32) for fold, (_, rows) in enumerate(splits)
    }
    row_values = Evidence(problem).row_values
    folds = [
        FoldOutcome(State.DONE, row_values.score(y[rows], held_out[fold]))
        for fold, (_, rows) in enumerate(splits)
    ]
    outcome = Outcome(State.DONE, tuple(folds))
    candidate = Candidate(
        Evaluated(Genome.canonical("gaussian_nb", Genome("numeric")), outcome, number=1), held_out
    )
    chooser = Chooser(problem, [candidate], 1, np.random.default_rng(0))
    choice = chooser.choose()
    return choice, *rescaled(choice, chooser.evidence)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize(("slope", "shift"), [(3.0, 0.0), (0.4, 0.0), (1.0, 1.5)])
def test_a_slope_and_shifts_are_found_again(n_classes, slope, shift):
    logits, y = drawn(0, n_classes)
    wrong = softmax(slope * logits + shift * np.eye(n_classes)[1], axis=1)
    choice, better, rescaling = rescale_choice(y, wrong)
    assert rescaling.slope == pytest.approx(1 / slope, rel=0.25)
    expected = np.zeros(n_classes)
    expected[1] = -shift / slope
    np.testing.assert_allclose(rescaling.shifts, expected, atol=0.35)
    assert better.naive > choice.naive + 0.02
    assert better.estimate - choice.estimate == pytest.approx(better.naive - choice.naive)
    truth = -log_loss(y, softmax(logits, axis=1))
    assert better.naive == pytest.approx(truth, abs=0.02)
    assert choice.rescaled is None
    assert sorted(better.rescaled) == list(range(5))
    assert np.average(better.values) == pytest.approx(better.naive, abs=1e-6)


def test_probabilities_that_come_true_are_left_alone():
    n_unchanged = 0
    for seed in range(20):
        logits, y = drawn(seed, 2)
        choice, result, rescaling = rescale_choice(y, softmax(logits, axis=1))
        n_unchanged += rescaling is None
        assert result is choice or rescaling is not None
    assert n_unchanged >= 17  # two standard errors: one in forty by chance


def test_ranks_stay_as_they_are():
    logits, y = drawn(1, 2)
    choice, better, rescaling = rescale_choice(y, softmax(4 * logits, axis=1), "roc_auc")
    assert rescaling is not None
    assert better.naive == pytest.approx(choice.naive, abs=1e-6)


def test_labels_may_not_get_worse():
    """A shift that makes probabilities true would end the luck of a threshold."""
    logits, y = drawn(2, 2)
    shifted = softmax(logits + 1.5 * np.eye(2)[1], axis=1)
    assert rescale_choice(y, shifted, "balanced_accuracy")[2] is not None
    rare = (y == 1) & (np.random.default_rng(0).uniform(size=N) < 0.1)
    assert (
        rescale_choice(rare.astype(int), softmax(2 * logits, axis=1), "balanced_accuracy")[2]
        is None
    )


def test_weights_are_no_frequencies():
    logits, y = drawn(3, 2)
    wrong = softmax(3 * logits, axis=1)
    choice, result, rescaling = rescale_choice(y, wrong, sample_weight=np.ones(N))
    assert rescaling is None
    assert result is choice


def test_groups_count_once():
    logits, y = drawn(4, 2)
    sure = softmax(3 * logits, axis=1)
    assert rescale_choice(y, sure, groups=np.arange(N))[2] is not None
    copies = np.arange(N) // 60  # ten units: nothing is sure
    assert rescale_choice(y[copies], sure[copies], groups=copies)[2] is None


def test_separable_classes_get_no_endless_slope():
    y = np.arange(N) % 2
    chance = np.random.default_rng(0).uniform(0.05, 0.45, size=N)
    probabilities = np.stack([np.where(y, chance, 1 - chance), np.where(y, 1 - chance, chance)], 1)
    _, better, rescaling = rescale_choice(y, probabilities)
    assert 1 < rescaling.slope <= 10
    after = rescale(probabilities, rescaling)
    assert len(np.unique(after[:, 1])) == len(np.unique(probabilities[:, 1]))  # no ties
    assert better.naive < 0


def test_a_class_that_no_fold_holds_out_is_not_forgotten():
    logits, y = drawn(7, 3)
    order = np.argsort(y == 0, kind="stable")[::-1]  # class 0 first, where nothing is held out
    y, sure = y[order], softmax(3 * logits[order], axis=1)
    assert rescale_choice(y, sure, cv=TimeSeriesSplit(2))[2] is None
    rare = np.flatnonzero(y != 0)[:597]
    assert len(rescale_choice(y[rare], sure[rare], cv=5)) == 3


def test_many_classes_are_found_from_few_rows():
    n_classes, n_rows = 150, 3_000
    y = np.arange(n_rows) % n_classes
    flat = np.full((n_rows, n_classes), 1 / n_classes)
    shifts = find_rescaling(flat, y).shifts
    np.testing.assert_allclose(shifts, 0, atol=2)
    sample = np.random.default_rng(0).permutation(n_rows)[: 40_000 // n_classes]
    assert find_rescaling(flat[sample], y[sample]).shifts == pytest.approx(shifts)


def test_certain_probabilities_become_finite():
    logits, y = drawn(5, 2)
    certain = np.eye(2)[logits.argmax(axis=1)]
    choice, better, rescaling = rescale_choice(y, certain)
    assert rescaling is not None
    assert better.naive == pytest.approx(-0.62, abs=0.1)
    assert choice.naive < -5


def test_the_classifier_rescales_as_the_search_did():
    logits, y = drawn(6, 3)
    outer = RescaledClassifier(GaussianNB(), 0.5, [0.0, 1.0, -1.0]).fit(logits, y)
    plain = GaussianNB().fit(logits, y).predict_proba(logits)
    expected = rescale(plain, Rescaling(0.5, (0.0, 1.0, -1.0)))
    np.testing.assert_allclose(outer.predict_proba(logits), expected)
    assert outer.predict(logits).tolist() == outer.classes_[expected.argmax(axis=1)].tolist()


def test_held_out_rows_are_rescaled_by_the_other_folds():
    logits, y = drawn(0, 2)
    frame = pd.DataFrame({"number": np.arange(N)})
    dataset = read_dataset(frame, y, "classification")
    cv = NestedCV(outer=5, repeats=1)
    splits = outer_splits(dataset, cv, seed=0)
    metric = resolve_metric("neg_log_loss", "classification", [0, 1])
    evidence = Evidence(Problem(dataset, load_catalogue("default"), splits, metric, 0, cv))
    choice, better, _ = rescale_choice(y, softmax(3 * logits, axis=1))
    plain, rows = held_out_rows(choice, evidence), held_out_rows(better, evidence)
    np.testing.assert_array_equal(rows.target, y[np.concatenate([rows for _, rows in splits])])
    assert rows.weights is None
    assert log_loss(rows.target, rows.predictions) == pytest.approx(-better.naive, abs=1e-3)
    assert log_loss(plain.target, plain.predictions) == pytest.approx(-choice.naive, abs=1e-3)
