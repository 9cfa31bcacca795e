"""The tables of a search: their columns, and the order of their pipelines."""

import numpy as np
import pandas as pd
import pytest

from automl.outcome import FoldOutcome, Outcome, State
from automl.pipelines import Genome, load_catalogue
from automl.report.leaderboard import (
    COLUMNS,
    leaderboard,
    model_in_words,
    pareto_front,
    with_models,
)
from automl.search.evaluated import Evaluated

FOLDS = 2  # of a repeat


def finished(text, *scores, state=State.DONE, number=1, cause="", further=()):
    """Return a pipeline that ended after these folds."""
    seconds = {"predict_seconds": 0.5, "further": further}
    folds = [
        FoldOutcome(State.DONE, score, fit_seconds=1.0 + fold, **seconds)
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
    assert np.isnan(leaderboard([finished("ridge(numeric)", 0.4)])["deviation"][0])  # a hold-out
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


def test_further_scores_have_columns_after_the_first():
    pairs = [
        finished("ridge(numeric)", 0.9, 0.9, further=(0.5, None)),
        finished("lasso(numeric)", 0.8, 0.8, further=(0.7, 3.0)),
        finished("svr_rbf(numeric)", 0.9, state=State.CRASHED, cause="exit code 9"),
    ]
    board = leaderboard(pairs, further=["mae", "profit"])
    assert board.columns.tolist() == [*COLUMNS[:3], "mae", "profit", *COLUMNS[3:]]
    np.testing.assert_array_equal(board["mae"], [0.5, 0.7, np.nan])
    np.testing.assert_array_equal(board["profit"], [np.nan, 3.0, np.nan])
    assert pareto_front(board, ["mae"])["rank"].tolist() == [1, 2]
    assert pareto_front(board, ["size"])["rank"].tolist() == [1]
    assert pareto_front(board, [])["rank"].tolist() == [1]


@pytest.mark.parametrize(
    "axes", [["f1"], ["f1", "size"], ["size", "profit", "predict_seconds", "f1"]]
)
@pytest.mark.parametrize("seed", range(5))
def test_the_front_is_that_of_every_pair(axes, seed):
    rng = np.random.default_rng(seed)
    n_rows = 30
    board = pd.DataFrame(
        {
            "rank": np.arange(1, n_rows + 1),
            "score": np.where(rng.random(n_rows) < 0.1, np.nan, 0.5),
            "size": rng.integers(1, 5, n_rows),
            "predict_seconds": rng.integers(1, 9, n_rows) / 8,
            "f1": np.where(rng.random(n_rows) < 0.3, np.nan, rng.integers(0, 9, n_rows)),
            "profit": rng.normal(size=n_rows),
        }
    )
    rows = board.dropna(subset="score").fillna({"f1": -np.inf}).to_dict("records")

    def gains(row):
        costs = ("rank", "size", "predict_seconds")
        return [-row[axis] if axis in costs else row[axis] for axis in ("rank", *axes)]

    undominated = {
        row["rank"]
        for row in rows
        if not any(
            gains(other) != gains(row)
            and all(theirs >= own for own, theirs in zip(gains(row), gains(other), strict=True))
            for other in rows
        )
    }
    assert set(pareto_front(board, axes)["rank"]) == undominated


@pytest.mark.parametrize(
    "value", ["1.5e-07", "None", "(100, 50)", "'a, b=c(d)'", '"it\'s (x)"', r"'\\\''", "-3"]
)
def test_models_are_named_without_their_settings(value):
    texts = [
        f"ridge(join(one_hot_encoder(categorical, a={value}), pca(numeric)), alpha={value}, z=1)",
        f"log_target(ridge(standard_scaler(numeric, a={value}), b={value}), c={value})",
        "ridge(numeric)",
    ]
    board = leaderboard([finished(text, 0.5, 0.6) for text in texts])
    expected = [model_in_words(Genome.parse(text), load_catalogue()) for text in board["pipeline"]]
    assert with_models(board, load_catalogue())["model"].tolist() == expected
