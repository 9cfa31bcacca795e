"""Reading the cells of a dataframe, in the same way at training time and ever after."""

import numpy as np
import pandas as pd


def read_cells(frame, kinds):  # type: ignore[no-untyped-def]
    """Return the columns that pipelines use, those of every kind by a reader of their own."""
    frame = frame.rename(columns=str)
    parts = (read(frame[names], *options) for read, names, *options in kinds)
    return pd.concat([frame[[]], *parts], axis=1)


def read_numbers(frame):  # type: ignore[no-untyped-def]
    """Return columns as floats; what is no number, or one whose square overflows, is missing."""
    numbers = frame.copy()
    for name, dtype in frame.dtypes.items():
        if dtype != "float64" and not (isinstance(dtype, np.dtype) and dtype.kind in "biu"):
            short = str(dtype) in ("float16", "float32", "Float32")  # as a CSV file would have them
            column = frame[name].astype(str if short else object)
            numbers[name] = pd.to_numeric(column, errors="coerce")
    return numbers.astype("float64").where(lambda cells: cells.abs() < 1e150)


def read_texts(frame):  # type: ignore[no-untyped-def]
    """Return cells as text, empty ones as missing; whole numbers without the .0 of floats."""
    texts, frame = {}, frame.astype(object)
    for name, column in frame.items():
        written = map(str, column)
        cells = [x.removesuffix(".0") if x[:-2].strip("-").isdigit() else x for x in written]
        texts[name] = pd.Series(cells, frame.index, dtype=object)
    return pd.DataFrame(texts, frame.index).where(lambda x: frame.notna() & (x != ""), np.nan)


def read_dates(frame, formats=None):  # type: ignore[no-untyped-def]
    """Return dates and times in UTC, without saying so; some are not written as in 2024-01-31."""
    dates = {}
    for name in frame:
        column = frame[name]
        if isinstance(column.dtype, pd.PeriodDtype):
            column = column.dt.to_timestamp()
        elif not pd.api.types.is_datetime64_any_dtype(column):
            column = column.astype(object).map(  # years, and days such as 20240131, are texts
                lambda cell: f"{cell:.0f}" if isinstance(cell, int | float) else cell
            )
        format = (formats or {}).get(name, "mixed")
        dated = pd.to_datetime(column, errors="coerce", utc=True, format=format)
        dates[name] = dated.dt.tz_localize(None).astype("datetime64[us]")
    return pd.DataFrame(dates, index=frame.index)


def read_durations(frame):  # type: ignore[no-untyped-def]
    """Return durations in seconds; a time of day counts from midnight."""
    durations = {}
    for name in frame:
        column = frame[name]
        if not pd.api.types.is_numeric_dtype(column):
            texts = column.astype(object).map(str).where(column.notna(), np.nan).astype(object)
            seconds = pd.to_timedelta(texts, errors="coerce").dt.total_seconds()
            column = pd.to_numeric(texts, errors="coerce").fillna(seconds)
        durations[name] = column.astype("float64")
    seconds = pd.DataFrame(durations, index=frame.index)
    return seconds.where(seconds.abs() < 1e150)
