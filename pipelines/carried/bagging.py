"""The average of fits on folds, in the place of one fit on all rows."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, clone


class FoldBaggingClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Fit a pipeline on all folds but one, in turn, and average the probabilities."""

    def __init__(self, pipeline, cv):  # type: ignore[no-untyped-def]
        self.pipeline = pipeline
        self.cv = cv

    def fit(self, X, y, sample_weight=None):  # type: ignore[no-untyped-def]
        y, self.pipelines_ = np.asarray(y), []  # rows are places, not labels of an index
        self.classes_ = np.unique(y)
        for rows, _ in self.cv.split(X, y):
            options = {}
            if sample_weight is not None:
                weights = np.asarray(sample_weight)[rows]
                options[f"{self.pipeline.steps[-1][0]}__sample_weight"] = weights
            self.pipelines_.append(clone(self.pipeline).fit(X.iloc[rows], y[rows], **options))
        return self

    def predict_proba(self, X):  # type: ignore[no-untyped-def]
        total = np.zeros((len(X), len(self.classes_)))
        for pipeline in self.pipelines_:  # a class may be missing where it is rare
            places = np.searchsorted(self.classes_, pipeline.classes_)
            total[:, places] += pipeline.predict_proba(X)
        return total / len(self.pipelines_)

    def predict(self, X):  # type: ignore[no-untyped-def]
        return self.classes_[self.predict_proba(X).argmax(axis=1)]  # type: ignore[no-untyped-call]


class FoldBaggingRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Fit a pipeline on all folds but one, in turn, and average the predictions."""

    def __init__(self, pipeline, cv):  # type: ignore[no-untyped-def]
        self.pipeline = pipeline
        self.cv = cv

    def fit(self, X, y, sample_weight=None):  # type: ignore[no-untyped-def]
        y, self.pipelines_ = np.asarray(y), []  # rows are places, not labels of an index
        for rows, _ in self.cv.split(X, y):
            options = {}
            if sample_weight is not None:
                weights = np.asarray(sample_weight)[rows]
                options[f"{self.pipeline.steps[-1][0]}__sample_weight"] = weights
            self.pipelines_.append(clone(self.pipeline).fit(X.iloc[rows], y[rows], **options))
        return self

    def predict(self, X):  # type: ignore[no-untyped-def]
        return np.mean([pipeline.predict(X) for pipeline in self.pipelines_], axis=0)
