"""Reading a CSV file as its columns were read before."""

from typing import Any

import pandas as pd

from automl.errors import FileError
from automl.pipelines import Columns


def read_table(path: str, columns: Columns) -> pd.DataFrame:
    """Read a CSV file whose columns may have been read before.

    Parameters
    ----------
    path : str
        The CSV file.
    columns : Columns
        The kinds of the columns; those that are not in it are read as pandas guesses.

    Returns
    -------
    DataFrame
        All columns of the file.

    Raises
    ------
    FileError
        If the file cannot be read, or is not a CSV file.
    """
    # pandas would turn codes such as 02 into numbers, and a text such as NA into a missing cell.
    texts = [name for names in columns.read_as_texts.values() for name in names]
    empty_only: dict[str, Any] = {"keep_default_na": False, "na_values": [""]}
    options = empty_only if columns.reads_missing_texts else {}
    try:
        table: pd.DataFrame = pd.read_csv(path, dtype=dict.fromkeys(texts, "object"), **options)
    except OSError as error:
        raise FileError(f"{path!r} cannot be read: {error.strerror or error}") from error
    except Exception as error:  # a file of something else raises errors of many kinds
        reason = f"{type(error).__name__}: {error}".strip()
        raise FileError(f"{path!r} is not a CSV file in UTF-8: {reason}") from error
    return table
