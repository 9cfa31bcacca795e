"""The same seed gives the same winner, whatever the number of workers; a killed run goes on."""

import signal
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_diabetes, load_wine

from automl import (
    AutoMLClassifier,
    AutoMLRegressor,
    HistoryError,
    NestedCV,
    Observer,
    SettingsError,
    catalogue,
)
from automl.search.history import History

WINE = load_wine(as_frame=True, return_X_y=True)
# So few operators that the starts are through before the search ends, and evolution has a say.
SCALERS = ["standard_scaler", "robust_scaler"]
CLASSIFIERS = [
    *SCALERS,
    "logistic_regression",
    "decision_tree_classifier",
    "svc_rbf",
    "gaussian_nb",
]
REGRESSORS = [*SCALERS, "ridge", "decision_tree_regressor", "svr_rbf", "k_neighbors_regressor"]
OF_CLASSES = catalogue("default", include=CLASSIFIERS)
FOLDS = NestedCV(outer=3, repeats=1)


def fitted(n_jobs, evaluations=26, **options):
    options = {"n_jobs": n_jobs, "catalogue": OF_CLASSES, "cv": FOLDS, "verbose": 0, **options}
    search = AutoMLClassifier(max_evaluations=evaluations, **options)
    return search.fit(*WINE)


@pytest.fixture(scope="module")
def two():
    return fitted(2, random_state=3)


@pytest.mark.slow
def test_the_winner_and_its_script_do_not_depend_on_n_jobs(two):
    one = fitted(1, random_state=3)
    assert one.script_ == two.script_
    assert one.best_genome_ == two.best_genome_
    scored = ["score", "pipeline", "state"]
    pd.testing.assert_frame_equal(one.leaderboard_[scored], two.leaderboard_[scored])
    assert len(one.leaderboard_) == 26


@pytest.mark.slow
def test_another_seed_gives_another_search(two):
    other = fitted(2, random_state=4)
    assert two.leaderboard_["pipeline"].tolist() != other.leaderboard_["pipeline"].tolist()


@pytest.mark.slow
def test_the_global_random_states_are_left_alone():
    import random

    before = random.getstate(), np.random.get_state()[1].tolist()
    fitted(1, evaluations=20, random_state=0)
    assert random.getstate() == before[0]
    assert np.random.get_state()[1].tolist() == before[1]


KILLED = f"""
import os
import signal
import sys
from automl import AutoMLRegressor, NestedCV, Observer, catalogue
from sklearn.datasets import load_diabetes


class Killing(Observer):
    n_pipelines = 0

    def on_evaluated(self, search, evaluated):
        self.n_pipelines += 1
        if self.n_pipelines == 8:
            os.kill(os.getpid(), signal.SIGKILL)


X, y = load_diabetes(as_frame=True, return_X_y=True)
AutoMLRegressor(
    catalogue=catalogue("default", include={REGRESSORS}), callbacks=[Killing()],
    cv=NestedCV(outer=3, repeats=1),
    max_evaluations=24, time_budget=None, n_jobs=2, random_state=1, verbose=0, history=sys.argv[1]
).fit(X, y)
"""


@pytest.mark.slow
def test_a_killed_run_resumes_where_it_was(tmp_path):
    X, y = load_diabetes(as_frame=True, return_X_y=True)
    settings = {"max_evaluations": 24, "time_budget": None, "n_jobs": 2, "verbose": 0}
    settings |= {"catalogue": catalogue("default", include=REGRESSORS), "cv": FOLDS}
    whole = AutoMLRegressor(random_state=1, history=tmp_path / "whole.db", **settings).fit(X, y)

    path = tmp_path / "killed.db"
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path)])
    assert killed.returncode == -signal.SIGKILL
    with History(path) as history:
        kept = [trial for trial in history.trials() if trial.tell_number is not None]
    assert len(kept) in (7, 8)  # whether the eighth was told may not be written yet

    resumed = AutoMLRegressor(random_state=None, history=path, **settings).fit(X, y, resume=True)
    assert resumed.script_ == whole.script_
    told = resumed.history_.drop_duplicates("number")
    again = whole.history_.drop_duplicates("number")
    assert told["genome"].tolist() == again["genome"].tolist()
    seconds = resumed.history_.set_index(["number", "fold"])["fit_seconds"]
    for trial in kept:  # nothing that was on disk was computed again
        for fold, outcome in trial.folds.items():
            assert seconds[trial.number, fold] == outcome.fit_seconds


def test_a_run_with_a_time_budget_is_extended(budget_clock, tmp_path):
    path = tmp_path / "run.db"
    options = {"n_jobs": 2, "random_state": 0, "verbose": 0, "history": path, "refit": False}
    options |= {"time_budget": 1_000, "catalogue": OF_CLASSES, "cv": FOLDS}
    first = AutoMLClassifier(callbacks=[budget_clock(300)], **options).fit(*WINE)
    second = AutoMLClassifier(callbacks=[budget_clock(100)], **options).fit(*WINE, resume=True)
    assert len(second.leaderboard_) > len(first.leaderboard_)
    assert second.best_score_ >= first.best_score_
    merged = second.history_.merge(first.history_, on=["number", "fold"], suffixes=("", "_first"))
    assert (merged["genome"] == merged["genome_first"]).all()


def test_a_history_is_never_overwritten_or_mixed_up(tmp_path):
    path = tmp_path / "run.db"
    fitted(1, evaluations=2, random_state=0, history=path)
    with pytest.raises(HistoryError, match="resume=True"):
        fitted(1, evaluations=2, random_state=0, history=path)
    X, y = WINE
    options = {"catalogue": OF_CLASSES, "cv": FOLDS, "history": path, "verbose": 0}
    other = AutoMLClassifier(max_evaluations=3, random_state=1, scoring="accuracy", **options)
    differing = "0 then, 1 now; other data; scoring: 'neg_log_loss' then, 'accuracy' now"
    with pytest.raises(HistoryError, match=rf"other settings \(random_state: {differing}\)"):
        other.fit(X.iloc[::-1] * 2, y, resume=True)
    with pytest.raises(HistoryError, match="'max_evaluations' then, 'time_budget' now"):
        AutoMLClassifier(time_budget=9, random_state=0, **options).fit(X, y, resume=True)
    with pytest.raises(HistoryError, match=r"no file .*typo.* with a run"):
        AutoMLClassifier(history=tmp_path / "typo.db").fit(X, y, resume=True)
    assert not (tmp_path / "typo.db").exists()
    with pytest.raises(SettingsError, match="history="):
        AutoMLClassifier(max_evaluations=2).fit(*WINE, resume=True)


def test_a_file_of_something_else_is_left_alone(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("my notes, nothing else\n" * 100)
    with pytest.raises(HistoryError, match=r"notes\.txt is not a history"):
        fitted(1, evaluations=2, history=path)
    assert path.read_text().startswith("my notes")
    with pytest.raises(HistoryError, match="folder that exists"):
        fitted(1, evaluations=2, history=tmp_path / "none" / "run.db")


def test_every_outcome_is_in_the_file_at_once(tmp_path):
    path = tmp_path / "run.db"
    seen = []

    class Reader(Observer):
        def on_evaluated(self, search, evaluated):
            with History(path) as history:
                past = {trial.number: trial for trial in history.trials()}
            seen.append((len(past[evaluated.number].folds), len(evaluated.outcome.folds)))

    fitted(1, evaluations=3, random_state=0, history=path, callbacks=[Reader()])
    assert len(seen) == 3
    assert all(on_disk >= folds for on_disk, folds in seen)


@pytest.mark.slow
def test_a_run_is_resumed_with_fewer_evaluations(tmp_path):
    path = tmp_path / "run.db"
    whole = fitted(1, evaluations=6, random_state=0, history=path)
    content = whole.history_.query("number < 3")
    options = {"n_jobs": 1, "catalogue": OF_CLASSES, "cv": FOLDS, "verbose": 0, "history": path}
    first = AutoMLClassifier(max_evaluations=3, random_state=0, **options).fit(*WINE, resume=True)
    fresh = fitted(1, evaluations=3, random_state=0)
    shown = ["score", "pipeline", "state"]
    pd.testing.assert_frame_equal(first.leaderboard_[shown], fresh.leaderboard_[shown])
    pd.testing.assert_frame_equal(first.history_, content.reset_index(drop=True))
    with pytest.raises(HistoryError, match=r"settings \(random_state: 0 then, 1 now\);"):
        AutoMLClassifier(max_evaluations=3, random_state=1, **options).fit(*WINE, resume=True)


def test_a_second_fit_into_the_same_file_is_refused(tmp_path):
    path = tmp_path / "run.db"
    refusals = []

    class Second(Observer):
        def on_evaluated(self, search, evaluated):
            try:
                fitted(1, evaluations=2, random_state=0, history=path)
            except HistoryError as error:
                refusals.append(str(error))

    search = fitted(1, evaluations=2, random_state=0, history=path, callbacks=[Second()])
    assert len(refusals) == 2
    assert all("run.db is in use: this process" in refusal for refusal in refusals)
    assert len(search.leaderboard_) == 2
