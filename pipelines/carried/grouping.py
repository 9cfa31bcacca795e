"""Numbers beside the others of their category."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin


class GroupStatistics(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Add how far numbers are from the mean of their category, and at which rank in it."""

    def __init__(self, n_pairs=20):  # type: ignore[no-untyped-def]
        self.n_pairs = n_pairs

    def fit(self, X, y=None):  # type: ignore[no-untyped-def]
        X = pd.DataFrame(X)  # of a matrix, without categories
        self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        self.n_features_in_ = X.shape[1]
        is_category = [isinstance(dtype, pd.CategoricalDtype) for dtype in X.dtypes]
        shares = []
        for category in np.flatnonzero(is_category).tolist():
            codes = X.iloc[:, category].cat.codes.to_numpy()
            for number in np.flatnonzero(~np.array(is_category)).tolist():
                values = X.iloc[:, number].to_numpy(dtype="float64")
                share = self._share_between(codes, values)  # type: ignore[no-untyped-call]
                shares.append((-share, number, category))
        pairs = [[number, category] for share, number, category in sorted(shares) if share < 0]
        # Names that are there come from statistics before these, which would be overwritten.
        new = [pair for pair in pairs if not {*self._names(*pair)} & {*X.columns}]  # type: ignore[no-untyped-call]
        self.pairs_ = new[: self.n_pairs]
        self.tables_ = []
        for number, category in self.pairs_:
            cells = X.iloc[:, category].cat
            order = np.argsort(cells.codes.to_numpy(), kind="stable")
            # The last group is empty: the code of a category that is new or missing is -1.
            codes = np.arange(len(cells.categories) + 1)
            starts = np.searchsorted(cells.codes.to_numpy()[order], codes)
            values = X.iloc[:, number].to_numpy(dtype="float64")[order]
            groups = np.split(values, starts)[1:]
            self.tables_.append(np.array([self._summary(group) for group in groups]))  # type: ignore[no-untyped-call]
        return self

    def transform(self, X):  # type: ignore[no-untyped-def]
        table = X
        for (number, category), rows in zip(self.pairs_, self.tables_, strict=True):
            values = X.iloc[:, number].to_numpy(dtype="float64")
            of_row = rows[X.iloc[:, category].cat.codes]
            distance = values - of_row[:, 0]
            rank = (values[:, np.newaxis] > of_row[:, 1:]).mean(axis=1)
            rank = np.where(np.isnan(distance), np.nan, rank)
            names = self._names(number, category)  # type: ignore[no-untyped-call]
            table = table.assign(**dict(zip(names, (distance, rank), strict=True)))
        return table

    def get_feature_names_out(self, input_features=None):  # type: ignore[no-untyped-def]
        names = self.feature_names_in_ if input_features is None else input_features
        new = [
            f"{word} of {names[number]} in {names[category]}"
            for number, category in self.pairs_
            for word in ("distance", "rank")
        ]
        return np.array([*names, *new], dtype=object)

    def _names(self, number, category):  # type: ignore[no-untyped-def]
        return [f"{word}_x{number}_in_x{category}" for word in ("distance", "rank")]

    def _share_between(self, codes, values):  # type: ignore[no-untyped-def]
        """Return the part of the variance that lies between categories; 0 says nothing."""
        present = (codes >= 0) & ~np.isnan(values)
        codes, values = codes[present], values[present]
        if not len(values):
            return 0.0
        with np.errstate(all="ignore"):  # of huge numbers, and of constants
            means = np.bincount(codes, values) / np.maximum(np.bincount(codes), 1)
            share = means[codes].var() / values.var()
        return share if np.isfinite(share) else 0.0

    def _summary(self, values):  # type: ignore[no-untyped-def]
        """Return the mean and ten quantiles."""
        values = values[~np.isnan(values)]
        quantiles = np.linspace(0.05, 0.95, 10)
        return [values.mean(), *np.quantile(values, quantiles)] if len(values) else [np.nan] * 11
