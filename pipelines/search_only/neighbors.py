"""Nearest neighbors that find their number by themselves, for the time of the search.

A query for many neighbors holds the predictions of every smaller number, so the number costs no
further fit. Each row is left out of its own neighbors::

    row 7:  neighbors  7  3  9  4  ...     (7 is left out)
            targets       y3 y9 y4 ...
            predictions   of 1: y3,  of 2: mean(y3, y9),  of 3: mean(y3, y9, y4),  ...

The winner is a plain class of scikit-learn with the best number, so no exported script needs these
classes.
"""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import is_classifier
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

MOST_NEIGHBORS = 200  # averages of more are as good as constant in their neighborhood
MOST_QUERIES = 2_000  # rows that are left out in turn; their errors rank the numbers well enough


class _Counting:
    """Find the number of neighbors of the smallest squared error, leaving one row out at a time."""

    n_neighbors_: int

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Fit to all rows, and find the number of neighbors."""
        super().fit(X, y)  # type: ignore[misc]
        n_rows = self.n_samples_fit_  # type: ignore[attr-defined]
        n_most = min(MOST_NEIGHBORS, n_rows - 1)
        if n_most < 1:
            raise ValueError(f"expected two rows or more to find neighbors in, got {n_rows}")
        X = getattr(X, "iloc", X)
        rows = np.unique(np.linspace(0, n_rows - 1, min(MOST_QUERIES, n_rows)).astype(int))
        # One neighbor more than needed, because a row is its own neighbor.
        distances, neighbors = self.kneighbors(X[rows], n_most + 1)  # type: ignore[attr-defined]
        is_other = _is_other_row(neighbors, rows)
        shape = len(rows), n_most
        distances, neighbors = (
            distances[is_other].reshape(shape),
            neighbors[is_other].reshape(shape),
        )
        errors = _errors(self._targets(y), neighbors, self._weights(distances), rows)
        self.n_neighbors_ = self.n_neighbors = int(errors.argmin()) + 1
        return self

    def _targets(self, y: ArrayLike) -> NDArray[np.float64]:
        """Return the values that neighbors average: numbers, or ones and zeros for each class."""
        target = np.asarray(y)
        if is_classifier(self):
            classes = self.classes_  # type: ignore[attr-defined]
            several = isinstance(classes, list)  # of targets
            pairs = zip(target.T, classes, strict=True) if several else [(target, classes)]
            return np.hstack([labels[:, np.newaxis] == own for labels, own in pairs]).astype(float)
        return target.astype("float64").reshape(len(target), -1)

    def _weights(self, distances: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the weights of neighbors as scikit-learn does: rows at distance 0 count alone."""
        if self.weights == "uniform":  # type: ignore[attr-defined]
            return np.ones_like(distances)
        equal = distances == 0
        with np.errstate(divide="ignore"):
            return np.where(equal.any(axis=1, keepdims=True), equal, 1 / distances)


class CountingNeighborsClassifier(_Counting, KNeighborsClassifier):  # type: ignore[misc]
    """KNeighborsClassifier that finds its number of neighbors."""


class CountingNeighborsRegressor(_Counting, KNeighborsRegressor):  # type: ignore[misc]
    """KNeighborsRegressor that finds its number of neighbors."""


def _is_other_row(neighbors: NDArray[np.intp], rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return a mask of the neighbors that are not the row itself, the same number for each row."""
    is_other: NDArray[np.bool_] = neighbors != rows[:, np.newaxis]
    # Among many equal rows, a row may not be its own neighbor; then the furthest one goes.
    is_other[is_other.all(axis=1), -1] = False
    return is_other


def _errors(
    targets: NDArray[np.float64],
    neighbors: NDArray[np.intp],
    weights: NDArray[np.float64],
    rows: NDArray[np.intp],
) -> NDArray[np.float64]:
    """Return the mean squared error of every number of neighbors, from 1 on."""
    # Cumulative sums hold the averages of every number of neighbors at once.
    total = np.cumsum(weights, axis=1)
    errors = np.zeros(weights.shape[1])
    for target in targets.T:
        predicted = np.cumsum(weights * target[neighbors], axis=1) / total
        errors += ((predicted - target[rows][:, np.newaxis]) ** 2).mean(axis=0)
    return errors
