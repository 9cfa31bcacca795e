"""Histogram gradient boosting with default settings."""

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.pipeline import make_pipeline

from benchmarks.adapters.plain import Estimator, PlainAdapter, encode_categories


class HistGradientBoosting(PlainAdapter):
    """It takes gaps as they are; its threads are those of the cores that it is given."""

    preparation = "categories as ordinals, empty columns dropped"

    def make_estimator(self, X: pd.DataFrame) -> Estimator:
        """Return the booster behind the least preparation."""
        is_classification = self.settings.kind.is_classification
        booster = (
            HistGradientBoostingClassifier if is_classification else HistGradientBoostingRegressor
        )
        return make_pipeline(
            # A new category is missing then, which the trees know what to do with.
            encode_categories(X, unknown=np.nan),
            booster(random_state=self.settings.seed),
        )
