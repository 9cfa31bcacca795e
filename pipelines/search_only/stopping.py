"""XGBoost with early stopping on rows of its own, for the time of the search.

The winner is fitted on all rows with the number of rounds that was found, by plain XGBoost, so no
exported script needs these classes.
"""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import is_classifier
from xgboost import XGBRegressor

from automl.pipelines.carried.boosting import LabelXGBClassifier

HELD_OUT = 0.1  # as HistGradientBoosting and MLP do


class Stopping:
    """Hold out a tenth of the training rows and stop when they no longer gain.

    It goes before a class of boosted trees that takes early stopping from its parameters.
    """

    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit to nine tenths of the rows; dataframes, which may hold categories, stay such."""
        X, y = X if hasattr(X, "iloc") else np.asarray(X), np.asarray(y)
        weight = np.ones(len(y)) if sample_weight is None else np.asarray(sample_weight)
        held = self._held_out(y)
        watched = self._watching(X[held], y[held], weight[held])
        super().fit(X[~held], y[~held], sample_weight=weight[~held], **watched)  # type: ignore[misc]
        return self

    def _watching(self, X: Any, y: NDArray[Any], weight: NDArray[Any]) -> dict[str, Any]:
        """Return the arguments by which the class's `fit` is told what to watch."""
        raise NotImplementedError

    def _held_out(self, y: NDArray[Any]) -> NDArray[np.bool_]:
        seed = self.get_params().get("random_state")  # type: ignore[attr-defined]
        held = np.random.default_rng(seed).uniform(size=len(y)) < HELD_OUT
        if is_classifier(self):  # every class has to be trained on
            held[np.unique(y, return_index=True)[1]] = False
        return held


class _StoppingXGB(Stopping):
    best_iteration: int

    @property
    def n_iter_(self) -> int:
        """The number of rounds that are used."""
        return self.best_iteration + 1

    def _watching(self, X: Any, y: NDArray[Any], weight: NDArray[Any]) -> dict[str, Any]:
        return {"eval_set": [(X, y)], "sample_weight_eval_set": [weight], "verbose": False}


class StoppingXGBClassifier(_StoppingXGB, LabelXGBClassifier):  # type: ignore[misc]
    """XGBClassifier for any labels, with early stopping."""


class StoppingXGBRegressor(_StoppingXGB, XGBRegressor):  # type: ignore[misc]
    """XGBRegressor with early stopping."""
