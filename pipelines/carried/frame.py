"""Reading the cells of a dataframe, in the same way at training time and ever after."""

import numpy as np
import pandas as pd


def read_cells(frame, numeric=(), categorical=(), dates=()):  # type: ignore[no-untyped-def]
    """Return the columns by kind: numbers as floats, categories as text, dates as dates."""
    frame = frame.rename(columns=str)
    cells = {}
    for name in numeric:
        column = frame[name]
        if str(column.dtype) in ("float16", "float32", "Float32"):
            column = column.astype(str)  # as a CSV file would have it
        elif not isinstance(column.dtype, np.dtype):
            column = column.astype(object)
        cells[name] = pd.to_numeric(column, errors="coerce").astype("float64")
    for name in categorical:
        column = frame[name].astype(object)
        present = column.notna() & (column != "")
        cells[name] = column.map(str).where(present, np.nan).astype(object)
    for name in dates:
        dated = pd.to_datetime(frame[name], errors="coerce", utc=True, format="mixed")
        cells[name] = dated.dt.tz_localize(None).astype("datetime64[us]")
    return pd.DataFrame(cells, index=frame.index).replace([np.inf, -np.inf], np.nan)
