"""New rows: the columns of fit are found by their names, and what cannot be read is said."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_numeric_dtype
from sklearn.base import BaseEstimator

from automl.errors import DataError, warn
from automl.pipelines.carried.frame import UnreadableError
from automl.winner.fitted import Fitted, Names


def columns_of_fit(frame: pd.DataFrame, fitted: Fitted) -> pd.DataFrame:
    """Return a dataframe with the columns that pipelines use, in whichever order they come.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
    fitted : Fitted

    Raises
    ------
    DataError
        If columns are missing.
    """
    if missing := [name for name in fitted.columns.names if name not in frame]:
        raise DataError(
            f"expected the columns of fit, got none of the names {missing}; "
            f"the others are {list(frame)}"
        )
    target = fitted.names.target
    names = {*fitted.names.columns, *([target] if isinstance(target, str) else target)}
    if unknown := [name for name in frame if name not in names]:
        warn(f"columns that fit has not seen are ignored: {unknown}")
    used = frame[list(fitted.columns.names)]
    for name, reading in fitted.columns.readings.items():
        sign = "" if reading.number is None else reading.number.after
        if sign and is_numeric_dtype(used[name]):
            warn(
                f"the column {name!r} was written with {sign!r} in training and holds plain "
                f"numbers now: 45 is taken for 45{sign}; write them as in training if it is not"
            )
    tokens = () if fitted.script is None else fitted.script.form.missing
    return _without(used, tokens) if tokens else used


def named(X: Any, frame: pd.DataFrame) -> Any:
    """Return what scikit-learn is to check of rows: it refuses names of several types."""
    return frame if isinstance(X, pd.DataFrame) else X


def with_names(frame: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Return rows with the names of the columns of fit, where those were numbers and as many.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
    names : Names
    """
    if names.has_names or frame.shape[1] != len(names.columns):
        return frame
    return frame.set_axis(list(names.columns), axis=1)


def _without(frame: pd.DataFrame, tokens: tuple[str, ...]) -> pd.DataFrame:
    """Return a dataframe without the texts that meant a missing cell in the file of the fit."""
    numbers = pd.to_numeric(pd.Series(tokens, dtype=object), errors="coerce").dropna()
    return frame.mask(frame.isin([*tokens, *numbers.tolist()]))


def predicted(
    frame: pd.DataFrame, predictor: BaseEstimator, method: str
) -> NDArray[Any] | list[NDArray[Any]]:
    """Return what a predictor says of new rows; the probabilities of several targets are a list.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
    predictor : Pipeline
    method : {"predict", "predict_proba"}

    Raises
    ------
    DataError
        If there is no row, or no cell of a column can be read as in training.
    """
    if not len(frame):
        raise DataError("expected one row or more to predict, got 0")
    with readable():
        predictions = getattr(predictor, method)(frame)
    return predictions if isinstance(predictions, list) else np.asarray(predictions)


@contextmanager
def readable() -> Iterator[None]:
    """Turn the error of a column of which no cell can be read into one of this project."""
    try:
        yield
    except UnreadableError as error:
        raise DataError(f"{error}; write them as in training, or leave the cells empty") from error
