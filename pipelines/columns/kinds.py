"""The kind of every column of a dataframe: what its cells hold, or why it is of no use."""

import re
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types
from pandas.tseries.api import guess_datetime_format

from automl.pipelines.carried.frame import read_numbers, read_texts
from automl.pipelines.columns.columns import KINDS, READERS, Columns

LEFT_OUT = "left out"
EMPTY = "all cells are missing"
CONSTANT = "constant"
IDENTIFIER = "identifier: every cell is different"
COMPLEX = "complex numbers are not supported; give real and imaginary parts as two columns"

# The texts that `pandas.read_csv` takes for missing cells, as its documentation lists them.
MISSING_TEXTS = frozenset(
    "#N/A|#N/A N/A|#NA|-1.#IND|-1.#QNAN|-NaN|-nan|1.#IND|1.#QNAN|<NA>|N/A|NA|NULL|NaN|None|n/a|nan|"
    "null".split("|")
)
LOW_CARDINALITY = 50  # more categories than this are many
FEW_TEXTS = 20  # as many different texts or fewer are categories, however long
TEXT_WORDS = 3  # words of a cell, on average, from which texts are sentences
TEXT_SHARE = 0.3  # different texts among all, from which sentences are no categories
HUGE = 1e150  # from here on, numbers are read as missing: their squares overflow
YEARS = (1800, 2200)  # of dates; numbers that stand for something else seldom keep to them

ISO_DATE = re.compile(
    r"[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
    r"([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?"
)
CLOCK = r"\d{1,2}:[0-5]\d:[0-5]\d(\.\d+)?"
DURATION = re.compile(rf"-?\d+ days?( [+-]?{CLOCK})?|-?{CLOCK}")
LEADING_ZERO = re.compile(r"[+-]?0\d.*")
IDENTIFIER_NAME = re.compile(r"((^|.*[\W_])(?i:id|uuid|guid|key)|.*[a-z](Id|ID|Key))", re.ASCII)
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
    """Read the kind of every column.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
        Column names are read as text.
    kinds : mapping of str to str, optional
        The kinds of columns that are known better, or "left out".

    Returns
    -------
    Columns

    Raises
    ------
    ValueError
        If `kinds` names what is no column or no kind, or leaves no cell of a column.

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
    given = {str(name): kind for name, kind in (kinds or {}).items()}
    _check(frame, given)
    known = _plain_numbers(frame) | given
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    dropped: dict[str, str] = {}
    for name in map(str, frame):
        kind = known[name] if name in known else _kind(name, frame[name])
        if kind in found:
            found[kind].append(name)
        else:
            dropped[name] = "as kinds says" if kind == LEFT_OUT else kind
    columns = _described(frame, found, dropped)
    _check_cells(frame, columns, given)
    return columns


def _described(
    frame: pd.DataFrame, found: Mapping[str, list[str]], dropped: Mapping[str, str]
) -> Columns:
    """Add what has to be known to read the columns of some kinds."""
    texts = [name for kind, names in found.items() if kind not in READERS for name in names]
    formats = {name: _date_format(_texts(frame[name])) for name in found["dates"]}
    return Columns(
        **{kind: tuple(names) for kind, names in found.items()},
        dropped=dropped,
        orders={name: _order(frame[name]) for name in found["ordered"]},
        formats={name: format_ for name, format_ in formats.items() if format_},
        reads_missing_texts=any(
            not MISSING_TEXTS.isdisjoint(_texts(frame[name])) for name in texts
        ),
    )


def _check(frame: pd.DataFrame, given: Mapping[str, str]) -> None:
    missing = sorted(set(given) - set(frame.columns))
    if missing:
        raise ValueError(f"kinds has {missing}, but the columns are {list(frame.columns)}")
    wrong = {name: kind for name, kind in given.items() if kind not in (*KINDS, LEFT_OUT)}
    if wrong:
        raise ValueError(f"expected every kind to be one of {[*KINDS, LEFT_OUT]}, got {wrong}")


def _check_cells(frame: pd.DataFrame, columns: Columns, given: Mapping[str, str]) -> None:
    names = [name for name, kind in given.items() if kind in KINDS]
    if not names:
        return
    cells = columns.read(frame)
    for name in names:
        if cells[name].isna().all():
            raise ValueError(
                f"kinds says that {name!r} is {given[name]}, but no cell can be read so: "
                f"{frame[name].dropna().head(3).tolist()}"
            )


def _plain_numbers(frame: pd.DataFrame) -> dict[str, str]:
    """Return the kinds of all columns of numbers at once: wide frames have thousands."""
    plain = [_kind_of_dtype(dtype) == "numeric" for dtype in frame.dtypes]
    numbers = frame.loc[:, plain].astype("float64")
    if numbers.empty:
        return {}
    kinds: dict[str, str] = dict.fromkeys(map(str, numbers), "numeric")
    cells = numbers.to_numpy()
    kinds |= dict.fromkeys(numbers.columns[(cells == cells[0]).all(axis=0)], CONSTANT)
    kinds |= dict.fromkeys(numbers.columns[~(np.abs(cells) < HUGE).any(axis=0)], EMPTY)
    for name, kind in kinds.items():
        if kind == "numeric" and _is_identifier(name, frame[name]):
            kinds[name] = IDENTIFIER
    return kinds


def _is_identifier(name: str, column: pd.Series) -> bool:
    """Tell whether a column holds whole numbers, all different, and is named accordingly."""
    if IDENTIFIER_NAME.fullmatch(name) is None or len(column) <= LOW_CARDINALITY:
        return False
    numbers = read_numbers(column.to_frame())[name]  # type: ignore[no-untyped-call]
    return bool(numbers.is_unique and (numbers % 1 == 0).all())


def _kind(name: str, column: pd.Series) -> str:
    """Return the kind of a column, or why it is of no use.

    One value with gaps is of use: that a cell is there is what it tells.
    """
    present = column.dropna()
    distinct = _distinct(present)
    if "" in distinct:
        distinct.remove("")
        present = present[[str(cell) != "" for cell in present]]
    if present.empty:
        return EMPTY
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
        kind = IN_OBJECTS.get(inferred, None if inferred == "string" else _categories(distinct))
    if kind is None:
        kind = _kind_of_texts(list(map(str, distinct)), len(present), n_rows=len(column))
    if kind == "numeric" and read_numbers(present.to_frame()).isna().all(axis=None):  # type: ignore[no-untyped-call]
        return EMPTY  # infinities
    return IDENTIFIER if kind == "numeric" and _is_identifier(name, column) else kind


def _kind_of_dtype(dtype: Any) -> str | None:
    """Return the kind of columns of a dtype, or None if it takes a look at the cells."""
    if types.is_complex_dtype(dtype):
        return COMPLEX
    if types.is_bool_dtype(dtype):
        return "categorical"
    if types.is_numeric_dtype(dtype):
        return "numeric"
    if types.is_datetime64_any_dtype(dtype) or str(dtype).startswith("date"):
        return "dates"
    if types.is_timedelta64_dtype(dtype) or str(dtype).startswith(("duration", "time")):
        return "durations"
    return None


def _kind_of_texts(distinct: list[str], n_present: int, n_rows: int) -> str:
    if all(map(ISO_DATE.fullmatch, distinct)) or _date_format(distinct):
        return "dates"
    if all(map(DURATION.fullmatch, distinct)):
        return "durations"
    if len(distinct) > LOW_CARDINALITY and _are_numbers(distinct):
        return "numeric"
    words = sum(len(text.split()) for text in distinct) / len(distinct)
    if words >= TEXT_WORDS and len(distinct) > max(FEW_TEXTS, TEXT_SHARE * n_present):
        return "texts"
    if len(distinct) == n_rows > LOW_CARDINALITY:
        return IDENTIFIER
    return _categories(distinct)


def _categories(distinct: list[Any]) -> str:
    return "categorical" if len(distinct) <= LOW_CARDINALITY else "high_cardinality"


def _distinct(present: pd.Series) -> list[Any]:
    """Return the different cells in the order in which they come."""
    try:
        return list(present.unique())
    except (TypeError, NotImplementedError):  # lists have no hash, but a text
        return list(dict.fromkeys(map(str, present)))


def _texts(column: pd.Series) -> list[str]:
    """Return the different texts among the cells."""
    return [cell for cell in _distinct(column.dropna()) if isinstance(cell, str) and cell]


def _are_numbers(distinct: list[str]) -> bool:
    """Tell whether texts are numbers rather than codes, such as 02."""
    if any(map(LEADING_ZERO.fullmatch, distinct)):
        return False
    return bool(pd.to_numeric(pd.Series(distinct), errors="coerce").notna().all())


def _date_format(distinct: list[str]) -> str | None:
    """Return how dates are written that are not written as in 2024-01-31, the month first if open.

    A time alone, or digits without anything between them, are no dates.
    """
    # That May is not cut short does not tell whether the other months are.
    first = next((text for text in distinct if "May" not in text), "".join(distinct[:1]))
    if first.isdigit() or not any(map(str.isdigit, first)) or ISO_DATE.fullmatch(first):
        return None
    for day_first in (False, True):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a format contradicts day_first is no news
            format_ = guess_datetime_format(first, dayfirst=day_first)
        if format_ is None or ("%Y" not in format_ and "%y" not in format_):
            continue
        dates = pd.to_datetime(pd.Series(distinct), format=format_, errors="coerce", utc=True)
        if dates.dt.year.between(*YEARS).all():
            return str(format_)
    return None


def _order(column: pd.Series) -> tuple[str, ...]:
    """Return the categories of an ordered column, by the order of values where it has no other."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        cells = list(column.dtype.categories)
        if not column.dtype.ordered:
            cells = _by_number(cells) or cells
    else:
        cells = _distinct(column.dropna())
        cells = _by_number(cells) or _sorted(cells)
    frame = pd.DataFrame({"cells": pd.Series(cells, dtype=object)})
    texts = read_texts(frame)["cells"]  # type: ignore[no-untyped-call]
    return tuple(dict.fromkeys(texts.dropna()))


def _by_number(cells: list[Any]) -> list[Any] | None:
    """Return cells by their numbers, also those of texts, or None if one of them is none."""
    texts = pd.Series([text for text in map(str, cells) if text], dtype=object)
    numbers = pd.to_numeric(texts, errors="coerce")
    return None if numbers.isna().any() else list(texts[numbers.argsort(kind="stable")])


def _sorted(cells: list[Any]) -> list[Any]:
    try:
        return sorted(cells)
    except TypeError:
        return sorted(map(str, cells))
