"""The interval of a test part holds its score as often as promised, whatever the rows."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone

from automl import AutoMLRegressor
from automl.selection import honest_score
from automl.selection.honest_score import HonestScore
from tests.selection.test_choice import Noise

SEEDS = 150
ROWS = 50  # of a test part, a sixth of those that the folds hold out
SCORE = HonestScore(*(0.8, 0.75, 0.84, 0.81, 0.7, 0.9, "roc_auc", "a forest"), spread=0.4, best=1.0)


@pytest.mark.parametrize("scoring", ["roc_auc", "neg_mean_squared_error"])
def test_a_test_part_has_its_score_in_its_interval(scoring):
    inside = np.zeros((SEEDS, 2), dtype=bool)
    for seed in range(SEEDS):
        noise, other = Noise(seed, scoring, 1), Noise(seed + SEEDS, scoring, 1, n=ROWS)
        chooser = noise.chooser()
        honest = honest_score(chooser.evidence, chooser.choose(), noise.candidates[0], "itself")
        score = other.candidates[0].evaluated.score
        low, high = honest.on(ROWS)
        inside[seed] = (low <= score <= high), (honest.low <= score <= honest.high)
    for_the_part, for_all_rows = inside.mean(axis=0)
    assert 0.88 <= for_the_part <= 0.99
    assert for_all_rows < 0.7  # what people see who compare with the interval of all new rows


@given(st.integers(1, 10**6))
def test_more_rows_have_a_narrower_interval_never_narrower_than_that_of_all(n_rows):
    low, high = SCORE.on(n_rows)
    assert low <= SCORE.on(n_rows + 1)[0] <= SCORE.low
    assert SCORE.high <= SCORE.on(n_rows + 1)[1] <= high <= SCORE.best
    assert SCORE.on(10**12) == pytest.approx((SCORE.low, SCORE.high))


def test_without_a_best_score_there_is_no_end():
    assert replace(SCORE, best=None).on(1)[1] > 1
    assert SCORE.on(10**400) == SCORE.on(10**15)


@pytest.mark.parametrize("n_rows", [0, True, 1.5])
def test_a_part_without_rows_is_an_error(n_rows):
    with pytest.raises(ValueError, match="expected n_rows as a whole number of 1 or more, got"):
        SCORE.on(n_rows)


def test_a_target_far_from_0_has_the_interval_of_one_near_it(tmp_path):
    """Seconds since 1970 are 128 apart in 32 bits, and errors are smaller than that."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"a": rng.normal(size=200), "b": rng.normal(size=200)})
    y = 100 * X["a"] + 30 * X["b"] + rng.normal(size=200)
    options = {"catalogue": "linear", "max_evaluations": 4, "n_jobs": 1, "random_state": 0}
    near, far = (AutoMLRegressor(verbose=0, **options) for _ in range(2))
    near.fit(X, y)
    far.set_params(history=tmp_path / "run.db").fit(X, y + 2.0**30)
    resumed = clone(far).fit(X, y + 2.0**30, resume=True)
    honest = near.honest_score_
    expected = pytest.approx([honest.estimate, honest.low, honest.high], rel=0.01)
    for search in (far, resumed):
        honest = search.honest_score_
        assert [honest.estimate, honest.low, honest.high] == expected
    interval = np.diff(near.predict_interval(X))
    np.testing.assert_allclose(np.diff(far.predict_interval(X)), interval, rtol=0.01)
