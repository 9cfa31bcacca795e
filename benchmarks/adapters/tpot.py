"""TPOT 1: evolution of pipelines as graphs."""

# /// script
# requires-python = "==3.11.*"
# dependencies = ["tpot==1.1.0", "setuptools<81", "pandas", "pyarrow"]
# ///

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pandas as pd
import tpot

from benchmarks.adapters.adapter import Predictions, Settings
from benchmarks.adapters.frames import MIB, SCORING, numbered, other_columns, predicted


class TPOT:
    """Its search with default settings."""

    preparation = "labels numbered; its own preprocessing where there are texts or gaps"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> None:
        """Search for the whole budget."""
        kind = self.settings.kind
        minutes = self.settings.budget / 60
        search = tpot.TPOTClassifier if kind.is_classification else tpot.TPOTRegressor
        y, self.classes_ = numbered(y) if kind.is_classification else (y, [])
        self.search_ = search(
            scorers=[SCORING[kind]],
            scorers_weights=[1],
            preprocessing=bool(other_columns(X)) or bool(X.isna().any(axis=None)),
            max_time_mins=minutes,
            max_eval_time_mins=min(10, minutes),
            n_jobs=self.settings.jobs,
            random_state=self.settings.seed,
            verbose=0,
        ).fit(X, y)

    def predict(self, X: pd.DataFrame) -> Predictions:
        """Predict numbers or probabilities."""
        winner = self.search_
        if self.classes_ and not hasattr(winner.fitted_pipeline_, "predict_proba"):
            winner = winner.fitted_pipeline_
        return predicted(winner, X, self.classes_)

    def extras(self, X: pd.DataFrame, folder: Path) -> dict[str, Any]:
        """Return how many pipelines there were and what the last one takes."""
        return {
            "pipelines": len(self.search_.evaluated_individuals),
            "model_mib": len(pickle.dumps(self.search_.fitted_pipeline_)) / MIB,
            "best_pipeline": " ".join(str(self.search_.fitted_pipeline_).split()),
        }
