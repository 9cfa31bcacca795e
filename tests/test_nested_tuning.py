"""Strategies and tuners through `fit`: what is chosen where, counted, exported, repeated."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris, make_regression
from sklearn.model_selection import TimeSeriesSplit

from automl import (
    AutoMLClassifier,
    AutoMLRegressor,
    HistoryError,
    NestedCV,
    Observer,
    SettingsError,
    catalogue,
    load,
)
from automl.pipelines import Genome, Skeleton
from automl.problem.splits import INSIDE
from automl.strategies import STRATEGIES

IRIS = load_iris(as_frame=True, return_X_y=True)
OPTIONS = {"time_budget": None, "random_state": 0, "verbose": 0, "n_jobs": 2}
THREE, TWO = NestedCV(outer=3, repeats=1), NestedCV(outer=2, repeats=1)
FEW = catalogue("linear", include=["logistic_regression", "logistic_regression_l1"])
LIGHT = catalogue(
    "default",
    include=["logistic_regression", "decision_tree_classifier", "svc_rbf", "gaussian_nb"],
)


def fitted(evaluations=8, **options):
    search = AutoMLClassifier(max_evaluations=evaluations, **{**OPTIONS, "cv": THREE, **options})
    return search.fit(*IRIS)


@pytest.mark.slow
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_searches_whole_pipelines(strategy):
    search = fitted(16, strategy=strategy, catalogue=LIGHT, cv=TWO)
    assert len(search.leaderboard_) == 16
    assert search.leaderboard_["pipeline"].is_unique
    assert search.score(*IRIS) > 0.9


@pytest.mark.slow
@pytest.mark.parametrize("tuner", INSIDE)
def test_a_tuner_chooses_settings_in_every_training_part(tuner):
    cv = NestedCV(outer=3, inner=2, tuner=tuner, trials=4)
    search = fitted(3, cv=cv, catalogue=FEW)
    nested = search.nested_results_
    assert list(nested["fold"]) == [0, 1, 2]
    assert nested[["score", "inner_score"]].notna().all(axis=None)
    starts = {genome for genome in search.history_["genome"] if "dummy" not in genome}
    whole = FEW.without_gaps()
    for text in nested["pipeline"]:
        assert any(
            Skeleton(Genome.parse(start), whole).contains(Genome.parse(text)) for start in starts
        )
    first = search.history_.query("number == 1")  # of others, some settings may not be fitted
    if tuner not in ("halving", "grid"):
        assert (first["n_fits"] == cv.fits_per_fold).all()
    assert search.best_score_ == pytest.approx(nested["score"].mean())


@pytest.mark.slow
def test_the_final_settings_are_tuned_on_all_rows_and_exported(tmp_path):
    cv = NestedCV(outer=3, inner=3, tuner="random", trials=6)
    search = fitted(3, cv=cv, catalogue=FEW)
    frame = pd.concat(IRIS, axis=1)
    frame.to_csv(tmp_path / "train.csv", index=False)
    search.export(tmp_path / "best.py")
    done = subprocess.run(
        [sys.executable, "-I", "best.py", "train.csv", "--verify"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("verified"), done.stderr
    assert "6 trials of random search" in search.script_
    chosen = dict(Genome.parse(search.best_genome_).settings)["C"]
    assert f"C={chosen!r}" in search.script_ or chosen == 1.0
    search.save(tmp_path / "model")
    assert load(tmp_path / "model").best_genome_ == search.best_genome_


@pytest.mark.slow
def test_the_leader_is_tuned_and_its_child_earns_a_score_of_its_own():
    few = catalogue("linear", include=["ridge", "lasso"])
    X, y = make_regression(1_000, 20, n_informative=5, noise=600.0, random_state=0)
    search = AutoMLRegressor(max_evaluations=24, catalogue=few, cv=THREE, **OPTIONS).fit(X, y)
    tunings = search.history_[search.history_["state"] == "tuned"]
    assert tunings["score"].isna().all()
    assert tunings["inner_score"].notna().all()
    assert len(tunings) >= 1
    board = search.leaderboard_
    assert len(board) == 24  # a tuning is no pipeline
    evaluated = search.history_[search.history_["tuned"].isna()].drop_duplicates("genome")
    births = evaluated.set_index("genome")["number"]
    found = tunings[tunings["tuned"] != tunings["genome"]].iloc[0]
    assert births[found["genome"]] < found["number"] < births[found["tuned"]]
    assert (tunings["n_fits"] >= 9).all()
    assert search.nested_results_["inner_score"].isna().all()


@pytest.mark.slow
def test_without_a_tuner_nothing_is_tuned():
    search = fitted(24, tuner=None, catalogue=FEW)
    assert search.history_["tuned"].isna().all()


INSIDE_FEW = {
    "cv": NestedCV(outer=3, inner=2, repeats=1, tuner="bayesian", trials=4),
    "catalogue": FEW,
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("evaluations", "options"), [(16, {}), (16, {"strategy": "bayesian"}), (4, INSIDE_FEW)]
)
def test_the_result_does_not_depend_on_n_jobs(evaluations, options):
    settings = {"catalogue": LIGHT, **options}
    one, two = (fitted(evaluations, **settings, n_jobs=n) for n in (1, 2))
    assert one.script_ == two.script_
    # Of a pipeline that is out, more folds may have ended with more workers: the first is the same.
    columns = ["number", "genome", "fold", "state", "score", "tuned", "inner_score", "n_fits"]
    first = [search.history_[columns].drop_duplicates("number") for search in (one, two)]
    pd.testing.assert_frame_equal(*(table.reset_index(drop=True) for table in first))
    shown = ["score", "state", "pipeline"]
    pd.testing.assert_frame_equal(one.leaderboard_[shown], two.leaderboard_[shown])


@pytest.mark.slow
def test_a_run_with_tuned_leaders_resumes(tmp_path):
    whole = fitted(26, catalogue=LIGHT)
    assert whole.history_["tuned"].notna().any()
    path = tmp_path / "run.db"

    class Interruption(Observer):
        def on_evaluated(self, search, evaluated):
            if search.trials.n_closed == 18:
                raise KeyboardInterrupt

    half = fitted(26, catalogue=LIGHT, history=path, callbacks=[Interruption()])
    assert half.history_["tuned"].notna().any()
    assert len(half.leaderboard_) < 26
    options = {**OPTIONS, "max_evaluations": 26, "catalogue": LIGHT, "cv": THREE, "history": path}
    search = AutoMLClassifier(**options)
    search.fit(*IRIS, resume=True)
    assert search.script_ == whole.script_
    other = AutoMLClassifier(tuner=None, **options)
    with pytest.raises(HistoryError, match=r"settings \(tuner: 'auto' then, None now\)"):
        other.fit(*IRIS, resume=True)


def test_folds_in_time_groups_and_repeats_are_taken():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"x": rng.normal(size=120), "z": rng.normal(size=120)})
    y = X["x"] * 2 + rng.normal(size=120)
    options = {**OPTIONS, "catalogue": catalogue("linear", include=["ridge"])}
    cv = NestedCV(outer=TimeSeriesSplit(3), inner=2, tuner="random", trials=3)
    nested = AutoMLRegressor(max_evaluations=2, cv=cv, **options).fit(X, y).nested_results_
    assert nested["inner_score"].notna().tolist() == [True] * 3
    cv = NestedCV(outer=3, inner=2, repeats=2, tuner="random", trials=3)
    search = AutoMLRegressor(max_evaluations=2, cv=cv, **options)
    assert len(search.fit(X, y, groups=np.repeat(np.arange(12), 10)).nested_results_) == 6


def test_inner_folds_that_cannot_be_are_told_at_once():
    with pytest.raises(SettingsError, match="inner of at least 2 folds"):
        fitted(cv=NestedCV(inner=1))
    assert len(fitted(2, cv=NestedCV(inner=1), tuner=None).leaderboard_) == 2


@pytest.mark.slow
def test_a_leader_without_settings_is_not_tuned_and_none_in_vain():
    plain = catalogue("linear", include=["logistic_regression_cv", "max_abs_scaler"])
    search = fitted(14, catalogue=plain, cv=TWO)
    tuned = search.history_[search.history_["state"] == "tuned"]
    board = set(search.leaderboard_["pipeline"])
    assert all(
        row["tuned"] == row["genome"] or row["tuned"] in board for _, row in tuned.iterrows()
    )


@pytest.mark.slow
def test_settings_of_imputers_are_searched_only_where_cells_are_missing():
    X, y = IRIS
    whole = fitted(20, catalogue=LIGHT, strategy="random")
    assert not whole.leaderboard_["pipeline"].str.contains("add_indicator|missing_indicator").any()
    options = {**OPTIONS, "max_evaluations": 20, "catalogue": LIGHT, "strategy": "random"}
    search = AutoMLClassifier(cv=THREE, **options).fit(X.mask(X > 7), y)
    assert search.leaderboard_["pipeline"].str.contains("add_indicator").any()


@pytest.mark.slow
def test_a_grid_search_of_one_model_has_many_points_and_ends():
    few = catalogue("linear", include=["logistic_regression"])
    search = fitted(1000, catalogue=few, strategy="grid", tuner=None, cv=TWO)
    genomes = map(Genome.parse, search.leaderboard_["pipeline"])
    strengths = {dict(genome.settings).get("C") for genome in genomes}
    assert len(strengths) > 20
    assert len(search.leaderboard_) < 300


def test_a_missing_package_is_told_at_once(monkeypatch):
    monkeypatch.delitem(sys.modules, "automl.strategies.bayesian", raising=False)
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(SettingsError, match=r"needs optuna"):
        fitted(tuner="bayesian")


def test_settings_that_contradict_each_other_are_refused():
    with pytest.raises(SettingsError, match="refit=True"):
        fitted(tuner="random", refit=False)
    with pytest.raises(SettingsError, match="expected one tuner"):
        fitted(tuner="random", cv=NestedCV(tuner="grid"))
    with pytest.raises(SettingsError, match="expected tuner in"):
        fitted(tuner="luck")
