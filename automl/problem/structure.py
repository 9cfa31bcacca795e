"""Rows that belong together, and rows that have an order in time: folds at random ignore both.

::

    patient │ visited    │ ...          patient: 3 rows each ──► groups
    P07     │ 2024-03-01 │              visited: dates       ──► time
    P07     │ 2024-03-09 │
    P07     │ 2024-04-02 │

The names of columns suggest it, and their cells have to agree.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from automl.pipelines import Columns
from automl.pipelines.columns.names import (
    is_entity,
    is_fact,
    is_identifier,
    is_moment,
    is_place,
    words_of,
)
from automl.problem.leaks import MIN_ROWS

LEAST_GROUPS = 8  # fewer are levels of a factor, such as the arms of a trial
LEAST_CODED = 10  # groups by cells such as P001, where the name says nothing
REPEATED = 0.2  # share of the rows whose cell comes again, from which on they are groups
CODE = re.compile(r"[A-Za-z]{1,6}[-_ ]?\d{2,}|[0-9a-f]{8}(-?[0-9a-f]{4,}){0,4}")
LEAST_MOMENTS = 10  # fewer are periods, which may be features
# Seconds since 1970, in the years 2000 to 2100; also in milliseconds.
EPOCHS = (946_684_800, 4_102_444_800)


@dataclass(frozen=True)
class Structure:
    """The columns by which rows are related; None where there is no sign of it."""

    groups: str | None = None
    """The column whose equal cells are one thing, such as a patient."""
    time: str | None = None
    """The column that orders the rows in time."""

    def names(self) -> list[str]:
        """Return the names of the columns."""
        return [name for name in (self.groups, self.time) if name is not None]

    def sentences(self, cells: pd.DataFrame) -> Iterator[str]:
        """Yield what folds at random ignore, in words.

        Parameters
        ----------
        cells : DataFrame of shape (n_rows, n_columns)
        """
        if (name := self.groups) is not None:
            yield (
                f"{name!r} has {rows_each(cells[name])}, and folds at random have rows of it on "
                f"both sides; pass groups={name!r} if new rows come with others"
            )
        if (name := self.time) is not None:
            yield (
                f"{name!r} gives the rows an order in time, and folds at random learn from rows "
                f"that come later; pass time={name!r} if the future is to be predicted"
            )


def structure_of(cells: pd.DataFrame, columns: Columns) -> Structure:
    """Return the structure that columns suggest.

    Parameters
    ----------
    cells : DataFrame of shape (n_rows, n_columns)
        As `Columns.read` gives them.
    columns : Columns

    Examples
    --------
    >>> cells = pd.DataFrame({"patient": [f"P{row // 5}" for row in range(60)]})
    >>> structure_of(cells, Columns(categorical=("patient",)))
    Structure(groups='patient', time=None)
    """
    if len(cells) < MIN_ROWS:
        return Structure()
    return Structure(_groups(cells, columns), _time(cells, columns))


def rows_each(column: "pd.Series[Any]") -> str:
    """Return how many rows each cell of a column has, in words.

    Examples
    --------
    >>> rows_each(pd.Series(["a", "a", "b", "b"]))
    '2 rows each'
    """
    counts = column.value_counts()
    if counts.nunique() == 1:
        return f"{counts.iloc[0]} rows each"
    return f"{counts.mean():.3g} rows each, on average"


def _groups(cells: pd.DataFrame, columns: Columns) -> str | None:
    """Return the column of the most groups; one that is named as entities are comes first."""
    codes = [*columns.categorical, *columns.high_cardinality]
    names = [*codes, *columns.ordered, *columns.numeric]
    # Numbers with a name in the plural are counts, such as the households of a block.
    counts = {name for name in columns.numeric if name.endswith("s") and not is_identifier(name)}
    named = {
        name: _n_groups(cells[name]) for name in names if is_entity(name) and name not in counts
    }
    coded = {
        name: _n_groups(cells[name])
        for name in codes
        if not is_place(name) and _are_codes(cells[name])
    }
    for candidates, least in ((named, LEAST_GROUPS), (coded, LEAST_CODED)):
        name = max(candidates, key=candidates.__getitem__, default=None)
        if name is not None and candidates[name] >= least:
            return name
    return None


def _n_groups(column: "pd.Series[Any]") -> int:
    """Return the number of different cells; 0 where they are no groups."""
    present = column.dropna()
    if pd.api.types.is_numeric_dtype(present) and (present % 1 != 0).any():
        return 0
    return present.nunique() if present.duplicated(keep=False).mean() >= REPEATED else 0


def _are_codes(column: "pd.Series[Any]") -> bool:
    texts = column.dropna().unique()
    if len(texts) < LEAST_CODED or not all(CODE.fullmatch(str(text)) for text in texts):
        return False
    # Codes of products and such come in any number and order.
    n_blocks = int((column != column.shift()).sum())
    return n_blocks == len(texts) or column.value_counts().nunique() == 1


def _time(cells: pd.DataFrame, columns: Columns) -> str | None:
    """Return the column with the most dates, or one of numbers that stand for moments."""
    dates = {
        name: cells[name].nunique()
        for name in columns.dates
        if not is_fact(name) and cells[name].notna().all()
    }
    name = max(dates, key=dates.__getitem__, default=None)
    if name is not None and dates[name] >= LEAST_MOMENTS:
        return name
    numbers = (name for name in columns.numeric if is_moment(name) and not is_fact(name))
    return next((name for name in numbers if _orders_rows(name, cells[name])), None)


def _orders_rows(name: str, column: "pd.Series[float]") -> bool:
    """Tell whether numbers are moments: they never fall from row to row, or they are epochs."""
    if column.isna().any() or column.nunique() < LEAST_MOMENTS:
        return False
    low, high = EPOCHS
    is_epoch = any(column.between(low * unit, high * unit).all() for unit in (1, 1_000))
    # A time may be how long something took, by which a file is sorted.
    return is_epoch or ("time" not in words_of(name) and bool((np.diff(column) >= 0).all()))
