"""The interval of a test part holds its score as often as promised, whatever the rows."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
