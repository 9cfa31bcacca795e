"""Filling missing cells."""

from warnings import catch_warnings, simplefilter

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.experimental import enable_iterative_imputer
from sklearn.impute import IterativeImputer
from sklearn.linear_model import BayesianRidge


class RegressionImputer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Fill a column's gaps by a regression on other columns, in five rounds over all columns."""

    made_possible_by = enable_iterative_imputer  # without it there is no IterativeImputer

    def __init__(self, add_indicator=False, random_state=None):  # type: ignore[no-untyped-def]
        self.add_indicator = add_indicator
        self.random_state = random_state

    def fit(self, X, y=None):  # type: ignore[no-untyped-def]
        self.imputer_ = IterativeImputer(
            estimator=BayesianRidge(),
            max_iter=5,
            n_nearest_features=20,
            keep_empty_features=True,
            add_indicator=self.add_indicator,
            random_state=self.random_state,
        )
        with catch_warnings():  # five rounds do, even where more would change a little
            simplefilter("ignore")
            self.imputer_.fit(np.array(X, dtype="float64"))  # a copy, for it writes into it
        self._n_features_out = len(self.imputer_.get_feature_names_out())
        return self

    def transform(self, X):  # type: ignore[no-untyped-def]
        return self.imputer_.transform(np.array(X, dtype="float64"))


def missing_cells(X):  # type: ignore[no-untyped-def]
    """Return a column of ones and zeros for each column: which of its cells are missing."""
    return X.isna().astype("float64") if hasattr(X, "isna") else np.isnan(X).astype("float64")
