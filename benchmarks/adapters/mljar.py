"""mljar-supervised: steps from simple models to ensembles."""

# /// script
# requires-python = "==3.11.*"
# dependencies = ["mljar-supervised==1.3.2", "pyarrow"]
# ///

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from supervised.automl import AutoML

from benchmarks.adapters.adapter import Predictions, Settings
from benchmarks.adapters.frames import folder_mib, numbers
from benchmarks.tasks.task import Kind

TASKS = {
    Kind.BINARY: ("binary_classification", "auc"),
    Kind.MULTICLASS: ("multiclass_classification", "logloss"),
    Kind.REGRESSION: ("regression", "rmse"),
}
RESULTS = Path("results")
PREFIX = "prediction_"


class Mljar:
    """Its mode for competitions."""

    preparation = "none"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> None:
        """Search for the whole budget."""
        task, metric = TASKS[self.settings.kind]
        self.labels_ = {str(label): label for label in y.unique().tolist()}
        self.search_ = AutoML(
            results_path=str(RESULTS),
            total_time_limit=int(self.settings.budget),
            mode="Compete",
            ml_task=task,
            eval_metric=metric,
            n_jobs=self.settings.jobs,
            random_state=self.settings.seed,
            verbose=0,
        )
        self.search_.fit(X, y)

    def predict(self, X: pd.DataFrame) -> Predictions:
        """Predict numbers or probabilities."""
        if not self.settings.kind.is_classification:
            return numbers(self.search_.predict(X))
        table = self.search_.predict_all(X)
        names = [name for name in table.columns if str(name).startswith(PREFIX)]
        classes = [self.labels_[name.removeprefix(PREFIX)] for name in names]
        return Predictions(table[names].to_numpy("float64"), classes)

    def extras(self, X: pd.DataFrame, folder: Path) -> dict[str, Any]:
        """Return how many models there are and what they take."""
        return {
            "pipelines": len(self.search_.get_leaderboard()),
            "model_mib": folder_mib(RESULTS),
        }
