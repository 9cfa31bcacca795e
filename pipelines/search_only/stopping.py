"""XGBoost with early stopping on held-out rows of its own, for the time of the search.

::

    training part ──► nine tenths: fit ──► rounds without gain ──► stop ──► n_iter_
                  └─► a tenth: watched ────────────┘

The watched rows are spread over the whole range of the target. The lower the learning rate is, the
more rounds without gain it takes to stop, because each of them moves the predictions less.

The winner is fitted on all rows by plain XGBoost with that number of rounds, so no exported script
needs these classes.
"""

from math import ceil
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import is_classifier
from xgboost import XGBRegressor

from automl.pipelines.carried.boosting import LabelXGBClassifier

HELD_OUT = 10  # every tenth row, as in scikit-learn's HistGradientBoosting and MLP
# The learning rates of the rounds without gain that stop a fit add up to this: 30 rounds at 0.1.
WITHOUT_GAIN = 3.0
FEWEST_ROUNDS, MOST_ROUNDS = 20, 300  # without gain, whatever the learning rate is
USUAL_RATE = 0.1  # where the learning rate is left to the library


class Stopping:
    """Hold out a tenth of the training rows, and stop when their loss no longer falls.

    It is a base class beside a class of boosted trees.
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
        held_out = self._held_out(y, weight)
        watched = self._watching(X[held_out], y[held_out], weight[held_out])
        super().fit(  # type: ignore[misc]
            X[~held_out], y[~held_out], sample_weight=weight[~held_out], **watched
        )
        return self

    def _watching(self, X: Any, y: NDArray[Any], weight: NDArray[Any]) -> dict[str, Any]:
        """Return the arguments of the class's `fit` that name the rows to watch."""
        raise NotImplementedError

    def _without_gain(self) -> int:
        """Return the rounds without gain after which the fit stops."""
        rate = self.get_params().get("learning_rate") or USUAL_RATE  # type: ignore[attr-defined]
        return int(np.clip(ceil(WITHOUT_GAIN / rate), FEWEST_ROUNDS, MOST_ROUNDS))

    def _held_out(self, y: NDArray[Any], weight: NDArray[Any] | None = None) -> NDArray[np.bool_]:
        """Return a mask of the held-out rows: every tenth in the order of their targets.

        Raises
        ------
        ValueError
            If no row can be spared: all are the first of their classes, or have no weight.
        """
        seed = self.get_params().get("random_state")  # type: ignore[attr-defined]
        rng = np.random.default_rng(seed)
        target = np.unique(y if y.ndim == 1 else y[:, 0], return_inverse=True)[1]
        spared = np.ones(len(y), dtype=bool) if weight is None else weight > 0
        if is_classifier(self):  # a class without training rows would be missing from the model
            spared[np.unique(y, return_index=True)[1]] = False
        in_order = np.lexsort((rng.uniform(size=len(y)), target))
        in_order = in_order[spared[in_order]]
        if not len(in_order):
            raise ValueError("no row is left to say when to stop; take a model that is not stopped")
        held_out = np.zeros(len(y), dtype=bool)
        held_out[in_order[rng.integers(min(HELD_OUT, len(in_order))) :: HELD_OUT]] = True
        return held_out


class _StoppingXGB(Stopping):
    best_iteration: int

    @property
    def n_iter_(self) -> int:
        """The number of rounds with the smallest loss."""
        return self.best_iteration + 1

    def _watching(self, X: Any, y: NDArray[Any], weight: NDArray[Any]) -> dict[str, Any]:
        self.early_stopping_rounds = self._without_gain()  # no argument of `fit`
        return {"eval_set": [(X, y)], "sample_weight_eval_set": [weight], "verbose": False}


class StoppingXGBClassifier(_StoppingXGB, LabelXGBClassifier):  # type: ignore[misc]
    """XGBClassifier for any labels, with early stopping."""


class StoppingXGBRegressor(_StoppingXGB, XGBRegressor):  # type: ignore[misc]
    """XGBRegressor with early stopping."""
