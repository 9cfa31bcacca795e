"""Defaults, names, and classes that a held-out part lacks."""

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.metrics import log_loss

from automl.problem.metric import resolve_metric


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
