"""Another pipeline of the leaderboard is fitted without a new search."""

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import Pipeline

from automl import (
    AutoMLClassifier,
    AutoMLRegressor,
    DataError,
    SettingsError,
    catalogue,
    load,
)
from automl.pipelines import Genome, load_catalogue
from automl.report.picking import pick

RNG = np.random.default_rng(0)
N = 150
X = pd.DataFrame(RNG.normal(size=(N, 4)), columns=list("abcd"))
NUMBERS = pd.Series(X["a"] * X["b"] + np.sin(3 * X["c"]) + 0.2 * RNG.normal(size=N), name="price")
LABELS = pd.Series(np.where(NUMBERS > 0, "yes", "no"), name="sold")
OPERATORS = ["ridge", "k_neighbors_regressor", "svr_rbf", "simple_imputer", "standard_scaler"]
QUICK = {"time_budget": None, "cv": 3, "tuner": None, "n_jobs": 1, "verbose": 0, "random_state": 0}


@pytest.fixture(scope="module")
def search(tmp_path_factory):
    path = tmp_path_factory.mktemp("select") / "run.db"
    few = catalogue("default", include=OPERATORS)
    options = {**QUICK, "max_evaluations": 8, "catalogue": few, "history": path}
    return AutoMLRegressor(**options).fit(X, NUMBERS)


def scored(search):
    return search.leaderboard_.dropna(subset="score")


def test_a_rank_is_fitted_on_all_rows(search):
    last = int(scored(search)["rank"].iloc[-2])  # the last is the baseline
    selected = search.select(last, X, NUMBERS)
    assert selected.best_genome_ == search.leaderboard_["pipeline"][last - 1]
    assert selected.best_genome_ != search.best_genome_
    assert selected.best_score_ == search.leaderboard_["score"][last - 1]
    assert isinstance(selected.ensemble_, Pipeline)
    assert selected.ensemble_ is selected.best_pipeline_
    again = search.select(last, X, NUMBERS)
    np.testing.assert_array_equal(again.predict(X), selected.predict(X))
    half = selected.best_pipeline_.fit(X[: N // 2], NUMBERS[: N // 2])
    assert not np.allclose(half.predict(X), again.predict(X))


def test_the_baseline_may_be_selected(search):
    selected = search.select(len(scored(search)), X, NUMBERS)
    np.testing.assert_allclose(selected.predict(X), NUMBERS.mean())


@pytest.mark.parametrize("rule", ["best", "smallest", "fastest", "interpretable"])
def test_a_rule_is_that_of_the_leaderboard(search, rule):
    selected = search.select(rule, X, NUMBERS)
    assert selected.best_genome_ == pick(search.leaderboard_, rule).text
    assert selected.members_["pipeline"].tolist() == [selected.best_genome_]
    names = [step.operator for step in Genome.parse(selected.best_genome_).walk()]
    if rule == "interpretable":
        readable = load_catalogue("interpretable")
        assert all(name in readable or name == "numeric" for name in names)
        assert "svr_rbf" not in names


def test_what_was_searched_stays_as_it_was(search):
    before = search.predict(X), search.best_genome_, search.script_, search.get_params()
    selected = search.select("interpretable", X, NUMBERS)
    assert before[1:] == (search.best_genome_, search.script_, search.get_params())
    np.testing.assert_array_equal(search.predict(X), before[0])
    assert selected.get_params() == {**search.get_params(), "history": None}
    for table in ("leaderboard_", "history_", "pareto_front_", "ablation_"):
        pd.testing.assert_frame_equal(getattr(selected, table), getattr(search, table))


def test_it_has_no_honest_score_and_no_intervals(search):
    assert search.honest_score_ is not None
    selected = search.select(2, X, NUMBERS)
    assert selected.honest_score_ is None
    with pytest.raises(SettingsError):
        selected.predict_interval(X)


def test_it_is_saved_exported_and_selected_from(search, tmp_path):
    selected = search.select("interpretable", X, NUMBERS)
    selected.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    assert loaded.best_genome_ == selected.best_genome_
    np.testing.assert_array_equal(loaded.predict(X), selected.predict(X))
    selected.export(tmp_path / "best.py")
    assert (tmp_path / "best.py").read_text() == selected.script_ != search.script_
    best = selected.select("best", X, NUMBERS)
    assert best.best_genome_ == search.leaderboard_["pipeline"][0]


@pytest.mark.parametrize(
    ("frame", "target"),
    [
        (X + 1, NUMBERS),
        (X[:-1], NUMBERS[:-1]),
        (X, -NUMBERS),
        (X.rename(columns={"a": "z"}), NUMBERS),
    ],
    ids=["cells", "rows", "target", "names"],
)
def test_other_data_are_refused(search, frame, target):
    with pytest.raises(DataError, match="expected what fit was given, but rows, target"):
        search.select("best", frame, target)


def test_other_kinds_and_weights_are_refused(search):
    with pytest.raises(DataError, match="kinds or time differ"):
        search.select("best", X, NUMBERS, kinds={"d": "left out"})
    with pytest.raises(DataError, match="kinds or time differ"):
        search.select("best", X, NUMBERS, sample_weight=np.arange(N) % 2 + 1.0)


def test_a_pipeline_that_is_not_there_is_refused(search):
    with pytest.raises(SettingsError, match="no pipeline for 99; ranks with a score are 1 to"):
        search.select(99, X, NUMBERS)
    with pytest.raises(SettingsError, match=r"expected a rank or one of .* got 'tiny'"):
        search.select("tiny", X, NUMBERS)


def test_a_loaded_model_knows_no_other_pipelines(search, tmp_path):
    search.save(tmp_path / "model")
    with pytest.raises(SettingsError, match="select before you save"):
        load(tmp_path / "model").select("best", X, NUMBERS)


def test_only_a_search_that_was_fitted_selects():
    with pytest.raises(NotFittedError):
        AutoMLRegressor().select("best", X, NUMBERS)


def test_classes_are_those_of_the_search():
    few = catalogue("default", include=["gaussian_nb", "k_neighbors_classifier", "simple_imputer"])
    options = {**QUICK, "max_evaluations": 4, "catalogue": few}
    search = AutoMLClassifier(**options).fit(X, LABELS)
    selected = search.select(2, X, LABELS)
    assert selected.best_genome_ == search.leaderboard_["pipeline"][1]
    assert selected.classes_.tolist() == ["no", "yes"]
    assert selected.predict_proba(X).shape == (N, 2)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"scoring": "r2"}, "expected the scoring of fit, neg_root_mean_squared_error, got r2"),
        ({"catalogue": "fast"}, "expected the catalogue of fit, got one without"),
    ],
    ids=str,
)
def test_settings_that_changed_since_the_fit_are_refused(search, changes, words):
    before = search.get_params()
    rank = int(
        search.leaderboard_.loc[search.leaderboard_["pipeline"].str.startswith("svr"), "rank"].min()
    )
    try:
        with pytest.raises(SettingsError, match=words):
            search.set_params(**changes).select(rank, X, NUMBERS)
    finally:
        search.set_params(**before)
