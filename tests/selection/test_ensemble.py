"""Weights of ensembles, by greedy selection and by least squares."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.selection.ensemble import STEPS, greedy_weights, stacked_weights

sizes = st.integers(1, 6)
seeds = st.integers(0, 10**6)


def drawn(seed, n_pipelines=8, n_rows=30):
    """Return a target, and predictions that miss it by more or less, in random directions."""
    rng = np.random.default_rng(seed)
    target = rng.normal(size=n_rows)
    spread = np.sort(rng.uniform(0.1, 2, n_pipelines))
    noise = rng.normal(size=(n_pipelines, n_rows)) * spread[:, None]
    return target, (target + noise).astype(np.float32)


def squared(target):
    return lambda means: ((means - target) ** 2).mean(axis=1)


@given(seed=seeds, size=sizes, n_pipelines=st.integers(1, 12))
def test_greedy_weights_are_shares_and_no_worse_than_the_best(seed, size, n_pipelines):
    target, predictions = drawn(seed, n_pipelines)
    loss = squared(target)
    weights = greedy_weights(predictions, loss, size)
    assert weights.shape == (n_pipelines,)
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()
    assert 1 <= np.count_nonzero(weights) <= size
    assert weights[0] > 0
    assert weights[weights > 0].min() >= 1 / STEPS - 1e-12
    assert loss((weights @ predictions)[None])[0] <= loss(predictions[:1])[0] + 1e-6


@given(seed=seeds, size=sizes)
def test_the_order_of_rows_does_not_matter(seed, size):
    target, predictions = drawn(seed)
    order = np.random.default_rng(seed).permutation(len(target))
    rows = np.ones(len(target))
    greedy = greedy_weights(predictions, squared(target), size)
    shuffled = greedy_weights(predictions[:, order], squared(target[order]), size)
    np.testing.assert_allclose(greedy, shuffled)
    stacked = stacked_weights(predictions, target, rows, size)
    shuffled = stacked_weights(predictions[:, order], target[order], rows, size)
    np.testing.assert_allclose(stacked, shuffled, atol=1e-9)


def test_equal_pipelines_are_as_good_as_a_single_pipeline():
    target, predictions = drawn(0)
    copies = np.repeat(predictions[:1], 5, axis=0)
    assert greedy_weights(copies, squared(target), 3).tolist() == [1, 0, 0, 0, 0]
    weights = stacked_weights(copies, target, np.ones(30), 3)
    assert weights.sum() == pytest.approx(1)
    np.testing.assert_allclose(weights @ copies, copies[0], rtol=1e-6)


def test_the_best_stays_though_others_are_better_without_it():
    target = np.zeros(4)
    predictions = np.array([[1, 1, 1, 1], [3, 3, 3, 3], [-3, -3, -3, -3]], dtype=np.float32)
    weights = greedy_weights(predictions, squared(target), 3)
    assert weights[0] > 0
    assert abs(weights @ predictions[:, 0]) < 0.1
    assert greedy_weights(predictions, squared(target), 1).tolist() == [1, 0, 0]


def test_any_loss_may_lead():
    """A pipeline is added if it makes the average best, by any loss."""
    _, predictions = drawn(3)
    weights = greedy_weights(predictions, lambda means: -means[:, 0], 4)
    highest = int(predictions[:, 0].argmax())
    assert weights[highest] == max(weights)


@given(seed=seeds, size=sizes)
def test_stacked_weights_are_shares(seed, size):
    target, predictions = drawn(seed)
    rows = np.random.default_rng(seed).uniform(0, 2, len(target))
    weights = stacked_weights(predictions, target, rows, size)
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()
    assert np.count_nonzero(weights) <= size


@given(seed=seeds)
def test_stacked_weights_are_the_best_shares(seed):
    target, predictions = drawn(seed, n_pipelines=5)
    rows = np.random.default_rng(seed).uniform(0.1, 2, len(target))

    def loss(weights):
        return np.average((weights @ predictions - target) ** 2, weights=rows)

    best = loss(stacked_weights(predictions, target, rows, 5))
    weights = [*np.eye(5), *np.random.default_rng(seed).dirichlet(np.ones(5), 100)]
    assert best <= min(map(loss, weights)) + 1e-9


@given(seed=seeds, share=st.integers(1, 9))
def test_a_mixture_is_found_again(seed, share):
    rng = np.random.default_rng(seed)
    predictions = rng.normal(size=(6, 40)).astype(np.float32)
    mixture = np.zeros(6)
    mixture[[1, 4]] = share / 10, 1 - share / 10
    weights = stacked_weights(predictions, mixture @ predictions, np.ones(40), size=4)
    np.testing.assert_allclose(weights, mixture, atol=1e-5)


def test_weights_of_rows_are_repetitions():
    target, predictions = drawn(5)
    counts = np.random.default_rng(5).integers(0, 4, len(target))
    weighed = stacked_weights(predictions, target, counts.astype(float), 4)
    repeated = stacked_weights(
        np.repeat(predictions, counts, axis=1), np.repeat(target, counts), np.ones(counts.sum()), 4
    )
    np.testing.assert_allclose(weighed, repeated, atol=1e-9)


def test_a_constant_is_no_good_member_because_it_can_be_scaled():
    """Of the true class, 1/3 everywhere times 3 would be perfect; as a share it is not."""
    rng = np.random.default_rng(0)
    good = rng.beta(6, 2, 300)
    predictions = np.array([good, np.full(300, 1 / 3)], dtype=np.float32)
    weights = stacked_weights(predictions, np.ones(300), np.ones(300), 2)
    assert weights.tolist() == [1, 0]
    target = rng.normal(size=300)
    halves = np.array([target / 2, target + 0.1 * rng.normal(size=300)], dtype=np.float32)
    assert stacked_weights(halves, target, np.ones(300), 2)[1] > 0.9
