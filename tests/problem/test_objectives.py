"""A list of scorers: what decides, what counts beside it, and what is refused."""

import math

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier

from automl import Quantile, SettingsError, TunedThreshold
from automl.outcome import FoldOutcome, Outcome, State
from automl.pipelines import Genome
from automl.problem.objectives import (
    COSTS,
    RESERVED,
    SINGLE,
    WORST,
    resolve_objectives,
)
from automl.report.leaderboard import COLUMNS
from automl.search.history import COLUMNS as OF_HISTORY

PIPELINE = Genome.parse("ridge(pca(numeric))")


def profit(estimator, X, y):
    return 1.0


def rank(estimator, X, y):
    return 1.0


def resolve(scoring, task="classification"):
    classes = np.array([0, 1]) if task == "classification" else None
    return resolve_objectives(scoring, task, classes)


def outcome_of(*further):
    folds = [
        FoldOutcome(State.DONE, 0.5, predict_seconds=2.0 + number, further=scores)
        for number, scores in enumerate(further)
    ]
    return Outcome(State.DONE, tuple(folds))


@pytest.mark.parametrize("scoring", [None, "auc", ["auc"], ("auc",), [None]])
def test_one_scorer_has_the_default_axes(scoring):
    metric, objectives = resolve(scoring)
    assert metric.name == "roc_auc"
    assert objectives == SINGLE
    assert objectives.columns == ("size", "predict_seconds")
    assert objectives.weights == (1.0, -1.0)
    assert objectives.values(PIPELINE, outcome_of(())) == (2,)


def test_the_first_decides_and_the_others_are_axes_in_their_order():
    metric, objectives = resolve(["logloss", "size", "mcc", profit, "predict_time"])
    assert metric.name == "neg_log_loss"
    assert objectives.names == ("size", "matthews_corrcoef", "profit", "predict_time")
    assert objectives.scores == ("matthews_corrcoef", "profit")
    assert objectives.columns == ("size", "matthews_corrcoef", "profit", "predict_seconds")
    assert objectives.weights == (1.0, -1.0, 1.0, 1.0, -1.0)
    outcome = outcome_of((0.2, 5.0), (0.4, None))
    assert objectives.values(PIPELINE, outcome) == (2, pytest.approx(0.3), WORST, 2.5)
    assert math.isfinite(WORST)


def test_special_scores_may_come_first():
    assert resolve([Quantile(0.9), "mae"], "regression")[0].quantile == 0.9
    assert resolve([TunedThreshold("f1"), "auc"])[0].threshold is not None


@pytest.mark.parametrize(
    ("scoring", "words"),
    [
        ([], r"a scorer or more, got scoring=\[\]"),
        ("size", "the first scoring decides, so it has to be a scorer, got 'size'"),
        (["predict_time", "auc"], "has to be a scorer, got 'predict_time'"),
        (["auc", "size", "size"], "'size' twice"),
        (["auc", "roc_auc"], "'roc_auc' twice"),
        (["auc", "mcc", "matthews_corrcoef"], "'matthews_corrcoef' twice"),
        (["auc", profit, lambda e, X, y: 0.0, lambda e, X, y: 1.0], "'<lambda>' twice"),
        (["auc", TunedThreshold("f1")], "can only be the first"),
        (["auc", Quantile(0.5)], "can only be the first"),
        (["auc", "rmse"], "scoring='rmse' is no score of 2 classes"),
        (["auc", "f1_samples"], "no score of 2 classes"),
        (["auc", "f1_mikro"], "near it: .*'f1_micro'"),
        (["auc", ["f1"]], r"a list of these, got \['f1'\]"),
        ({"auc", "f1"}, "a list of these, got {"),
        (["auc", rank], "'rank' is a column of tables"),
        (["auc", lambda y, predicted: 0.0], "make_scorer"),
    ],
)
def test_what_is_refused_is_named(scoring, words):
    with pytest.raises(SettingsError, match=words):
        resolve(scoring)


def test_scorers_of_classes_are_none_of_numbers():
    with pytest.raises(SettingsError, match="scoring='f1' is no score of numbers"):
        resolve(["rmse", "f1"], "regression")


def test_the_names_of_columns_are_reserved():
    assert {*COLUMNS, *OF_HISTORY, *COSTS} <= RESERVED


def test_a_scorer_that_fails_leaves_the_others_alone():
    def broken(estimator, X, y):
        raise ZeroDivisionError("no rows")

    def leaves(estimator, X, y):
        raise SystemExit("bye")

    def infinite(estimator, X, y):
        return np.inf

    X, y = np.zeros((4, 1)), [0, 0, 0, 1]
    model = DummyClassifier(strategy="most_frequent").fit(X, y)
    _, objectives = resolve(["auc", broken, leaves, "accuracy", infinite])
    scores, cause = objectives.score(model, X, y)
    assert scores == (None, None, 0.75, None)
    assert cause.split("; ") == [
        "broken: ZeroDivisionError: no rows",
        "leaves: SystemExit: bye",
        "infinite: it is inf",
    ]
    assert SINGLE.score(model, X, y) == ((), "")
