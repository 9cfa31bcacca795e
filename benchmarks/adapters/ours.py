"""This project, through its public names."""

import json
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from automl import AutoMLClassifier, AutoMLRegressor
from benchmarks.adapters.adapter import LABELS, SCRIPT, Predictions, Settings
from benchmarks.adapters.course import Course
from benchmarks.adapters.frames import MIB
from benchmarks.adapters.plain import predictions_of
from benchmarks.adapters.spent import spent


class AutoML:
    """A search with default settings within the budget."""

    preparation = "none"
    options: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def fit(self, X: pd.DataFrame, y: "pd.Series[Any]") -> None:
        """Search for the whole budget."""
        is_classification = self.settings.kind.is_classification
        search = AutoMLClassifier if is_classification else AutoMLRegressor
        self.course = Course()
        settings = {
            "time_budget": self.settings.budget,
            "n_jobs": self.settings.jobs,
            "random_state": self.settings.seed,
            "verbose": 0,
            "callbacks": [self.course],
            # Last, so that a variant can change any of these, too.
            **self.options,
        }
        self.search_ = search(**settings).fit(X, y)

    def predict(self, X: pd.DataFrame) -> Predictions:
        """Predict numbers or probabilities."""
        return predictions_of(self.search_, X, self.settings.kind)

    def extras(self, X: pd.DataFrame, folder: Path) -> dict[str, Any]:
        """Return what the search cost; leave the exported script."""
        self.search_.export(folder / SCRIPT)
        if self.settings.kind.is_classification:
            # Probabilities come again by rounding errors; labels have to be exactly the same.
            labels = self.search_.predict(X).tolist()
            (folder / LABELS).write_text(json.dumps(labels), "utf-8")
        run, honest = self.search_.run_, self.search_.honest_score_
        # With a score, a pipeline saw a whole draw at least: the fewest folds are one draw.
        draw = int(self.search_.leaderboard_.dropna(subset="score").folds.min())
        return {
            "pipelines": run.evaluations,
            "pipelines_started": run.pipelines,
            "pipelines_per_minute": 60 * run.evaluations / run.seconds,
            "estimator_share": run.estimator_seconds / (run.seconds * run.workers),
            "first_model_seconds": run.first_model_seconds,
            "near_seconds": self.course.near_seconds,
            "whole_fit_seconds": run.seconds,
            "best_pipeline": self.search_.best_genome_,
            # As for every tool that can be pickled, so that sizes are comparable.
            "model_mib": len(pickle.dumps(self.search_.ensemble_)) / MIB,
            "members": len(self.search_.members_),
            **spent(self.search_.history_, draw),
            "honest_score": None if honest is None else honest.estimate,
            "honest_interval": None if honest is None else [honest.low, honest.high],
            "naive_score": None if honest is None else honest.naive,
        }


class AutoMLSingle(AutoML):
    """The same for the best pipeline alone."""

    options: ClassVar[Mapping[str, Any]] = {"ensemble_size": 1}
