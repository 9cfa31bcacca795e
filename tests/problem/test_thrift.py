"""Where the budget is small for the data, one hold-out and some rows take the place of all."""

import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import KFold, ShuffleSplit

from automl import AutoMLClassifier, AutoMLRegressor, AutoMLWarning, catalogue, load
from automl.errors import HistoryError
from automl.evaluation import evaluate_fold
from automl.pipelines import Genome, load_catalogue
from automl.problem import NestedCV, thrift
from automl.problem.dataset import read_dataset
from automl.problem.pose import pose_problem
from automl.problem.thrift import Thrift, drawn_rows, fit_seconds, thrift_of

N_ROWS = 1_000
FEW = catalogue("default", include=["decision_tree_classifier", "gaussian_nb"])


@pytest.fixture
def slower_trees(slow_trees, monkeypatch):
    """Let a budget that a busy machine cannot exhaust be small for the data."""
    monkeypatch.setattr(thrift, "SECONDS_PER_CELL", 0.2)


@pytest.fixture
def slow_trees(monkeypatch):
    """Let a fit on a thousand rows of four columns take 40 s, and less than that be many rows."""
    monkeypatch.setattr(thrift, "SECONDS_PER_CELL", 0.01)
    monkeypatch.setattr(thrift, "LEAST_ROWS", 500)
    monkeypatch.setattr(thrift, "FEWEST_LEARNT", 50)
    monkeypatch.setattr(thrift, "FEWEST_HELD_OUT", 60)


def table(n_rows=N_ROWS, n_rare=0):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(n_rows, 4)), columns=list("abcd"))
    y = np.where(X["a"] + rng.normal(size=n_rows) > 0, "yes", "no").astype(object)
    y[:n_rare] = "rare"
    return X, y


def dataset_of(**options):
    X, y = table(**options)
    return read_dataset(X, y, "classification")


def posed(seconds, **options):
    settings = {"catalogue": FEW, "cv": NestedCV(), "scoring": None, "seed": 0, **options}
    return pose_problem(dataset_of(), seconds=seconds, **settings)


def test_with_enough_time_nothing_is_saved(slow_trees):
    dataset = dataset_of()
    enough = 4 * fit_seconds(dataset) / thrift.FOLDS_SHARE
    assert thrift_of(dataset, enough, 0, may_hold_out=True) == Thrift()
    assert thrift_of(dataset, None, 0, may_hold_out=True) == Thrift()
    less = thrift_of(dataset, 0.9 * enough, 0, may_hold_out=True)
    assert less == Thrift(is_held_out=True)
    little = thrift_of(dataset, 80.0, 0, may_hold_out=True)
    assert little == Thrift(is_held_out=True, n_learnt=200)


def test_many_columns_are_learnt_from_ten_times_as_many_rows(slow_trees, monkeypatch):
    monkeypatch.setattr(thrift, "ROWS_PER_COLUMN", 75)
    assert thrift_of(dataset_of(), 1.0, 0, may_hold_out=True).n_learnt == 4 * 75
    monkeypatch.setattr(thrift, "ROWS_PER_COLUMN", 300)
    assert thrift_of(dataset_of(), 1.0, 0, may_hold_out=True).n_learnt is None


@pytest.mark.parametrize(
    ("cv", "n_splits"),
    [
        (NestedCV(outer=5), 5),
        (NestedCV(outer=4), 4),
        (NestedCV(outer=KFold(5)), 5),
        (NestedCV(repeats=2), 10),
    ],
    ids=str,
)
def test_folds_that_a_user_has_chosen_stay(slow_trees, cv, n_splits):
    with pytest.warns(AutoMLWarning, match="learn from 200 rows"):
        problem = posed(80.0, cv=cv)
    assert len(problem.splits) == n_splits
    assert not problem.thrift.is_held_out


def test_bags_need_their_folds(slow_trees):
    with pytest.warns(AutoMLWarning, match="learn from 200 rows"):
        assert len(posed(80.0, refit="bagged").splits) == 5


def test_few_rows_keep_their_folds():
    saved = thrift_of(dataset_of(), 1e-9, 0, may_hold_out=True)
    assert saved == Thrift()


@pytest.mark.parametrize("n_rare", [2, 9, 12])
def test_a_rare_class_is_learnt(slow_trees, n_rare):
    dataset = dataset_of(n_rare=n_rare)
    saved = thrift_of(dataset, 20.0, 0, may_hold_out=True)
    assert saved.n_learnt == 50  # a rare class makes no draw larger
    rows = saved.learnt_rows(dataset, 0)
    assert len(rows) == 50
    assert (dataset.y[rows] == "rare").sum() == min(n_rare, 10)


def test_the_hold_out_learns_from_the_drawn_rows_alone(slow_trees):
    with pytest.warns(AutoMLWarning) as warnings:
        problem = posed(80.0)
    texts = [str(warning.message) for warning in warnings]
    assert any("one hold-out scores them" in text for text in texts)
    assert any("learn from 200 rows" in text and "time_budget=400" in text for text in texts)
    ((train, test),) = problem.splits
    assert set(train) <= set(problem.learnt_rows)
    assert not set(train) & set(test)
    assert (len(problem.learnt_rows), len(test)) == (200, 200)
    assert list(problem.final_rows) == list(drawn_rows(N_ROWS, 200, 0, problem.dataset.y))


def test_time_holds_out_the_last_rows(slow_trees):
    X, y = table()
    dataset = read_dataset(X, y, "classification", time=np.arange(N_ROWS))
    settings = {"catalogue": FEW, "cv": NestedCV(), "scoring": None, "seed": 0}
    with pytest.warns(AutoMLWarning) as warnings:
        problem = pose_problem(dataset, seconds=80.0, **settings)
    told = [str(warning.message) for warning in warnings]
    ((train, test),) = problem.splits
    assert train.max() < test.min()
    assert test.max() == N_ROWS - 1
    assert any("give cv=5 and time=, or" in sentence for sentence in told)


def test_a_compact_problem_gives_the_same_outcomes(slow_trees):
    with pytest.warns(AutoMLWarning):
        problem = posed(80.0, catalogue=load_catalogue("default"))
    compact = problem.compact()
    assert len(compact.dataset) < N_ROWS
    genome = Genome.parse("gaussian_nb(numeric)")
    outcome, same = evaluate_fold(problem, genome, 0), evaluate_fold(compact, genome, 0)
    assert outcome.score == same.score
    np.testing.assert_array_equal(outcome.predictions, same.predictions)


def test_a_compact_problem_has_the_folds_of_the_whole_one(slow_trees):
    with pytest.warns(AutoMLWarning):
        problem = posed(80.0)
    compact = problem.compact()  # of so few rows, folds would be drawn three times
    assert compact.folds_per_repeat == problem.folds_per_repeat == 1
    assert compact.smaller_share == problem.smaller_share


def test_small_training_parts_of_a_splitter_keep_their_rows(slow_trees):
    cv = NestedCV(outer=ShuffleSplit(3, train_size=60, random_state=0))
    with pytest.warns(AutoMLWarning, match="learn from 50 rows"):
        problem = posed(20.0, cv=cv)
    # A draw of 50 out of 1,000 rows has three of them, on average.
    assert [len(train) for train, _ in problem.splits] == [50, 50, 50]
    assert not any(set(train) & set(test) for train, test in problem.splits)


def test_rows_without_weight_are_not_counted(slow_trees):
    X, y = table()
    weights = np.zeros(N_ROWS)
    weights[::10] = 1.0
    dataset = read_dataset(X, y, "classification", sample_weight=weights)
    assert fit_seconds(dataset) == pytest.approx(4.0)
    saved = thrift_of(dataset, 20.0, 0, may_hold_out=True)
    assert saved == Thrift(n_learnt=500)  # about 50 of them count
    settings = {"catalogue": FEW, "cv": NestedCV(), "scoring": None, "seed": 0}
    with pytest.warns(AutoMLWarning, match="all 100 rows would") as caught:
        problem = pose_problem(dataset, seconds=20.0, **settings)
    assert 30 < len(problem.final_rows) < 70
    (sentence,) = [str(warning.message) for warning in caught]
    assert f"learn from {len(problem.final_rows)} rows" in sentence
    with pytest.warns(AutoMLWarning, match=f"from {len(problem.final_rows)} of 100 rows"):
        pose_problem(dataset, thrift=saved, **settings)
    assert all(set(train) < set(problem.final_rows) for train, _ in problem.splits)


def test_a_hold_out_keeps_rows_of_each_class_that_the_score_needs(slow_trees, monkeypatch):
    monkeypatch.setattr(thrift, "MOST_HELD_OUT", 10)
    X, y = table()
    y[np.random.default_rng(1).choice(N_ROWS, 15, replace=False)] = "rare"
    dataset = read_dataset(X, y, "classification")
    settings = {"catalogue": FEW, "cv": NestedCV(), "scoring": "roc_auc_ovr", "seed": 0}
    with pytest.warns(AutoMLWarning, match="one hold-out"):
        problem = pose_problem(dataset, seconds=450.0, **settings)
    ((_, test),) = problem.splits
    assert set(dataset.y[test]) == {"yes", "no", "rare"}
    assert len(test) < N_ROWS / 5


def test_without_thrift_a_problem_is_compact():
    problem = posed(None)
    assert problem.compact() is problem


def verified(search, X, y, folder):
    """Return what the exported script says of its predictions."""
    X.join(pd.DataFrame(y)).rename(columns={0: "target"}).to_csv(folder / "train.csv", index=False)
    search.export(folder / "best.py")
    source = (folder / "best.py").read_text("utf-8")
    assert "N_LEARNT = 50" in " ".join(source.split())
    done = subprocess.run(
        [sys.executable, "best.py", "train.csv", "--verify"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert re.match("verified: predictions differ by at most (0|.*e-)", done.stdout)


@pytest.mark.slow
def test_a_fit_on_some_rows_exports_a_script_that_draws_the_same(slower_trees, tmp_path):
    X, y = table(n_rare=6)
    options = {"catalogue": FEW, "n_jobs": 1, "random_state": 0, "verbose": 0}
    search = AutoMLClassifier(time_budget=80, max_evaluations=3, **options)
    with pytest.warns(AutoMLWarning):
        search.fit(X, y)
    assert search.honest_score_.low < search.honest_score_.high
    verified(search, X, y, tmp_path)
    search.save(tmp_path / "model")
    selected = search.select(2, X, y)
    assert selected._fitted.script.n_learnt == 50
    assert "N_LEARNT" not in search.fit_winner(X, y).script_
    search.fit_winner(X[:40], y[:40]).save(tmp_path / "few")
    assert load(tmp_path / "few")._fitted.script.n_rows == 40


@pytest.mark.slow
@pytest.mark.parametrize("task", ["classification", "regression"])
def test_scripts_of_other_targets_draw_the_same(slower_trees, tmp_path, task):
    X, y = table(n_rare=6)
    options = {"n_jobs": 1, "random_state": 0, "verbose": 0, "max_evaluations": 3}
    if task == "classification":
        second = np.where(X["b"] > 0, "high", "low").astype(object)
        second[-7:] = "rare"
        target = pd.DataFrame({"first": y, "second": second})
        search = AutoMLClassifier(time_budget=80, catalogue=FEW, **options)
    else:
        target = (X["a"] ** 2).rename("target")
        search = AutoMLRegressor(time_budget=80, catalogue="linear", **options)
    with pytest.warns(AutoMLWarning):
        search.fit(X, target)
    verified(search, X, target, tmp_path)


@pytest.fixture(scope="module")
def thrifty(tmp_path_factory):
    """Return a search that learnt from 50 of a thousand rows and a hold-out, with its history."""
    path = tmp_path_factory.mktemp("thrifty") / "run.db"
    options = {"catalogue": FEW, "n_jobs": 1, "random_state": 0, "verbose": 0, "history": path}
    search = AutoMLClassifier(time_budget=80, max_evaluations=3, **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(thrift, "SECONDS_PER_CELL", 0.2)
        patch.setattr(thrift, "LEAST_ROWS", 500)
        patch.setattr(thrift, "FEWEST_LEARNT", 50)
        patch.setattr(thrift, "FEWEST_HELD_OUT", 60)
        with pytest.warns(AutoMLWarning):
            return search.fit(*table())


@pytest.mark.slow
def test_the_winner_on_all_rows_is_scripted_without_a_draw(thrifty, tmp_path):
    X, y = table()
    refitted = thrifty.fit_winner(X, y)
    assert "N_LEARNT" not in refitted.script_
    fewer = thrifty.fit_winner(X[:40], y[:40])  # fewer rows than the search drew
    fewer.save(tmp_path / "model")
    np.testing.assert_array_equal(load(tmp_path / "model").predict(X), fewer.predict(X))


@pytest.mark.slow
def test_other_fits_take_the_rows_and_the_hold_out_of_the_search(thrifty):
    selected = thrifty.select("best", *table())
    assert "N_LEARNT = 50" in " ".join(selected.script_.split())
    assert thrifty.explain(*table(), seconds=60).n_folds == 1


@pytest.mark.slow
def test_a_resumed_run_says_what_it_goes_on_saving(thrifty, slower_trees):
    again = clone(thrifty).set_params(time_budget=4_000)
    with pytest.warns(AutoMLWarning, match="one hold-out and learns from 50 of 1,000 rows"):
        again.fit(*table(), resume=True)


@pytest.mark.slow
def test_a_run_is_resumed_with_what_it_saved(slower_trees, tmp_path):
    X, y = table()
    options = {"catalogue": FEW, "n_jobs": 1, "random_state": 0, "verbose": 0}
    options |= {"history": tmp_path / "run.db", "max_evaluations": 3}
    with pytest.warns(AutoMLWarning):
        AutoMLClassifier(time_budget=80, **options).fit(X, y)
    options["max_evaluations"] = 4
    search = AutoMLClassifier(time_budget=4_000, **options)
    with pytest.warns(AutoMLWarning, match="as it began"):
        search.fit(X, y, resume=True)
    assert len(search.nested_results_) == 1
    # Folds are named, and the run has none.
    for cv, named in ((3, "cv=3"), (5, "cv=5"), (NestedCV(repeats=2), "repeats=2")):
        with pytest.raises(HistoryError, match=rf"by one hold-out, got {named}; leave cv out"):
            AutoMLClassifier(time_budget=4_000, cv=cv, **options).fit(X, y, resume=True)
