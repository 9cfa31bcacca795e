"""New rows: the columns of fit are found by their names, and what cannot be read is said.

::

                                               ┌─ block ──models──► predictions ─┐
    used columns ──CellReader──► cells of all ─┤                                 ├─► predictions
                                               └─ block ──models──► predictions ─┘

What is unusual is told by its share of all rows, so that cells are read at once. From there on, a
step looks at each row by itself. So blocks of rows give the same predictions, but for last digits
on which the threads of linear algebra decide. They spare the copies that steps make of a frame.
"""

from collections.abc import Iterator, Sequence
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

BLOCK = 1_000_000  # cells: models make many columns of one, and so take some 100 MiB for a block
TOGETHER = 64  # rows, of which every kernel of linear algebra takes a whole part at a time


def used_names(names: Sequence[str], fitted: Fitted) -> list[str]:
    """Return the names of the columns that pipelines use.

    Parameters
    ----------
    names : sequence of str
        Those of new rows, in any order. Names that fit has not seen are warned of.
    fitted : Fitted

    Raises
    ------
    DataError
        If columns are missing.
    """
    used = list(fitted.columns.names)
    if missing := [name for name in used if name not in names]:
        raise DataError(
            f"expected the columns of fit, got none of the names {missing}; "
            f"the others are {list(names)}"
        )
    target = fitted.names.target
    names_of_fit = {*fitted.names.columns, *([target] if isinstance(target, str) else target)}
    if unknown := [name for name in names if name not in names_of_fit]:
        warn(f"columns that fit has not seen are ignored: {unknown}")
    return used


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
    used = frame[used_names(list(map(str, frame)), fitted)]
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
        cells = predictor[0].transform(frame)
    predict = getattr(predictor[1:], method)
    parts = [predict(cells.iloc[rows]) for rows in _blocks(*cells.shape)]
    if isinstance(parts[0], list):
        return [np.concatenate(target) for target in zip(*parts, strict=True)]
    return np.concatenate(parts)


def _blocks(n_rows: int, n_columns: int) -> Iterator[slice]:
    """Yield blocks of rows, the last of which takes the rest, too.

    Products of matrices take rows together, and sum those that are left over in another order. With
    lengths that they can divide, and no short block, that happens to the same rows as in one piece.
    """
    length = max(BLOCK // n_columns // TOGETHER, 1) * TOGETHER
    starts = range(0, max(n_rows - length, 0) + 1, length)
    for start, end in zip(starts, [*starts[1:], n_rows], strict=True):
        yield slice(start, end)


@contextmanager
def readable() -> Iterator[None]:
    """Turn the error of a column of which no cell can be read into one of this project."""
    try:
        yield
    except UnreadableError as error:
        raise DataError(f"{error}; write them as in training, or leave the cells empty") from error
