"""Reading the cells of a dataframe, in the same way at training time and ever after."""

import re
from warnings import warn

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin


class UnreadableError(ValueError):
    """No cell of a column can be read as in training."""


class CellReader(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Read the cells of the columns that pipelines use; say which are not as in training."""

    def __init__(self, kinds, missing=None):  # type: ignore[no-untyped-def]
        self.kinds = kinds
        self.missing = missing

    def fit(self, X, y=None):  # type: ignore[no-untyped-def]
        self.texts_, cells = {}, read_cells(X, self.kinds)  # type: ignore[no-untyped-call]
        self.names_ = np.array(cells.columns, dtype=object)
        for name in cells.select_dtypes(object):
            counts = cells[name].value_counts()
            if len(counts) <= 50:  # new texts are about as frequent as those that are there once
                self.texts_[name] = list(counts.index), float((counts == 1).sum() / len(X))
        return self

    def transform(self, X):  # type: ignore[no-untyped-def]
        X = X.rename(columns=str)
        cells = read_cells(X, self.kinds)  # type: ignore[no-untyped-call]
        is_lost = cells.isna().to_numpy(bool) & X[list(cells)].notna().to_numpy(bool)
        for name in cells.columns[is_lost.any(axis=0) | cells.columns.isin(list(self.texts_))]:
            column = cells[name]
            texts, usual = (self.missing or {}).get(name, ([], 0.0))
            odd = X[name][column.isna() & X[name].notna()]
            if name in self.texts_:
                texts, usual = self.texts_[name]
                odd = column[column.notna() & ~column.isin(texts)]
            odd = [str(cell).strip() for cell in odd if not isinstance(cell, float)]
            odd = [text for text in odd if text]
            new = sorted(set(odd) - set(texts))[:3]
            shown = [text[:100] for text in new or texts[:3]]  # a cell may have a megabyte
            message = f"{len(odd)} of {len(X)} cells of the column {name!r} are not as in training"
            if new and column.isna().all():
                raise UnreadableError(f"{message}, and none can be read: {shown}")
            if len(odd) >= 3 and len(odd) >= (usual + 0.05) * len(X):
                warn(f"{message}, and count as unknown: {shown}", stacklevel=2)
        return cells

    def get_feature_names_out(self, input_features=None):  # type: ignore[no-untyped-def]
        return self.names_


def read_cells(frame, kinds):  # type: ignore[no-untyped-def]
    """Return the columns that pipelines use, those of every kind by a reader of their own."""
    frame = frame.rename(columns=str)
    parts = (read(frame[names], *options) for read, names, *options in kinds)
    return pd.concat([frame[[]], *parts], axis=1)


def read_numbers(frame):  # type: ignore[no-untyped-def]
    """Return columns as floats; what is no number, or one whose square overflows, is missing."""
    numbers = frame.copy(deep=False)
    for name, dtype in frame.dtypes.items():
        if dtype == "float64":
            continue
        if (short := str(dtype).lower()) in ("float16", "float32"):
            cells = frame[name].to_numpy(short, na_value=np.nan)
            numbers[name] = short_floats(cells)  # type: ignore[no-untyped-call]
        elif dtype.kind not in "biuf":
            texts = frame[name].astype(object).map(lambda cell: str(cell).strip()).astype(object)
            cells = pd.to_numeric(texts, errors="coerce")
            booleans = texts.str.lower().map({"true": 1.0, "false": 0.0})
            numbers[name] = cells.fillna(booleans)
    return without_extremes(numbers.astype("float64"))  # type: ignore[no-untyped-call]


def short_floats(cells):  # type: ignore[no-untyped-def]
    """Return floats of 16 or 32 bits as a CSV file has them: with the fewest digits that do."""
    numbers = cells.astype("float64")
    sizes = np.abs(numbers)
    # Of 16 bits, 2**-6 is written as 0.01563: the nearest number of so few digits is another float.
    is_text = (sizes >= 1e14) | (sizes == 2.0**-6)
    places = np.flatnonzero(~(is_text | np.isnan(sizes)))
    n_digits = 1 + int(np.log10(sizes[places].max(initial=1.0)))
    for decimals in range(np.finfo(cells.dtype).precision - n_digits, 13):
        rounded = numbers[places].round(decimals)  # exact, for so few decimals
        is_equal = rounded.astype(cells.dtype) == cells[places]
        numbers[places[is_equal]] = rounded[is_equal]
        places = places[~is_equal]
    is_text[places] = True
    numbers[is_text] = pd.to_numeric(cells[is_text].astype("str").astype(object))
    return numbers


def without_extremes(numbers):  # type: ignore[no-untyped-def]
    """Return floats in one table, those whose square overflows as missing; few frames have such."""
    # Rows of one table are taken at once, those of a thousand columns one column after the other.
    table = numbers.to_numpy()
    numbers = pd.DataFrame(table, numbers.index, numbers.columns, copy=False)
    cells = table.ravel("K")
    if cells.size and max(np.fmax.reduce(cells), -np.fmin.reduce(cells)) >= 1e150:
        return numbers.where(numbers.abs() < 1e150)
    return numbers


def read_written_numbers(frame, forms):  # type: ignore[no-untyped-def]
    """Return columns as floats, of some also texts such as $1,200.50, 12,5 or 45%."""
    frame = frame.copy()
    for name, (before, after, thousands, decimal) in forms.items():
        groups = rf"[1-9]\d{{0,2}}(?:{re.escape(thousands)}\d{{3}})+|" if thousands else ""
        point, exponent = re.escape(decimal), r"(?:[eE][+-]?\d+)?"
        number = rf"((?:{groups}\d*)(?:{point}\d*)?|\d*(?:{point}\d*)?{exponent})"
        # Without its sign of scale a number may mean another one, such as 0.45 beside 45%.
        is_scaled = after in ("%", "‰", "k", "K", "M")
        start, end = rf"(?:{re.escape(before)})?", rf"(?:{re.escape(after)})"
        end += "" if is_scaled else "?"
        form = rf" *([+-]?) *{start} *([+-]?) *{number} *{end} *"
        texts = frame[name].where(frame[name].map(lambda cell: isinstance(cell, str)))
        texts = texts.astype("str").str.replace(r"\s", " ", regex=True)
        texts = texts.str.replace("[\u2212\u2013]", "-", regex=True)  # signs of typographers
        texts = texts.str.replace(r"^([^\d(]*)\((.*)\) *$|^(.*\d) *- *$", r"-\1\2\3", regex=True)
        parts = texts.str.extract(rf"^{form}$")
        plain = parts[2].str.replace(thousands, "", regex=False) if thousands else parts[2]
        plain = parts[0] + parts[1] + plain.str.replace(decimal, ".", regex=False)
        frame[name] = plain.astype(object).where(texts.notna(), frame[name])
    return read_numbers(frame)  # type: ignore[no-untyped-call]


def read_texts(frame):  # type: ignore[no-untyped-def]
    """Return cells as text, blank ones as missing; whole numbers without the .0 of floats."""
    columns = {}
    for name, column in frame.items():
        column, gaps = column.astype(object).to_numpy(), column.isna().to_numpy()
        if any(kind is not str for kind in set(map(type, column[~gaps]))):
            column = np.array([str(cell) for cell in column], dtype=object)  # 1 is no True
        places, written = pd.factorize(column)
        texts = [text.strip() for text in written]
        texts = [x.removesuffix(".0") if x[:-2].strip("-").isdigit() else x for x in texts]
        read = np.array([*(text or np.nan for text in texts), np.nan], dtype=object)
        columns[name] = read[np.where(gaps, -1, places)]
    return pd.DataFrame(columns, frame.index, dtype=object)


def read_codes(frame, codes):  # type: ignore[no-untyped-def]
    """Return cells as text, in some columns 1, 1.0, 01, True and "true" as the same."""
    texts = read_texts(frame)  # type: ignore[no-untyped-call]
    for name in codes:
        plain = texts[name].str.lower().replace({"true": "1", "false": "0"})
        numbers = pd.to_numeric(plain, errors="coerce") + 0.0
        written = numbers.map("{:.15g}".format)
        texts[name] = texts[name].where(numbers.isna(), written).astype(object)
    return texts


def read_dates(frame, formats=None, first_years=None):  # type: ignore[no-untyped-def]
    """Return dates and times in UTC, without saying so; some are not written as in 2024-01-31."""
    dates = {}
    for name in frame:
        column = frame[name]
        if isinstance(column.dtype, pd.PeriodDtype):
            column = column.dt.to_timestamp()
        elif not pd.api.types.is_datetime64_any_dtype(column):
            texts = column.astype(object).map(  # years, and days such as 20240131, are texts
                lambda cell: f"{cell:.0f}" if isinstance(cell, int | float) else str(cell).strip(),
                na_action="ignore",
            )
            is_date = column.map(lambda cell: hasattr(cell, "year"))
            column = texts.where(~is_date.astype(bool), column.astype(object))
        dated = pd.Series(pd.NaT, frame.index, dtype="datetime64[us, UTC]")
        for format in (formats or {}).get(name, ["ISO8601"]):
            read = pd.to_datetime(column, errors="coerce", utc=True, format=format)
            if "%y" in format and name in (first_years or {}):
                centuries = (read.dt.year - first_years[name]) // 100
                for century in centuries.dropna().unique():
                    moved = read - pd.DateOffset(years=100 * int(century))
                    read = read.where(centuries != century, moved)
            dated = dated.fillna(read.astype(dated.dtype))
        # 9999-12-31 and 0001-01-01 stand for dates that are not known.
        dated = dated.where(dated.dt.year.between(2, 2499))
        dates[name] = dated.dt.tz_localize(None)
    return pd.DataFrame(dates, index=frame.index)


def read_durations(frame):  # type: ignore[no-untyped-def]
    """Return durations in seconds; a time of day counts from midnight."""
    durations = {}
    for name in frame:
        column = frame[name]
        if not pd.api.types.is_numeric_dtype(column):
            texts = column.astype(object).map(str).where(column.notna(), np.nan).astype(object)
            clock = texts.astype("str").str.replace(r"^(-?\d{1,2}:\d\d)$", r"\1:00", regex=True)
            seconds = pd.to_timedelta(clock, errors="coerce").dt.total_seconds()
            column = pd.to_numeric(texts, errors="coerce").fillna(seconds)
        durations[name] = column.astype("float64")
    seconds = pd.DataFrame(durations, index=frame.index)
    return seconds.where(seconds.abs() < 1e150)
