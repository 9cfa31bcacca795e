"""Predictions that are there already, dressed up as an estimator: scorers call one."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin


class StoredPredictions(BaseEstimator):  # type: ignore[misc]
    """An estimator that repeats stored predictions, so that scorers can score them.

    Parameters
    ----------
    predictions : ndarray of shape (n_rows, n_classes) or (n_rows, n_outputs)
    """

    def __init__(self, predictions: NDArray[Any]) -> None:
        self.predictions = predictions

    def __sklearn_is_fitted__(self) -> bool:
        return True


class StoredNumbers(RegressorMixin, StoredPredictions):  # type: ignore[misc]
    """Stored predictions of a regression."""

    def predict(self, X: Any) -> NDArray[Any]:
        """Return numbers of shape (n_rows,) or (n_rows, n_outputs)."""
        values = self.predictions
        return values[:, 0] if values.shape[1] == 1 else values


class StoredProbabilities(ClassifierMixin, StoredPredictions):  # type: ignore[misc]
    """Stored predictions of a classification.

    Parameters
    ----------
    predictions : ndarray of shape (n_rows, n_classes)
    classes : ndarray of shape (n_classes,)
    """

    def __init__(self, predictions: NDArray[Any], classes: NDArray[Any]) -> None:
        super().__init__(predictions)
        self.classes = classes
        self.classes_ = classes

    def predict_proba(self, X: Any) -> NDArray[Any]:
        """Return probabilities of shape (n_rows, n_classes)."""
        return self.predictions

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the labels of the greatest probabilities, shape (n_rows,)."""
        return np.asarray(self.classes[self.predictions.argmax(axis=1)])
