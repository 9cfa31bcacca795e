"""auto-sklearn: Bayesian search warm-started from other data sets, with an ensemble."""

# /// script
# requires-python = "==3.9.*"
# dependencies = [
#     "auto-sklearn==0.15.0", "numpy<1.24", "pandas<2", "scipy<1.10", "setuptools<60", "swig",
#     "pyarrow<20",
# ]
# ///

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pandas as pd
from autosklearn.classification import AutoSklearnClassifier
from autosklearn.metrics import log_loss, roc_auc, root_mean_squared_error
from autosklearn.regression import AutoSklearnRegressor

from benchmarks.adapters.adapter import Predictions, Settings
from benchmarks.adapters.frames import MIB, as_categories, like, numbered, predicted
from benchmarks.tasks.task import Kind

METRICS = {
    Kind.BINARY: roc_auc,
    Kind.MULTICLASS: log_loss,
    Kind.REGRESSION: root_mean_squared_error,
}
LEAST_SECONDS = 30  # it refuses less


class AutoSklearn:
    """Its search with default settings."""

    preparation = "texts as categories, labels numbered; 30 s at least"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> None:
        """Search for the whole budget."""
        kind = self.settings.kind
        search = AutoSklearnClassifier if kind.is_classification else AutoSklearnRegressor
        y, self.classes_ = numbered(y) if kind.is_classification else (y, [])
        self.frame_ = as_categories(X)
        self.search_ = search(
            time_left_for_this_task=max(LEAST_SECONDS, int(self.settings.budget)),
            metric=METRICS[kind],
            n_jobs=self.settings.jobs,
            seed=self.settings.seed,
        ).fit(self.frame_, y)

    def predict(self, X: pd.DataFrame) -> Predictions:
        """Predict numbers or probabilities."""
        return predicted(self.search_, like(X, self.frame_), self.classes_)

    def extras(self, X: pd.DataFrame, folder: Path) -> dict[str, Any]:
        """Return how many pipelines there were and what the ensemble takes."""
        return {
            "pipelines": len(self.search_.cv_results_["status"]),
            "model_mib": len(pickle.dumps(self.search_.automl_.models_)) / MIB,
        }
