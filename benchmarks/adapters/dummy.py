"""The constant prediction: what a tool without any idea would say."""

import pandas as pd
from sklearn.dummy import DummyClassifier, DummyRegressor

from benchmarks.adapters.plain import Estimator, PlainAdapter


class Dummy(PlainAdapter):
    """The class shares or the mean of the training rows."""

    def make_estimator(self, X: pd.DataFrame) -> Estimator:
        """Return a dummy."""
        if self.settings.kind.is_classification:
            return DummyClassifier(strategy="prior")
        return DummyRegressor(strategy="mean")
