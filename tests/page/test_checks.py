"""Checks of a fit: what they notice, and what they say to do."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from automl import AutoMLClassifier, load
from automl.outcome import Outcome, State
from automl.page.checks import checks
from automl.page.data_checks import data_checks
from automl.page.model_checks import at_the_edge, model_checks
from automl.page.scores import Scores
from automl.page.search_checks import search_checks
from automl.pipelines import Genome, load_catalogue
from automl.search.evaluated import Evaluated
from automl.selection import HonestScore

RNG = np.random.default_rng(0)
N = 240
X = pd.DataFrame(RNG.normal(size=(N, 4)), columns=list("abcd"))
LABELS = np.where(X["a"] + RNG.normal(size=N) > 0, "yes", "no")
QUICK = {"time_budget": None, "cv": 3, "tuner": None, "n_jobs": 1, "verbose": 0, "random_state": 0}
STEPS = ["simple_imputer", "standard_scaler", "one_hot_encoder"]
FEW = load_catalogue("default").only("logistic_regression", *STEPS)
HONEST = HonestScore(0.8, 0.75, 0.85, 0.81, 0.78, 0.9, "roc_auc", "a random forest", growth=0.001)


@pytest.fixture(scope="module")
def search():
    return AutoMLClassifier(**QUICK, max_evaluations=3, catalogue=FEW).fit(X, LABELS)


def by_name(results):
    return {check.name: check for check in results}


def model(training_score=None, honest=HONEST):
    return by_name(model_checks(Scores("roc_auc", honest, 0.8, 0.5), training_score))


def data(search, origin=None, **changes):
    fitted = replace(search._fitted, **changes)
    if origin:
        record = replace(fitted.search, origin=replace(fitted.search.origin, **origin))
        fitted = replace(fitted, search=record)
    return by_name(data_checks(fitted))


def board(*scores, state="done", deviation=0.01):
    return pd.DataFrame(
        {
            "score": scores,
            "deviation": deviation,
            "state": [state if np.isnan(score) else "done" for score in scores],
            "cause": ["Error: no" if np.isnan(score) else "" for score in scores],
            "pipeline": [f"ridge(numeric, alpha={n})" for n in range(len(scores))],
        }
    )


def pipelines(table, numbers):
    outcome = Outcome(State.DONE)
    pairs = zip(table["pipeline"], numbers, strict=True)
    return [Evaluated(Genome.parse(text), outcome, number) for text, number in pairs]


def test_all_checks_stand_in_a_table_with_those_to_look_at_first(search):
    table = checks(search._fitted, search.leaderboard_, 100, None)
    assert table.columns == ("check", "result", "in words")
    assert len(table.rows) == 12
    order = ["look at this", "fine", "unknown"]
    results = [row[1] for row in table.rows]
    assert results == sorted(results, key=order.index)
    assert all(row[2].endswith(".") for row in table.rows)


def test_a_model_that_is_no_better_than_a_constant_or_a_forest():
    fine = model(honest=HONEST)
    assert fine["Better than a constant"].result == "fine"
    assert fine["Better than a random forest"].result == "fine"
    assert "0.75" in fine["Better than a constant"].words
    bad = replace(HONEST, low=0.4, gain_probability=0.1)
    poor = model(honest=bad)
    assert poor["Better than a constant"].result == "look at this"
    assert "underfitting" in poor["Better than a random forest"].words
    none = model(honest=None)
    assert none["Better than a random forest"].result == "unknown"


def test_overfitting():
    usual = model(1.0, honest=replace(HONEST, naive=0.86))["Overfitting"]
    assert usual.result == "fine"
    poor = model(1.0, honest=replace(HONEST, naive=0.7))["Overfitting"]
    assert poor.result == "look at this"
    assert "On training rows the score is 1, on held-out rows 0.7." in poor.words
    assert 'search.select("smallest", X, y)' in poor.words
    assert "rows of the fit" in model()["Overfitting"].words
    lucky = replace(HONEST, naive=0.9)
    assert model(honest=lucky)["Selection bias"].result == "look at this"


def test_a_learning_curve_that_rises():
    assert model(honest=HONEST)["Learning curve"].result == "fine"
    steep = replace(HONEST, growth=0.1)
    assert "more rows" in model(honest=steep)["Learning curve"].words


@pytest.mark.parametrize(
    ("text", "edge"),
    [
        ("ridge(numeric, alpha=1e-06)", "ridge: alpha=1e-06 of 1e-06 to 1e+06"),
        ("ridge(numeric, alpha=1000000.0)", "ridge: alpha=1000000.0 of 1e-06 to 1e+06"),
        ("ridge(numeric, alpha=1.0)", None),
        ("lgbm_regressor(numeric, subsample=1.0)", None),  # its default
        ("unknown_operator(numeric, alpha=1.0)", None),
    ],
)
def test_settings_at_the_edge_of_their_range(text, edge):
    check = at_the_edge([Genome.parse(text)], load_catalogue())
    assert check.result == ("fine" if edge is None else "look at this")
    if edge:
        assert edge in check.words
        assert "with_operator" in check.words


def test_leaks(search):
    assert data(search)["Data leakage"].result == "fine"
    leak = data(search, {"suspicions": ("the columns ['a'] tell the target",)})["Data leakage"]
    assert leak.result == "look at this"
    assert leak.words == "The columns ['a'] tell the target."
    perfect = data(search, best_score=0.99999)["Data leakage"]
    assert "nearly perfect" in perfect.words


def test_the_warnings_of_a_fit_are_kept():
    leaky = X.assign(code=np.where(LABELS == "yes", "p", "q"))
    search = AutoMLClassifier(**QUICK, max_evaluations=2, catalogue=FEW)
    with pytest.warns(UserWarning, match="tell the target"):
        search.fit(leaky, LABELS)
    assert "['code'] tell the target" in data(search)["Data leakage"].words


def test_rare_classes(search):
    rows = search._fitted.held_out
    assert data(search)["Class imbalance"].result == "fine"
    rare = replace(rows, target=(np.arange(N) < 10).astype(float))
    assert "10 held-out rows" in data(search, held_out=rare)["Class imbalance"].words
    many = replace(rows, target=np.tile([0.0] * 19 + [1.0], 100))
    assert data(search, held_out=many)["Class imbalance"].result == "fine"
    blind = data(search, held_out=many, metric="accuracy")["Class imbalance"]
    assert 'scoring="balanced_accuracy"' in blind.words


def test_drift(search):
    assert data(search)["Drift over time and groups"].result == "fine"
    related = data(search, {"related": ("patient",)})["Drift over time and groups"]
    assert related.result == "unknown"
    costs = pd.DataFrame([{"column": "day", "score": 0.5, "at_random": 0.9, "folds": 3}])
    drift = data(search, structure=costs)["Drift over time and groups"]
    assert drift.result == "look at this"
    assert "time=" in drift.words
    level = data(search, structure=costs.assign(score=0.899))["Drift over time and groups"]
    assert level.result == "fine"


def test_few_rows(search):
    assert data(search)["Sample size"].result == "fine"
    script = replace(search._fitted.script, n_rows=30)
    assert data(search, script=script)["Sample size"].result == "look at this"


def test_failed_pipelines():
    check = next(search_checks(board(0.9, 0.8, np.nan, np.nan, state="refused"), None, None))
    assert check.result == "look at this"
    assert "2 of 4 pipelines failed (50%)" in check.words
    assert "refused, Error: no" in check.words
    raced = next(search_checks(board(0.9, 0.8, np.nan, np.nan, state="raced out"), None, None))
    assert raced.result == "fine"


def test_a_search_that_still_improved_or_ended_early():
    table = board(0.9, 0.8, 0.7)
    *_, late = search_checks(table, pipelines(table, [9, 1, 0]), None)
    assert late.result == "look at this"
    assert late.words.endswith("Give it more time, or resume it.")
    *_, full = search_checks(table, pipelines(table, [9, 1, 0]), 3)
    assert full.words.endswith("Give it more evaluations than 3, or resume it.")
    *_, early = search_checks(table, pipelines(table, [1, 9, 0]), 100)
    assert early.result == "fine"
    assert "ended after 3 of 100" in early.words
    *_, stopped = search_checks(table, pipelines(table, [1, 9, 0]), None, was_stopped=True)
    assert "was stopped" in stopped.words
    *_, absent = search_checks(table, None, None)
    assert absent.result == "unknown"


def test_no_gain_can_be_told_from_noise():
    of_hold_out = board(0.9, 0.8, 0.7, deviation=np.nan)
    late_only = board(0.9, 0.8, np.nan, state="refused")
    for table, numbers in ((of_hold_out, [9, 1, 0]), (late_only, [8, 9, 0])):
        *_, check = search_checks(table, pipelines(table, numbers), None)
        assert check.result == "unknown"
        assert "noise" in check.words


def test_a_loaded_model_says_what_is_unknown(search, tmp_path):
    search.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    table = checks(loaded._fitted, loaded.leaderboard_, loaded.max_evaluations, None)
    results = {row[0]: row[1] for row in table.rows}
    assert results["Better than a constant"] in ("fine", "look at this")
    for name in ("Data leakage", "Class imbalance", "Convergence"):
        assert results[name] == "unknown"
