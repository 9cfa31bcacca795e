"""The tables, on a journal that was computed by hand."""

from dataclasses import replace

import pytest

from benchmarks.errors import JournalError
from benchmarks.scores.report import markdown_table, render_report
from benchmarks.scores.standings import compute_standings

ADAPTERS = ("automl", "random_forest", "dummy")

# task: metric, constant, one score per adapter
SCORES = {
    "a": ("roc_auc", 0.5, [0.9, 0.8, None]),
    "b": ("log_loss", 1.0, [0.6, 0.4, 1.0]),
    "c": ("rmse", 10.0, [5.0, 5.0, 10.0]),
}
EXTRA = {
    "pipelines": 30,
    "pipelines_per_minute": 180.0,
    "estimator_share": 0.8,
    "first_model_seconds": 1.25,
    "near_seconds": 4.0,
    "whole_fit_seconds": 10.5,
    "best_pipeline": "ridge(numbers | texts)",
    "members": 3,
    "honest_score": 0.89,
    "honest_interval": [0.85, 0.93],
    "naive_score": 0.91,
    "export_matches": False,
    "export_max_abs_difference": 0.002,
    "export_problem": "predictions differ by up to 0.002, more than 1e-09",
}


@pytest.fixture
def rows(make_row):
    measured = [
        make_row(task=task, metric=metric, constant=constant, adapter=adapter, score=score)
        for task, (metric, constant, scores) in SCORES.items()
        for adapter, score in zip(ADAPTERS, scores, strict=True)
    ]
    measured[0] = replace(
        measured[0], extra=EXTRA, costs=replace(measured[0].costs, overrun_seconds=0.5)
    )
    measured[4] = replace(measured[4], extra={"failure": "killed by SIGKILL"})
    measured[2] = replace(measured[2], failure="ended with status 1\nTraceback\nValueError: a|b")
    return measured


def test_standings(rows):
    standings = compute_standings(rows)
    assert standings.ranks == {
        "a": {"automl": 1, "random_forest": 2, "dummy": 3},
        "b": {"automl": 2, "random_forest": 1, "dummy": 3},
        "c": {"automl": 1.5, "random_forest": 1.5, "dummy": 3},
    }
    assert standings.scores["a"]["dummy"] == 0.5  # the constant
    assert standings.failures["a"] == {"automl": 0, "random_forest": 0, "dummy": 1}
    assert standings.normalized["a"] == pytest.approx(
        {"automl": 1.0, "random_forest": 0.75, "dummy": 0.0}
    )
    assert standings.mean_rank("automl") == 1.5
    assert standings.mean_normalized("automl") == pytest.approx((1 + 2 / 3 + 1) / 3)
    assert standings.wins("automl") == (1, 1, 1)
    assert standings.wins("dummy") == (0, 0, 3)
    assert standings.wins("random_forest") is None


def test_splits_and_seeds_are_averaged(make_row):
    rows = [make_row(split=0, score=0.2), make_row(split=1, score=0.4, digest="d2")]
    assert compute_standings(rows).scores == {"iris": {"dummy": pytest.approx(0.3)}}


def test_unfinished_tasks_are_shown_but_not_ranked(rows, make_row):
    rows.append(make_row(task="d", adapter="automl", score=0.25))
    rows.append(replace(rows[3], key=replace(rows[3].key, split=1)))  # b, but only automl
    standings = compute_standings(rows)
    assert list(standings.ranks) == ["a", "c"]
    text = render_report(rows)
    assert "| d | log_loss | 1.0000 | 0.2500 | – | – |" in text
    assert "Not ranked, because not all adapters have finished: b, d." in text


def test_nobody_beats_the_constant(make_row):
    rows = [make_row(adapter="automl", score=1.5), make_row(score=None, failure="no")]
    standings = compute_standings(rows)
    assert standings.normalized["iris"] == {"automl": 0.0, "dummy": 0.0}
    assert standings.ranks["iris"] == {"automl": 2, "dummy": 1}


def test_other_data_under_the_same_name(make_row):
    with pytest.raises(JournalError, match="split 0 of iris, got fingerprints d1 and d2"):
        compute_standings([make_row(), make_row(adapter="automl", digest="d2")])


def test_report(rows):
    text = render_report(rows)
    for line in (
        "- 9 measurements with automl 0.1.0+12345678, sklearn 1.9.1, python 3.11.7",
        "- machine a processor, 2 cores; 2 used",
        "## Budget 10 s",
        "| task | metric | constant | automl | random_forest | dummy |",
        "| a | roc_auc | 0.5000 | **0.9000** | 0.8000 | 0.5000 † |",
        "| b | log_loss | 1.0000 | 0.6000 | **0.4000** | 1.0000 |",
        "| c | rmse | 10.0000 | **5.0000** | **5.0000** | 10.0000 |",
        "| c | 1.5 | 1.5 | 3 |",
        "| adapter | a | median |",  # on the others, nobody is better than the forest
        "| automl | 1.00 | 1.00 |",
        "| dummy | -3.00 | -3.00 |",
        "| automl | 1.50 | 0.889 | 1–1–1 | 0.50 | 0.5 | 4.0 | 25% | 200 | 30 | – | 0.10 | 0/3 |",
        "| random_forest | 1.50 | 0.917 | – | 0.50 | 0.0 | 4.0 | 25% | 200 | – | – | 0.10 | 0/3 |",
        "| dummy | 3.00 | 0.000 | 0–0–3 | 0.50 | 0.0 | 4.0 | 25% | 200 | – | – | 0.10 | 1/3 |",
        "- a, split 0, seed 0, dummy: ended with status 1: ValueError: a\\|b",
        "- b, split 0, seed 0, random_forest: scored, but killed by SIGKILL",
        "| a, split 0, seed 0 | automl | 30 | 180.0 | 80% | 1.2 | 4.0 | 10.5 | 3 | 0.9000 | 0.8900 "
        "| 0.8500 to 0.9300 | 0.9100 | no | 0.002 "
        "| ridge(numbers \\| texts) |",
        "- a, split 0, seed 0: predictions differ by up to 0.002, more than 1e-09",
    ):
        assert line in text.splitlines(), line


def test_budgets_are_kept_apart(make_row):
    text = render_report([make_row(budget=60.0), make_row(), make_row(adapter="x", budget=60.0)])
    assert text.index("## Budget 10 s") < text.index("## Budget 60 s")


def test_the_scale_knows_what_was_measured(make_row):
    losses = {"random_forest": (0.4, 0.4), "automl": (0.2, 0.3), "some": (0.3, None)}
    rows = [
        make_row(task=task, adapter=adapter, score=score)
        for adapter, scores in losses.items()
        for task, score in zip("ab", scores, strict=True)
        if score is not None
    ]
    lines = render_report(rows).splitlines()
    assert "| some | 0.50 | – | 0.50 |" in lines
    assert "| automl | 1.00 | 1.00 | 1.00 |" in lines
    assert "### Scale" not in render_report(
        [*rows[2:], make_row(task="c", adapter="random_forest")]
    )


def test_an_empty_journal():
    assert render_report([]) == "The journal is empty.\n"


def test_cells_stay_in_their_row():
    assert markdown_table(["a"], [["x|y\nz"]]) == "| a |\n| --- |\n| x\\|y z |"


@pytest.mark.parametrize(
    ("metric", "score", "interval", "count"),
    [
        ("roc_auc", 0.9, [0.85, 0.93], "1 of 1"),
        ("roc_auc", 0.94, [0.85, 0.93], "0 of 1"),
        ("rmse", 5.0, [-6.0, -4.0], "1 of 1"),  # of a loss, less is better
        ("rmse", 7.0, [-6.0, -4.0], "0 of 1"),
    ],
)
def test_scores_within_what_was_promised_are_counted(make_row, metric, score, interval, count):
    extra = EXTRA | {"honest_interval": interval}
    row = make_row(adapter="automl", metric=metric, score=score, extra=extra)
    assert f"inside the honest interval in {count}." in render_report([row])
