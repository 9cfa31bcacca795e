"""What a search promised is held against what came true; the report follows from the journal."""

from dataclasses import replace
from math import inf

import numpy as np
import pandas as pd
import pytest
from scipy.special import softmax
from sklearn.metrics import log_loss, roc_auc_score, root_mean_squared_error

from automl.selection.honest_score import HonestScore
from benchmarks.__main__ import main
from benchmarks.errors import TaskError
from benchmarks.running.provenance import Provenance
from benchmarks.studies.honesty import study
from benchmarks.studies.honesty.calibration import Calibration, count_signs
from benchmarks.studies.honesty.promise import INTERVAL, HonestyKey, Promise
from benchmarks.studies.honesty.report import honesty_report
from benchmarks.studies.honesty.study import SETS, Honesty, draw_split
from benchmarks.studies.study import StudyRow
from benchmarks.tasks.folder import folder_tasks
from benchmarks.tasks.task import make_task
from tests.benchmarks.made_sets import write_sets

ORIGIN = Provenance({"automl": "0.1.0"}, "abc", {"cpu": "a processor", "cores": 2}, 1)
# The interval is 1.96 x 0.05 to either side; the test score 0.05 below the estimate.
PROMISE = Promise(
    metric="roc_auc",
    naive=0.85,
    estimate=0.8,
    low=0.702,
    high=0.898,
    baseline=0.7,
    test=0.75,
    test_error=0.01,
    single_naive=0.84,
    single_test=0.74,
    members=3,
    seconds=10.0,
    test_rows=1000,
)


def row(task, seed, **changes):
    promise = replace(PROMISE, **changes)
    return StudyRow(HonestyKey(task, seed, 500, 30, "fast"), ORIGIN, promise, digest="d")


ROWS = [
    row("a", 0),
    row("a", 1, test=0.9, single_test=0.94, members=2),
    row("b", 0, single_test=0.75, members=1, seconds=40.0),
    replace(row("b", 1), result=None, failure="ValueError: no luck"),
]


def test_gaps_are_in_standard_errors_of_the_interval():
    assert PROMISE.error == pytest.approx(0.05)
    assert PROMISE.gap(PROMISE.estimate) == pytest.approx(1.0)
    assert PROMISE.gap(PROMISE.naive) == pytest.approx(2.0)
    assert PROMISE.is_covered
    assert not replace(PROMISE, test=0.7).is_covered
    assert not replace(PROMISE, test=0.9).is_covered


def test_of_an_interval_that_was_cut_the_lower_half_tells_the_error():
    cut = replace(PROMISE, estimate=0.98, low=0.882, high=1.0)
    assert cut.error == pytest.approx(0.05)
    loss = replace(PROMISE, metric="neg_log_loss", estimate=-0.02, low=-0.118, high=0.0)
    assert loss.error == pytest.approx(0.05)
    assert replace(loss, high=-0.01).error == pytest.approx(0.01 / 1.96)


def test_without_an_interval_any_gap_is_infinite():
    sure = replace(PROMISE, estimate=1.0, low=1.0, high=1.0, test=1.0)
    assert [sure.gap(promised) for promised in (1.0, 1.1, 0.9)] == [0.0, inf, -inf]
    assert Calibration([sure]).noise is None
    promise = replace(sure, test=0.9)
    assert "| +inf | -inf | +0.00 | 0 |" in honesty_report([replace(ROWS[0], result=promise)])


def test_calibration_is_that_of_all_runs():
    overall = Calibration([run.result for run in ROWS if run.result])
    assert overall.estimate_gaps == pytest.approx([1.0, -2.0, 1.0])
    assert overall.naive_gaps == pytest.approx([2.0, -1.0, 2.0])
    assert (overall.covered, overall.duels) == (2, (1, 1, 1))
    # Clopper and Pearson: where one of 2 or none of 3 would be as rare as 2.5 %.
    assert Calibration([overall.promises[0]] * 2).coverage == pytest.approx((1, 0.025**0.5, 1))
    assert Calibration(overall.promises[:2]).coverage == pytest.approx(
        (0.5, 1 - 0.975**0.5, 0.975**0.5)
    )
    assert overall.noise == pytest.approx(0.2)
    assert overall.gain == pytest.approx((0.01 - 0.04 + 0.0) / 3)
    assert count_signs([]) == (0, 0, 0)


def test_the_report_follows_from_the_rows():
    page = honesty_report(ROWS)
    assert "## 500 rows, 30 pipelines of the catalogue 'fast'" in page
    assert "the honest estimate promises **+0.00** standard errors more" in page
    assert "(aim: within ±0.25, met), the naive score +1.00." in page
    assert "in **66.7%** of them" in page
    assert "aim: 92% to 98%, not met). A search took 20 s on average." in page
    # The gaps 1 and -2 have the standard deviation 2.12, by the root of 2: 1.5.
    cells = "| 2 | 0.8 | 0.825 | -0.50 ± 1.50 | +0.50 ± 1.50 | +0.00 | 1 | 50% [1%, 99%] | 0.20 |"
    assert f"| a | roc_auc {cells}" in page
    assert (
        "| b | roc_auc | 1 | 0.8 | 0.75 | +1.00 | +2.00 | +0.00 | 1 | 100% [3%, 100%] | 0.20 |"
        in page
    )
    assert (
        "| **overall** | – | 3 | – | – | +0.00 ± 1.00 | +1.00 ± 1.00 | +0.00 | 2 | 67% [9%," in page
    )
    assert "**0 of 2 sets** (the same on 1, worse on 1); by run, 1 of 3 times" in page
    assert "| a | roc_auc | 2.5 | 0.84 | 0.825 | -0.015 | 1–0–1 |" in page
    assert "- b, seed 1: ValueError: no luck" in page
    assert honesty_report([]) == "The journal is empty.\n"
    assert "### Promised" not in honesty_report(ROWS[-1:])


def test_probabilities_and_intervals_are_reported_where_there_are_some():
    scaled = row("c", 0, log_loss=0.4, plain_log_loss=0.5, growth=0.025, rescaled=True)
    plain = row("c", 1, log_loss=0.6, plain_log_loss=0.6)
    worse = row("c", 2, log_loss=0.5, plain_log_loss=0.4, rescaled=True)
    target = row("d", 0, inside=0.93)
    page = honesty_report([scaled, plain, worse, target])
    assert "Of 3 runs, 2 rescaled their probabilities" in page
    assert "lower for 1 of these, the same for 0, higher for 1." in page
    assert "| c | 3 | 2 | 0.45 | 0.45 | +0.0% |" in page
    assert "**93.0%**, the mean of 1 sets" in page
    assert "| d | 1 | 93.0% |" in page
    assert Calibration([scaled.result] if scaled.result else []).growth == pytest.approx(0.5)
    assert "another scale" not in honesty_report(ROWS)
    assert "Intervals" not in honesty_report(ROWS)


def test_settings_are_reported_apart():
    smaller = replace(ROWS[0], key=replace(ROWS[0].key, rows=200))
    page = honesty_report([*ROWS, smaller])
    assert "Over 3 runs" in page.split("## 200 rows")[0]
    assert "Over 1 runs" in page.split("## 200 rows")[1]


def task_of(counts):
    y = pd.Series(np.repeat(np.arange(len(counts)), counts))
    X = pd.DataFrame({"a": np.arange(len(y))})
    return make_task("many", X, y, "made up", is_classification=True)


def test_few_rows_are_drawn_and_the_others_tested_on():
    split = draw_split(task_of([300, 90, 10]), seed=1, rows=40)
    assert split.train_y.value_counts().tolist() == [30, 9, 1]
    assert sorted([*split.train_X["a"], *split.test_X["a"]]) == list(range(400))
    assert len(draw_split(split.task, seed=1, rows=40, max_test_rows=100).test_y) == 100
    assert draw_split(split.task, seed=1, rows=40).digest == split.digest
    assert draw_split(split.task, seed=2, rows=40).digest != split.digest


@pytest.mark.parametrize(("counts", "rows"), [([300, 90, 10], 400), ([300, 90, 10], 30)])
def test_sets_that_are_too_small_are_refused(counts, rows):
    with pytest.raises(TaskError, match=r"more than \d+ rows .* got 400 rows of 'many'"):
        draw_split(task_of(counts), seed=0, rows=rows)


@pytest.fixture
def folder(tmp_path):
    """Return a folder with a set of each kind."""
    return write_sets(tmp_path, 400)


METRICS = ["roc_auc", "neg_root_mean_squared_error"]


@pytest.mark.slow
def test_what_is_there_is_not_measured_again(folder, tmp_path, capsys):
    journal = tmp_path / "rows.jsonl"
    command = f"honesty --data {folder} --tasks binary,regression --rows 100 --evaluations 4"
    command += f" --journal {journal} --seeds "
    assert main([*command.split(), "1"]) == 0
    out, err = capsys.readouterr()
    assert [line.split(":")[0] for line in err.splitlines()] == [
        "binary, seed 0",
        "regression, seed 0",
    ]
    assert "| **overall** | – | 2 |" in out
    rows = Honesty.open(journal).rows
    promises = [run.result for run in rows if run.result]
    assert [promise.metric for promise in promises] == METRICS, [run.failure for run in rows]
    for promise in promises:
        assert promise.low < promise.estimate <= promise.high
        assert promise.test_rows == 300
        assert 0 < promise.test_error < promise.error
        assert abs(promise.gap(promise.estimate)) < 4
        assert promise.baseline < 1
        assert promise.members <= 4
    assert main([*command.split(), "1"]) == 0
    assert capsys.readouterr() == (out, "")
    assert main([*command.split(), "2", "--report"]) == 0
    assert capsys.readouterr() == (out, "")


HONEST = HonestScore(0.8, 0.702, 0.898, 0.85, 0.7, 0.9, "roc_auc", "a random forest", spread=0.4)


class Search:
    """Promises without a search, and predicts by one column."""

    def __init__(self, promised):
        self.honest_score_, self.best_score_ = promised, 0.5
        self.members_ = pd.DataFrame({"weight": [1.0]})
        forests = [f"random_forest_classifier(numeric, n={n})" for n in (1, 2)]
        # The reference came first, though another forest is better.
        self.history_ = pd.DataFrame({"genome": [*forests, "ridge(numeric)"], "number": [1, 2, 3]})
        table = {"pipeline": forests[::-1], "state": "done", "rank": [1, 2]}
        self.leaderboard_ = pd.DataFrame(table)

    def select(self, rank, X, y):
        assert rank == 2
        return self

    def fit(self, X, y):
        self.ensemble_ = self.best_pipeline_ = self
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        return softmax(np.outer(X["a"], np.arange(len(self.classes_))), axis=1)

    def predict(self, X):
        return X["a"].to_numpy()

    def predict_interval(self, X, coverage):
        assert coverage == INTERVAL
        return np.column_stack([self.predict(X) - 0.5, self.predict(X) + 0.5])


SCORES = {
    "binary": lambda search, split: roc_auc_score(
        split.test_y, search.predict_proba(split.test_X)[:, 1]
    ),
    "multiclass": lambda search, split: -log_loss(split.test_y, search.predict_proba(split.test_X)),
    "regression": lambda search, split: (
        -root_mean_squared_error(split.test_y, search.predict(split.test_X))
    ),
}


@pytest.mark.parametrize("kind", SCORES)
def test_greater_is_better_in_test_scores(kind, folder, monkeypatch):
    search = Search(HONEST)
    for name in ("AutoMLClassifier", "AutoMLRegressor"):
        monkeypatch.setattr(study, name, lambda **settings: search)
    references = folder_tasks(folder, [kind])
    split = draw_split(references[0].load(), seed=0, rows=100)
    honesty = Honesty(references, seeds=1, settings=(100, 4, "fast"))
    promise = honesty.measure(*honesty.keys())
    assert promise.test == promise.single_test == pytest.approx(SCORES[kind](search, split))
    assert (promise.forest_test, promise.gain_probability) == (promise.test, 0.9)
    assert (promise.few_low, promise.few_high) == HONEST.on(200)
    assert (promise.single_naive, promise.members) == (0.5, 1)
    promised = ("naive", "estimate", "low", "high", "baseline")
    assert all(getattr(promise, name) == getattr(PROMISE, name) for name in promised)


def test_a_search_without_an_honest_score_is_a_failure(folder, monkeypatch):
    monkeypatch.setattr(study, "AutoMLRegressor", lambda **settings: Search(None))
    honesty = Honesty(folder_tasks(folder, ["regression"]), seeds=1, settings=(100, 4, "fast"))
    (failed,) = honesty.rows(honesty.keys())
    assert failed.result is None
    assert failed.failure.startswith("TaskError: expected an honest score")


def test_enough_sets():
    assert 12 <= len(set(SETS)) == len(SETS) <= 14


def test_the_page_says_what_a_small_test_part_and_a_better_forest_show():
    rows = [
        row(
            "a", 0, few_low=0.6, few_high=0.9, few_test=0.69, gain_probability=0.0, forest_test=0.8
        ),
        row(
            "a", 1, few_low=0.6, few_high=0.9, few_test=0.95, gain_probability=0.9, forest_test=0.7
        ),
        row("a", 2),
    ]
    page = honesty_report(rows)
    assert "has the score on so many rows of the test part in **1 of 2** runs (50.0%)" in page
    assert "the interval for new rows without end has it in 0." in page
    assert "In 1 of 2 runs the honest score says that a random forest is better" in page
    assert "the forest is better in 1, the same in 0, worse in 0 of these, by **+1.00**" in page
    assert "test part of 200" not in honesty_report([row("a", 0)])
