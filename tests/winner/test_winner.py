"""What predicts in the end, and what is said of it, from the estimators' side."""

import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import VotingClassifier, VotingRegressor
from sklearn.metrics import log_loss
from sklearn.pipeline import Pipeline

from automl import (
    AutoMLClassifier,
    AutoMLRegressor,
    AutoMLWarning,
    Observer,
    Quantile,
    TunedThreshold,
    catalogue,
    load,
)
from automl.problem import NestedCV

pytestmark = pytest.mark.slow

RNG = np.random.default_rng(0)
N = 120
X = pd.DataFrame(RNG.normal(size=(N, 4)), columns=list("abcd")).assign(
    color=RNG.choice(["red", "green"], N)
)
NUMBERS = (X["a"] + np.sin(3 * X["b"]) + 0.8 * RNG.normal(size=N)).rename("price")
LABELS = pd.Series(np.where(NUMBERS > 0, "yes", "no"), name="sold")
WEIGHTS = RNG.uniform(0.5, 2, N) * (np.arange(N) % 10 > 0)
GROUPS = np.arange(N) % 15
OF_CLASSES = catalogue(
    "default",
    include=[
        "linear_discriminant_analysis",
        "logistic_regression",
        "k_neighbors_classifier",
        "gaussian_nb",
        "svc_rbf",
        "random_forest_classifier",
        "simple_imputer",
        "standard_scaler",
        "one_hot_encoder",
    ],
)
OF_NUMBERS = catalogue(
    "default",
    include=[
        "ridge",
        "k_neighbors_regressor",
        "svr_rbf",
        "quantile_regressor",
        "decision_tree_regressor",
        "random_forest_regressor",
        "simple_imputer",
        "standard_scaler",
        "one_hot_encoder",
    ],
)
QUICK = {
    "max_evaluations": 8,
    "time_budget": None,
    "n_jobs": 1,
    "verbose": 0,
    "random_state": 0,
    "cv": NestedCV(outer=4, repeats=1, tuner=None),
}


def classifier(**options):
    return AutoMLClassifier(**{**QUICK, "catalogue": OF_CLASSES, **options})


def regressor(**options):
    return AutoMLRegressor(**{**QUICK, "catalogue": OF_NUMBERS, **options})


@pytest.fixture(scope="module")
def of_classes(tmp_path_factory):
    path = tmp_path_factory.mktemp("winner") / "run.db"
    return classifier(history=path).fit(X, LABELS)


@pytest.fixture(scope="module")
def of_numbers():
    return regressor().fit(X, NUMBERS, sample_weight=WEIGHTS, groups=GROUPS)


def pipelines_in(ensemble):
    cells, (_, average) = ensemble.steps
    return [Pipeline([cells, *member.steps]) for member in average.estimators_]


def assert_same(one, other):
    """The same members, weights, score and script."""
    pd.testing.assert_frame_equal(one.members_, other.members_)
    assert one.honest_score_ == other.honest_score_
    assert one.script_ == other.script_


def test_an_ensemble_averages_the_probabilities_of_its_members(of_classes):
    ensemble = of_classes.ensemble_
    assert isinstance(ensemble.steps[-1][1], VotingClassifier)
    members, weights = pipelines_in(ensemble), of_classes.members_["weight"]
    assert 2 <= len(members) <= 5
    assert weights.sum() == pytest.approx(1)
    expected = sum(w * one.predict_proba(X) for one, w in zip(members, weights, strict=True))
    np.testing.assert_allclose(of_classes.predict_proba(X), expected)
    np.testing.assert_array_equal(
        of_classes.predict(X), of_classes.classes_[expected.argmax(axis=1)]
    )
    assert of_classes.score(X, LABELS) > 0.7


def test_an_ensemble_averages_the_numbers_of_its_members(of_numbers):
    ensemble = of_numbers.ensemble_
    assert isinstance(ensemble.steps[-1][1], VotingRegressor)
    members, weights = pipelines_in(ensemble), of_numbers.members_["weight"]
    expected = sum(w * one.predict(X) for one, w in zip(members, weights, strict=True))
    np.testing.assert_allclose(of_numbers.predict(X), expected)
    lower, upper = of_numbers.predict_interval(X, 0.8).T
    np.testing.assert_allclose((lower + upper) / 2, expected)
    assert 0.7 < np.mean((lower < NUMBERS) & (upper > NUMBERS)[WEIGHTS > 0]) <= 1


@pytest.mark.parametrize("name", ["of_classes", "of_numbers"])
def test_the_best_member_stands_first(name, request):
    search = request.getfixturevalue(name)
    board = search.leaderboard_
    best = pipelines_in(search.ensemble_)[0]
    assert [step for _, step in search.best_pipeline_.steps] == [step for _, step in best.steps]
    assert search.members_["pipeline"].iloc[0] == search.best_genome_
    assert search.members_["score"].is_monotonic_decreasing
    assert set(search.members_["pipeline"]) <= set(board["pipeline"])
    scores = board.set_index("pipeline")["score"]
    assert search.members_["score"].tolist() == scores[search.members_["pipeline"]].tolist()


@pytest.mark.parametrize("name", ["of_classes", "of_numbers"])
def test_the_honest_score_is_that_of_the_ensemble(name, request):
    search = request.getfixturevalue(name)
    honest = search.honest_score_
    assert honest.metric == search.metric_
    assert honest.low < honest.estimate < honest.high
    assert honest.estimate - honest.growth <= honest.naive
    assert honest.growth >= 0
    assert honest.naive > search.best_score_ - 1e-9  # otherwise there would be no ensemble
    assert honest.compared_with == "a random forest"
    assert 0 <= honest.gain_probability <= 1
    assert str(honest).replace("±", "+-") in re.sub(r"\n# +", " ", search.script_)


@pytest.mark.parametrize("name", ["of_classes", "of_numbers"])
def test_what_is_saved_is_the_ensemble(name, request, tmp_path):
    search = request.getfixturevalue(name)
    search.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    np.testing.assert_array_equal(loaded.predict(X), search.predict(X))
    assert loaded.honest_score_ == search.honest_score_
    assert isinstance(loaded.best_pipeline_, Pipeline)
    np.testing.assert_array_equal(
        loaded.best_pipeline_.predict(X), search.best_pipeline_.predict(X)
    )
    pd.testing.assert_frame_equal(loaded.members_, search.members_)
    assert loaded.script_ == search.script_


def test_the_script_of_an_ensemble_predicts_the_same(of_classes, tmp_path):
    of_classes.export(tmp_path / "best.py")
    X.assign(sold=LABELS).to_csv(tmp_path / "train.csv", index=False)
    arguments = ["train.csv", "--verify", "--predict", "train.csv", "--out", "out.csv"]
    done = subprocess.run(
        [sys.executable, "-I", "best.py", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("verified")
    table = pd.read_csv(tmp_path / "out.csv")
    np.testing.assert_allclose(
        table[["probability_no", "probability_yes"]], of_classes.predict_proba(X), atol=1e-9
    )


@pytest.fixture(scope="module")
def too_sure():
    """A search whose model counts the same column four times."""
    bayes = catalogue("default", include=["gaussian_nb", "simple_imputer"])
    copies = pd.DataFrame(dict.fromkeys("abcd", X["a"])) + 0.01 * X[list("abcd")]
    search = classifier(catalogue=bayes, max_evaluations=2)
    return search.fit(copies, LABELS), copies


def test_probabilities_that_are_too_sure_are_rescaled(too_sure):
    search, copies = too_sure
    assert search.ensemble_[-1].slope < 0.7
    assert search.ensemble_.classes_.tolist() == ["no", "yes"]
    plain = search.best_pipeline_
    assert isinstance(plain, Pipeline)
    sure, careful = plain.predict_proba(copies), search.predict_proba(copies)
    assert np.ptp(careful[:, 1]) < np.ptp(sure[:, 1])
    assert log_loss(LABELS, careful) < log_loss(LABELS, sure)
    assert search.honest_score_.naive == pytest.approx(search.best_score_, abs=1e-6)  # ROC AUC


def test_rescaled_probabilities_are_saved_and_exported(too_sure, tmp_path):
    search, copies = too_sure
    search.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    np.testing.assert_array_equal(loaded.predict_proba(copies), search.predict_proba(copies))
    assert isinstance(loaded.best_pipeline_, Pipeline)
    loaded.export(tmp_path / "best.py")
    assert (tmp_path / "best.py").read_text("utf-8") == search.script_
    copies.assign(sold=LABELS).to_csv(tmp_path / "train.csv", index=False)
    command = [sys.executable, "-I", "best.py", "train.csv", "--verify"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("verified")
    assert "class RescaledClassifier(" in search.script_


def test_workers_have_no_say(of_classes):
    assert_same(classifier(n_jobs=2).fit(X, LABELS), of_classes)


def test_a_finished_run_that_is_resumed_ends_alike(of_classes):
    again = classifier(history=of_classes.history, random_state=None)
    assert_same(again.fit(X, LABELS, resume=True), of_classes)


class Interrupting(Observer):
    """Stops the search after some pipelines, as Ctrl-C does."""

    def __init__(self, n_pipelines):
        self.n_pipelines = n_pipelines

    def on_evaluated(self, search, evaluated):
        if len(search.evaluated) == self.n_pipelines:
            raise KeyboardInterrupt


def test_a_run_that_was_stopped_is_resumed_to_the_same_end(of_classes, tmp_path):
    path = tmp_path / "run.db"
    first = classifier(history=path, callbacks=[Interrupting(4)]).fit(X, LABELS)
    assert len(first.leaderboard_) < 8
    assert first.honest_score_ is not None
    assert_same(classifier(history=path).fit(X, LABELS, resume=True), of_classes)


def test_a_size_of_1_is_the_best_pipeline_alone():
    search = classifier(ensemble_size=1).fit(X, LABELS)
    assert search.ensemble_ is search.best_pipeline_
    assert isinstance(search.ensemble_, Pipeline)
    assert search.members_["weight"].tolist() == [1]
    assert search.best_genome_ == search.leaderboard_["pipeline"].iloc[0]
    honest = search.honest_score_
    assert honest.naive == search.best_score_
    assert honest.low < honest.estimate <= honest.naive


def test_without_a_final_fit_there_is_a_score(of_classes):
    search = classifier(refit=False).fit(X, LABELS)
    assert isinstance(search.best_pipeline_, Pipeline)
    assert search.honest_score_.naive == search.best_score_
    assert search.honest_score_.estimate <= search.best_score_
    assert not hasattr(search, "predict")


def test_a_scorer_that_looks_at_the_pipeline_has_no_honest_score():
    def simple(estimator, X, y):
        return float(np.mean(estimator.predict(X) == y)) - 0.001 * len(estimator.named_steps)

    with pytest.warns(AutoMLWarning, match="scoring=simple cannot be applied to predictions"):
        search = classifier(scoring=simple, max_evaluations=3).fit(X, LABELS)
    assert search.honest_score_ is None
    assert isinstance(search.ensemble_, Pipeline)
    assert "Expect less on new data" in search.script_


def test_a_scorer_that_only_predicts_has_one():
    def hits(estimator, X, y):
        return 100 * float(np.mean(estimator.predict(X) == y))

    search = classifier(scoring=hits, max_evaluations=4, ensemble_size=1).fit(X, LABELS)
    honest = search.honest_score_
    assert honest.metric == "hits"
    assert honest.naive == pytest.approx(search.best_score_)
    assert honest.low < honest.estimate < honest.high


def test_a_tuned_threshold_is_that_of_one_pipeline():
    """Of a constant prediction none can be tuned, but that is what the winner is compared with."""
    quick = OF_CLASSES.only("linear_discriminant_analysis", "simple_imputer", "standard_scaler")
    options = {"scoring": TunedThreshold("f1"), "max_evaluations": 4, "catalogue": quick}
    search = classifier(**options).fit(X[list("abcd")], LABELS)
    assert search.ensemble_ is search.best_pipeline_
    assert 0 < search.honest_score_.low < search.honest_score_.estimate
    honest = search.honest_score_
    assert (honest.metric, honest.compared_with) == ("f1", "a constant prediction")
    majority = 0 if (LABELS == "no").mean() > 0.5 else (LABELS == "yes").mean()
    assert honest.baseline == pytest.approx(2 * majority / (1 + majority), abs=0.02)
    assert honest.gain_probability > 0.5


def test_quantiles_can_be_averaged():
    search = regressor(scoring=Quantile(0.9), max_evaluations=5).fit(X, NUMBERS)
    assert 0.75 < np.mean(search.predict(X) > NUMBERS) <= 1
    honest = search.honest_score_
    assert honest.metric == "neg_pinball_loss_0.9"
    assert honest.low < honest.estimate < honest.high <= 0
    assert honest.gain_probability > 0.5


def test_several_targets_are_predicted_by_one_pipeline():
    targets = pd.DataFrame({"one": NUMBERS, "two": -2 * NUMBERS + X["c"]})
    search = regressor(max_evaluations=4).fit(X, targets)
    assert search.ensemble_ is search.best_pipeline_
    assert search.predict(X).shape == (N, 2)
    assert search.honest_score_.low < search.honest_score_.estimate


def test_only_the_baseline_is_no_choice():
    with pytest.warns(AutoMLWarning, match="only the constant baseline.*: give more evaluations"):
        search = classifier(max_evaluations=1).fit(X, LABELS)
    assert search.honest_score_ is None
    assert search.ensemble_ is search.best_pipeline_


def test_three_classes_and_rows_of_weight_0():
    labels = np.where(NUMBERS > 0.7, "high", np.where(NUMBERS > -0.7, "middle", "low"))
    labels[0] = "never"  # its weight is 0
    search = classifier().fit(X, labels, sample_weight=WEIGHTS)
    assert search.classes_.tolist() == ["high", "low", "middle"]
    probabilities = search.predict_proba(X)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    members, weights = search.members_, search.members_["weight"]
    if len(members) > 1:
        expected = sum(
            w * one.predict_proba(X)
            for one, w in zip(pipelines_in(search.ensemble_), weights, strict=True)
        )
        np.testing.assert_allclose(probabilities, expected)
    assert search.honest_score_.metric == "neg_log_loss"
    assert search.honest_score_.high <= 0


def test_a_forest_is_not_compared_with_itself():
    forest = catalogue("default", include=["random_forest_classifier"])
    search = classifier(catalogue=forest, max_evaluations=2, ensemble_size=1).fit(X, LABELS)
    assert search.honest_score_.compared_with == "a constant prediction"
    assert search.honest_score_.gain_probability > 0.9
