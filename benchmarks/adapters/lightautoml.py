"""LightAutoML: a fixed plan of linear models and boosted trees, tuned and blended."""

# /// script
# requires-python = "==3.11.*"
# dependencies = ["lightautoml==0.4.2", "pyarrow"]
# ///

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from lightautoml.automl.presets.tabular_presets import TabularAutoML
from lightautoml.tasks import Task

from benchmarks.adapters.adapter import Predictions, Settings
from benchmarks.adapters.frames import MIB, numbered, numbers
from benchmarks.tasks.task import Kind

TASKS = {
    Kind.BINARY: ("binary", "auc"),
    Kind.MULTICLASS: ("multiclass", "crossentropy"),
    Kind.REGRESSION: ("reg", "mse"),
}


class LightAutoML:
    """Its preset for tables."""

    preparation = "labels as numbers"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> None:
        """Search for the whole budget."""
        is_classes = self.settings.kind.is_classification
        target, self.classes_ = numbered(y) if is_classes else (y, [])
        name, metric = TASKS[self.settings.kind]
        self.search_ = TabularAutoML(
            task=Task(name, metric=metric),
            timeout=int(self.settings.budget),
            cpu_limit=self.settings.jobs,
            reader_params={"n_jobs": self.settings.jobs, "random_state": self.settings.seed},
        )
        frame = X.assign(**{str(y.name): np.asarray(target)})
        self.search_.fit_predict(frame, roles={"target": str(y.name)}, verbose=0)

    def predict(self, X: pd.DataFrame) -> Predictions:
        """Predict numbers or probabilities."""
        values = np.asarray(self.search_.predict(X).data, dtype=np.float64)
        if not self.classes_:
            return numbers(values)
        if self.settings.kind is Kind.BINARY:  # it gives those of the second class alone
            values = np.column_stack([1 - values[:, 0], values[:, 0]])
        return Predictions(values, self.classes_)

    def extras(self, X: pd.DataFrame, folder: Path) -> dict[str, Any]:
        """Return what its models take."""
        return {"model_mib": len(pickle.dumps(self.search_)) / MIB}
