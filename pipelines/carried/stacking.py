"""What a model predicts as columns for the next one."""

from warnings import catch_warnings, simplefilter

import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
    clone,
    is_classifier,
)
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict


class OutOfFold(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Predictions of an estimator, for the training rows by models that have not seen them."""

    def __init__(self, estimator, cv=3):  # type: ignore[no-untyped-def]
        self.estimator = estimator
        self.cv = cv

    def fit(self, X, y):  # type: ignore[no-untyped-def]
        self.estimator_ = clone(self.estimator).fit(X, y)
        if is_classifier(self.estimator):
            classes = self.estimator_.classes_
            sizes = [len(part) for part in classes] if isinstance(classes, list) else [len(classes)]
            self._n_features_out = sum(1 if size == 2 else size for size in sizes)
        else:
            self._n_features_out = 1 if np.ndim(y) == 1 else np.shape(y)[1]
        return self

    def fit_transform(self, X, y):  # type: ignore[no-untyped-def]
        self.fit(X, y)  # type: ignore[no-untyped-call]
        folds, n_most, method = KFold, len(y), "predict"
        if is_classifier(self.estimator):
            method = "predict_proba"
            counts = np.unique(y, return_counts=True)[1]
            if np.ndim(y) == 1 and counts.max() >= self.cv:
                folds, n_most = StratifiedKFold, counts.max()
        cv = folds(min(self.cv, n_most), shuffle=True, random_state=0)
        with catch_warnings():  # of classes with fewer rows than there are folds
            simplefilter("ignore")
            predictions = cross_val_predict(self.estimator, X, y, cv=cv, method=method)
        return self._columns(predictions)  # type: ignore[no-untyped-call]

    def transform(self, X):  # type: ignore[no-untyped-def]
        predict = "predict_proba" if is_classifier(self.estimator) else "predict"
        return self._columns(getattr(self.estimator_, predict)(X))  # type: ignore[no-untyped-call]

    def _columns(self, predictions):  # type: ignore[no-untyped-def]
        targets = predictions if isinstance(predictions, list) else [predictions]
        targets = [np.reshape(target, (len(target), -1)) for target in targets]
        if is_classifier(self.estimator):  # of two probabilities, one tells the other
            targets = [target[:, int(target.shape[1] == 2) :] for target in targets]
        return np.hstack(targets).astype("float64")
