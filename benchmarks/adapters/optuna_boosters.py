"""Boosted trees tuned by Optuna, as many people do it by hand: no pipeline, one kind of model."""

# /// script
# requires-python = "==3.11.*"
# dependencies = [
#     "optuna==5.0.0", "scikit-learn==1.9.1", "xgboost==3.2.0", "pandas", "pyarrow",
# ]
# ///

from __future__ import annotations

import pickle
import time
from pathlib import Path
from typing import Any

import numpy as np
import optuna
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score
from xgboost import XGBClassifier, XGBRegressor

from benchmarks.adapters.adapter import Predictions, Settings
from benchmarks.adapters.frames import MIB, SCORING, as_categories, like, numbered, predicted

N_FOLDS = 5
FINAL_FITS = 2  # what is kept back for the last fit, in fits of a fold


class OptunaBooster:
    """TPE over the settings of one model, each judged by cross-validation; then one last fit."""

    preparation = "texts as categories, labels numbered"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def suggest(self, trial: optuna.Trial) -> dict[str, Any]:
        """Return the settings of a trial."""
        raise NotImplementedError

    def make(self, settings: dict[str, Any]) -> Any:
        """Return the model with some settings."""
        raise NotImplementedError

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> None:
        """Tune for the budget less the last fit, then fit."""
        started = time.monotonic()
        kind, seed = self.settings.kind, self.settings.seed
        y, self.classes_ = numbered(y) if kind.is_classification else (y, [])
        self.frame_ = as_categories(X)
        folds = (StratifiedKFold if kind.is_classification else KFold)(
            N_FOLDS, shuffle=True, random_state=seed
        )

        def objective(trial: optuna.Trial) -> float:
            model = self.make(self.suggest(trial))
            scores = cross_val_score(model, self.frame_, y, cv=folds, scoring=SCORING[kind])
            spent = time.monotonic() - started
            next_one = spent / (trial.number + 1) * (1 + FINAL_FITS / N_FOLDS)
            if spent + next_one > self.settings.budget:
                trial.study.stop()
            return float(np.mean(scores))

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self.study_ = optuna.create_study(
            direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed)
        )
        self.study_.optimize(objective)
        self.model_ = self.make(self.study_.best_params).fit(self.frame_, y)

    def predict(self, X: pd.DataFrame) -> Predictions:
        """Predict numbers or probabilities."""
        return predicted(self.model_, like(X, self.frame_), self.classes_)

    def extras(self, X: pd.DataFrame, folder: Path) -> dict[str, Any]:
        """Return how many trials there were and what the model takes."""
        return {
            "pipelines": len(self.study_.trials),
            "model_mib": len(pickle.dumps(self.model_)) / MIB,
            "best_pipeline": str(self.study_.best_params),
        }


class OptunaXGBoost(OptunaBooster):
    """XGBoost, which takes categories and gaps as they are."""

    def suggest(self, trial: optuna.Trial) -> dict[str, Any]:
        """Return the settings of a trial."""
        return {
            "n_estimators": trial.suggest_int("n_estimators", 50, 1000, log=True),
            "learning_rate": trial.suggest_float("learning_rate", 0.005, 0.3, log=True),
            "max_depth": trial.suggest_int("max_depth", 2, 10),
            "min_child_weight": trial.suggest_float("min_child_weight", 0.5, 20, log=True),
            "subsample": trial.suggest_float("subsample", 0.5, 1.0),
            "colsample_bytree": trial.suggest_float("colsample_bytree", 0.4, 1.0),
            "reg_alpha": trial.suggest_float("reg_alpha", 1e-4, 10, log=True),
            "reg_lambda": trial.suggest_float("reg_lambda", 1e-4, 10, log=True),
        }

    def make(self, settings: dict[str, Any]) -> Any:
        """Return the model with some settings."""
        model = XGBClassifier if self.settings.kind.is_classification else XGBRegressor
        return model(
            **settings,
            enable_categorical=True,
            n_jobs=self.settings.jobs,
            random_state=self.settings.seed,
        )


class OptunaHistGradientBoosting(OptunaBooster):
    """Histogram gradient boosting of scikit-learn, with its early stopping."""

    def suggest(self, trial: optuna.Trial) -> dict[str, Any]:
        """Return the settings of a trial."""
        return {
            "learning_rate": trial.suggest_float("learning_rate", 0.005, 0.3, log=True),
            "max_leaf_nodes": trial.suggest_int("max_leaf_nodes", 4, 128, log=True),
            "min_samples_leaf": trial.suggest_int("min_samples_leaf", 2, 100, log=True),
            "l2_regularization": trial.suggest_float("l2_regularization", 1e-6, 10, log=True),
            "max_features": trial.suggest_float("max_features", 0.3, 1.0),
        }

    def make(self, settings: dict[str, Any]) -> Any:
        """Return the model with some settings."""
        booster = (
            HistGradientBoostingClassifier
            if self.settings.kind.is_classification
            else HistGradientBoostingRegressor
        )
        return booster(
            **settings,
            max_iter=1000,
            early_stopping=True,
            categorical_features="from_dtype",
            random_state=self.settings.seed,
        )
