"""Several quantiles at once."""

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin, clone


class QuantilesRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Predict a quantile by each of several models; sorted, so that the quantiles never cross."""

    def __init__(self, estimators):  # type: ignore[no-untyped-def]
        self.estimators = estimators

    def fit(self, X, y, **options):  # type: ignore[no-untyped-def]
        self.estimators_ = [clone(model).fit(X, y, **options) for model in self.estimators]
        return self

    def predict(self, X):  # type: ignore[no-untyped-def]
        return np.sort(np.column_stack([model.predict(X) for model in self.estimators_]), axis=1)
