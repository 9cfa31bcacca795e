"""Dataframes as peers want them; nothing but pandas, which all of their environments have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.adapters.adapter import Predictions
from benchmarks.tasks.task import Kind

MIB = 2**20
SCORING = {
    Kind.BINARY: "roc_auc",
    Kind.MULTICLASS: "neg_log_loss",
    Kind.REGRESSION: "neg_root_mean_squared_error",
}
"""The metrics of the suite, by the names of scikit-learn's scorers."""


def other_columns(X: pd.DataFrame) -> list[str]:
    """Return the names of the columns that hold neither numbers nor booleans."""
    return X.columns.difference(X.select_dtypes(["number", "bool"]).columns, sort=False).tolist()


def as_categories(X: pd.DataFrame) -> pd.DataFrame:
    """Return a dataframe whose texts have the type for categories."""
    return X.astype(dict.fromkeys(other_columns(X), "category"))


def like(X: pd.DataFrame, fitted: pd.DataFrame) -> pd.DataFrame:
    """Return a dataframe with the types, and so the categories, of that a tool was fitted on.

    A category that is new is missing then.
    """
    X = X.copy(deep=False)
    for name, dtype in fitted.dtypes.items():
        if isinstance(dtype, pd.CategoricalDtype):
            X[name] = X[name].where(X[name].isin(dtype.categories))
    return X.astype(dict(fitted.dtypes))


def numbered(y: pd.Series[Any]) -> tuple[pd.Series[Any], list[Any]]:
    """Return labels as numbers from 0, and the labels by number."""
    # Peers differ in the labels they take; numbers from 0 suit all, and the suite undoes them.
    classes, codes = np.unique(y, return_inverse=True)
    return pd.Series(codes, name=y.name), classes.tolist()


def probabilities(estimator: Any, X: Any) -> NDArray[np.float64]:
    """Return probabilities, made of a decision function where the estimator has none.

    Decisions are mapped between 0 and 1 in their order, which is all that ROC AUC depends on.

    Parameters
    ----------
    estimator : estimator
        Fitted.
    X : dataframe or array
    """
    if hasattr(estimator, "predict_proba"):
        return np.asarray(estimator.predict_proba(X), dtype=np.float64)
    decisions = np.asarray(estimator.decision_function(X), dtype=np.float64)
    if decisions.ndim == 1:
        # Of two classes, scikit-learn gives the decision for the second.
        decisions = np.column_stack([np.zeros(len(decisions)), decisions])
    # Less the largest of a row, so that no power overflows.
    powers = np.exp(decisions - decisions.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return shares


def predicted(estimator: Any, X: Any, classes: list[Any]) -> Predictions:
    """Ask a fitted estimator for probabilities, or for numbers where there are no classes.

    Parameters
    ----------
    estimator : estimator
        Fitted on numbered labels.
    X : dataframe or array
    classes : list of labels
        By number; none for a regression.
    """
    if not classes:
        return numbers(estimator.predict(X))
    return Predictions(probabilities(estimator, X), classes)


def numbers(values: Any) -> Predictions:
    """Return the predictions of a regression."""
    return Predictions(np.asarray(values, dtype=np.float64).reshape(-1), [])


def folder_mib(folder: Path) -> float:
    """Return what the files of a folder take, MiB."""
    # Some tools keep models in files only, so what they hold in memory says little.
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / MIB
