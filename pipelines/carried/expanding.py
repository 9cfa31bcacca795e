"""More columns from the ones that are there."""

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import validate_data


class PairFeatures(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Add the products and ratios of two columns that go best with the target."""

    def __init__(self, n_pairs=10):  # type: ignore[no-untyped-def]
        self.n_pairs = n_pairs

    def fit(self, X, y):  # type: ignore[no-untyped-def]
        X, y = validate_data(self, X, dtype="float64"), np.asarray(y)
        few = slice(None, None, 1 + len(X) // 10_000)  # rows enough to tell columns apart
        X, y, several = X[few], y[few], y.ndim > 1 and y.shape[1] > 1
        targets = [] if y.dtype.kind in "OUS" else [y.reshape(len(y), -1).astype("float64")]
        if not targets or (not several and len(np.unique(y)) <= 30):  # classes
            for labels in y.reshape(len(y), -1).T:
                values, counts = np.unique(labels, return_counts=True)
                common = values[np.argsort(-counts, kind="stable")[:10]]
                targets.append((labels.reshape(-1, 1) == common).astype("float64"))
        targets = self._standardize(np.hstack(targets))  # type: ignore[no-untyped-call]

        def best(columns, n_most):  # type: ignore[no-untyped-def]
            scores = np.abs(self._standardize(columns).T @ targets)  # type: ignore[no-untyped-call]
            scores = scores.mean(axis=1) if several else scores.max(axis=1)
            return np.argsort(-scores.round(9), kind="stable")[:n_most]

        chosen = best(X, 12)  # type: ignore[no-untyped-call]
        once, twice = np.triu_indices(len(chosen)), np.nonzero(~np.eye(len(chosen), dtype=bool))
        first, second = chosen[np.hstack([once, twice])]
        is_ratio = np.arange(len(first)) >= len(once[0])
        pairs = best(self._pairs(X, first, second, is_ratio), self.n_pairs)  # type: ignore[no-untyped-call]
        self.first_, self.second_, self.is_ratio_ = first[pairs], second[pairs], is_ratio[pairs]
        self._n_features_out = X.shape[1] + len(pairs)
        return self

    def transform(self, X):  # type: ignore[no-untyped-def]
        X = validate_data(self, X, reset=False, dtype="float64")
        return np.hstack([X, self._pairs(X, self.first_, self.second_, self.is_ratio_)])  # type: ignore[no-untyped-call]

    def _pairs(self, X, first, second, is_ratio):  # type: ignore[no-untyped-def]
        partner = X[:, second]
        away = np.copysign(np.maximum(np.abs(partner), 0.1), np.where(partner < 0, -1.0, 1.0))
        with np.errstate(over="ignore"):
            pairs = X[:, first] * np.where(is_ratio, 1 / away, partner)
        return np.clip(pairs, -1e3, 1e3)

    def _standardize(self, columns):  # type: ignore[no-untyped-def]
        """Return columns of length one around zero, so that products are correlations."""
        apart = columns - columns.mean(axis=0)
        length = np.sqrt((apart**2).sum(axis=0))
        constant = length <= 1e-9 * np.sqrt((columns**2).sum(axis=0))
        return np.where(constant, 0.0, apart / np.where(constant, 1.0, length))


class RowStatistics(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Sum up the cells of a row in six columns."""

    def fit(self, X, y=None):  # type: ignore[no-untyped-def]
        return self

    def transform(self, X):  # type: ignore[no-untyped-def]
        cells = np.asarray(X, dtype="float64")
        present = ~np.isnan(cells)
        none, n_present = ~present.any(axis=1), np.maximum(present.sum(axis=1), 1)
        mean = np.where(present, cells, 0.0).sum(axis=1) / n_present
        apart = np.where(present, cells - mean[:, np.newaxis], 0.0)
        statistics = [
            (~present).sum(axis=1),
            (cells == 0).sum(axis=1),
            mean,
            np.sqrt((apart**2).sum(axis=1) / n_present),
            np.where(none, 0.0, np.fmin.reduce(cells, axis=1, initial=np.nan)),
            np.where(none, 0.0, np.fmax.reduce(cells, axis=1, initial=np.nan)),
        ]
        return np.column_stack(statistics).astype("float64")

    def get_feature_names_out(self, input_features=None):  # type: ignore[no-untyped-def]
        names = ["n_missing", "n_zeros", "mean", "deviation", "smallest", "largest"]
        return np.array(names, dtype=object)

    def __sklearn_is_fitted__(self):  # type: ignore[no-untyped-def]
        return True
