"""Rows that are no cases: headers in the middle of a file, totals at its end, shifted columns."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types

from automl.pipelines.columns.number_blocks import number_blocks

TOTAL = re.compile(
    r"(grand |sub-?|overall )?(totals?|sum|sums|average|avg|mean|median|std|count|all|overall|"
    r"gesamt|summe|durchschnitt|mittelwert)( .*)?:?|Σ|∑|合计",
    re.I,
)
FOOTER = 3  # rows at the end that may be totals
LEAST_ROWS = 10  # of a table with a footer: in a shorter one, a row may be the sum by chance
MOSTLY = 0.5  # share of the columns that have to agree
ROUNDING = 1e-6  # of a sum, in a file
SHOWN = 5  # rows that a sentence names


def odd_rows(frame: pd.DataFrame, y: Any) -> Iterator[str]:
    """Yield a sentence for every kind of rows that are no cases.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
        As the user gave it, with names of text.
    y : array-like of shape (n_rows,) or (n_rows, n_outputs)
        The target, for which totals are sums, too.
    """
    if rows := _named(repeated_headers(frame)):
        yield f"{rows} repeat the names of the columns, as files do that were joined; drop them"
    if rows := _named(totals(frame, y)):
        yield f"{rows} look like totals or means of the rows above; drop them"
    if is_shifted(frame):
        yield (
            f"the columns look shifted: {str(frame.columns[-1])!r} is empty, and the index holds "
            "the first cells, as where every row of a file ends with a separator; read the file "
            "with pd.read_csv(..., index_col=False)"
        )


def repeated_headers(frame: pd.DataFrame) -> NDArray[np.intp]:
    """Return the rows, numbered from 0, that hold the names of the columns.

    Examples
    --------
    >>> repeated_headers(pd.DataFrame({"age": ["31", "age"], "city": ["Oslo", "city"]}))
    array([1])
    """
    texts = [name for name, dtype in frame.dtypes.items() if not types.is_numeric_dtype(dtype)]
    if len(texts) < max(2, MOSTLY * frame.shape[1]):  # a header makes texts of all columns
        return np.array([], dtype=np.intp)
    hits = np.array([_is_text(frame[name], str(name)) for name in texts])
    return np.flatnonzero(hits.mean(axis=0) > MOSTLY)


def totals(frame: pd.DataFrame, y: Any) -> NDArray[np.intp]:
    """Return the rows at the end, numbered from 0, that are called totals or are such.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
    y : array-like of shape (n_rows,) or (n_rows, n_outputs)

    Examples
    --------
    >>> frame = pd.DataFrame({"shop": [*"abcdefghij", "Total"], "sold": [*[2] * 10, 20]})
    >>> totals(frame, [0] * 11)
    array([10])
    """
    if len(frame) <= LEAST_ROWS:
        return np.array([], dtype=np.intp)
    return np.array(sorted(_sums(frame, y) | _called_totals(frame)), dtype=np.intp)


def is_shifted(frame: pd.DataFrame) -> bool:
    """Tell whether the first column of a file became the index, and the last one is empty."""
    is_made = isinstance(frame.index, pd.RangeIndex) or frame.index.name is not None
    return not is_made and frame.shape[1] > 1 and bool(frame.iloc[:, -1].isna().all())


def _named(rows: NDArray[np.intp]) -> str:
    """Return rows in words, numbered from 1; an empty text for none."""
    if not len(rows):
        return ""
    numbers = ", ".join(str(row + 1) for row in rows[:SHOWN])
    dots = ", ..." if len(rows) > SHOWN else ""
    return f"rows ({numbers}{dots}, counted from 1)"


def _is_text(column: "pd.Series[Any]", text: str) -> NDArray[np.bool_]:
    """Tell which cells are a text."""
    try:
        return np.asarray(column.eq(text).fillna(False), dtype=bool)
    except (TypeError, ValueError):  # cells such as arrays have no equality
        return np.zeros(len(column), dtype=bool)


def _called_totals(frame: pd.DataFrame) -> set[int]:
    """Return the last rows with a word for totals that stands in no row above."""
    last = len(frame) - FOOTER
    words = (
        (last + row, place, cell)
        for row, cells in enumerate(frame.iloc[last:].to_numpy(dtype=object))
        for place, cell in enumerate(cells)
        if isinstance(cell, str) and TOTAL.fullmatch(cell.strip())
    )
    return {row for row, place, cell in words if not _is_text(frame.iloc[:last, place], cell).any()}


def _numeric_places(table: pd.DataFrame) -> list[int]:
    return [
        place
        for place, dtype in enumerate(table.dtypes)
        if types.is_numeric_dtype(dtype) and not types.is_complex_dtype(dtype)
    ]


def _sums(frame: pd.DataFrame, y: Any) -> set[int]:
    """Return the last rows of which most cells are the sums of the cells above."""
    n_hits, n_sums = np.zeros(FOOTER, dtype=int), np.zeros(FOOTER, dtype=int)
    for table in (frame, pd.DataFrame(y)):
        for _, cells in number_blocks(table, _numeric_places(table)):
            numbers = np.nan_to_num(cells, posinf=0.0, neginf=0.0)
            for place, row in enumerate(range(len(frame) - FOOTER, len(frame))):
                with np.errstate(over="ignore"):  # an infinite sum is the cell of no row
                    sums = numbers[:row].sum(axis=0)
                has_sum = (numbers[:row] != 0).any(axis=0)
                hits = np.isclose(numbers[row], sums, rtol=ROUNDING) & has_sum
                n_hits[place] += hits.sum()
                n_sums[place] += has_sum.sum()
    is_sum = (n_sums > 0) & (n_hits > MOSTLY * n_sums)
    return {len(frame) - FOOTER + int(place) for place in np.flatnonzero(is_sum)}
