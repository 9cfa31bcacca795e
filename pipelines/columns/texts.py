"""What the texts of a column are: dates, durations, numbers, or categories that may be codes."""

import re
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from automl.pipelines.carried.frame import read_codes, read_texts
from automl.pipelines.columns.dates import NO_DATE, date_formats, first_year
from automl.pipelines.columns.numbers import (
    BOOLEANS,
    DIGIT,
    LEADING_ZERO,
    as_numbers,
    number_form,
    read_in,
)
from automl.pipelines.columns.reading import Reading

ENOUGH = 0.95  # of the cells that have to read as a kind
MOST_TOKENS = 5  # different texts that may be something else
MOSTLY_NUMBERS = 0.5  # of the cells, from which on a column of categories may be one of numbers
ADDRESS = re.compile(r"(\d{1,3}\.){3}\d{1,3}")  # of a computer, no number of thousands
CLOCK = r"\d{1,2}:[0-5]\d(:[0-5]\d(\.\d+)?)?"
DURATION = re.compile(rf"-?\d+ days?( [+-]?{CLOCK})?|-?{CLOCK}")

# Texts that people and programs write where there is no value, in small letters.
NO_VALUE = frozenset(
    "? - -- --- . .. * n.a. n.a na n/a #n/a none null nil nan missing unknown <na> (blank) tbd "
    "#div/0! #value! #ref! #name? #num! #null!".split()
) | {"not available", "not applicable", "not known"}

Counts = Mapping[str, int]
"""The different texts of a column, and how often each is there."""


class Texts:
    """The different texts of a column, looked at once for each kind.

    Parameters
    ----------
    column : Series
        Its blank cells do not count.
    """

    def __init__(self, column: "pd.Series[Any]") -> None:
        self._column = column
        self._read: dict[str, tuple[Reading, list[str]]] = {}

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each text is there, in the order of their first rows."""
        return _counts_of(self._column)

    def read_as(self, kind: str) -> tuple[Reading, list[str]]:
        """Return how texts are read as a kind, and those that can be read so."""
        if kind not in self._read:
            self._read[kind] = _read_as(kind, self.counts)
        return self._read[kind]

    def kind(self) -> str | None:
        """Return the kind of texts that are values; None for categories or free texts."""
        for kind in ("dates", "durations", "numeric"):
            read = self.read_as(kind)[1]
            if _are_enough(read, _values(kind, self.counts)) and not (
                kind == "numeric" and _are_codes(read)
            ):
                return kind
        return None

    def share_of_numbers(self) -> float:
        """Return the share of numbers, if it is one that people should know of, or else 0."""
        read = self.read_as("numeric")[1]
        n_values = sum(_values("numeric", self.counts).values())
        share = sum(self.counts[text] for text in read) / max(n_values, 1)
        return share if MOSTLY_NUMBERS <= share < 1 and not _are_codes(read) else 0.0


def _counts_of(column: "pd.Series[Any]") -> Counter[str]:
    try:
        cells = column.value_counts(sort=False)
    except (TypeError, NotImplementedError):  # lists have no hash, but a text
        cells = column.dropna().map(str).value_counts(sort=False)
    counts: Counter[str] = Counter()
    cells = cells[cells > 0]
    for cell, count in zip(cells.index.to_numpy(object), cells.tolist(), strict=True):
        if text := str(cell).strip():
            counts[text] += count
    return counts


def _read_as(kind: str, counts: Counts) -> tuple[Reading, list[str]]:
    if kind == "dates":
        formats = date_formats(counts)
        read = [text for texts in formats.values() for text in texts]
        return Reading(formats=tuple(formats), first_year=first_year(formats)), read
    if kind == "durations":
        return Reading(), [text for text in counts if DURATION.fullmatch(text)]
    form = number_form(counts)
    return Reading(number=form), read_in(counts, form)


def is_code(cells: list[Any]) -> bool:
    """Tell whether some cells are numbers or booleans, no two of which are equal."""
    plain = [str(cell).strip() for cell in cells]
    if not any(DIGIT.search(text) or text.lower() in BOOLEANS for text in plain):
        return False
    frame = pd.DataFrame({"x": pd.Series(cells, dtype=object)})
    texts = read_texts(frame)["x"].dropna()  # type: ignore[no-untyped-call]
    texts = texts[~texts.duplicated()]
    is_number = as_numbers(list(texts), None).notna()
    codes = read_codes(texts.to_frame(), ["x"])["x"]  # type: ignore[no-untyped-call]
    return bool(is_number.any() and codes.is_unique)


def _values(kind: str, counts: Counts) -> dict[str, int]:
    """Return the texts that do not say that there is no value."""
    values = {text: count for text, count in counts.items() if text.lower() not in NO_VALUE}
    if kind == "dates":
        return {text: count for text, count in values.items() if not NO_DATE.fullmatch(text)}
    return values


def _are_enough(read: list[str], values: Counts) -> bool:
    """Tell whether nearly all cells that have a value could be read, and few texts could not."""
    n_read = sum(values.get(text, 0) for text in read)
    n_tokens = len(values.keys() - read)
    return n_read > 0 and n_tokens <= MOST_TOKENS and n_read >= ENOUGH * sum(values.values())


def _are_codes(texts: list[str]) -> bool:
    """Tell whether some texts have digits that a number has not, as in 02, or all are addresses."""
    return any(map(LEADING_ZERO.fullmatch, texts)) or all(map(ADDRESS.fullmatch, texts))
