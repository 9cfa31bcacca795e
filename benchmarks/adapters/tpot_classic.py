"""TPOT 0.12: evolution of pipelines as trees, the last release of its line."""

# /// script
# requires-python = "==3.11.*"
# dependencies = [
#     "tpot==0.12.2", "scikit-learn<1.6", "numpy<2", "setuptools<81", "pandas<3", "pyarrow<20",
# ]
# ///

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pandas as pd
from tpot import TPOTClassifier, TPOTRegressor

from benchmarks.adapters.adapter import Predictions, Settings
from benchmarks.adapters.frames import MIB, SCORING, numbered, predicted
from benchmarks.adapters.plain import as_numbers


class TPOTClassic:
    """Its search with default settings, until time is over."""

    preparation = "one column per category of ten or fewer, else ordinals; gaps as medians"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> None:
        """Search for the whole budget."""
        kind = self.settings.kind
        minutes = self.settings.budget / 60
        search = TPOTClassifier if kind.is_classification else TPOTRegressor
        y, self.classes_ = numbered(y) if kind.is_classification else (y, [])
        self.preparation_ = as_numbers(X)
        self.search_ = search(
            generations=None,  # as many as there is time for
            scoring=SCORING[kind],
            max_time_mins=minutes,
            max_eval_time_mins=min(5, minutes),
            n_jobs=self.settings.jobs,
            random_state=self.settings.seed,
            disable_update_check=True,
            verbosity=0,
        ).fit(self.preparation_.fit_transform(X), y)

    def predict(self, X: pd.DataFrame) -> Predictions:
        """Predict numbers or probabilities."""
        winner = self.search_.fitted_pipeline_
        return predicted(winner, self.preparation_.transform(X), self.classes_)

    def extras(self, X: pd.DataFrame, folder: Path) -> dict[str, Any]:
        """Return how many pipelines there were and what the last one takes."""
        return {
            "pipelines": len(self.search_.evaluated_individuals_),
            "model_mib": len(pickle.dumps(self.search_.fitted_pipeline_)) / MIB,
            "best_pipeline": " ".join(str(self.search_.fitted_pipeline_).split()),
        }
