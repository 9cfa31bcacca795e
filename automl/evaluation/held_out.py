"""Predictions for held-out rows: asked for once, scored, kept, and scored again."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin


class AskedOnce(BaseEstimator):  # type: ignore[misc]
    """A fitted pipeline that predicts one table once, however often its predictions are wanted.

    The probabilities of a classifier have a column for every class of the data: a training part
    may lack a rare class, and metrics compare columns.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted.
    classes : ndarray or None
        The labels of the data, sorted; None for a regression.
    """

    def __init__(self, pipeline: BaseEstimator, classes: NDArray[Any] | None) -> None:
        self.pipeline = pipeline
        self.classes = classes
        self._known: dict[str, tuple[Any, NDArray[Any]]] = {}
        if classes is not None:
            self.classes_ = classes

    def __sklearn_tags__(self) -> Any:
        return self.pipeline.__sklearn_tags__()

    def __getattr__(self, name: str) -> Any:
        if name in ("pipeline", "_known"):
            raise AttributeError(name)
        return getattr(self.pipeline, name)

    def __getitem__(self, step: Any) -> Any:
        return self.pipeline[step]

    def predict(self, X: Any) -> NDArray[Any]:
        """Return labels or numbers, shape (n_rows,) or (n_rows, n_outputs)."""
        return self._once("predict", X)

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return probabilities of shape (n_rows, n_classes)."""
        return self._once("predict_proba", X)

    def held_out(self, X: Any, *, labels: bool) -> NDArray[np.float32]:
        """Return what is kept of the predictions for held-out rows.

        Parameters
        ----------
        X : dataframe
        labels : bool
            Whether the predicted labels count, as where a threshold is tuned: their probability
            is 1 then.

        Returns
        -------
        ndarray of shape (n_rows, n_classes) or (n_rows, n_outputs)
        """
        if self.classes is None:
            return np.asarray(self.predict(X), dtype=np.float32).reshape(len(X), -1)
        if labels:
            return np.asarray(self.predict(X)[:, None] == self.classes, dtype=np.float32)
        return self.predict_proba(X).astype(np.float32)

    def _once(self, method: str, X: Any) -> NDArray[Any]:
        if method not in self._known or self._known[method][0] is not X:
            self._known[method] = X, self._ask(method, X)
        return self._known[method][1]

    def _ask(self, method: str, X: Any) -> NDArray[Any]:
        found = np.asarray(getattr(self.pipeline, method)(X))
        if method != "predict_proba" or self.classes is None:
            return found
        probabilities = np.zeros((len(X), len(self.classes)))
        probabilities[:, np.searchsorted(self.classes, self.pipeline.classes_)] = found
        return probabilities


class Kept(BaseEstimator):  # type: ignore[misc]
    """What scorers see of predictions that were kept: an estimator that repeats them.

    Parameters
    ----------
    predictions : ndarray of shape (n_rows, n_classes) or (n_rows, n_outputs)
    """

    def __init__(self, predictions: NDArray[Any]) -> None:
        self.predictions = predictions

    def __sklearn_is_fitted__(self) -> bool:
        return True


class KeptNumbers(RegressorMixin, Kept):  # type: ignore[misc]
    """Predictions of a regression."""

    def predict(self, X: Any) -> NDArray[Any]:
        """Return numbers of shape (n_rows,) or (n_rows, n_outputs)."""
        values = self.predictions
        return values[:, 0] if values.shape[1] == 1 else values


class KeptClasses(ClassifierMixin, Kept):  # type: ignore[misc]
    """Predictions of a classification.

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
