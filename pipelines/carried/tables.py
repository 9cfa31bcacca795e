"""Dataframes with pandas' categories, for the models that take these as they are."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin


class ColumnNumberer(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Give the columns of a dataframe names that every library takes; it knows the old ones."""

    def fit(self, X, y=None):  # type: ignore[no-untyped-def]
        self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X):  # type: ignore[no-untyped-def]
        return X.set_axis([f"x{number}" for number in range(X.shape[1])], axis=1)


class CategoryEncoder(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Turn texts into pandas' categories; rare and new ones are missing."""

    def __init__(self, max_categories=254):  # type: ignore[no-untyped-def]
        self.max_categories = max_categories

    def fit(self, X, y=None):  # type: ignore[no-untyped-def]
        self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        self.n_features_in_ = X.shape[1]
        self.categories_ = [
            np.sort(X[name].value_counts().index[: self.max_categories].to_numpy(dtype=object))
            for name in X
        ]
        return self

    def transform(self, X):  # type: ignore[no-untyped-def]
        columns = {}
        for name, texts in zip(X.columns, self.categories_, strict=True):
            frequent = X[name].where(X[name].isin(texts)).astype(object)
            categories = texts if len(texts) else [""]  # for XGBoost refuses columns without any
            columns[name] = pd.Categorical(frequent, pd.Index(categories, dtype=object))
        return pd.DataFrame(columns, index=X.index)
