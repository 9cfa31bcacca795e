"""Another scale for the target, with a way back from wherever a model goes."""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, clone


class BoundedTarget(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Transform a target; the way back ends where the target did in training.

    Further out a power has no inverse, and that of a logarithm grows beyond all numbers.
    """

    def __init__(self, transformer):  # type: ignore[no-untyped-def]
        self.transformer = transformer

    def fit(self, X, y=None):  # type: ignore[no-untyped-def]
        self.transformer_ = clone(self.transformer).fit(X)
        transformed = self.transformer_.transform(X)
        self.lowest_, self.highest_ = np.min(X, axis=0), np.max(X, axis=0)
        self.low_, self.high_ = np.min(transformed, axis=0), np.max(transformed, axis=0)
        return self

    def transform(self, X):  # type: ignore[no-untyped-def]
        return self.transformer_.transform(X)

    def inverse_transform(self, X):  # type: ignore[no-untyped-def]
        with np.errstate(all="ignore"):  # a power of a long tail ends in infinity
            target = self.transformer_.inverse_transform(np.clip(X, self.low_, self.high_))
        return np.clip(target, self.lowest_, self.highest_)
