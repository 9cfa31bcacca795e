"""What a fitted estimator shows: scores on new rows, and tables in a notebook."""

import numpy as np
import pandas as pd
import pytest

from automl import AutoMLClassifier, AutoMLRegressor, catalogue
from automl.selection import HonestScore

RNG = np.random.default_rng(0)
N = 120
X = pd.DataFrame(RNG.normal(size=(N, 3)), columns=list("abc"))
NUMBERS = X["a"] * X["b"] + 0.2 * RNG.normal(size=N)
QUICK = {"time_budget": None, "cv": 3, "tuner": None, "n_jobs": 1, "verbose": 0, "random_state": 0}
OPERATORS = ["ridge", "k_neighbors_regressor", "simple_imputer", "standard_scaler"]
FEW = catalogue("default", include=OPERATORS)


@pytest.fixture(scope="module")
def search():
    options = {**QUICK, "max_evaluations": 6, "catalogue": FEW}
    return AutoMLRegressor(**options, scoring=["rmse", "mae"]).fit(X, NUMBERS)


def test_the_leaderboard_has_the_model_in_words(search):
    board = search.leaderboard_
    place = board.columns.get_loc("pipeline")
    assert board.columns[place - 1] == "model"
    assert board["model"].str.contains("k_neighbors_regressor on simple_imputer").any()
    assert "model" in search.pareto_front_


def test_the_leaderboard_of_new_rows_has_what_predicts_and_its_members(search):
    board = search.leaderboard(X, NUMBERS)
    columns = ["model", "weight", "score", "neg_mean_absolute_error", "pipeline"]
    assert board.columns.tolist() == columns
    assert board["score"].iloc[0] == pytest.approx(search.score(X, NUMBERS))
    if len(search.members_) > 1:
        assert board["model"].iloc[0] == "what predicts"
        board = board.iloc[1:]
    assert board["pipeline"].tolist() == search.members_["pipeline"].tolist()
    assert board["weight"].tolist() == search.members_["weight"].tolist()
    predicted = search.best_pipeline_.predict(X)
    root = np.sqrt(np.mean((NUMBERS - predicted) ** 2))
    assert board["score"].iloc[0] == pytest.approx(-root)


def test_weights_count_in_the_leaderboard_of_new_rows(search):
    weights = np.where(np.arange(N) < 10, 1.0, 0.0)
    heavy = search.leaderboard(X, NUMBERS, weights)
    first = search.leaderboard(X.head(10), NUMBERS.head(10))
    np.testing.assert_allclose(heavy["score"], first["score"])


def test_without_a_fitted_pipeline_there_is_no_leaderboard_of_new_rows():
    assert not hasattr(AutoMLRegressor(refit=False), "leaderboard")


def test_a_notebook_shows_the_score_and_the_first_pipelines(search):
    html = search._repr_html_()
    assert search.honest_score_.metric in html
    assert html.count("<tr") <= 6
    assert "k_neighbors_regressor" in html
    assert "honest" not in AutoMLClassifier()._repr_html_()


def test_hostile_names_stay_text_in_a_notebook():
    score = HonestScore(0.5, 0.4, 0.6, 0.5, 0.1, 0.9, "<script>alert(1)</script>", "a forest")
    assert "<script>" not in score._repr_html_()
    assert "&lt;script&gt;" in score._repr_html_()
