"""Texts of cells as numbers, booleans and texts: a column has the type that all of its cells have.

A type never depends on the length of a file, or on the part of it that is read first. Whatever is
not plainly a number stays a text, so that no code such as 02 is lost.
"""

import re
from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from automl.pipelines import Columns
from automl.pipelines.building.read_options import ReadOptions
from automl.pipelines.columns.kinds import MISSING_TEXTS

CODE = re.compile(r"[+-]?0\d")  # the start of a text that would lose zeros as a number
BOOLEANS = {"True": True, "TRUE": True, "true": True, "False": False, "FALSE": False} | {
    "false": False
}  # as pandas reads them


def typed(texts: pd.DataFrame, columns: Columns, options: ReadOptions) -> pd.DataFrame:
    """Return a table of texts with the types of its columns.

    Parameters
    ----------
    texts : DataFrame of shape (n_rows, n_columns)
    columns : Columns
        The kinds of the columns of a fit; empty before a fit.
    options : ReadOptions
        The decimal sign, and more texts that mean a missing cell.
    """
    stay = {name for names in columns.read_as_texts.values() for name in names}
    missing = missing_texts(columns, options)
    cells = {
        name: _typed(column, missing, options.decimal, stays_text=name in stay)
        for name, column in texts.items()
    }
    return pd.DataFrame(cells, index=texts.index)


def missing_texts(columns: Columns, options: ReadOptions) -> frozenset[str]:
    """Return the texts that mean a missing cell."""
    defaults = frozenset() if columns.reads_missing_texts else MISSING_TEXTS
    return defaults.union([""], options.missing)


def _typed(
    column: "pd.Series[Any]", missing: Collection[str], decimal: str, *, stays_text: bool
) -> Any:
    """Return the cells of a column; each different text is read once."""
    codes, distinct = pd.factorize(column)
    texts = list(map(str, distinct))
    has_cell = np.array([text.strip() not in missing for text in texts], dtype=bool)
    present = [text for text, holds in zip(texts, has_cell, strict=True) if holds]
    values = None
    if not present:
        values = np.array([], dtype=float)
    elif not stays_text:
        values = _booleans(present)
        values = _numbers(present, decimal) if values is None else values
    if values is None:
        values = np.array(present, dtype=object)
    if has_cell.all():
        return values[codes]
    filled = np.full(len(texts), np.nan, dtype=np.result_type(values.dtype, float))
    if values.dtype == bool:
        filled = filled.astype(object)
    filled[has_cell] = values
    return filled[codes]


def _booleans(texts: list[str]) -> Any:
    values = [BOOLEANS.get(text.strip()) for text in texts]
    return None if None in values else np.array(values, dtype=bool)


def _numbers(texts: list[str], decimal: str) -> Any:
    """Return numbers, or None where a text is no plain number, or is a code such as 02."""
    if any(CODE.match(text.strip()) for text in texts):
        return None
    if decimal != ".":
        # A point would be that of thousands, which no plain number has.
        texts = ["no number" if "." in text else text.replace(decimal, ".") for text in texts]
    try:
        numbers = pd.to_numeric(pd.Series(texts, dtype=object)).to_numpy()
    except (ValueError, OverflowError):
        return None
    # Whole numbers of more than 64 bits are codes.
    return None if numbers.dtype == object or numbers.dtype == bool else numbers
