"""A pipeline of a leaderboard is picked by a rule or by its rank."""

import numpy as np
import pandas as pd
import pytest

from automl.errors import SettingsError
from automl.report.picking import RULES, pick

# The best has a standard error of 0.02 / sqrt(4) = 0.01, so that 0.89 is as good and 0.88 is not.
ROWS = [
    (1, 0.90, 0.02, 4, 4, 3.0, "svr_rbf(pca(standard_scaler(numeric)))"),
    (2, 0.895, 0.05, 4, 3, 4.0, "svr_rbf(standard_scaler(numeric))"),
    (3, 0.89, 0.05, 4, 3, 1.0, "hist_gradient_boosting_regressor(pca(numeric))"),
    (4, 0.88, 0.05, 4, 2, 0.1, "k_neighbors_regressor(numeric)"),
    (5, 0.50, 0.05, 4, 2, 2.0, "ridge(numeric)"),
    (6, 0.40, 0.05, 4, 2, 2.0, "lasso(numeric)"),
    (7, np.nan, np.nan, 1, 2, 0.0, "elastic_net(numeric)"),
]
NAMES = ["rank", "score", "deviation", "folds", "size", "predict_seconds", "pipeline"]
BOARD = pd.DataFrame(ROWS, columns=NAMES)


@pytest.mark.parametrize(
    ("rule", "rank"),
    [
        ("best", 1),
        ("smallest", 2),  # of two that are equally small and as good, the better
        ("fastest", 3),  # the fourth is quicker, but worse by more than the standard error
        ("interpretable", 5),
    ],
)
def test_a_rule_picks_among_those_that_are_as_good(rule, rank):
    assert pick(BOARD, rule).text == BOARD["pipeline"][rank - 1]


def test_every_rule_is_tested():
    assert list(RULES) == ["best", "smallest", "fastest", "interpretable"]


@pytest.mark.parametrize("rank", [1, 4, 6, np.int64(2)])
def test_a_rank_picks_its_pipeline(rank):
    assert pick(BOARD, rank).text == BOARD["pipeline"][rank - 1]


def test_without_noise_only_equals_are_as_good():
    board = BOARD.assign(deviation=0.0)
    assert pick(board, "fastest").text == pick(board, "smallest").text == BOARD["pipeline"][0]
    equal = board.assign(score=board["score"].where(board["rank"] != 4, 0.9))
    assert pick(equal, "fastest").text == "k_neighbors_regressor(numeric)"


def test_a_hold_out_has_the_error_of_the_honest_score():
    board = BOARD.assign(deviation=0.0, folds=1)
    assert pick(board, "fastest", 0.01).text == BOARD["pipeline"][2]
    assert pick(board, "fastest", 0.02).text == BOARD["pipeline"][3]
    assert pick(BOARD, "fastest", 0.02).text == BOARD["pipeline"][2]  # folds tell their own


@pytest.mark.parametrize("rank", [0, 8, -1, 7])
def test_a_rank_without_a_score_is_refused(rank):
    with pytest.raises(SettingsError, match=rf"no pipeline for {rank}; .* are 1 to 6"):
        pick(BOARD, rank)


def test_a_board_without_readable_pipelines_says_so():
    with pytest.raises(SettingsError, match=r"for 'interpretable'; .* are 1 to 4"):
        pick(BOARD[:4], "interpretable")


def test_a_rule_that_is_not_there_is_refused():
    with pytest.raises(SettingsError, match=r"\['best', 'smallest', .*got 'tiny'"):
        pick(BOARD, "tiny")


@pytest.mark.parametrize("rule", [True, [1], (1,), 1.0, None, "", "Best"], ids=repr)
def test_a_rank_is_a_whole_number(rule):
    with pytest.raises(SettingsError, match="expected a rank or one of"):
        pick(BOARD, rule)
