"""FLAML: cost-frugal search over boosted trees, forests and linear models."""

# /// script
# requires-python = "==3.11.*"
# dependencies = ["flaml[automl]==2.7.0", "pandas", "pyarrow"]
# ///

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from flaml import AutoML

from benchmarks.adapters.adapter import Predictions, Settings
from benchmarks.adapters.frames import MIB, as_categories, like, numbers
from benchmarks.tasks.task import Kind

METRICS = {Kind.BINARY: "roc_auc", Kind.MULTICLASS: "log_loss", Kind.REGRESSION: "rmse"}
LOG = "flaml.log"  # a line for every trial


class FLAML:
    """The best single model."""

    preparation = "texts as categories"
    ensemble = False

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.search_ = AutoML()

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> None:
        """Search for the whole budget."""
        self.frame_ = as_categories(X)
        kind = self.settings.kind
        self.search_.fit(
            self.frame_,
            y,
            task=kind.word,
            metric=METRICS[kind],
            time_budget=self.settings.budget,
            n_jobs=self.settings.jobs,
            seed=self.settings.seed,
            ensemble=self.ensemble,
            log_file_name=LOG,
            log_type="all",
            verbose=0,
        )

    def predict(self, X: pd.DataFrame) -> Predictions:
        """Predict numbers or probabilities."""
        X = like(X, self.frame_)
        if not self.settings.kind.is_classification:
            return numbers(self.search_.predict(X))
        values = np.asarray(self.search_.predict_proba(X), dtype=np.float64)
        return Predictions(values, np.asarray(self.search_.classes_).tolist())

    def extras(self, X: pd.DataFrame, folder: Path) -> dict[str, Any]:
        """Return how many models there were and what the last one takes."""
        return {
            "pipelines": len(Path(LOG).read_text("utf-8").splitlines()),
            "model_mib": len(pickle.dumps(self.search_.model)) / MIB,
            "best_pipeline": f"{self.search_.best_estimator} {self.search_.best_config}",
        }


class FLAMLEnsemble(FLAML):
    """Its stacked ensemble."""

    ensemble = True
