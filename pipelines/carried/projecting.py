"""Axes that were chosen with a view to the target."""

from warnings import catch_warnings, simplefilter

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.cross_decomposition import PLSRegression
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis


class PLSScores(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """The axes of partial least squares, where PLSRegression also returns those of the target."""

    def __init__(self, n_components=2):  # type: ignore[no-untyped-def]
        self.n_components = n_components

    def fit(self, X, y):  # type: ignore[no-untyped-def]
        self._n_features_out = min(self.n_components, *np.shape(X))
        self.pls_ = PLSRegression(n_components=self._n_features_out, scale=False)
        with catch_warnings():  # of a target that fewer axes explain in full
            simplefilter("ignore")
            self.pls_.fit(X, y)
        return self

    def transform(self, X):  # type: ignore[no-untyped-def]
        return self.pls_.transform(X)


class DiscriminantScores(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """The axes that tell classes apart, at most as many as there are."""

    def __init__(self, n_components=None):  # type: ignore[no-untyped-def]
        self.n_components = n_components

    def fit(self, X, y):  # type: ignore[no-untyped-def]
        n_most = min(len(np.unique(y)) - 1, np.shape(X)[1])
        n_components = min(self.n_components or n_most, n_most)
        self.lda_ = LinearDiscriminantAnalysis(n_components=n_components).fit(X, y)
        self._n_features_out = min(n_components, self.lda_.scalings_.shape[1])
        return self

    def transform(self, X):  # type: ignore[no-untyped-def]
        return self.lda_.transform(X)
