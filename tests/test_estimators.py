"""What a user does: fit a dataframe, predict, look, export, save."""

import os
import pickle
import signal
import subprocess
import sys

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from automl import (
    AutoMLClassifier,
    AutoMLRegressor,
    AutoMLWarning,
    Limits,
    NestedCV,
    Observer,
    Quantile,
    SettingsError,
    TunedThreshold,
    catalogue,
    describe,
    load,
)
from automl.pipelines import Genome, Operator, Real
from automl.pipelines.operators.flow_types import Prediction, Scaled

# The dates of the frame give its rows an order in time, which is said of each fit.
pytestmark = pytest.mark.filterwarnings("ignore:.*'when'")

RNG = np.random.default_rng(0)
N = 160
FRAME = pd.DataFrame(
    {
        "size": RNG.normal(size=N).round(3),
        "color": RNG.choice(["red", "green", 'bl"ue'], N),
        "yes": RNG.choice([True, False], N),
        "when": pd.Timestamp("2024-01-01") + pd.to_timedelta(RNG.integers(0, 9000, N), unit="h"),
    }
)
FRAME.loc[::7, "size"] = np.nan
FRAME.loc[::9, "color"] = None
SIGNAL = FRAME["size"].fillna(0) + (FRAME["color"] == "red") + FRAME["when"].dt.month / 12
LABELS = pd.Series(np.where(SIGNAL.median() < SIGNAL, "it's high", "low"), name="le vel")
QUICK = {
    "max_evaluations": 5,
    "time_budget": None,
    "cv": NestedCV(outer=3, repeats=1),
    "n_jobs": 2,
    "verbose": 0,
    "random_state": 0,
}

# Models that take some milliseconds, what makes their input, and a frame without dates for them.
LIGHT = catalogue("default").only(
    "linear_discriminant_analysis", "gaussian_nb", "simple_imputer", "one_hot_encoder"
)
LIGHT_FRAME = FRAME.drop(columns="when").assign(other=np.arange(N) * 7 % 31)
QUICK_LIGHT = {**QUICK, "catalogue": LIGHT}


@pytest.fixture(scope="module")
def search():
    return AutoMLClassifier(**QUICK).fit(FRAME, LABELS)


def run_script(folder, *arguments):
    command = [sys.executable, "-I", "best.py", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_a_mixed_frame_end_to_end(search, tmp_path):
    assert search.columns_.kinds() == {
        "numeric": ("size",),
        "categorical": ("color", "yes"),
        "dates": ("when",),
    }
    probabilities = search.predict_proba(FRAME)
    assert probabilities.shape == (N, 2)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert search.classes_.tolist() == ["it's high", "low"]
    assert search.score(FRAME, LABELS) > 0.8
    search.export(tmp_path / "best.py")
    FRAME.assign(**{"le vel": LABELS}).to_csv(tmp_path / "train.csv", index=False)
    done = run_script(tmp_path, "train.csv", "--verify", "--predict", "train.csv", "--out", "o.csv")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("verified")
    table = pd.read_csv(tmp_path / "o.csv")
    names = [f"probability_{label}" for label in search.classes_]
    np.testing.assert_allclose(table[names], probabilities, rtol=0, atol=1e-9)
    assert (table["prediction"] == search.predict(FRAME)).all()


def test_the_tables(search):
    board = search.leaderboard_
    assert board["rank"].tolist() == [1, 2, 3, 4, 5]
    assert board["score"].dropna().is_monotonic_decreasing
    assert board["score"].isna().equals(board["state"] != "done")
    assert board.loc[0, "pipeline"] == search.best_genome_
    assert Genome.parse(search.best_genome_).text == search.best_genome_
    scores = search.nested_results_["score"]
    assert scores.mean() == pytest.approx(search.best_score_)
    front = search.pareto_front_
    assert front["size"].is_monotonic_increasing
    costs = front[["rank", "size", "predict_seconds"]].to_numpy()
    every = board.dropna(subset="score")[["rank", "size", "predict_seconds"]].to_numpy()
    for one in costs:  # no other is better in something and worse in nothing
        assert not any((other <= one).all() and (other < one).any() for other in every)
    assert len(search.history_) == search.history_.groupby(["number", "fold"]).ngroups
    run = search.run_
    assert (run.pipelines, run.workers) == (5, 2)
    assert 0 < run.estimator_seconds < run.seconds * run.workers
    assert 0 < run.first_model_seconds < run.seconds


def test_pickle_and_clone(search):
    again = pickle.loads(pickle.dumps(search))
    np.testing.assert_array_equal(again.predict(FRAME), search.predict(FRAME))
    with pytest.raises(NotFittedError):
        clone(search).predict(FRAME)


@pytest.mark.slow
def test_inside_scikit_learn():
    X, y = load_iris(return_X_y=True)
    quick = AutoMLClassifier(**{**QUICK, "max_evaluations": 2, "n_jobs": 1})
    scores = cross_val_score(quick, X, y, cv=3, error_score="raise")
    assert scores.min() > 0.8
    pipeline = make_pipeline(StandardScaler(), quick).fit(X, y)
    assert pipeline.score(X, y) > 0.8
    assert set(pipeline.predict(X)) == {0, 1, 2}


def test_regression_with_an_array():
    X = RNG.normal(size=(120, 3))
    y = 3 * X[:, 0] - X[:, 1]
    search = AutoMLRegressor(**QUICK).fit(X, y)
    assert search.best_score_ > -0.5
    assert search.score(X, y) > 0.9
    assert not hasattr(search, "predict_proba")
    assert not hasattr(search, "classes_")


@pytest.mark.slow
def test_a_quantile_is_predicted(tmp_path):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(400, 2)), columns=["a", "b"])
    y = pd.Series(X["a"] + rng.exponential(size=400), name="cost")
    few = catalogue("default", include=["quantile_regressor", "hist_gradient_boosting_regressor"])
    options = {**QUICK, "max_evaluations": 3, "catalogue": few}
    search = AutoMLRegressor(scoring=Quantile(0.9), **options).fit(X, y)
    assert search.metric_ == "neg_pinball_loss_0.9"
    assert (search.leaderboard_["state"] == "done").any()
    assert "dummy" not in search.best_genome_
    assert 0.85 < (y < search.predict(X)).mean() < 0.96
    assert search.score(X, y) > -0.3
    search.save(tmp_path / "model")
    load(tmp_path / "model").export(tmp_path / "best.py")
    assert (tmp_path / "best.py").read_text("utf-8") == search.script_
    X.assign(cost=y).to_csv(tmp_path / "train.csv", index=False)
    done = run_script(tmp_path, "train.csv", "--verify", "--predict", "train.csv", "--out", "o.csv")
    assert done.returncode == 0, done.stdout + done.stderr
    theirs = pd.read_csv(tmp_path / "o.csv")["prediction"]
    np.testing.assert_allclose(theirs, search.predict(X), rtol=0, atol=1e-9)


@pytest.mark.slow
def test_a_threshold_is_tuned(tmp_path):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(400, 2)), columns=["a", "b"])
    y = pd.Series(np.where(X["a"] + rng.normal(size=400) > 1.9, "rare", "common"), name="case")
    few = catalogue("default", include=["logistic_regression", "gaussian_nb"])
    options = {**QUICK, "max_evaluations": 3, "catalogue": few}
    search = AutoMLClassifier(scoring=TunedThreshold("f1"), **options).fit(X, y)
    assert search.metric_ == "f1"
    assert search.best_score_ > 0.25  # whoever always predicts "rare" has 0.17
    assert search.score(X, y) > 0.3
    rare = search.predict_proba(X)[:, 1]
    found = search.predict(X) == "rare"
    assert rare[found].min() > rare[~found].max()  # a threshold, and not 0.5
    assert found.sum() != (rare >= 0.5).sum()
    search.export(tmp_path / "best.py")
    X.assign(case=y).to_csv(tmp_path / "train.csv", index=False)
    done = run_script(tmp_path, "train.csv", "--verify", "--predict", "train.csv", "--out", "o.csv")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (pd.read_csv(tmp_path / "o.csv")["prediction"] == search.predict(X)).all()


@pytest.mark.parametrize("scoring", [Quantile(0.0), Quantile(1.5), TunedThreshold("f1")])
def test_scores_that_do_not_go_with_a_regression(scoring):
    with pytest.raises(SettingsError):
        AutoMLRegressor(scoring=scoring, **QUICK).fit(FRAME, SIGNAL)


@pytest.mark.parametrize("scoring", [Quantile(0.5), TunedThreshold("f1")])
def test_scores_that_do_not_go_with_three_classes(scoring):
    with pytest.raises(SettingsError):
        AutoMLClassifier(scoring=scoring, **QUICK).fit(FRAME, np.arange(N) % 3)


@pytest.mark.slow
def test_several_targets_at_once(tmp_path):
    X = FRAME.drop(columns="when")
    noise = np.random.default_rng(0).normal(scale=0.1, size=(N, 2))
    y = pd.DataFrame({"high": SIGNAL, "low": -2 * SIGNAL}) + noise
    few = catalogue("default", include=["ridge", "extra_trees_regressor"])
    options = {**QUICK, "max_evaluations": 4, "catalogue": few}
    search = AutoMLRegressor(**options).fit(X, y)
    predicted = search.predict(X)
    assert predicted.shape == (N, 2)
    assert search.score(X, y) > 0.5
    search.export(tmp_path / "best.py")
    pd.concat([X, y], axis=1).to_csv(tmp_path / "train.csv", index=False)
    done = run_script(tmp_path, "train.csv", "--verify", "--predict", "train.csv", "--out", "o.csv")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("verified")
    theirs = pd.read_csv(tmp_path / "o.csv").to_numpy()
    np.testing.assert_allclose(theirs, predicted, rtol=0, atol=1e-9)
    search.save(tmp_path / "model")
    again = load(tmp_path / "model")
    np.testing.assert_array_equal(again.predict(X), predicted)
    assert again.script_ == search.script_


@pytest.mark.slow
@pytest.mark.parametrize("package", ["lightgbm", "catboost"])
@pytest.mark.parametrize("class_", [AutoMLClassifier, AutoMLRegressor])
def test_boosted_trees_of_other_packages(class_, package, tmp_path, monkeypatch, capfd):
    pytest.importorskip(package)
    monkeypatch.chdir(tmp_path)
    y = LABELS if class_ is AutoMLClassifier else SIGNAL.rename("le vel")
    boosted = catalogue("default")
    names = [name for name in boosted if boosted[name].requires == package]
    boosted = boosted.only(*names, "category_encoder", "datetime_encoder")
    search = class_(**{**QUICK, "max_evaluations": 2, "catalogue": boosted}).fit(FRAME, y)
    assert Genome.parse(search.best_genome_).operator in names
    predicted = search.predict(FRAME)
    search.save("model")
    again = load("model")
    assert (again.predict(FRAME) == predicted).all()
    assert hasattr(again, "classes_") == (class_ is AutoMLClassifier)
    search.export("best.py")
    FRAME.assign(**{"le vel": y}).to_csv("train.csv", index=False)
    done = run_script(tmp_path, "train.csv", "--verify")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("verified")
    assert sorted(os.listdir()) == ["best.py", "best.requirements.txt", "model", "train.csv"]
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_polars_frames_and_lists():
    X = pl.DataFrame({"a": np.arange(40.0), "b": ["x", "y"] * 20})
    y = ["low"] * 20 + ["high"] * 20
    options = {**QUICK_LIGHT, "max_evaluations": 3}
    search = AutoMLClassifier(**options).fit(X, y)
    assert search.predict(X).tolist().count("low") == 20
    rows = [[float(number), number % 3] for number in range(40)]
    assert AutoMLClassifier(**options).fit(rows, y).predict(rows[:2]).tolist() == ["low", "low"]


@pytest.mark.slow
def test_the_frame_is_left_as_it_was():
    before = FRAME.copy()
    AutoMLClassifier(**{**QUICK, "max_evaluations": 2}).fit(FRAME, LABELS)
    pd.testing.assert_frame_equal(FRAME, before)


@pytest.mark.slow
def test_groups_and_any_splitter():
    groups = np.repeat(np.arange(16), 10)
    search = AutoMLClassifier(**{**QUICK_LIGHT, "cv": GroupKFold(4)})
    kfold = search.fit(LIGHT_FRAME, LABELS, groups=groups)
    assert kfold.history_["fold"].max() == 3
    splits = [(np.arange(80), np.arange(80, N))]
    hold_out = AutoMLClassifier(**{**QUICK_LIGHT, "cv": splits}).fit(LIGHT_FRAME, LABELS)
    assert set(hold_out.history_["fold"]) == {0}


@pytest.mark.slow
def test_weights_leave_out_what_takes_none():
    operators = catalogue("default").only(
        "ridge", "k_neighbors_regressor", "standard_scaler", "simple_imputer"
    )
    X, y = FRAME[["size"]], SIGNAL
    options = {**QUICK, "max_evaluations": 8, "catalogue": operators}
    search = AutoMLRegressor(**options).fit(X, y, sample_weight=np.ones(N))
    assert not search.leaderboard_["pipeline"].str.contains("neighbors").any()
    assert "sample_weight" in search.script_
    plain = AutoMLRegressor(**options).fit(X, y)
    assert plain.leaderboard_["pipeline"].str.contains("neighbors").any()


def test_an_operator_of_the_user():
    huber = Operator(
        name="huber",
        path="sklearn.linear_model.HuberRegressor",
        takes=Scaled,
        gives=Prediction,
        tasks=("regression",),
        domains={"epsilon": Real(1.01, 3.0, default=1.35)},
    )
    operators = catalogue("default").only("standard_scaler", "simple_imputer").with_operator(huber)
    search = AutoMLRegressor(catalogue=operators, **QUICK).fit(FRAME[["size"]], SIGNAL)
    assert "HuberRegressor" in search.script_


def test_the_baseline_is_there_even_where_all_else_is_stopped():
    def slow(estimator, X, y):
        import time

        time.sleep(0.3)  # longer than the limit, which the baseline does not have
        while "Dummy" not in type(estimator.steps[-1][1]).__name__:
            time.sleep(1)
        return float((estimator.predict(X) == y).mean())

    options = {**QUICK, "scoring": slow, "limits": Limits(seconds=0.2), "max_evaluations": 2}
    with pytest.warns(AutoMLWarning, match="only the constant baseline"):
        search = AutoMLClassifier(**options).fit(FRAME, LABELS)
    assert search.leaderboard_["state"].tolist() == ["done", "timed out"]


@pytest.mark.slow
def test_what_hangs_is_stopped_counted_and_explained():
    def slow(estimator, X, y):
        while "Discriminant" in type(estimator.steps[-1][1]).__name__:
            import time

            time.sleep(1)
        return float((estimator.predict(X) == y).mean())

    # The limit is a hundred times what a fold of the other models takes.
    options = {**QUICK, "scoring": slow, "max_evaluations": 3, "limits": Limits(seconds=3.0)}
    with pytest.warns(AutoMLWarning, match="cannot be applied to predictions that were kept"):
        search = AutoMLClassifier(catalogue=LIGHT, **options).fit(LIGHT_FRAME, LABELS)
    assert search.honest_score_ is None
    stopped = search.leaderboard_.query("state == 'timed out'")
    assert stopped["pipeline"].str.contains("discriminant").all()
    assert set(stopped["cause"]) == {"stopped after its limit of 3 s"}
    assert "discriminant" not in search.best_genome_


def test_a_budget_of_seconds_ends_the_fit(budget_clock):
    clock = budget_clock(seconds_each=300)
    options = {**QUICK, "max_evaluations": None, "time_budget": 1_000, "callbacks": [clock]}
    search = AutoMLClassifier(catalogue=LIGHT, refit=False, **options).fit(LIGHT_FRAME, LABELS)
    # Four end the budget; others may have ended until the fourth is told.
    assert 4 <= search.run_.pipelines <= 4 + 2 * search.run_.workers
    assert search.run_.seconds > 1_000


@pytest.mark.slow
def test_an_observer_that_fails_changes_nothing():
    class Failing(Observer):
        def on_evaluated(self, search, evaluated):
            raise RuntimeError("no luck at all")

    with pytest.warns(AutoMLWarning, match="Failing.on_evaluated failed.*no luck at all"):
        search = AutoMLClassifier(callbacks=[Failing()], **QUICK_LIGHT).fit(LIGHT_FRAME, LABELS)
    assert len(search.leaderboard_) == 5


@pytest.mark.slow
def test_a_row_of_weight_0_is_not_there(tmp_path):
    weights = np.where(np.arange(N) < 40, 0.0, 1.0)
    labels = LABELS.where(weights > 0, "never seen")
    search = AutoMLClassifier(**QUICK_LIGHT).fit(LIGHT_FRAME, labels, sample_weight=weights)
    assert search.classes_.tolist() == ["it's high", "low"]
    assert search.predict_proba(LIGHT_FRAME).shape == (N, 2)
    search.export(tmp_path / "best.py")
    table = LIGHT_FRAME.assign(**{"le vel": labels, "weight": weights})
    table.to_csv(tmp_path / "train.csv", index=False)
    done = run_script(tmp_path, "train.csv", "--verify", "--weight", "weight")
    assert done.returncode == 0, done.stderr


def test_numbers_in_mixed_rows_stay_numbers():
    rows = [[number, "ab"[number % 2]] for number in range(40)]
    search = AutoMLClassifier(**QUICK).fit(rows, ["low"] * 20 + ["high"] * 20)
    assert search.columns_.kinds() == {"numeric": ("0",), "categorical": ("1",)}


@pytest.mark.slow
def test_a_forked_child_predicts_and_fits():
    # Linear models: scikit-learn's trees cannot predict in a child once their parent has.
    search = AutoMLClassifier(catalogue="linear", **QUICK).fit(FRAME, LABELS)
    child = os.fork()
    if child == 0:
        signal.alarm(600)  # a hang would be the worst answer
        status = 1
        try:
            again = clone(search).fit(FRAME, LABELS)
            status = int((again.predict(FRAME) != search.predict(FRAME)).any())
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.slow
def test_without_refit_nothing_is_fitted():
    search = AutoMLClassifier(refit=False, **QUICK_LIGHT).fit(LIGHT_FRAME, LABELS)
    assert not hasattr(search, "predict")
    assert search.best_pipeline_.fit(LIGHT_FRAME, LABELS).predict(LIGHT_FRAME).shape == (N,)
    assert not hasattr(search, "export")


def test_describe():
    table = describe(FRAME.assign(same=1))
    assert table["kind"].tolist() == ["numeric", "categorical", "categorical", "dates", "left out"]
    assert table.loc["size", "missing"] == FRAME["size"].isna().sum()
    assert table.loc["same", "reason"] == "constant"


@pytest.mark.slow
@pytest.mark.parametrize("score", ["balanced_accuracy", "f1"])
def test_a_tuned_threshold_is_saved_with_the_model(score, tmp_path):
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"a": rng.normal(size=200), "b": rng.normal(size=200)})
    y = np.where(X["a"] + rng.normal(0, 0.5, 200) > 1, "yes", "no")
    search = AutoMLClassifier(
        scoring=TunedThreshold(score),
        catalogue=catalogue("default", include=["logistic_regression"]),
        **{**QUICK, "max_evaluations": 2},
    ).fit(X, y)
    search.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    assert loaded.scoring == TunedThreshold(score)
    assert loaded.script_ == search.script_
    assert (loaded.predict(X) == search.predict(X)).all()
    assert loaded.score(X, y) == search.score(X, y)
    with pytest.raises(SettingsError, match="sample_weight"):
        search.fit(X, y, sample_weight=np.ones(200))


def test_a_fit_that_fails_leaves_the_estimator_as_it_was():
    search = AutoMLClassifier(**QUICK_LIGHT).fit(LIGHT_FRAME, LABELS)
    before = search.predict(LIGHT_FRAME)
    with pytest.raises(SettingsError, match="no such column"):
        search.fit(LIGHT_FRAME.iloc[:, :1], LABELS, kinds={"no such column": "numeric"})
    assert search.n_features_in_ == LIGHT_FRAME.shape[1]
    np.testing.assert_array_equal(search.predict(LIGHT_FRAME), before)


def test_a_strategy_is_checked_before_a_history_is_written(tmp_path):
    path = tmp_path / "run.db"
    with pytest.raises(SettingsError, match="genetics"):
        AutoMLClassifier(strategy="genetics", history=path, **QUICK).fit(FRAME, LABELS)
    assert not path.exists()


def test_the_output_that_a_user_sets_for_transformers_changes_nothing():
    texts = [" ".join(words) for words in RNG.choice(["old", "new", "red", "blue"], (N, 6))]
    X = pd.DataFrame({"text": texts})
    chosen = catalogue("default").only("tfidf_vectorizer", "complement_nb", "logistic_regression")
    settings = {**QUICK, "catalogue": chosen, "max_evaluations": 3, "n_jobs": 1}
    before = AutoMLClassifier(**settings).fit(X, LABELS)
    with config_context(transform_output="pandas"):
        search = AutoMLClassifier(**settings).fit(X, LABELS)
        probabilities = search.predict_proba(X)
        assert search.score(X, LABELS) == before.score(X, LABELS)
    np.testing.assert_array_equal(probabilities, before.predict_proba(X))


def test_a_script_runs_on_its_own_table_whatever_it_calls_things(tmp_path):
    """Names of columns that are no texts or empty, a target called 0, and an empty label."""
    X = pd.DataFrame({"size": np.arange(N) % 97.5, "color": LIGHT_FRAME["color"]})
    X.columns = [pd.Timestamp("2024-01-01"), ""]
    y = LABELS.where(LABELS == "low", "").rename(0)
    search = AutoMLClassifier(**{**QUICK, "catalogue": LIGHT, "max_evaluations": 2}).fit(X, y)
    assert search.target_ == "0"
    assert search.classes_.tolist() == ["", "low"]
    search.export(tmp_path / "best.py")
    pd.concat([X, y], axis=1).to_csv(tmp_path / "train.csv", index=False)
    done = run_script(tmp_path, "train.csv", "--verify")
    assert done.returncode == 0, done.stdout + done.stderr
    table = pd.read_csv(tmp_path / "train.csv").drop(columns="0")
    np.testing.assert_allclose(search.predict_proba(table), search.predict_proba(X), rtol=1e-9)
