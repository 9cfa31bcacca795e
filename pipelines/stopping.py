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


class _Stopping:
    """Hold out a tenth of the training rows and stop when they no longer gain."""

    random_state: int
    best_iteration: int

    def fit(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        X, y = np.asarray(X), np.asarray(y)
        weight = np.ones(len(y)) if sample_weight is None else np.asarray(sample_weight)
        held = self._held_out(y)
        super().fit(  # type: ignore[misc]
            X[~held],
            y[~held],
            sample_weight=weight[~held],
            eval_set=[(X[held], y[held])],
            sample_weight_eval_set=[weight[held]],
            verbose=False,
        )
        self.n_iter_ = self.best_iteration + 1
        return self

    def _held_out(self, y: NDArray[Any]) -> NDArray[np.bool_]:
        held = np.random.default_rng(self.random_state).uniform(size=len(y)) < HELD_OUT
        if is_classifier(self):  # every class has to be trained on
            held[np.unique(y, return_index=True)[1]] = False
        return held


class StoppingXGBClassifier(_Stopping, LabelXGBClassifier):  # type: ignore[misc]
    """XGBClassifier for any labels, with early stopping."""


class StoppingXGBRegressor(_Stopping, XGBRegressor):  # type: ignore[misc]
    """XGBRegressor with early stopping."""
