"""The tables of a search: their columns, and the order of their pipelines."""

import numpy as np
import pandas as pd
import pytest

from automl.outcome import FoldOutcome, Outcome, State
from automl.pipelines import Genome
from automl.report.leaderboard import COLUMNS, leaderboard, pareto_front
from automl.search.evaluated import Evaluated

FOLDS = 2  # of a repeat


def finished(text, *scores, state=State.DONE, number=1, cause=""):
    """Return a pipeline that ended after these folds."""
    folds = [
        FoldOutcome(State.DONE, score, fit_seconds=1.0 + fold, predict_seconds=0.5)
        for fold, score in enumerate(scores)
    ]
    if cause:
        folds.append(FoldOutcome(state, fit_seconds=9.0, cause=cause))
    return Evaluated(Genome.parse(text), Outcome(state, tuple(folds)), number, len(folds) // FOLDS)


def pipelines(*pairs, first=None):
    board = leaderboard(pairs, first=None if first is None else Genome.parse(first))
    assert board["rank"].tolist() == list(range(1, len(pairs) + 1))
    return board["pipeline"].tolist()


def test_a_row_says_how_the_evaluation_ended():
    done = finished("ridge(pca(numeric))", 0.4, 0.8)
    broken = finished("lasso(numeric)", 0.9, state=State.CRASHED, cause="exit code 9")
    board = leaderboard([broken, done])
    assert board.columns.tolist() == COLUMNS
    row = board.loc[0].to_dict()
    assert row.pop("score") == pytest.approx(0.6)
    assert row.pop("deviation") == pytest.approx(0.2)
    assert row == {
        "rank": 1,
        "state": "done",
        "folds": 2,
        "size": 2,
        "fit_seconds": 1.5,
        "predict_seconds": 0.5,
        "pipeline": "ridge(pca(numeric))",
        "cause": "",
    }
    row = board.loc[1]
    assert np.isnan([row["score"], row["deviation"]]).all()
    assert (row["rank"], row["state"], row["folds"]) == (2, "crashed", 1)
    assert row["cause"] == "exit code 9"


def test_scores_are_numbers_even_where_there_is_none():
    for pairs in ([], [finished("lasso(numeric)", state=State.CRASHED, cause="exit code 9")]):
        board = leaderboard(pairs)
        assert board.columns.tolist() == COLUMNS
        assert (board[["score", "deviation"]].dtypes == "float64").all()


def test_a_higher_score_stands_before_a_lower_one_and_before_none():
    low, high = finished("lasso(numeric)", 0.1, 0.1), finished("ridge(numeric)", 0.2, 0.2)
    raced = finished("svr_rbf(numeric)", 0.9, state=State.RACED_OUT)
    ranked = ["ridge(numeric)", "lasso(numeric)", "svr_rbf(numeric)"]
    assert pipelines(low, raced, high) == pipelines(raced, high, low) == ranked


def test_of_equals_the_smaller_stands_first_then_the_older():
    large, small = finished("ridge(pca(numeric))", 0.2, 0.2), finished("ridge(numeric)", 0.2, 0.2)
    younger = finished("lasso(numeric)", 0.2, 0.2)
    assert pipelines(large, small, younger) == [
        "ridge(numeric)",
        "lasso(numeric)",
        "ridge(pca(numeric))",
    ]


def test_more_repeats_of_the_folds_stand_before_a_higher_score():
    lucky, proven = finished("lasso(numeric)", 0.9, 0.9), finished("ridge(numeric)", *[0.7] * 4)
    assert pipelines(lucky, proven) == ["ridge(numeric)", "lasso(numeric)"]


def test_the_baseline_is_the_last_with_a_score():
    baseline = finished("dummy_regressor(numeric)", *[0.9] * 4, number=0)
    poor = finished("ridge(numeric)", 0.1, 0.1)
    broken = finished("lasso(numeric)", state=State.REFUSED, cause="ValueError: no")
    ranked = ["ridge(numeric)", "dummy_regressor(numeric)", "lasso(numeric)"]
    assert pipelines(broken, baseline, poor) == ranked


def test_the_winner_without_its_useless_steps_stands_first():
    best, simpler = finished("ridge(pca(numeric))", 0.9, 0.9), finished("ridge(numeric)", 0.8, 0.8)
    assert pipelines(best, simpler) == ["ridge(pca(numeric))", "ridge(numeric)"]
    ranked = ["ridge(numeric)", "ridge(pca(numeric))"]
    assert pipelines(best, simpler, first="ridge(numeric)") == ranked


BOARD = pd.DataFrame(
    [
        (1, 0.9, 5, 2.0, "best"),
        (2, 0.8, 3, 2.0, "smaller"),
        (3, 0.7, 3, 2.0, "as small and worse"),
        (4, 0.6, 5, 1.0, "quicker"),
        (5, 0.5, 6, 3.0, "worse in all"),
        (6, np.nan, 1, 0.0, "without a score"),
    ],
    columns=["rank", "score", "size", "predict_seconds", "pipeline"],
)


def test_the_front_holds_pipelines_that_no_other_beats_smallest_first():
    front = pareto_front(BOARD)
    assert front["pipeline"].tolist() == ["smaller", "best", "quicker"]
    assert front.index.tolist() == [0, 1, 2]


def test_without_scores_the_front_is_empty():
    assert pareto_front(BOARD.tail(1)).empty
    assert pareto_front(leaderboard([])).empty
