"""XGBoost for labels of any type."""

import numpy as np
from xgboost import XGBClassifier


class LabelXGBClassifier(XGBClassifier):  # type: ignore[misc]
    """XGBClassifier that takes any labels, where its base takes 0 to k - 1 only."""

    labels_ = None

    def fit(self, X, y, *, eval_set=None, **options):  # type: ignore[no-untyped-def]
        self.labels_ = None
        labels, codes = np.unique(y, return_inverse=True)
        if eval_set is not None:
            eval_set = [(X_held, np.searchsorted(labels, y_held)) for X_held, y_held in eval_set]
        super().fit(X, codes, eval_set=eval_set, **options)
        self.labels_ = labels
        return self

    def predict(self, X, **options):  # type: ignore[no-untyped-def]
        codes = np.asarray(super().predict(X, **options), dtype=int)
        return np.asarray(self.labels_)[codes]

    @property
    def classes_(self):  # type: ignore[no-untyped-def]
        return super().classes_ if self.labels_ is None else self.labels_
