"""AutoGluon: bagged and stacked models of a portfolio that was learned beforehand."""

# /// script
# requires-python = "==3.11.*"
# dependencies = [
#     "autogluon.tabular[lightgbm,xgboost,catboost,ray]==1.6.3", "torch", "pyarrow",
# ]
# ///

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
from autogluon.tabular import TabularPredictor

from benchmarks.adapters.adapter import Predictions, Settings
from benchmarks.adapters.frames import folder_mib, numbers
from benchmarks.tasks.task import Kind

METRICS = {
    Kind.BINARY: "roc_auc",
    Kind.MULTICLASS: "log_loss",
    Kind.REGRESSION: "root_mean_squared_error",
}
MODELS = Path("models")


class AutoGluonMedium:
    """Its default preset."""

    preparation = "none"
    presets = "medium_quality"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> None:
        """Fit for the whole budget."""
        # The name of a socket has room for a hundred characters: below the folder of a job, Ray
        # fails to start, waits for a minute and says nothing.
        self.sockets_ = TemporaryDirectory(prefix="ray-", dir="/tmp", ignore_cleanup_errors=True)
        os.environ["RAY_TMPDIR"] = self.sockets_.name
        self.search_ = TabularPredictor(
            label=str(y.name),
            problem_type=self.settings.kind.value,
            eval_metric=METRICS[self.settings.kind],
            path=str(MODELS),
            verbosity=0,
        ).fit(
            pd.concat([X, y], axis="columns"),
            time_limit=self.settings.budget,
            presets=self.presets,
            num_cpus=self.settings.jobs,
            num_gpus=0,
        )

    def predict(self, X: pd.DataFrame) -> Predictions:
        """Predict numbers or probabilities."""
        if not self.settings.kind.is_classification:
            return numbers(self.search_.predict(X))
        table = self.search_.predict_proba(X)
        return Predictions(table.to_numpy("float64"), table.columns.tolist())

    def extras(self, X: pd.DataFrame, folder: Path) -> dict[str, Any]:
        """Return how many models there are and what they take."""
        return {
            "pipelines": len(self.search_.model_names()),
            "model_mib": folder_mib(MODELS),
            "best_pipeline": str(self.search_.model_best),
        }


class AutoGluonBest(AutoGluonMedium):
    """Its strongest preset that needs no accelerator."""

    presets = "best_quality"
