"""GAMA: asynchronous evolution of pipelines, with an ensemble of what it found."""

# /// script
# requires-python = "==3.11.*"
# dependencies = [
#     "gama==23.0.0.post1", "numpy<2", "pandas<2.2", "scipy<1.12", "setuptools<81", "pyarrow<20",
# ]
# ///

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from gama import GamaClassifier, GamaRegressor

from benchmarks.adapters.adapter import Predictions, Settings
from benchmarks.adapters.frames import as_categories, like, numbered, predicted
from benchmarks.tasks.task import Kind

SCORING = {
    Kind.BINARY: "roc_auc",
    Kind.MULTICLASS: "neg_log_loss",
    Kind.REGRESSION: "neg_mean_squared_error",
}


class GAMA:
    """Its search with the preset for performance."""

    preparation = "texts as categories, labels numbered"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> None:
        """Search for the whole budget."""
        kind = self.settings.kind
        search = GamaClassifier if kind.is_classification else GamaRegressor
        y, self.classes_ = numbered(y) if kind.is_classification else (y, [])
        self.frame_ = as_categories(X)
        self.search_ = search(
            scoring=SCORING[kind],
            preset="performance",
            max_total_time=int(self.settings.budget),
            n_jobs=self.settings.jobs,
            random_state=self.settings.seed,
            store="nothing",
        )
        self.search_.fit(self.frame_, y)

    def predict(self, X: pd.DataFrame) -> Predictions:
        """Predict numbers or probabilities."""
        return predicted(self.search_, like(X, self.frame_), self.classes_)

    def extras(self, X: pd.DataFrame, folder: Path) -> dict[str, Any]:
        """Return nothing: it does not say how many pipelines there were."""
        return {}
