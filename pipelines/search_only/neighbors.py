"""Nearest neighbors that find their number by themselves, for the time of the search.

One query for many neighbors tells what every smaller number of them would have predicted, each row
left out of its own neighbors; so the number costs no fits. The winner is a plain class of
scikit-learn with the number that was found, so no exported script needs these classes.
"""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import is_classifier
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

MOST_NEIGHBORS = 200
MOST_QUERIES = 2_000  # rows that are left out in turn; a number needs no more to be found


class _Counting:
    """Find the number of neighbors of the smallest squared error, leaving one row out at a time."""

    n_neighbors_: int

    def fit(self, X: Any, y: ArrayLike) -> Self:
        """Fit, and find the number of neighbors."""
        super().fit(X, y)  # type: ignore[misc]
        n_rows = self.n_samples_fit_  # type: ignore[attr-defined]
        most = min(MOST_NEIGHBORS, n_rows - 1)
        if most < 1:
            raise ValueError(f"expected two rows or more to find neighbors in, got {n_rows}")
        X = getattr(X, "iloc", X)
        rows = np.unique(np.linspace(0, n_rows - 1, min(MOST_QUERIES, n_rows)).astype(int))
        distances, neighbors = self.kneighbors(X[rows], most + 1)  # type: ignore[attr-defined]
        others = _others(neighbors, rows)
        shape = len(rows), most
        distances, neighbors = distances[others].reshape(shape), neighbors[others].reshape(shape)
        errors = _errors(self._targets(y), neighbors, self._weights(distances), rows)
        self.n_neighbors_ = self.n_neighbors = int(errors.argmin()) + 1
        return self

    def _targets(self, y: ArrayLike) -> NDArray[np.float64]:
        """Return what is averaged over neighbors: numbers, or a column of ones for each class."""
        target = np.asarray(y)
        if is_classifier(self):
            classes: NDArray[Any] = self.classes_  # type: ignore[attr-defined]
            return np.asarray(target[:, np.newaxis] == classes, dtype="float64")
        return target.astype("float64").reshape(len(target), -1)

    def _weights(self, distances: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the weights of neighbors, as scikit-learn has them: equal rows count alone."""
        if self.weights == "uniform":  # type: ignore[attr-defined]
            return np.ones_like(distances)
        equal = distances == 0
        with np.errstate(divide="ignore"):
            return np.where(equal.any(axis=1, keepdims=True), equal, 1 / distances)


class CountingNeighborsClassifier(_Counting, KNeighborsClassifier):  # type: ignore[misc]
    """KNeighborsClassifier that finds its number of neighbors."""


class CountingNeighborsRegressor(_Counting, KNeighborsRegressor):  # type: ignore[misc]
    """KNeighborsRegressor that finds its number of neighbors."""


def _others(neighbors: NDArray[np.intp], rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Tell the neighbors other than the row itself, the same number for each row."""
    others: NDArray[np.bool_] = neighbors != rows[:, np.newaxis]
    others[others.all(axis=1), -1] = False  # among many equal rows, it may not be its own
    return others


def _errors(
    targets: NDArray[np.float64],
    neighbors: NDArray[np.intp],
    weights: NDArray[np.float64],
    rows: NDArray[np.intp],
) -> NDArray[np.float64]:
    """Return the squared error of every number of neighbors, from 1 on."""
    total = np.cumsum(weights, axis=1)
    errors = np.zeros(weights.shape[1])
    for target in targets.T:
        predicted = np.cumsum(weights * target[neighbors], axis=1) / total
        errors += ((predicted - target[rows][:, np.newaxis]) ** 2).mean(axis=0)
    return errors
