"""Predictions that are there already, dressed up as an estimator: scorers call one."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

from automl.problem.labels import Classes


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


class StoredSeveral(ClassifierMixin, StoredPredictions):  # type: ignore[misc]
    """Stored predictions of several targets of classes.

    Parameters
    ----------
    predictions : ndarray of shape (n_rows, n_labels)
        The probabilities of the labels of all targets, side by side.
    classes : list of ndarray of shape (n_classes,)
    """

    def __init__(self, predictions: NDArray[Any], classes: list[NDArray[Any]]) -> None:
        super().__init__(predictions)
        self.classes = classes
        self.classes_ = classes

    def predict_proba(self, X: Any) -> list[NDArray[Any]]:
        """Return probabilities of shape (n_rows, n_classes) for each target."""
        return split_targets(self.predictions, self.classes)

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the labels of the greatest probabilities, shape (n_rows, n_outputs)."""
        pairs = zip(self.classes, self.predict_proba(X), strict=True)
        return np.column_stack([own[part.argmax(axis=1)] for own, part in pairs])


def split_targets(predictions: NDArray[Any], classes: list[NDArray[Any]]) -> list[NDArray[Any]]:
    """Return the probabilities of each target.

    Parameters
    ----------
    predictions : ndarray of shape (n_rows, n_labels)
        Those of all targets, side by side.
    classes : list of ndarray of shape (n_classes,)
    """
    ends = np.cumsum([len(own) for own in classes])[:-1]
    return np.split(predictions, ends, axis=1)


def stored(predictions: NDArray[Any], classes: Classes | None) -> StoredPredictions:
    """Return an estimator that repeats predictions.

    Parameters
    ----------
    predictions : ndarray of shape (n_rows, n_classes), (n_rows, n_labels) or (n_rows, n_outputs)
    classes : ndarray, list of ndarray or None
        The labels of one target or of several; None for numbers.
    """
    if classes is None:
        return StoredNumbers(predictions)
    if isinstance(classes, list):
        return StoredSeveral(predictions, classes)
    return StoredProbabilities(predictions, classes)
