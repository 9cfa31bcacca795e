"""The cells of text files as numbers, booleans and texts: a column has the type of all its cells.

A type never depends on the length of a file, or on the part of it that is read first. Whatever is
not plainly a number stays a text, so that no code such as 02 is lost. pandas finds most types, and
the rest is looked at here::

    numbers whose texts may start with zeros ──► numbers, or texts
    objects, such as numbers of many digits ───► texts
    texts ─────────────────────────────────────► without blanks: numbers, booleans, or texts
"""

import re
from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from automl.cli.reading.rows import Rows
from automl.pipelines import Columns
from automl.pipelines.building.read_options import ReadOptions
from automl.pipelines.columns.kinds import MISSING_TEXTS

CODE = re.compile(r"[+-]?0\d")  # the start of a text that would lose zeros as a number
BOOLEANS = {"True": True, "TRUE": True, "true": True, "False": False, "FALSE": False} | {
    "false": False
}  # as pandas reads them


def typed(rows: Rows, columns: Columns) -> pd.DataFrame:
    """Return the table of a text file with the types of its columns.

    Parameters
    ----------
    rows : Rows
    columns : Columns
        The kinds of the columns of a fit; empty before a fit.
    """
    missing = missing_texts(columns, rows.options)
    stay = frozenset(name for names in columns.read_as_texts.values() for name in names)
    frame = rows.parse(stay, missing)
    raw = _raw(rows, frame, stay)
    cells = {
        name: column
        if types.is_numeric_dtype(column) and name not in raw
        else _typed(raw.get(str(name), column), missing, rows.options.decimal, stays=name in stay)
        for name, column in frame.items()
    }
    return pd.DataFrame(cells, index=frame.index)


def missing_texts(columns: Columns, options: ReadOptions) -> frozenset[str]:
    """Return the texts that mean a missing cell."""
    defaults = frozenset() if columns.reads_missing_texts else MISSING_TEXTS
    return defaults.union([""], options.missing)


def _raw(rows: Rows, frame: pd.DataFrame, stay: Collection[str]) -> dict[str, Any]:
    """Return the texts of columns of which pandas may have lost some."""
    has_zeros = _may_have_codes(rows)
    names = [
        str(name)
        for name, dtype in frame.dtypes.items()
        if name not in stay
        and (types.is_object_dtype(dtype) or (has_zeros and getattr(dtype, "kind", "") in "iuf"))
    ]
    texts = rows.texts(frozenset(names)) if names else frame[names]
    return {name: texts[name] for name in names}


def _may_have_codes(rows: Rows) -> bool:
    """Tell whether a 0 before a digit stands at the start of any cell, or after its sign."""
    # On bytes, because a regular expression takes longer than pandas for all the rest.
    data = np.frombuffer(rows.text.encode(), dtype=np.uint8)
    zeros = np.flatnonzero(data[2:-1] == ord("0")) + 2  # the header stands before them
    zeros = zeros[(data[zeros + 1] >= ord("0")) & (data[zeros + 1] <= ord("9"))]
    has_sign = np.isin(data[zeros - 1], list(b"+-"))
    before = np.where(has_sign, data[zeros - 2], data[zeros - 1])
    return bool(np.isin(before, list(f'{rows.options.separator}\r\n" '.encode())).any())


def _typed(column: Any, missing: Collection[str], decimal: str, *, stays: bool) -> Any:
    """Return the cells of a column; each different text is read once."""
    codes, distinct = pd.factorize(column)
    texts = list(map(str, distinct))
    has_cell = np.array([text.strip() not in missing for text in texts], dtype=bool)
    present = [text for text, holds in zip(texts, has_cell, strict=True) if holds]
    values = None
    if not present:
        values = np.array([], dtype=float)
    elif not stays:
        values = _booleans(present)
        values = _numbers(present, decimal) if values is None else values
    if values is None:
        values = np.array(present, dtype=object)
    if has_cell.all() and codes.min(initial=0) >= 0:
        return values[codes]
    # The last place is that of missing cells, whose code is -1.
    is_number = values.dtype.kind in "iuf"
    filled = np.full(len(texts) + 1, np.nan, dtype=float if is_number else object)
    filled[:-1][has_cell] = values
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
    return None if numbers.dtype.kind not in "iuf" else numbers
