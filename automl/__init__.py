"""Automated machine learning that evolves whole scikit-learn pipelines.

Estimators
    `AutoMLClassifier`, `AutoMLRegressor`: fit a dataframe, predict, export.
    `load`: a saved one.

Settings
    `NestedCV`: the folds that give the score, and those inside that choose settings.
    `Limits`: what one pipeline on one fold may use.
    `Quantile`, `TunedThreshold`: what to score by, and to predict.
    `catalogue`: the operators of a preset; `describe`: the kinds of a dataframe's columns.

Errors
    `AutoMLError` and its kinds `DataError`, `SettingsError`, `BudgetError`, `HistoryError`,
    `FileError`; `AutoMLWarning`.
"""

from automl.errors import (
    AutoMLError,
    AutoMLWarning,
    BudgetError,
    DataError,
    FileError,
    HistoryError,
    SettingsError,
)
from automl.estimators import AutoMLClassifier, AutoMLRegressor, load
from automl.execution import Limits
from automl.pipelines import load_catalogue as catalogue
from automl.problem import NestedCV
from automl.problem.metric import Quantile, TunedThreshold
from automl.report import describe

__all__ = [
    "AutoMLClassifier",
    "AutoMLError",
    "AutoMLRegressor",
    "AutoMLWarning",
    "BudgetError",
    "DataError",
    "FileError",
    "HistoryError",
    "Limits",
    "NestedCV",
    "Quantile",
    "SettingsError",
    "TunedThreshold",
    "catalogue",
    "describe",
    "load",
]
