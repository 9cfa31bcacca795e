"""Automated machine learning that evolves whole scikit-learn pipelines.

Estimators
    `AutoMLClassifier`, `AutoMLRegressor`: fit a dataframe, predict, export.
    `load`: an estimator from a file. `serve_app`: one behind HTTP, as an ASGI application.

Settings
    `NestedCV`: the outer folds, which give the score, and the inner folds, which choose settings.
    `Limits`: the seconds and the memory of one pipeline on one fold.
    `Quantile`, `TunedThreshold`: special scores, with the predictions that go with them.
    `catalogue`: the operators of a preset; `describe`: the kinds of a dataframe's columns.
    `Observer`: the base class of callbacks, which watch a search and may stop it. `Patience`: one
    that ends a search without gain.

Plots
    `plots`: displays by matplotlib, as scikit-learn has them.

Errors
    `AutoMLError` and its kinds `DataError`, `SettingsError`, `BudgetError`, `HistoryError`,
    `FileError`; `AutoMLWarning`.
"""

from importlib.metadata import version
from typing import TYPE_CHECKING

from automl import plots
from automl.classifier import AutoMLClassifier
from automl.errors import (
    AutoMLError,
    AutoMLWarning,
    BudgetError,
    DataError,
    FileError,
    HistoryError,
    SettingsError,
)
from automl.estimators import load
from automl.execution import Limits
from automl.pipelines import load_catalogue as catalogue
from automl.problem import NestedCV
from automl.problem.metric import Quantile, TunedThreshold
from automl.regressor import AutoMLRegressor
from automl.report import describe
from automl.search.observer import Observer
from automl.search.patience import Patience
from automl.serving import serve_app

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
    "Observer",
    "Patience",
    "Quantile",
    "SettingsError",
    "TunedThreshold",
    "catalogue",
    "describe",
    "load",
    "plots",
    "serve_app",
]

__version__: str  # it has no value here: __getattr__ looks it up

# A type checker would take any misspelled name for what __getattr__ returns.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> str:
        """Return `__version__`, which is looked up only where somebody asks for it."""
        if name == "__version__":
            return version("automl-gp")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names, which editors and notebooks show."""
    return sorted([*__all__, "__version__"])
