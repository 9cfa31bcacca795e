"""Defaults, names, and classes that a held-out part lacks."""

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.metrics import get_scorer_names, log_loss

from automl.errors import SettingsError
from automl.problem.metric import resolve_metric
from automl.problem.scorer_names import ALIASES, OF_NUMBERS, OF_TWO_CLASSES


class TestMetric:
    def test_the_defaults_are_those_of_the_benchmark(self):
        assert resolve_metric(None, "classification", ["a", "b"]).name == "roc_auc"
        assert resolve_metric(None, "classification", ["a", "b", "c"]).name == "neg_log_loss"
        assert resolve_metric(None, "regression", None).name == "neg_root_mean_squared_error"

    def test_a_held_out_part_may_lack_a_class(self):
        X, y = np.zeros((6, 1)), ["a", "a", "b", "b", "c", "c"]
        model = DummyClassifier(strategy="prior").fit(X, y)
        score = resolve_metric("neg_log_loss", "classification", ["a", "b", "c"]).scorer
        assert score(model, X[:3], y[:3]) == pytest.approx(-np.log(3))
        assert score(model, X, y) == pytest.approx(-log_loss(y, model.predict_proba(X)))

    def test_a_function_keeps_its_name(self):
        def profit(estimator, X, y):
            return 1.0

        assert resolve_metric(profit, "regression", None).name == "profit"


@pytest.mark.parametrize(
    ("name", "task", "n_classes", "scorer"),
    [
        ("rmse", "regression", None, "neg_root_mean_squared_error"),
        ("RMSE", "regression", None, "neg_root_mean_squared_error"),
        ("mae", "regression", None, "neg_mean_absolute_error"),
        ("mean_squared_error", "regression", None, "neg_mean_squared_error"),
        ("r2", "regression", None, "r2"),
        ("auc", "classification", 2, "roc_auc"),
        ("auc", "classification", 3, "roc_auc_ovr"),
        ("logloss", "classification", 3, "neg_log_loss"),
        ("log_loss", "classification", 2, "neg_log_loss"),
        ("mcc", "classification", 2, "matthews_corrcoef"),
        ("f1_macro", "classification", 3, "f1_macro"),
        ("brier", "classification", 2, "neg_brier_score"),
    ],
)
def test_names_that_people_try(name, task, n_classes, scorer):
    classes = None if n_classes is None else list("abc")[:n_classes]
    assert resolve_metric(name, task, classes).name == scorer


@pytest.mark.parametrize(
    ("name", "task", "n_classes", "words"),
    [
        ("accuracy", "regression", None, "no score of numbers; those that fit: ['d2_absolute"),
        ("auc", "regression", None, "scoring='auc' is no score of numbers"),
        ("rmse", "classification", 2, "no score of 2 classes; those that fit: ['accuracy'"),
        ("f1", "classification", 3, "no score of 3 classes; take 'f1_macro'"),
        ("roc_auc", "classification", 3, "take 'roc_auc_ovr'"),
        ("f1_samples", "classification", 2, "no score of 2 classes"),
        ("roc_aux", "classification", 2, "near it: ['roc_auc'"),
    ],
)
def test_scores_of_another_task_are_refused(name, task, n_classes, words):
    classes = None if n_classes is None else list("abc")[:n_classes]
    with pytest.raises(SettingsError) as caught:
        resolve_metric(name, task, classes)
    assert words in str(caught.value)


def test_aliases_are_names_of_scorers():
    assert set(ALIASES.values()) <= set(get_scorer_names())
    assert set(get_scorer_names()) >= OF_NUMBERS | set(OF_TWO_CLASSES)
