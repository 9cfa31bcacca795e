"""Predictions for held-out rows: made once, scored, stored, and scored again.

::

    fitted pipeline ◄──once── CachingPredictor ◄── scorer, while a fold is evaluated
                                     │
                                 held_out ──► bank ──► StoredPredictions ◄── scorer, when the
                                                                             winner is chosen

A scorer calls an estimator. So predictions are dressed up as an estimator, before and after (in
`problem.stored`).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from automl.outcome import HeldOut
from automl.problem.labels import Classes


class CachingPredictor(BaseEstimator):  # type: ignore[misc]
    """A fitted pipeline that predicts a table once, and repeats the predictions when asked again.

    The probabilities of a classifier have a column for every class of the data: a training part
    may lack a rare class, and metrics compare columns. Of several targets there is a list of them.

    Parameters
    ----------
    pipeline : Pipeline
        The fitted pipeline.
    classes : ndarray, list of ndarray or None
        The labels of the data, sorted, or those of each target; None for a regression.
    """

    def __init__(self, pipeline: BaseEstimator, classes: Classes | None) -> None:
        self.pipeline = pipeline
        self.classes = classes
        self._cache: dict[str, tuple[Any, Any]] = {}
        # Only a classifier has this attribute, from which scorers take the labels.
        if classes is not None:
            self.classes_ = classes

    def __sklearn_tags__(self) -> Any:
        return self.pipeline.__sklearn_tags__()

    def __getattr__(self, name: str) -> Any:
        # A copy or an unpickled one has no attributes yet, and would look for them here for ever.
        if name in ("pipeline", "_cache"):
            raise AttributeError(name)
        return getattr(self.pipeline, name)

    def __getitem__(self, step: Any) -> Any:
        return self.pipeline[step]

    def predict(self, X: Any) -> NDArray[Any]:
        """Return labels or numbers, shape (n_rows,) or (n_rows, n_outputs)."""
        return np.asarray(self._cached("predict", X))

    def predict_proba(self, X: Any) -> NDArray[np.float64] | list[NDArray[np.float64]]:
        """Return probabilities of shape (n_rows, n_classes), or a list of those of each target."""
        probabilities: NDArray[np.float64] | list[NDArray[np.float64]]
        probabilities = self._cached("predict_proba", X)
        return probabilities

    def held_out(self, X: Any, *, labels: bool) -> HeldOut:
        """Return the predictions for held-out rows as the bank keeps them.

        Probabilities take half of the memory in 32 bits; the bank is limited by memory. Numbers of
        a regression may be large and differ by little, as moments do, so they stay in 64 bits.

        Parameters
        ----------
        X : dataframe
        labels : bool
            Whether the predicted labels count, as where a threshold is tuned. Their probability
            is 1 then.

        Returns
        -------
        ndarray of shape (n_rows, n_classes), (n_rows, n_outputs), or (n_rows, n_labels) with the
        probabilities of several targets side by side
        """
        predictions = self.predictions(X, labels=labels)
        return predictions if self.classes is None else predictions.astype(np.float32)

    def predictions(self, X: Any, *, labels: bool) -> NDArray[np.float64]:
        """Return the predictions for some rows as one table of numbers.

        Parameters
        ----------
        X : dataframe
        labels : bool
            As in `held_out`.

        Returns
        -------
        ndarray
            Of the shapes of `held_out`.
        """
        if self.classes is None:
            return np.asarray(self.predict(X), dtype=np.float64).reshape(len(X), -1)
        if labels:
            return np.asarray(self.predict(X)[:, None] == self.classes, dtype=np.float64)
        probabilities = self.predict_proba(X)
        return np.hstack(probabilities) if isinstance(probabilities, list) else probabilities

    def _cached(self, method: str, X: Any) -> Any:
        # Tables are told apart by identity, for comparing their cells would take longer.
        if method not in self._cache or self._cache[method][0] is not X:
            self._cache[method] = X, self._predict(method, X)
        return self._cache[method][1]

    def _predict(self, method: str, X: Any) -> Any:
        predictions = getattr(self.pipeline, method)(X)
        if method != "predict_proba" or self.classes is None:
            return predictions
        classes = self.pipeline.classes_
        if isinstance(self.classes, list):
            parts = zip(predictions, classes, self.classes, strict=True)
            return [_completed(*part) for part in parts]
        return _completed(predictions, classes, self.classes)


def _completed(
    predictions: NDArray[Any], learnt: NDArray[Any], classes: NDArray[Any]
) -> NDArray[np.float64]:
    """Return probabilities of all classes: one that the training part lacks has 0."""
    probabilities = np.zeros((len(predictions), len(classes)))
    probabilities[:, np.searchsorted(classes, learnt)] = predictions
    return probabilities
