"""The summary of a fit on the command line: the first pipelines, then what Python prints, too."""

from types import SimpleNamespace

import pandas as pd
import pytest

from automl.cli.summary import N_ROWS, print_summary

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
            "fit_seconds": 0.1,
            "model": [f"ridge{number} on {'standard_scaler, ' * 9}pca" for number in range(12)],
            "pipeline": [f"ridge{number}(numeric)" for number in range(1, N_PIPELINES + 1)],
            "cause": [""] * 8 + ["ValueError: no"] * 4,
        }
    )
    return SimpleNamespace(
        scoring=None,
        refit=True,
        leaderboard_=board,
        history_=board.rename(columns={"pipeline": "genome", "rank": "number"}),
        run_=SimpleNamespace(seconds=1.26, workers=2),
        metric_="r2",
        best_score_=0.1234567,
        best_genome_="ridge1(numeric)",
        members_=pd.DataFrame({"weight": [1.0], "pipeline": ["ridge1(numeric)"]}),
        pareto_front_=board.head(2),
        honest_score_="r2 0.12",
    )


def test_the_summary_has_the_first_pipelines_and_the_winner(search, capsys):
    print_summary(search, "keep it")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["rank", "score", "deviation", "folds", "state", "model"]
    assert max(map(len, lines[: N_ROWS + 1])) == 80
    assert [line.split()[0] for line in lines[1 : N_ROWS + 1]] == list(map(str, range(1, 11)))
    assert lines[N_ROWS + 1 : N_ROWS + 3] == ["", "predicts  ridge1"]
    assert "tried     12 pipelines in 1.3 s with 2 workers: 8 done, 4 refused" in lines
    assert lines[-1] == "next      keep it"


def test_several_scorings_have_a_front(search, capsys):
    search.scoring = ["r2", "size"]
    print_summary(search)
    lines = capsys.readouterr().out.splitlines()
    start = lines.index("not beaten in r2, size at once (the Pareto front):")
    assert "ridge1 on standard_scaler" in lines[start + 3]
    assert "--save FILE keeps what predicts" in lines[-2]
