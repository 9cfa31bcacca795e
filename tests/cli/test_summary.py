"""The summary of a fit."""

from types import SimpleNamespace

import pandas as pd
import pytest

from automl.cli.summary import CAUSE_WIDTH, N_CAUSES, N_ROWS, print_summary

N_PIPELINES = 12


@pytest.fixture
def search():
    board = pd.DataFrame(
        {
            "rank": range(1, N_PIPELINES + 1),
            "score": [0.123456] * 8 + [float("nan")] * 4,
            "deviation": 0.01,
            "state": ["done"] * 8 + ["refused"] * 4,
            "folds": 5,
            "size": 2,
            "model": [f"ridge{number} on {'standard_scaler, ' * 9}pca" for number in range(12)],
            "pipeline": [f"ridge{number}()" for number in range(1, N_PIPELINES + 1)],
            "cause": [""] * 8 + [f"cause{number} {'x' * 200}\ntrace" for number in range(4)],
        }
    )
    members = pd.DataFrame({"weight": [0.7, 0.3], "pipeline": ["ridge1()", "ridge2()"]})
    return SimpleNamespace(
        scoring=None,
        leaderboard_=board,
        run_=SimpleNamespace(seconds=1.26),
        metric_="r2",
        best_score_=0.1234567,
        best_genome_="ridge1()",
        members_=members,
        honest_score_="r2 0.12 ± 0.03",
    )


def test_the_summary_has_the_first_pipelines_and_the_winner(search, capsys):
    print_summary(search)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["rank", "score", "deviation", "folds", "state", "model"]
    assert max(map(len, lines[: N_ROWS + 1])) == 80
    assert [line.split()[0] for line in lines[1 : N_ROWS + 1]] == list(map(str, range(1, 11)))
    assert lines[N_ROWS + 1] == "12 pipelines in 1.3 s: 8 done, 4 refused"
    assert "best r2: 0.123457 by ridge1()" in lines
    assert lines[-5] == "predicting together:"
    assert lines[-4].split() == ["weight", "pipeline"]
    assert lines[-1] == "honest score: r2 0.12 ± 0.03"


def test_causes_are_few_and_short(search, capsys):
    print_summary(search)
    start = "    without a score: "
    lines = capsys.readouterr().out.splitlines()
    causes = [line.removeprefix(start) for line in lines if line.startswith(start)]
    assert [cause.split()[0] for cause in causes] == ["cause0", "cause1", "cause2"]
    assert len(causes) == N_CAUSES
    assert {len(cause) for cause in causes} == {CAUSE_WIDTH}


def test_a_single_pipeline_without_an_honest_score(search, capsys):
    search.members_ = search.members_.head(1)
    search.honest_score_ = None
    print_summary(search)
    output = capsys.readouterr().out
    assert output.splitlines()[-1] == "best r2: 0.123457 by ridge1()"
