"""Arrays that users give, with the texts and the cells in them."""

import datetime
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from automl.errors import DataError
from automl.pipelines.columns.kinds import HUGE

CELL_LENGTH = 40  # signs of a cell that a message shows
SHOWN = 5  # cells that a message shows
TIMES = (datetime.date, datetime.timedelta, np.datetime64, np.timedelta64, pd.Period, pd.Interval)


def as_array(values: Any) -> NDArray[Any]:
    """Return an array in the order of bytes of this machine; masked cells are missing."""
    if isinstance(values, np.ma.MaskedArray):
        is_number = values.dtype.kind in "biuf"
        plain: Any = values.astype(np.float64 if is_number else object)
        values = plain.filled(np.nan) if np.ma.is_masked(values) else values.data
    dtype = getattr(values, "dtype", None)
    # NumPy would make floats of nullable integers and booleans.
    if isinstance(values, pd.Series) and isinstance(dtype, pd.api.extensions.ExtensionDtype):
        for is_kind, name in (
            (pd.api.types.is_bool_dtype, "bool"),
            (pd.api.types.is_unsigned_integer_dtype, "uint64"),
            (pd.api.types.is_integer_dtype, "int64"),
        ):
            if is_kind(dtype) and not values.hasnans:
                return values.to_numpy(dtype=name)
    array = np.asarray(values)
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def check_in_memory(values: Any) -> None:
    """Raise an error for a plan of a table, such as a LazyFrame of polars."""
    if hasattr(values, "collect_schema") and hasattr(values, "collect"):
        raise DataError(
            f"expected data in memory, got a {type(values).__name__}; pass its collect()"
        )


def check_text(texts: Iterable[Any], name: str) -> None:
    """Raise an error for texts that no file can hold: half of a surrogate pair, or a NUL.

    Parameters
    ----------
    texts : iterable
        What is no text is fine.
    name : str
        The name of the texts in the message.
    """
    for text in texts:
        if "\0" in str(text):  # it ends a text for NumPy and for readers of files
            raise DataError(f"expected texts as {name}, got {text!a} with a NUL; take it out")
        try:
            str(text).encode()
        except UnicodeEncodeError as error:
            raise DataError(
                f"expected texts of Unicode as {name}, got {text!a} with a lone surrogate; "
                'take it out, as by text.encode(errors="replace").decode()'
            ) from error


def short(cell: Any) -> str:
    """Return the start of a cell as Python writes it."""
    if isinstance(cell, int) and cell.bit_length() > 64:
        return f"an integer of {cell.bit_length()} bits"
    text = repr(cell)
    return text if len(text) <= CELL_LENGTH else f"{text[:CELL_LENGTH]}..."


def listed(texts: list[str]) -> str:
    """Return texts as Python writes a list of them."""
    return f"[{', '.join(texts)}]"


def read_weights(values: ArrayLike) -> NDArray[np.float64]:
    """Return sample weights as an array.

    Raises
    ------
    DataError
        If they are no weights.
    """
    weights = np.asarray(as_array(values), dtype=np.float64)
    if not np.isfinite(weights).all() or (weights < 0).any() or not weights.any():
        raise DataError(
            "expected finite sample weights of zero or more and not all of them zero, got "
            f"{weights.min()} to {weights.max()}"
        )
    return weights


def unreadable(frame: pd.DataFrame, error: Exception) -> str:
    """Return the message for a cell that no column can hold, with the name of the column."""
    for name in frame.select_dtypes(object):
        for cell in frame[name]:
            if isinstance(cell, str):
                check_text([cell], f"cells of the column {name!r}")
            elif isinstance(cell, int) and abs(cell) > HUGE:
                return (
                    f"expected numbers below {HUGE:g} in the column {name!r}, got an integer of "
                    f"{cell.bit_length()} bits; scale the column or turn it into text"
                )
    return f"a column cannot be read: {error}"
