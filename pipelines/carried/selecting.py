"""Keeping the columns that matter."""

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor
from sklearn.feature_selection import (
    SelectFdr,
    SelectorMixin,
    mutual_info_classif,
    mutual_info_regression,
)
from sklearn.utils import check_random_state
from sklearn.utils.validation import validate_data


class RandomProbeSelector(SelectorMixin, BaseEstimator):  # type: ignore[misc]
    """Keep the columns that trees make more of than of columns that were shuffled."""

    def __init__(self, task="classification", random_state=None):  # type: ignore[no-untyped-def]
        self.task = task
        self.random_state = random_state

    def fit(self, X, y):  # type: ignore[no-untyped-def]
        X = validate_data(self, X, accept_sparse="csr")
        random = check_random_state(self.random_state)
        chosen = random.permutation(X.shape[1])[:20]
        probes = X[random.permutation(X.shape[0])][:, chosen]
        augmented = sparse.hstack([X, probes]) if sparse.issparse(X) else np.hstack([X, probes])
        forest = ExtraTreesRegressor if self.task == "regression" else ExtraTreesClassifier
        forest = forest(n_estimators=50, random_state=random.randint(2**31 - 1)).fit(augmented, y)
        self.importances_, probe_importances = np.split(forest.feature_importances_, [X.shape[1]])
        self.threshold_ = min(probe_importances.mean(), self.importances_.max())
        return self

    def _get_support_mask(self):  # type: ignore[no-untyped-def]
        mask = self.importances_ > self.threshold_
        mask[self.importances_.argmax()] = True
        return mask


class NonemptySelectFdr(SelectFdr):  # type: ignore[misc]
    """Keep the columns that pass a test of false discoveries, or the best one if none passes."""

    def _get_support_mask(self):  # type: ignore[no-untyped-def]
        mask = super()._get_support_mask()
        if not mask.any():
            mask[np.nan_to_num(self.pvalues_, nan=1.0).argmin()] = True
        return mask


def mutual_info_of_classes(X, y):  # type: ignore[no-untyped-def]
    """Return what each column tells about the classes; the small noise it needs is fixed."""
    return mutual_info_classif(X, y, random_state=0)


def mutual_info_of_numbers(X, y):  # type: ignore[no-untyped-def]
    """Return what each column tells about the numbers; the small noise it needs is fixed."""
    return mutual_info_regression(X, y, random_state=0)
