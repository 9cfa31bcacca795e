"""Probabilities on another scale."""

import numpy as np
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin, clone


class RescaledClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Raise the probabilities of a classifier to a power and shift their odds.

    The slope and the shifts are those with which held-out rows were predicted best.
    """

    def __init__(self, estimator, slope, shifts):  # type: ignore[no-untyped-def]
        self.estimator = estimator
        self.slope = slope
        self.shifts = shifts

    def fit(self, X, y):  # type: ignore[no-untyped-def]
        self.estimator_ = clone(self.estimator).fit(X, y)
        self.classes_ = self.estimator_.classes_
        if len(self.classes_) != len(self.shifts):
            raise ValueError(f"expected {len(self.shifts)} classes, got {len(self.classes_)}")
        return self

    def predict_proba(self, X):  # type: ignore[no-untyped-def]
        logs = np.log(self.estimator_.predict_proba(X) + 1e-4)  # forests are sure of much
        return softmax(self.slope * logs + np.array(self.shifts), axis=1)

    def predict(self, X):  # type: ignore[no-untyped-def]
        return self.classes_[self.predict_proba(X).argmax(axis=1)]  # type: ignore[no-untyped-call]
