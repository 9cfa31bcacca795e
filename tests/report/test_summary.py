"""The summary of a fit: ten lines that anybody can read."""

from types import SimpleNamespace

import pandas as pd
import pytest

from automl.report.summary import LABEL_WIDTH, N_CAUSES, WIDTH, summary

HONEST = (
    "roc_auc 0.9945 on new rows, with 95 % confidence between 0.9822 and 1. Better than a random "
    "forest (0.991) with a probability of 68 %. Not corrected, it would be 0.9959."
)


@pytest.fixture
def search():
    """Return a fit of 12 pipelines in the order of asking, of which the last is the best."""
    scores = [0.5, *[0.6] * 6, 0.9, *[None] * 4]
    texts = [f"ridge(pca(numeric), alpha={number}.0)" for number in range(12)]
    board = pd.DataFrame(
        {
            "score": scores,
            "deviation": 0.1,
            "state": ["done"] * 8 + ["refused"] * 2 + ["timed out", "raced out"],
            "pipeline": texts,
            "cause": [""] * 8 + [f"ValueError: {'x ' * 100}\ntrace"] * 2 + ["after 12 s", ""],
        }
    ).sort_values("score", ascending=False)
    numbers = [0, 1, 2, 3, 4, 5, 6, 11, 7, 8, 9, 10]
    return SimpleNamespace(
        refit=True,
        max_evaluations=None,
        leaderboard_=board,
        history_=pd.DataFrame({"genome": texts * 2, "number": numbers * 2}),
        run_=SimpleNamespace(seconds=1.26, workers=1),
        metric_="roc_auc",
        best_score_=0.9,
        best_genome_=texts[7],
        members_=pd.DataFrame({"weight": [0.3, 0.7], "pipeline": [texts[7], "lasso(numeric)"]}),
        honest_score_=HONEST,
    )


def texts_of(search):
    """Return the texts by their label, each in one line."""
    lines = summary(search).splitlines()
    assert len(lines) <= 12
    assert max(map(len, lines)) <= WIDTH
    texts, label = {}, ""
    for line in lines:
        label = line[:LABEL_WIDTH].strip() or label  # of the line before
        texts[label] = f"{texts.get(label, '')} {line[LABEL_WIDTH:]}".strip()
    return texts


def test_a_summary_says_what_predicts_and_what_to_do(search):
    texts = texts_of(search)
    assert list(texts) == ["predicts", "score", "tried", "failed", "course", "next"]
    assert texts["predicts"] == "2 pipelines together: 0.7 lasso, 0.3 ridge"
    assert texts["score"] == HONEST
    assert texts["tried"] == (
        "12 pipelines in 1.3 s with 1 worker: 8 done, 2 refused, 1 timed out, 1 raced out"
    )
    assert texts["failed"].startswith("2 refused: ValueError: x x")
    assert texts["failed"].endswith("... 1 timed out: after 12 s")
    assert texts["course"] == (
        "the best score still rose by 0.3 in the last third of the search: more time may gain more"
    )
    assert texts["next"].startswith('search.export("best.py") writes')


def test_more_evaluations_are_advised_where_they_were_the_budget(search):
    search.max_evaluations = 12
    assert texts_of(search)["course"].endswith("more evaluations than 12 may gain more")


def test_a_hold_out_has_no_noise_to_compare_a_gain_with(search):
    search.leaderboard_["deviation"] = float("nan")
    assert "course" not in texts_of(search)


def test_a_flat_curve_asks_for_no_budget(search):
    search.leaderboard_["score"] = search.leaderboard_["score"].replace(0.9, 0.605)
    assert texts_of(search)["course"].startswith("the best score hardly rose")


def test_a_pipeline_alone_without_an_honest_score(search):
    search.members_ = search.members_.head(1)
    search.honest_score_ = None
    texts = texts_of(search)
    assert texts["predicts"] == "ridge on pca"
    assert texts["score"].startswith("roc_auc 0.9, the mean over the folds; it is not corrected")


def test_without_refit_nothing_predicts(search):
    search.refit = False
    texts = texts_of(search)
    assert texts["predicts"].startswith("nothing yet, for refit=False leaves best_pipeline_")
    assert texts["next"].startswith("fit best_pipeline_")


def test_causes_are_few(search):
    board = search.leaderboard_
    board["score"], board["state"] = float("nan"), "refused"
    board.loc[board.index[0], "score"] = 0.5
    board["cause"] = [f"cause {number}" for number in range(12)]
    failed = texts_of(search)["failed"]
    assert failed.count("1 refused: cause") == N_CAUSES
    assert failed.endswith("and 8 for other reasons")


def test_a_search_of_the_baseline_alone(search):
    search.leaderboard_ = search.leaderboard_.tail(0).copy()
    search.leaderboard_.loc[0] = [0.5, 0.0, "done", "dummy(numeric)", ""]
    search.history_ = pd.DataFrame({"genome": ["dummy(numeric)"], "number": [0]})
    assert texts_of(search)["course"].startswith("the best score hardly rose")
