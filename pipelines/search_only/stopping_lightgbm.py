"""LightGBM with early stopping on held-out rows of its own."""

import warnings
from typing import Any, Self

from lightgbm import LGBMClassifier, LGBMRegressor, early_stopping
from numpy.typing import ArrayLike, NDArray

from automl.pipelines.search_only.stopping import Stopping


class _StoppingLGBM(Stopping):
    best_iteration_: int

    @property
    def n_iter_(self) -> int:
        """The number of rounds with the smallest loss; the class's own counts later ones, too."""
        return self.best_iteration_

    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit to nine tenths of the rows."""
        # `eval_X`, the successor of `eval_set` in LightGBM 4.7, takes codes of labels only.
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "The argument 'eval_set' is deprecated")
            return super().fit(X, y, sample_weight)

    def _watching(self, X: Any, y: NDArray[Any], weight: NDArray[Any]) -> dict[str, Any]:
        stop = early_stopping(self._without_gain(), verbose=False)
        return {"eval_set": [(X, y)], "eval_sample_weight": [weight], "callbacks": [stop]}


class StoppingLGBMClassifier(_StoppingLGBM, LGBMClassifier):  # type: ignore[misc]
    """LGBMClassifier with early stopping."""


class StoppingLGBMRegressor(_StoppingLGBM, LGBMRegressor):  # type: ignore[misc]
    """LGBMRegressor with early stopping."""
