"""Many tables that are predicted at once: most models take hardly longer for more rows."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.metaestimators import available_if


def _has(method: str) -> Callable[["TablesPredictor"], bool]:
    return lambda tables: hasattr(tables.predictor, method)


class TablesPredictor(BaseEstimator):  # type: ignore[misc]
    """A fitted predictor that predicts all of some tables when it is asked for the first of them.

    Scorers call it as they would call the predictor.

    Parameters
    ----------
    predictor : Pipeline
    tables : sequence of DataFrame
        Of as many rows each.
    """

    def __init__(self, predictor: Any, tables: Sequence[pd.DataFrame]) -> None:
        self.predictor = predictor
        self.tables = tables
        self._predictions: dict[str, Any] = {}

    def __sklearn_tags__(self) -> Any:
        return self.predictor.__sklearn_tags__()

    def __getattr__(self, name: str) -> Any:
        # A copy has no attributes yet, and would look for them here for ever.
        if name in ("predictor", "tables", "_predictions"):
            raise AttributeError(name)
        return getattr(self.predictor, name)

    @available_if(_has("predict"))  # type: ignore[untyped-decorator]
    def predict(self, X: Any) -> Any:
        """Return labels or numbers."""
        return self._predicted("predict", X)

    @available_if(_has("predict_proba"))  # type: ignore[untyped-decorator]
    def predict_proba(self, X: Any) -> Any:
        """Return probabilities."""
        return self._predicted("predict_proba", X)

    @available_if(_has("decision_function"))  # type: ignore[untyped-decorator]
    def decision_function(self, X: Any) -> Any:
        """Return distances from the boundary between classes."""
        return self._predicted("decision_function", X)

    def _predicted(self, method: str, X: Any) -> Any:
        places = [place for place, table in enumerate(self.tables) if table is X]
        if not places:  # a scorer has changed the rows
            return getattr(self.predictor, method)(X)
        if method not in self._predictions:
            rows = pd.concat(self.tables, ignore_index=True)
            self._predictions[method] = getattr(self.predictor, method)(rows)
        predictions = self._predictions[method]
        part = slice(places[0] * len(X), (places[0] + 1) * len(X))
        if isinstance(predictions, list):  # of several targets
            return [target[part] for target in predictions]
        return predictions[part]
