"""Categories, counted and crossed."""

from itertools import combinations, islice

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin


class CountEncoder(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Turn texts into the share of training rows that have them."""

    def fit(self, X, y=None):  # type: ignore[no-untyped-def]
        self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        self.n_features_in_ = X.shape[1]
        counts = [X[name].value_counts() for name in X]
        self.texts_ = [count.index.to_numpy(dtype=object) for count in counts]
        self.shares_ = [np.append(count, 0.0) / max(len(X), 1) for count in counts]
        self.missing_ = X.isna().mean().to_numpy()
        return self

    def transform(self, X):  # type: ignore[no-untyped-def]
        encoded = np.zeros(X.shape)
        for number, name in enumerate(X):
            texts = pd.Index(self.texts_[number], dtype=object)
            positions = texts.get_indexer(pd.Index(X[name], dtype=object))  # -1, the 0 at the end
            shares = self.shares_[number][positions]
            encoded[:, number] = np.where(X[name].isna(), self.missing_[number], shares)
        return encoded


class CategoryCrosser(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Combine the texts of two columns each, first the columns with the fewest texts."""

    def __init__(self, max_pairs=10):  # type: ignore[no-untyped-def]
        self.max_pairs = max_pairs

    def fit(self, X, y=None):  # type: ignore[no-untyped-def]
        self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        self.n_features_in_ = X.shape[1]
        order = np.argsort(X.nunique(dropna=False).to_numpy(), kind="stable").tolist()
        pairs = islice(combinations(order, 2), self.max_pairs)
        self.pairs_ = [list(pair) for pair in pairs] or [[0]]
        return self

    def transform(self, X):  # type: ignore[no-untyped-def]
        texts = X.astype(object).where(X.notna(), "missing").to_numpy(dtype=object)
        crossed = [[" & ".join(row) for row in texts[:, pair]] for pair in self.pairs_]
        names = self.get_feature_names_out()  # type: ignore[no-untyped-call]
        return pd.DataFrame(dict(zip(names, crossed, strict=True)), index=X.index, dtype=object)

    def get_feature_names_out(self, input_features=None):  # type: ignore[no-untyped-def]
        names = [" & ".join(map(str, self.feature_names_in_[pair])) for pair in self.pairs_]
        return np.array(names, dtype=object)
