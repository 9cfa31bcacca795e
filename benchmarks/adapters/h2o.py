"""H2O AutoML: a plan of grids and a stacked ensemble, in Java."""

# /// script
# requires-python = "==3.11.*"
# dependencies = ["h2o==3.46.0.12", "pandas<3", "pyarrow", "setuptools<81"]
# ///

from __future__ import annotations

from pathlib import Path
from typing import Any

import h2o
import pandas as pd
from h2o.automl import H2OAutoML

from benchmarks.adapters.adapter import Predictions, Settings
from benchmarks.adapters.frames import folder_mib, numbers, other_columns
from benchmarks.tasks.task import Kind

METRICS = {Kind.BINARY: "AUC", Kind.MULTICLASS: "logloss", Kind.REGRESSION: "RMSE"}


class H2O:
    """Its plan with default settings; Java starts before the clock does."""

    preparation = "as a CSV file with the types of its columns"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        h2o.init(nthreads=settings.jobs, max_mem_size="6g", bind_to_localhost=True, verbose=False)
        h2o.no_progress()

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> None:
        """Search for the whole budget."""
        kind = self.settings.kind
        self.types_ = {name: "enum" for name in X.columns if name in other_columns(X)}
        self.types_ |= dict.fromkeys(X.select_dtypes("number").columns, "real")
        self.types_ |= dict.fromkeys(X.select_dtypes("bool").columns, "enum")
        target = str(y.name)
        types = self.types_ | {target: "enum" if kind.is_classification else "real"}
        frame = _upload(pd.concat([X, y], axis="columns"), types, Path("train.csv"))
        self.labels_ = {str(label): label for label in y.unique().tolist()}
        self.classes_ = (
            [self.labels_[name] for name in frame[target].levels()[0]]
            if (kind.is_classification)
            else []
        )
        self.search_ = H2OAutoML(
            max_runtime_secs=int(self.settings.budget),
            sort_metric=METRICS[kind],
            seed=self.settings.seed,
            nfolds=5,
        )
        self.search_.train(x=list(map(str, X.columns)), y=target, training_frame=frame)
        if self.search_.leader is None:
            raise RuntimeError("it found no model")

    def predict(self, X: pd.DataFrame) -> Predictions:
        """Predict numbers or probabilities."""
        frame = _upload(X, self.types_, Path("test.csv"))
        table = self.search_.leader.predict(frame).as_data_frame()
        if not self.settings.kind.is_classification:
            return numbers(table["predict"])
        return Predictions(table.iloc[:, 1:].to_numpy("float64"), self.classes_)

    def extras(self, X: pd.DataFrame, folder: Path) -> dict[str, Any]:
        """Return how many models there are and what the leader takes."""
        models = Path("models")
        models.mkdir()
        h2o.download_model(self.search_.leader, path=str(models))
        return {
            "pipelines": self.search_.leaderboard.nrow,
            "model_mib": folder_mib(models),
            "best_pipeline": self.search_.leader.model_id,
        }


def _upload(frame: pd.DataFrame, types: dict[str, str], path: Path) -> Any:
    frame.to_csv(path, index=False)
    return h2o.import_file(str(path.resolve()), col_types=types, header=1)
