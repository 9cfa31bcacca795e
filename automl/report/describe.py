"""A table of a dataframe's columns, as a search reads them."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from automl.problem.dataset import as_frame, columns_of


def describe(frame: Any, *, kinds: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Return the kind of every column of a dataframe.

    Parameters
    ----------
    frame : dataframe or array-like of shape (n_rows, n_columns)
    kinds : mapping of str to str, optional
        The kinds of columns that you know better, as `fit` takes them.

    Returns
    -------
    DataFrame of shape (n_columns, 5)
        A row for every column: its kind, its missing cells when it is read so, its distinct cells,
        how they are written where that is not plain, and the reason if it is left out.

    Raises
    ------
    SettingsError
        If `kinds` does not fit the columns.

    Examples
    --------
    >>> import pandas as pd
    >>> describe(pd.DataFrame({"age": [31, 45], "city": ["Oslo", None]}))["kind"].to_dict()
    {'age': 'numeric', 'city': 'categorical'}
    """
    table = as_frame(frame)
    columns = columns_of(table, kinds)
    kind_of = {name: kind for kind, names in columns.kinds().items() for name in names}
    cells = columns.read(table)
    rows = {
        name: {
            "kind": kind_of.get(name, "left out"),
            # A cell may get missing by reading, such as a text in a column of numbers.
            "missing": int((cells if name in cells else table)[name].isna().sum()),
            # As texts, for cells such as lists have no equality that pandas can count by.
            "distinct": table[name].dropna().astype(object).map(str).nunique(),
            "reading": str(columns.readings.get(name, "")),
            "reason": columns.dropped.get(name, ""),
        }
        for name in table.columns
    }
    return pd.DataFrame.from_dict(rows, orient="index")
