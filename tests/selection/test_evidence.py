"""Units, their values and the loss of averages, for every way of holding rows out."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import skew
from sklearn.metrics import (
    log_loss,
    mean_absolute_error,
    mean_pinball_loss,
    roc_auc_score,
)
from sklearn.model_selection import ShuffleSplit, TimeSeriesSplit

from automl import Quantile
from automl.outcome import FoldOutcome, Outcome, State
from automl.pipelines import Genome, load_catalogue
from automl.problem import NestedCV, Problem, nested_cv, outer_splits
from automl.problem.dataset import read_dataset
from automl.problem.metric import resolve_metric
from automl.search.bank import Candidate
from automl.search.evaluated import Evaluated
from automl.selection.evidence import RANKED_ROWS, Evidence, skewness

N = 60
RNG = np.random.default_rng(0)
NUMBERS = RNG.normal(size=N)
LABELS = np.where(NUMBERS + RNG.normal(size=N) > 0, "yes", "no")
THREE = np.array(["a", "b", "c"])[RNG.integers(0, 3, N)]
WEIGHTS = RNG.uniform(0.5, 2, N) * (np.arange(N) % 5 > 0)  # 12 rows do not count


ONCE = NestedCV(outer=5, repeats=1)


def evidence_of(y, scoring=None, cv=ONCE, **options):
    task = "regression" if np.asarray(y).dtype.kind == "f" else "classification"
    frame = pd.DataFrame({"number": np.random.default_rng(10**6).normal(size=len(y))})
    dataset = read_dataset(frame, y, task, **options)
    cv = nested_cv(cv, "auto")
    classes = None if dataset.classes is None else dataset.classes.tolist()
    return Evidence(
        Problem(
            dataset=dataset,
            catalogue=load_catalogue("default"),
            splits=outer_splits(dataset, cv, seed=0),
            metric=resolve_metric(scoring, task, classes),
            seed=0,
            cv=cv,
        )
    )


def candidate_of(evidence, seed, folds=None):
    """Return a pipeline that predicts at random, in every fold anew."""
    rng = np.random.default_rng(seed)
    problem = evidence.problem
    held_out = {}
    for fold in range(len(problem.splits) if folds is None else folds):
        n = len(problem.held_out(fold))
        classes = problem.dataset.classes
        predictions = rng.normal(size=(n, 1))
        if classes is not None:
            predictions = rng.dirichlet(np.ones(len(classes)), n)
        held_out[fold] = predictions.astype(np.float32)
    return Candidate(
        Evaluated(Genome("numeric"), Outcome(State.DONE, (FoldOutcome(State.DONE),)), number=1),
        held_out,
    )


def fold_scores(evidence, candidate):
    """Return the scores of the folds of a pipeline, with their weights."""
    problem = evidence.problem
    scores = []
    for fold, predictions in candidate.held_out.items():
        rows = problem.held_out(fold)
        w = evidence.row_weights[rows]
        sample_weight = None if problem.dataset.sample_weight is None else w
        score = evidence.row_values.score(problem.dataset.y[rows], predictions, sample_weight)
        scores.append((score, w.sum()))
    return np.array(scores).T


CASES = {
    "plain": {"y": LABELS},
    "numbers": {"y": NUMBERS},
    "three": {"y": THREE},
    "jackknifed": {"y": LABELS, "scoring": "f1"},
    "weighted": {"y": LABELS, "sample_weight": WEIGHTS},
    "grouped": {"y": NUMBERS, "groups": np.repeat(np.arange(12), 5)},
    "shuffled": {"y": NUMBERS, "cv": ShuffleSplit(7, test_size=0.3, random_state=0)},
    "in time": {"y": NUMBERS, "cv": TimeSeriesSplit(4)},
    "repeated": {"y": LABELS, "cv": NestedCV(outer=4, repeats=3)},
}


@pytest.mark.parametrize("case", CASES)
def test_the_mean_of_units_is_that_of_the_folds(case):
    evidence = evidence_of(**CASES[case])
    candidate = candidate_of(evidence, 1)
    values = evidence.values(candidate.held_out)
    assert values.shape == evidence.sizes.shape
    assert np.isfinite(values).all()
    scores, weights = fold_scores(evidence, candidate)
    mean = np.average(values, weights=evidence.sizes)
    assert mean == pytest.approx(np.average(scores, weights=weights))


def test_rows_are_units():
    evidence = evidence_of(LABELS)
    assert sorted(evidence.units) == list(range(N))
    assert (evidence.sizes == 1).all()
    assert sorted(evidence.rows) == list(range(N))


def test_groups_are_units():
    groups = np.array(["w", "x", "y", "z"])[RNG.integers(0, 4, N)]
    evidence = evidence_of(NUMBERS, groups=groups, cv=NestedCV(outer=2, repeats=1))
    assert evidence.sizes.sum() == N
    assert evidence.sizes.tolist() == np.unique(groups, return_counts=True)[1].tolist()
    for unit in range(4):
        assert len(set(groups[evidence.units == unit])) == 1


def test_a_row_that_is_held_out_twice_is_a_single_unit():
    evidence = evidence_of(NUMBERS, cv=ShuffleSplit(3, test_size=0.4, random_state=0))
    times = np.bincount(evidence.rows, minlength=N)
    assert times.max() > 1
    assert times.min() == 0
    assert (evidence.units == -1).tolist() == (times == 0).tolist()
    assert evidence.sizes.tolist() == times[times > 0].tolist()
    # The value of such a row is the mean over the folds that hold it out.
    candidate = candidate_of(evidence, 0)
    row = int(times.argmax())
    row_values = []
    for fold, predictions in candidate.held_out.items():
        rows = evidence.problem.held_out(fold)
        values = evidence.row_values.values(NUMBERS[rows], predictions)
        row_values.extend(values[rows == row])
    values = evidence.values(candidate.held_out)
    assert len(row_values) == times[row]
    assert values[evidence.units[row]] == pytest.approx(np.mean(row_values))


def test_the_first_rows_in_time_are_never_held_out():
    evidence = evidence_of(NUMBERS, cv=TimeSeriesSplit(4))
    assert (evidence.units[:12] == -1).all()
    assert evidence.units[12:].tolist() == list(range(48))
    assert len(evidence.sizes) == 48


def test_rows_of_weight_0_do_not_count():
    evidence = evidence_of(NUMBERS, sample_weight=WEIGHTS)
    assert not set(evidence.rows) & set(np.flatnonzero(WEIGHTS == 0))
    assert evidence.sizes.sum() == pytest.approx(WEIGHTS.sum())
    assert (evidence.sizes > 0).all()
    # Weights are repetitions.
    counts = np.arange(N) % 3
    weighed = evidence_of(NUMBERS, "neg_mean_squared_error", sample_weight=counts.astype(float))
    candidate = candidate_of(weighed, 0)
    squares = []
    for fold, predictions in candidate.held_out.items():
        rows = weighed.problem.held_out(fold)
        squares.append(np.repeat((NUMBERS[rows] - predictions[:, 0]) ** 2, counts[rows]))
    mean = np.average(weighed.values(candidate.held_out), weights=weighed.sizes)
    assert mean == pytest.approx(-np.concatenate(squares).mean())


def test_values_are_of_whole_draws():
    evidence = evidence_of(LABELS, cv=NestedCV(outer=4, repeats=3))
    candidate = candidate_of(evidence, 0)
    draws = [
        evidence_of(LABELS, cv=evidence.problem.splits[start : start + 4]).values(
            {fold: candidate.held_out[start + fold] for fold in range(4)}
        )
        for start in (0, 4, 8)
    ]
    np.testing.assert_allclose(evidence.values(candidate.held_out), np.mean(draws, axis=0))
    held_out = {fold: candidate.held_out[fold] for fold in range(7)}
    np.testing.assert_allclose(evidence.values(held_out), draws[0])
    assert evidence.is_complete(Candidate(candidate.evaluated, held_out))
    del held_out[2]
    assert not evidence.is_complete(Candidate(candidate.evaluated, held_out))


def test_the_lead_over_a_pipeline_that_saw_few_folds():
    evidence = evidence_of(NUMBERS)
    ahead, behind = candidate_of(evidence, 0), candidate_of(evidence, 1)
    values, values_behind = evidence.values(ahead.held_out), evidence.values(behind.held_out)
    differences, sizes = evidence.lead(values, behind.held_out)
    np.testing.assert_allclose(differences, values - values_behind)
    np.testing.assert_array_equal(sizes, evidence.sizes)
    differences, sizes = evidence.lead(values, {2: behind.held_out[2]})
    units = np.sort(evidence.units[evidence.problem.held_out(2)])
    np.testing.assert_allclose(differences, (values - values_behind)[units])
    assert len(sizes) == 12


@pytest.mark.parametrize(
    ("y", "scoring"),
    [(LABELS, None), (LABELS, "f1"), (THREE, None), (NUMBERS, None), (NUMBERS, Quantile(0.9))],
)
def test_the_average_of_reduced_predictions_is_the_reduced_average(y, scoring):
    evidence = evidence_of(y, scoring)
    members = [candidate_of(evidence, seed) for seed in range(4)]
    weights = np.array([0.5, 0.0, 0.2, 0.3])
    averages = evidence.average(members, weights)
    assert list(averages) == list(range(5))
    assert all(averages[fold].shape == members[0].held_out[fold].shape for fold in averages)
    average = Candidate(
        Evaluated(Genome("numeric"), members[0].evaluated.outcome, number=1), averages
    )
    reduced = np.array([evidence.reduced(member) for member in members])
    assert reduced.shape == (4, N)
    np.testing.assert_allclose(weights @ reduced, evidence.reduced(average), rtol=1e-5, atol=1e-6)


def loss_of(evidence, candidate, counts=None):
    reduced = evidence.reduced(candidate)
    return float(evidence.loss(counts)(reduced[None])[0])


def scored(evidence, candidate, function):
    """Return a function of the target and the predictions of all folds together."""
    data = evidence.problem.dataset
    rows = evidence.rows
    predictions = np.concatenate([candidate.held_out[fold] for fold in range(len(evidence.folds))])
    return function(data.y[rows], predictions, evidence.row_weights[rows])


@pytest.mark.parametrize("weights", [None, WEIGHTS])
class TestLoss:
    def test_of_ranks_is_the_mean_area_of_the_folds(self, weights):
        evidence = evidence_of(LABELS, sample_weight=weights)
        for seed in range(3):
            candidate = candidate_of(evidence, seed)
            areas = []
            for fold, predictions in candidate.held_out.items():
                rows = evidence.problem.held_out(fold)
                w = evidence.row_weights[rows]
                areas.append(roc_auc_score(LABELS[rows], predictions[:, 1], sample_weight=w))
            assert loss_of(evidence, candidate) == pytest.approx(1 - np.mean(areas))

    @pytest.mark.parametrize("scoring", [None, "accuracy", "f1_macro"])
    def test_of_classes_is_log_loss(self, weights, scoring):
        evidence = evidence_of(THREE, scoring, sample_weight=weights)
        candidate = candidate_of(evidence, 0)
        expected = scored(
            evidence, candidate, lambda y, p, w: log_loss(y, p / p.sum(1)[:, None], sample_weight=w)
        )
        total = evidence.sizes.sum()
        assert loss_of(evidence, candidate) / total == pytest.approx(expected, rel=1e-5)

    @pytest.mark.parametrize(
        ("scoring", "function"),
        [
            (None, lambda y, p, w: np.average((y - p[:, 0]) ** 2, weights=w)),
            ("r2", lambda y, p, w: np.average((y - p[:, 0]) ** 2, weights=w)),
            ("neg_mean_absolute_error", lambda y, p, w: mean_absolute_error(y, p, sample_weight=w)),
            (
                Quantile(0.8),
                lambda y, p, w: mean_pinball_loss(y, p, alpha=0.8, sample_weight=w),
            ),
        ],
    )
    def test_of_numbers_is_the_distance_that_counts(self, weights, scoring, function):
        evidence = evidence_of(NUMBERS, scoring, sample_weight=weights)
        candidate = candidate_of(evidence, 0)
        expected = scored(evidence, candidate, function)
        total = evidence.sizes.sum()
        assert loss_of(evidence, candidate) / total == pytest.approx(expected, rel=1e-5)


def test_ranks_of_equals_are_neither_good_nor_bad():
    sorted_labels = np.repeat(["no", "yes"], 500)  # whose order must not tell
    evidence = evidence_of(sorted_labels)
    constant = np.full((1, 1000), 0.5, dtype=np.float32)
    assert evidence.loss()(constant)[0] == pytest.approx(0.5, abs=0.05)


def test_some_of_many_rows_are_enough_to_compare_ranks():
    n = 2 * RANKED_ROWS
    rng = np.random.default_rng(0)
    y = np.repeat(["no", "yes"], n // 2)
    evidence = evidence_of(y)
    right = evidence.target * 0.5 + rng.normal(size=n)
    area = roc_auc_score(evidence.target, right)
    assert evidence.loss()(right[None].astype(np.float32))[0] == pytest.approx(1 - area, abs=0.02)


@pytest.mark.parametrize("y", [LABELS, THREE, NUMBERS])
@pytest.mark.parametrize("groups", [None, np.repeat(np.arange(20), 3)])
def test_units_may_count_repeatedly(y, groups):
    evidence = evidence_of(y, groups=groups)
    candidate = candidate_of(evidence, 0)
    n_units = len(evidence.sizes)
    ones = loss_of(evidence, candidate, np.ones(n_units))
    assert ones == pytest.approx(loss_of(evidence, candidate))
    counts = np.random.default_rng(0).integers(0, 3, n_units).astype(float)
    weights = evidence.weights(counts)
    np.testing.assert_array_equal(weights, counts[evidence.units[evidence.rows]])
    weighed = evidence_of(y, groups=groups, cv=evidence.problem.splits, sample_weight=np.ones(N))
    weighed.__dict__["row_weights"] = counts[evidence.units]
    assert loss_of(evidence, candidate, counts) == pytest.approx(loss_of(weighed, candidate))


def test_skewness_of_a_mean_is_that_of_units_by_the_root_of_their_number():
    rng = np.random.default_rng(0)
    values, ones = rng.exponential(size=400), np.ones(400)
    assert skewness(values, ones) == pytest.approx(skew(values) / 20)
    assert skewness(-values, ones) == pytest.approx(-skew(values) / 20)
    assert skewness(np.ones(400), ones) == 0.0
    twice = np.repeat(values, 2)  # a unit that is twice as large is not two units
    assert skewness(values, 2 * ones) == pytest.approx(skewness(values, ones))
    assert abs(skewness(twice, np.ones(800))) < abs(skewness(values, ones))
