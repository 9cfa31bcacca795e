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
"""

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
LOW_CARDINALITY = 50  # categories; one-hot encoding makes at most so many columns of one column
FEW_TEXTS = 20  # so few different texts are categories, however long: answers of a questionnaire
TEXT_WORDS = 3  # words of a cell, on average: names and codes have fewer, sentences more
TEXT_SHARE = 0.3  # of different texts among the cells; categories come again more often
HUGE = 1e150  # larger numbers are read as missing, because their squares overflow
YEARS = (1800, 2200)  # of dates; numbers with another meaning seldom stay within these bounds

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
    for name in map(str, frame):
        kind = quick[name] if name in quick else _kind(name, frame[name])
        if kind in names:
            names[kind].append(name)
        else:
            dropped[name] = "as kinds says" if kind == LEFT_OUT else kind
    columns = _described(frame, names, dropped)
    _check_cells(frame, columns, user_kinds)
    return columns


def _described(
    frame: pd.DataFrame, by_kind: Mapping[str, list[str]], dropped: Mapping[str, str]
) -> Columns:
    """Return columns by kind, with the orders and formats that reading them takes."""
    texts = [name for kind, names in by_kind.items() if kind not in READERS for name in names]
    formats = {name: _date_format(_texts(frame[name])) for name in by_kind["dates"]}
    return Columns(
        **{kind: tuple(names) for kind, names in by_kind.items()},
        dropped=dropped,
        orders={name: _order(frame[name]) for name in by_kind["ordered"]},
        formats={name: format_ for name, format_ in formats.items() if format_},
        reads_missing_texts=any(
            not MISSING_TEXTS.isdisjoint(_texts(frame[name])) for name in texts
        ),
    )


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
    """Return the kind of a column, or the reason why no pipeline uses it."""
    present = column.dropna()
    distinct = _distinct(present)
    if "" in distinct:
        distinct.remove("")
        present = present[[str(cell) != "" for cell in present]]
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
        kind = IN_OBJECTS.get(inferred, None if inferred == "string" else _categories(distinct))
    if kind is None:
        kind = _kind_of_texts(list(map(str, distinct)), len(present), n_rows=len(column))
    if kind == "numeric" and read_numbers(present.to_frame()).isna().all(axis=None):  # type: ignore[no-untyped-call]
        return EMPTY  # all cells are infinite
    return IDENTIFIER if kind == "numeric" and _is_identifier(name, column) else kind


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


def _kind_of_texts(distinct: list[str], n_present: int, n_rows: int) -> str:
    if all(map(ISO_DATE.fullmatch, distinct)) or _date_format(distinct):
        return "dates"
    if all(map(DURATION.fullmatch, distinct)):
        return "durations"
    # Few different numbers as texts are mostly codes, such as those of a questionnaire.
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
    """Return the different cells in the order of their first rows."""
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
    """Return the format of dates other than 2024-01-31, or None if the texts are no such dates.

    If both fit all texts, the month comes before the day. A time alone is no date, and neither are
    digits without separators.
    """
    # The short and the long name of May are equal, so another month shows which of them is used.
    first = next((text for text in distinct if "May" not in text), "".join(distinct[:1]))
    if first.isdigit() or not any(map(str.isdigit, first)) or ISO_DATE.fullmatch(first):
        return None
    for day_first in (False, True):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of formats that contradict `dayfirst`
            format_ = guess_datetime_format(first, dayfirst=day_first)
        if format_ is None or ("%Y" not in format_ and "%y" not in format_):
            continue
        dates = pd.to_datetime(pd.Series(distinct), format=format_, errors="coerce", utc=True)
        if dates.dt.year.between(*YEARS).all():
            return str(format_)
    return None


def _order(column: pd.Series) -> tuple[str, ...]:
    """Return the categories of an ordered column; without an order of their own they are sorted."""
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
    """Return cells sorted by number, texts of numbers included, or None if any is no number."""
    texts = pd.Series([text for text in map(str, cells) if text], dtype=object)
    numbers = pd.to_numeric(texts, errors="coerce")
    return None if numbers.isna().any() else list(texts[numbers.argsort(kind="stable")])


def _sorted(cells: list[Any]) -> list[Any]:
    try:
        return sorted(cells)
    except TypeError:
        return sorted(map(str, cells))
