"""The kind of every column of a dataframe, or the reason why no pipeline uses it.

The first rule that applies decides::

    the user's `kinds`
    no cell, or one value in every row            dropped
    dtype: numbers, booleans, dates, categories   its kind
    objects that are no texts                     by their types
    texts: all dates, durations or numbers        that kind
           sentences, mostly different            texts
           different in every row                 dropped, as an identifier
           up to 50 different values, or more     categorical, high_cardinality
    whole numbers, all different, named as ids    dropped, as an identifier
                   or as row numbers              dropped, as such
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types

from automl.pipelines.carried.frame import read_codes, read_dates, read_numbers
from automl.pipelines.columns.columns import KINDS, READERS, Columns
from automl.pipelines.columns.dates import ISO
from automl.pipelines.columns.names import is_identifier, is_row_number
from automl.pipelines.columns.number_blocks import number_blocks
from automl.pipelines.columns.reading import PLAIN, Reading
from automl.pipelines.columns.texts import Texts, is_code

LEFT_OUT = "left out"
EMPTY = "all cells are missing"
CONSTANT = "constant"
IDENTIFIER = "identifier: every cell is different"
ROW_NUMBER = "row number: whole numbers, all different, by its name"
COMPLEX = "complex numbers are not supported; give real and imaginary parts as two columns"

# The texts that `pandas.read_csv` takes for missing cells, as its documentation lists them.
MISSING_TEXTS = frozenset(
    "#N/A|#N/A N/A|#NA|-1.#IND|-1.#QNAN|-NaN|-nan|1.#IND|1.#QNAN|<NA>|N/A|NA|NULL|NaN|None|n/a|nan|"
    "null".split("|")
)
LOW_CARDINALITY = 50  # categories; one-hot encoding makes at most so many columns of one column
FEW_TEXTS = 20  # so few different texts are categories, however long: answers of a questionnaire
TEXT_WORDS = 3  # words of a cell, on average: names and codes have fewer, sentences more
TEXT_SHARE = 0.3  # of different texts among the cells; categories come again more often
HUGE = 1e150  # larger numbers are read as missing, because their squares overflow
CATEGORIES = ("categorical", "high_cardinality", "ordered")
MOST_SHOWN = 20  # texts that count as missing, of a column
SCALARS = (str, Real, Decimal)
LEAST_ROWS = 10  # with fewer, whole numbers are all different by chance
IN_OBJECTS = {
    "integer": "numeric",
    "floating": "numeric",
    "mixed-integer-float": "numeric",
    "decimal": "numeric",
    "complex": COMPLEX,
    "date": "dates",
    "datetime": "dates",
    "datetime64": "dates",
    "timedelta": "durations",
    "timedelta64": "durations",
    "time": "durations",
}


def read_columns(frame: pd.DataFrame, kinds: Mapping[str, str] | None = None) -> Columns:
    """Find the kind of every column.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
        Column names are read as text.
    kinds : mapping of str to str, optional
        Kinds of columns that the user knows better, or "left out".

    Returns
    -------
    Columns

    Raises
    ------
    ValueError
        If `kinds` names a column or kind that does not exist, or no cell of a column can be read
        as its kind.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"age": [31, 45], "city": ["Oslo", "Rome"], "planet": ["Earth"] * 2})
    >>> read_columns(frame).kinds()
    {'numeric': ('age',), 'categorical': ('city',)}
    >>> read_columns(frame).dropped
    {'planet': 'constant'}
    """
    frame = frame.rename(columns=str)
    user_kinds = {str(name): kind for name, kind in (kinds or {}).items()}
    _check(frame, user_kinds)
    quick = _plain_numbers(frame) | user_kinds
    names: dict[str, list[str]] = {kind: [] for kind in KINDS}
    dropped: dict[str, str] = {}
    texts = {str(name): Texts(column) for name, column in frame.items()}
    for name in texts:
        kind = quick[name] if name in quick else _kind(name, frame[name], texts[name])
        if kind in names:
            names[kind].append(name)
        else:
            dropped[name] = "as kinds says" if kind == LEFT_OUT else kind
    columns = _described(frame, names, dropped, texts)
    _check_cells(frame, columns, user_kinds)
    return columns


def _described(
    frame: pd.DataFrame,
    by_kind: Mapping[str, list[str]],
    dropped: Mapping[str, str],
    texts: Mapping[str, Texts],
) -> Columns:
    """Return columns by kind, with the way in which their cells are written."""
    plain = [name for kind, names in by_kind.items() if kind not in READERS for name in names]
    readings = {
        name: _reading(kind, frame[name], texts[name])
        for kind, names in by_kind.items()
        for name in names
    }
    return Columns(
        **{kind: tuple(names) for kind, names in by_kind.items()},
        dropped=dropped,
        orders={name: _order(frame[name], readings[name]) for name in by_kind["ordered"]},
        readings={name: reading for name, reading in readings.items() if reading != PLAIN},
        reads_missing_texts=any(
            not MISSING_TEXTS.isdisjoint(_texts(frame[name])) for name in plain
        ),
    )


def _reading(kind: str, column: pd.Series, texts: Texts) -> Reading:
    """Return how the cells of a column are written."""
    holds_texts = _may_hold_texts(column)
    if kind in CATEGORIES:
        return Reading(
            is_code=is_code(_distinct(column.dropna())),
            number_share=texts.share_of_numbers() if holds_texts else 0.0,
        )
    if kind == "texts" or not holds_texts:
        return PLAIN
    reading, _ = texts.read_as(kind)
    counts = texts.counts
    alone = replace(reading, formats=() if reading.formats == (ISO,) else reading.formats)
    facts: dict[str, Any] = {kind: ("x",), "readings": {"x": alone}}
    cells = pd.DataFrame({"x": pd.Series(list(counts), dtype=object)})
    is_lost = Columns(**facts).read(cells)["x"].isna()
    lost = Counter({text: counts[text] for text in cells["x"][is_lost]})
    missing = tuple(text for text, _ in lost.most_common(MOST_SHOWN))
    return replace(alone, missing=missing, missing_share=sum(lost.values()) / max(len(column), 1))


def _may_hold_texts(column: pd.Series) -> bool:
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        dtype = dtype.categories.dtype
    return _kind_of_dtype(dtype) is None


def _check(frame: pd.DataFrame, kinds: Mapping[str, str]) -> None:
    missing = sorted(set(kinds) - set(frame.columns))
    if missing:
        raise ValueError(f"kinds has {missing}, but the columns are {list(frame.columns)}")
    wrong = {name: kind for name, kind in kinds.items() if kind not in (*KINDS, LEFT_OUT)}
    if wrong:
        raise ValueError(f"expected every kind to be one of {[*KINDS, LEFT_OUT]}, got {wrong}")


def _check_cells(frame: pd.DataFrame, columns: Columns, kinds: Mapping[str, str]) -> None:
    names = [name for name, kind in kinds.items() if kind in KINDS]
    if not names:
        return
    cells = columns.read(frame)
    for name in names:
        if cells[name].isna().all():
            raise ValueError(
                f"kinds says that {name!r} is {kinds[name]}, but no cell can be read so: "
                f"{frame[name].dropna().head(3).tolist()}"
            )


def _plain_numbers(frame: pd.DataFrame) -> dict[str, str]:
    """Return the kinds of all columns of numbers at once: wide frames have thousands."""
    plain = [
        place for place, dtype in enumerate(frame.dtypes) if _kind_of_dtype(dtype) == "numeric"
    ]
    if frame.empty:
        return {}
    kinds: dict[str, str] = {}
    for places, cells in number_blocks(frame, plain):
        names = frame.columns[places]
        kinds |= dict.fromkeys(names, "numeric")
        kinds |= dict.fromkeys(names[np.flatnonzero((cells == cells[0]).all(axis=0))], CONSTANT)
        kinds |= dict.fromkeys(names[np.flatnonzero(~(np.abs(cells) < HUGE).any(axis=0))], EMPTY)
    for name, kind in kinds.items():
        if kind == "numeric":
            kinds[name] = _of_numbers(name, frame[name])
    return kinds


def _of_numbers(name: str, column: pd.Series) -> str:
    """Return the kind of numbers, unless they are whole, all different, and named accordingly."""
    is_row = is_row_number(name) and len(column) >= LEAST_ROWS
    is_named = is_identifier(name) and len(column) > LOW_CARDINALITY
    if not (is_row or is_named):
        return "numeric"
    numbers = read_numbers(column.to_frame())[name]  # type: ignore[no-untyped-call]
    if not (numbers.is_unique and (numbers % 1 == 0).all()):
        return "numeric"
    return ROW_NUMBER if is_row else IDENTIFIER


def _kind(name: str, column: pd.Series, texts: Texts) -> str:
    """Return the kind of a column, or the reason why no pipeline uses it."""
    present = column.dropna()
    distinct = _distinct(present)
    if any(not str(cell).strip() for cell in distinct):
        distinct = [cell for cell in distinct if str(cell).strip()]
        present = present[[str(cell).strip() != "" for cell in present]]
    if present.empty:
        return EMPTY
    # One value with gaps is no constant: its presence may be as good as a boolean.
    if len(distinct) == 1 and len(present) == len(column):
        return CONSTANT
    dtype = present.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        kind = _kind_of_dtype(dtype.categories.dtype)
        if kind in ("dates", "durations", COMPLEX):
            return kind
        return "ordered" if dtype.ordered else _categories(distinct)
    kind = _kind_of_dtype(dtype)
    if kind is None and types.is_object_dtype(dtype):
        inferred = types.infer_dtype(present, skipna=True)
        if inferred != "string":
            # Numbers beside texts, as from a spreadsheet, are looked at as texts.
            are_scalars = all(isinstance(cell, SCALARS) for cell in present)
            kind = IN_OBJECTS.get(inferred, None if are_scalars else _categories(distinct))
    if kind is None:
        kind = _kind_of_values(texts, dtype) or _kind_of_texts(texts, n_rows=len(column))
    elif kind in ("numeric", "dates") and _are_all_lost(kind, present):
        return EMPTY  # all cells are infinite, or in a far future
    return _of_numbers(name, column) if kind == "numeric" else kind


def _kind_of_dtype(dtype: Any) -> str | None:
    """Return the kind of columns of a dtype, or None if only the cells can tell."""
    if types.is_complex_dtype(dtype):
        return COMPLEX
    if types.is_bool_dtype(dtype):
        return "categorical"
    if types.is_numeric_dtype(dtype):
        return "numeric"
    if types.is_datetime64_any_dtype(dtype) or str(dtype).startswith("date"):
        return "dates"
    # pyarrow's dtypes are recognized by their names, because pandas has no function for them.
    if types.is_timedelta64_dtype(dtype) or str(dtype).startswith(("duration", "time")):
        return "durations"
    return None


def _are_all_lost(kind: str, present: pd.Series) -> bool:
    read = read_numbers if kind == "numeric" else read_dates
    return bool(read(present.to_frame("x")).isna().all(axis=None))  # type: ignore[no-untyped-call]


def _kind_of_values(texts: Texts, dtype: Any) -> str | None:
    kind = texts.kind()
    # Codes of a dictionary are no numbers, and neither are years as periods.
    is_code = isinstance(dtype, pd.PeriodDtype) or str(dtype).startswith("dictionary")
    return None if kind == "numeric" and is_code else kind


def _kind_of_texts(texts: Texts, n_rows: int) -> str:
    distinct, n_cells = list(texts.counts), texts.counts.total()
    words = sum(len(text.split()) for text in distinct) / len(distinct)
    if words >= TEXT_WORDS and len(distinct) > max(FEW_TEXTS, TEXT_SHARE * n_cells):
        return "texts"
    # Numbers with other texts among them are said rather than dropped.
    if len(distinct) == n_rows > LOW_CARDINALITY and not texts.share_of_numbers():
        return IDENTIFIER
    return _categories(distinct)


def _categories(distinct: list[Any]) -> str:
    return "categorical" if len(distinct) <= LOW_CARDINALITY else "high_cardinality"


def _distinct(present: pd.Series) -> list[Any]:
    """Return the different cells in the order of their first rows."""
    try:
        return list(present.unique())
    except (TypeError, NotImplementedError):  # lists have no hash, but a text
        return list(dict.fromkeys(map(str, present)))


def _texts(column: pd.Series) -> list[str]:
    """Return the different texts among the cells."""
    return [cell for cell in _distinct(column.dropna()) if isinstance(cell, str) and cell]


def _order(column: pd.Series, reading: Reading) -> tuple[str, ...]:
    """Return the categories of an ordered column; without an order of their own they are sorted."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        cells = list(column.dtype.categories)
        if not column.dtype.ordered:
            cells = _by_number(cells) or cells
    else:
        cells = _distinct(column.dropna())
        cells = _by_number(cells) or _sorted(cells)
    frame = pd.DataFrame({"cells": pd.Series(cells, dtype=object)})
    codes = ["cells"] if reading.is_code else []
    texts = read_codes(frame, codes)["cells"]  # type: ignore[no-untyped-call]
    return tuple(dict.fromkeys(texts.dropna()))


def _by_number(cells: list[Any]) -> list[Any] | None:
    """Return cells sorted by number, texts of numbers included, or None if any is no number."""
    texts = pd.Series([text for text in map(str, cells) if text], dtype=object)
    numbers = pd.to_numeric(texts, errors="coerce")
    return None if numbers.isna().any() else list(texts[numbers.argsort(kind="stable")])


def _sorted(cells: list[Any]) -> list[Any]:
    try:
        return sorted(cells)
    except TypeError:
        return sorted(map(str, cells))
