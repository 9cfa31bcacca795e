"""The base of adapters of single scikit-learn estimators, with the least preparation that works."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder

from benchmarks.adapters.adapter import Predictions, Settings
from benchmarks.adapters.frames import other_columns
from benchmarks.tasks.task import Kind

Estimator = Any
MAX_ONE_HOT = 10  # categories that get a column each


class PlainAdapter:
    """One estimator of scikit-learn, fitted once; the budget does not matter to it."""

    preparation = "none"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def make_estimator(self, X: pd.DataFrame) -> Estimator:
        """Return the estimator for such a dataframe."""
        raise NotImplementedError

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> None:
        """Fit the estimator."""
        self.estimator_ = self.make_estimator(X).fit(X, y)

    def predict(self, X: pd.DataFrame) -> Predictions:
        """Predict numbers or probabilities."""
        return predictions_of(self.estimator_, X, self.settings.kind)

    def extras(self, X: pd.DataFrame, folder: Path) -> dict[str, Any]:
        """Return nothing."""
        return {}


def predictions_of(estimator: Estimator, X: pd.DataFrame, kind: Kind) -> Predictions:
    """Ask a fitted estimator in the way of scikit-learn.

    Parameters
    ----------
    estimator : estimator
    X : dataframe
    kind : Kind
        Whether to ask for probabilities or for numbers.
    """
    if kind.is_classification:
        probabilities = np.asarray(estimator.predict_proba(X), dtype=np.float64)
        return Predictions(probabilities, estimator.classes_.tolist())
    return Predictions(np.asarray(estimator.predict(X), dtype=np.float64), [])


def encode_categories(X: pd.DataFrame, *, unknown: float) -> Estimator:
    """Return a transformer that numbers the categories of all columns that are no numbers.

    Columns without any value are dropped: neither imputing nor boosting knows what to do with them.

    Parameters
    ----------
    X : dataframe
    unknown : float
        What stands for a category that is new at prediction time.
    """
    # Decided on the training rows: a column may be empty there and nowhere else.
    empty = [name for name in X.columns if X[name].isna().all()]
    names = [name for name in other_columns(X) if name not in empty]
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=unknown)
    return make_column_transformer((encoder, names), ("drop", empty), remainder="passthrough")


def as_numbers(X: pd.DataFrame) -> Estimator:
    """Return a transformer for tools that take nothing but numbers without gaps.

    Parameters
    ----------
    X : dataframe
    """
    names = other_columns(X)
    # Hundreds of one-hot columns would cost such tools most of their time.
    few = [name for name in names if X[name].nunique() <= MAX_ONE_HOT]
    many = [name for name in names if name not in few]
    return make_pipeline(
        make_column_transformer(
            (OneHotEncoder(handle_unknown="ignore", sparse_output=False), few),
            (OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), many),
            remainder="passthrough",
        ),
        SimpleImputer(strategy="median", keep_empty_features=True),
    )
