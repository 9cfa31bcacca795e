"""Remarks on the columns of a fit: what is left out, and which cells are not read as they are."""

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from automl.pipelines import Columns
from automl.pipelines.columns.kinds import (
    CONSTANT,
    EMPTY,
    HUGE,
    IDENTIFIER,
    MISSING_TEXTS,
    ROW_NUMBER,
)
from automl.pipelines.columns.number_blocks import number_blocks

MONTH_FIRST = re.compile("%m[^%]%d|%d[^%]%m")
MOST_NAMED, LONGEST_NAMED = 5, 40  # texts or columns in a sentence, and characters of a text


def remarks(frame: pd.DataFrame, columns: Columns) -> Iterator[str]:
    """Yield a sentence for everything that is not as people may expect.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
        As the user gave it, with names of text.
    columns : Columns
    """
    is_number = [
        name in columns.numeric and is_numeric_dtype(dtype) and not is_bool_dtype(dtype)
        for name, dtype in frame.dtypes.items()
    ]
    infinite: list[str] = []
    # In 64 bits, for smaller floats cannot hold the bound.
    for places, cells in number_blocks(frame, np.flatnonzero(is_number).tolist()):
        infinite += frame.columns[places][
            np.flatnonzero((np.abs(cells) >= HUGE).any(axis=0))
        ].tolist()
    if infinite:
        yield (
            f"infinite values (numbers from {HUGE:g} on) are taken for missing ones in the columns "
            f"{infinite}"
        )
    yield from _on_readings(columns)
    yield from _on_dates(frame, columns)
    yield from _on_dropped(columns)


def _on_readings(columns: Columns) -> Iterator[str]:
    """Yield which cells are not read as they are."""
    for name, reading in columns.readings.items():
        if texts := [text for text in reading.missing if text not in MISSING_TEXTS]:
            shown = [text[:LONGEST_NAMED] for text in texts[:MOST_NAMED]]
            kind = "no dates" if name in columns.dates else "no numbers"
            yield (
                f"{reading.missing_share:.1%} of the cells of {name!r} are {kind} and count as "
                f"missing: {shown}; kinds={{{name!r}: 'categorical'}} keeps them as they are"
            )
        if reading.first_year is not None:
            years = f"{reading.first_year} to {reading.first_year + 99}"
            yield f"two digits of the dates in {name!r} are a year from {years}"
        if reading.number_share:
            yield (
                f"{name!r} is read as categories, though {reading.number_share:.1%} of its cells "
                f"are numbers; kinds={{{name!r}: 'numeric'}} reads these, and the others as missing"
            )


def _on_dates(frame: pd.DataFrame, columns: Columns) -> Iterator[str]:
    """Yield which dates may be read with day and month in the other order."""
    for name in columns.dates:
        formats = columns.readings[name].formats if name in columns.readings else ()
        if len(formats) != 1 or not MONTH_FIRST.match(formats[0]):
            continue
        texts = frame[name].dropna().astype(str).str.strip()
        first, second, end = formats[0][:2], formats[0][3:5], formats[0][5:]
        swapped = f"{second}{formats[0][2]}{first}{end}"
        if pd.to_datetime(texts, format=swapped, errors="coerce").notna().all():
            yield (
                f"the dates of {name!r}, such as {texts.iloc[0]!r}, may have the month or the day "
                f"first; they are read as {formats[0]}; write them as in 2024-01-31 if that is "
                "wrong"
            )


def _on_dropped(columns: Columns) -> Iterator[str]:
    """Yield which columns are left out, and why."""
    by_reason: dict[str, list[str]] = {}
    for name, reason in columns.dropped.items():
        by_reason.setdefault(reason, []).append(name)
    if names := by_reason.get(IDENTIFIER):
        yield (
            f"identifiers are left out, for every cell is different: {_listed(names)}; turn them "
            "into numbers or dates, or give their kinds, if they tell something"
        )
    if names := by_reason.get(ROW_NUMBER):
        yield (
            f"columns that number the rows are left out: {_listed(names)}; "
            f"kinds={{{names[0]!r}: 'numeric'}} keeps them"
        )
    for reason, start in ((CONSTANT, "columns of one value"), (EMPTY, "columns without a cell")):
        if names := by_reason.get(reason):
            yield f"{start} are left out: {_listed(names)}"
    unsupported = {
        name: reason for name, reason in columns.dropped.items() if "not supported" in reason
    }
    if unsupported:
        yield f"columns are left out: {unsupported}"


def _listed(names: list[str]) -> str:
    n_others = len(names) - MOST_NAMED
    return f"{names[:MOST_NAMED]} and {n_others} more" if n_others > 0 else str(names)
