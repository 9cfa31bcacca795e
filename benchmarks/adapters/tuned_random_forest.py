"""A random forest with tuned features per split, a baseline of the public AutoML Benchmark."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import cross_val_score

from benchmarks.adapters.adapter import Settings
from benchmarks.adapters.frames import SCORING
from benchmarks.adapters.random_forest import RandomForest

SHARES = (0.1, 0.33, 0.5, 0.75, 1.0)  # of the features, after the default
N_FOLDS = 5


class TunedRandomForest(RandomForest):
    """The forest, its `max_features` chosen by cross-validation while there is time."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.scores_: dict[float | str, float] = {}

    def fit(self, X: pd.DataFrame, y: "pd.Series[Any]") -> None:
        """Try the default, then shares, then fit the best on all rows."""
        end = time.monotonic() + self.settings.budget
        default = "sqrt" if self.settings.kind.is_classification else 1.0
        for value in dict.fromkeys([default, *SHARES]):
            started = time.monotonic()
            scoring = SCORING[self.settings.kind]
            scores = cross_val_score(self.forest(X, value), X, y, cv=N_FOLDS, scoring=scoring)
            self.scores_[value] = float(np.mean(scores))
            taken = time.monotonic() - started
            if time.monotonic() + taken * (1 + 2 / N_FOLDS) > end:  # the last fit has more rows
                break
        best = max(self.scores_, key=lambda value: self.scores_[value])
        self.estimator_ = self.forest(X, best).fit(X, y)

    def forest(self, X: pd.DataFrame, max_features: float | str) -> Any:
        """Return a forest with that many features per split."""
        estimator = self.make_estimator(X)
        estimator[-1].set_params(max_features=max_features)
        return estimator

    def extras(self, X: pd.DataFrame, folder: Path) -> dict[str, Any]:
        """Return what was tried."""
        return {
            "pipelines": len(self.scores_),
            "best_pipeline": f"max_features={max(self.scores_, key=self.scores_.__getitem__)}",
        }
