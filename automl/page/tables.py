"""A table as plain values, which a page, a text and JSON can show alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Self

import numpy as np
import pandas as pd

Cell = str | int | float | bool | None

LONGEST = 1_000  # characters of a cell: names of columns and messages may be of any length


@dataclass(frozen=True)
class Table:
    """A table as plain values."""

    columns: tuple[str, ...]
    """The names of its columns."""
    rows: tuple[tuple[Cell, ...], ...]
    """Its first rows."""
    n_rows: int
    """The number of all rows, those that are left out among them."""

    @classmethod
    def from_rows(
        cls, columns: Sequence[str], rows: Iterable[Sequence[Any]], limit: int = 200
    ) -> Self:
        """Return a table of any values.

        Parameters
        ----------
        columns : sequence of str
        rows : iterable of sequences
        limit : int
            The most rows; the table says how many there are.
        """
        body = list(rows)
        cells = tuple(tuple(map(cell, row)) for row in body[:limit])
        return cls(tuple(shortened(name) for name in columns), cells, len(body))

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, limit: int = 200) -> Self:
        """Return the table of a dataframe without its index."""
        rows = zip(*(frame[name].tolist() for name in frame), strict=True)
        return cls.from_rows([str(name) for name in frame], rows, limit)


def cell(value: Any) -> Cell:
    """Return a value as JSON can hold it; numbers that are not finite are None.

    Examples
    --------
    >>> cell(np.int64(3)), cell(float("nan")), cell("a" * 2000)[-3:]
    (3, None, 'aa…')
    """
    plain = value.item() if isinstance(value, np.generic) else value
    if isinstance(plain, float):
        return plain if isfinite(plain) else None
    if plain is None or isinstance(plain, bool | int):
        return plain
    return shortened(str(plain))


def shortened(text: str) -> str:
    """Return a text that is cut where it is very long, and that every file can hold."""
    storable = text.encode("utf-8", "replace").decode()
    return storable if len(storable) <= LONGEST else f"{storable[: LONGEST - 1]}…"
