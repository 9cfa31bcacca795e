"""A search with several objectives, from fit to the Pareto front, the file and the saved model."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from automl import (
    AutoMLClassifier,
    AutoMLRegressor,
    AutoMLWarning,
    HistoryError,
    NestedCV,
    Observer,
    SettingsError,
    catalogue,
    load,
)

RNG = np.random.default_rng(0)
N = 120
X = pd.DataFrame(RNG.normal(size=(N, 4)), columns=list("abcd"))
NUMBERS = X["a"] * X["b"] + np.sin(3 * X["c"]) + 0.5 * RNG.normal(size=N)
LABELS = np.where(NUMBERS > 0.5, "yes", "no")
SCALERS = ["simple_imputer", "standard_scaler", "robust_scaler", "pca"]
CLASSIFIERS = ["gaussian_nb", "k_neighbors_classifier", "logistic_regression", *SCALERS]
REGRESSORS = ["ridge", "k_neighbors_regressor", "decision_tree_regressor", *SCALERS]
QUICK = {
    **{"time_budget": None, "n_jobs": 1, "verbose": 0, "random_state": 0},
    **{"cv": NestedCV(outer=3, repeats=1, tuner=None), "ensemble_size": 1},
}
FOUR = ["auc", "mcc", "logloss", "size", "predict_time"]


def classifier(evaluations, **options):
    operators = catalogue("default").only(*CLASSIFIERS)
    return AutoMLClassifier(
        max_evaluations=evaluations, catalogue=operators, **{**QUICK, **options}
    )


@pytest.fixture(scope="module")
def search(tmp_path_factory):
    path = tmp_path_factory.mktemp("objectives") / "run.db"
    return classifier(14, scoring=FOUR, history=path).fit(X, LABELS)


class Stop(Observer):
    """Ends a search after a number of pipelines, as if it were killed."""

    def __init__(self, n_pipelines):
        self.n_pipelines = n_pipelines

    def on_evaluated(self, search, evaluated):
        if len(search.evaluated) == self.n_pipelines:
            search.stop()


def best_of(board, gains):
    """Return the pipelines that no other dominates, compared pair by pair."""
    rows = board.dropna(subset="score").reset_index(drop=True)
    values = [tuple(gain(row) for gain in gains) for _, row in rows.iterrows()]
    return {
        rows["pipeline"][number]
        for number, mine in enumerate(values)
        if not any(
            all(other >= own for own, other in zip(mine, theirs, strict=True)) and theirs != mine
            for theirs in values
        )
    }


def test_four_axes_beside_the_rank_make_the_front(search):
    board, front = search.leaderboard_, search.pareto_front_
    assert search.metric_ == search.honest_score_.metric == "roc_auc"
    assert board.columns[:6].tolist() == [
        *("rank", "score", "deviation", "matthews_corrcoef", "neg_log_loss", "state")
    ]
    assert front.columns.equals(board.columns)
    gains = [
        lambda row: -row["rank"],
        lambda row: row["matthews_corrcoef"],
        lambda row: row["neg_log_loss"],
        lambda row: -row["size"],
        lambda row: -row["predict_seconds"],
    ]
    assert set(front["pipeline"]) == best_of(board, gains)
    assert 1 < len(front) < board["score"].notna().sum()
    assert front["size"].is_monotonic_increasing


def test_the_front_has_the_axes_that_were_asked_for_and_no_others():
    search = AutoMLRegressor(
        scoring=["rmse", "medae"],
        max_evaluations=12,
        catalogue=catalogue("default").only(*REGRESSORS),
        **QUICK,
    ).fit(X, NUMBERS)
    board, front = search.leaderboard_, search.pareto_front_
    gains = [lambda row: -row["rank"], lambda row: row["neg_median_absolute_error"]]
    assert set(front["pipeline"]) == best_of(board, gains)
    assert front["rank"].tolist() == sorted(front["rank"])
    assert front["neg_median_absolute_error"].is_monotonic_increasing  # else it were dominated


def test_values_are_those_of_the_scorers(search):
    history = search.history_
    means = history.groupby("genome")[["score", "matthews_corrcoef", "neg_log_loss"]].mean()
    board = search.leaderboard_.dropna(subset="score").set_index("pipeline")
    for name in means:
        np.testing.assert_allclose(means.loc[board.index, name], board[name])
    best = search.best_pipeline_
    assert search.score(X, LABELS) == pytest.approx(
        roc_auc_score(LABELS == "yes", best.predict_proba(X)[:, 1])
    )
    outcome = search.nested_results_["score"]
    assert outcome.mean() == pytest.approx(search.leaderboard_["score"][0])


@pytest.mark.slow
def test_a_resumed_run_is_the_same_for_any_number_of_workers(search, tmp_path):
    options = {"scoring": ["auc", "mcc", "size"], "history": tmp_path / "run.db"}
    whole = classifier(24, scoring=["auc", "mcc", "size"], n_jobs=2).fit(X, LABELS)
    classifier(24, **options, callbacks=[Stop(12)]).fit(X, LABELS)
    resumed = classifier(24, **options).fit(X, LABELS, resume=True)
    seconds = ["fit_seconds", "predict_seconds"]
    for table in ("leaderboard_", "pareto_front_"):
        tables = [getattr(each, table).drop(columns=seconds) for each in (whole, resumed)]
        pd.testing.assert_frame_equal(*tables, check_exact=True)
    for scoring in ("auc", ["auc", "mcc"], ["auc", "size", "mcc"], ["auc", "f1", "size"]):
        with pytest.raises(HistoryError, match="scoring: 'roc_auc', 'matthews_corrcoef', 'size'"):
            classifier(24, **{**options, "scoring": scoring}).fit(X, LABELS, resume=True)


def test_seconds_of_a_file_give_the_front_of_its_run(search):
    again = search.__class__(**search.get_params(deep=False)).fit(X, LABELS, resume=True)
    pd.testing.assert_frame_equal(again.pareto_front_, search.pareto_front_, check_exact=True)
    pd.testing.assert_frame_equal(again.history_, search.history_, check_exact=True)


def test_a_saved_model_has_the_front_and_the_settings(search, tmp_path):
    search.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    assert loaded.scoring == FOUR
    pd.testing.assert_frame_equal(loaded.leaderboard_, search.leaderboard_)
    pd.testing.assert_frame_equal(loaded.pareto_front_, search.pareto_front_)
    loaded.save(tmp_path / "again")


def test_another_pipeline_is_selected_with_the_same_scoring(search):
    selected = search.select(2, X, LABELS)
    assert selected.best_genome_ == search.leaderboard_["pipeline"][1]
    pd.testing.assert_frame_equal(selected.pareto_front_, search.pareto_front_)
    try:
        search.set_params(scoring=["auc", "mcc"])
        with pytest.raises(SettingsError, match="matthews_corrcoef, neg_log_loss, size"):
            search.select(2, X, LABELS)
    finally:
        search.set_params(scoring=FOUR)


def test_a_scorer_that_fails_is_said_once_and_fails_no_pipeline():
    def of_neighbors(estimator, X, y):
        return float(estimator[-1].n_neighbors)

    with pytest.warns(AutoMLWarning, match="have no of_neighbors, and count as the w") as caught:
        search = classifier(10, scoring=["auc", of_neighbors]).fit(X, LABELS)
    assert len(caught) == 1
    assert "of_neighbors: AttributeError: " in str(caught[0].message)
    board = search.leaderboard_
    assert (board["state"] == "done").any()
    lacking = board["of_neighbors"].isna()
    assert (lacking == ~board["pipeline"].str.startswith("k_neighbors")).all()
    assert board.loc[lacking & board["score"].notna(), "cause"].str.contains("of_neighbors").all()
    gains = [lambda row: -row["rank"], lambda row: np.nan_to_num(row["of_neighbors"], nan=-np.inf)]
    assert set(search.pareto_front_["pipeline"]) == best_of(board, gains)
