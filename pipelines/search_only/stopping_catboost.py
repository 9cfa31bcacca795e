"""CatBoost with early stopping on held-out rows of its own."""

from typing import Any

from catboost import Pool
from numpy.typing import NDArray

from automl.pipelines.carried.catboost import FrameCatBoostClassifier, FrameCatBoostRegressor
from automl.pipelines.search_only.stopping import Stopping


class _StoppingCatBoost(Stopping):
    tree_count_: int

    @property
    def n_iter_(self) -> int:
        """The number of rounds with the smallest loss; CatBoost drops later ones."""
        return self.tree_count_

    def _watching(self, X: Any, y: NDArray[Any], weight: NDArray[Any]) -> dict[str, Any]:
        # CatBoost checks the watched rows as it checks training rows, so they need the same names.
        names = list(X.select_dtypes("category")) if hasattr(X, "columns") else None
        texts = self.as_texts(X)  # type: ignore[attr-defined]
        pool = Pool(texts, y, cat_features=names, weight=weight)
        return {"eval_set": pool, "early_stopping_rounds": self._without_gain()}


class StoppingCatBoostClassifier(_StoppingCatBoost, FrameCatBoostClassifier):  # type: ignore[misc]
    """CatBoostClassifier with early stopping."""


class StoppingCatBoostRegressor(_StoppingCatBoost, FrameCatBoostRegressor):  # type: ignore[misc]
    """CatBoostRegressor with early stopping."""
