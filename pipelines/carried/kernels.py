"""The width of a kernel, relative to the spread of the data."""

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin


class KernelScaler(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Scale a matrix so that a kernel's gamma of 1 acts as `gamma` times scikit-learn's "scale"."""

    def __init__(self, gamma=1.0):  # type: ignore[no-untyped-def]
        self.gamma = gamma

    def fit(self, X, y=None):  # type: ignore[no-untyped-def]
        X = np.asarray(X)
        self.n_features_in_ = X.shape[1]
        spread = X.shape[1] * X.var()
        self.factor_ = np.sqrt(self.gamma / spread) if spread > 0 else 1.0
        return self

    def transform(self, X):  # type: ignore[no-untyped-def]
        return np.asarray(X) * self.factor_
