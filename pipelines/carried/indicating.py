"""Several targets of classes, for a classifier that learns which labels a row has."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone


class IndicatorClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Fit a classifier to a column of 0 and 1 for every label of every target."""

    def __init__(self, estimator):  # type: ignore[no-untyped-def]
        self.estimator = estimator

    def fit(self, X, y, **options):  # type: ignore[no-untyped-def]
        self.classes_ = [np.unique(labels) for labels in y.T]
        pairs = zip(y.T, self.classes_, strict=True)
        has_label = np.hstack([labels[:, None] == classes for labels, classes in pairs])
        self.estimator_ = clone(self.estimator).fit(X, has_label.astype(int), **options)
        return self

    def predict_proba(self, X):  # type: ignore[no-untyped-def]
        ends = np.cumsum([len(classes) for classes in self.classes_])[:-1]
        parts = np.split(self.estimator_.predict_proba(X) + 1e-12, ends, axis=1)
        return [part / part.sum(axis=1, keepdims=True) for part in parts]

    def predict(self, X):  # type: ignore[no-untyped-def]
        pairs = zip(self.classes_, self.predict_proba(X), strict=True)  # type: ignore[no-untyped-call]
        return np.column_stack([classes[part.argmax(axis=1)] for classes, part in pairs])
