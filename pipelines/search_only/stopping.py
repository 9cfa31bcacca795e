"""XGBoost with early stopping on held-out rows of its own, for the time of the search.

::

    training part ──► nine tenths: fit ──► rounds without gain ──► stop ──► n_iter_
                  └─► a tenth: watched ────────────┘

The winner is fitted on all rows by plain XGBoost with that number of rounds, so no exported script
needs these classes.
"""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import is_classifier
from xgboost import XGBRegressor

from automl.pipelines.carried.boosting import LabelXGBClassifier

HELD_OUT = 0.1  # share of rows, as in scikit-learn's HistGradientBoosting and MLP


class Stopping:
    """Hold out a tenth of the training rows, and stop when their loss no longer falls.

    It is a base class beside a class of boosted trees whose parameters ask for early stopping.
    """

    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit to nine tenths of the rows.

        Parameters
        ----------
        X : DataFrame or array of shape (n_rows, n_columns)
            A dataframe stays one, because it may hold categories.
        y : array of shape (n_rows,) or (n_rows, n_outputs)
        sample_weight : array of shape (n_rows,), optional
            The held-out rows are weighted, too.
        """
        X, y = X if hasattr(X, "iloc") else np.asarray(X), np.asarray(y)
        weight = np.ones(len(y)) if sample_weight is None else np.asarray(sample_weight)
        held_out = self._held_out(y)
        watched = self._watching(X[held_out], y[held_out], weight[held_out])
        super().fit(  # type: ignore[misc]
            X[~held_out], y[~held_out], sample_weight=weight[~held_out], **watched
        )
        return self

    def _watching(self, X: Any, y: NDArray[Any], weight: NDArray[Any]) -> dict[str, Any]:
        """Return the arguments of the class's `fit` that name the rows to watch."""
        raise NotImplementedError

    def _held_out(self, y: NDArray[Any]) -> NDArray[np.bool_]:
        """Return a mask of the held-out rows."""
        seed = self.get_params().get("random_state")  # type: ignore[attr-defined]
        held_out = np.random.default_rng(seed).uniform(size=len(y)) < HELD_OUT
        if is_classifier(self):  # a class without training rows would be missing from the model
            held_out[np.unique(y, return_index=True)[1]] = False
        return held_out


class _StoppingXGB(Stopping):
    best_iteration: int

    @property
    def n_iter_(self) -> int:
        """The number of rounds with the smallest loss."""
        return self.best_iteration + 1

    def _watching(self, X: Any, y: NDArray[Any], weight: NDArray[Any]) -> dict[str, Any]:
        return {"eval_set": [(X, y)], "sample_weight_eval_set": [weight], "verbose": False}


class StoppingXGBClassifier(_StoppingXGB, LabelXGBClassifier):  # type: ignore[misc]
    """XGBClassifier for any labels, with early stopping."""


class StoppingXGBRegressor(_StoppingXGB, XGBRegressor):  # type: ignore[misc]
    """XGBRegressor with early stopping."""
