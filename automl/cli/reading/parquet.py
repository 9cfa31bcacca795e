"""A Parquet file: its names are read first, and then the cells of the columns that are needed."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from automl.cli.reading.content import Content
from automl.cli.reading.formats import PARQUET, plain_frame

# Column by column, each of which pyarrow lets go of once pandas has it.
BY_COLUMN: dict[str, Any] = {
    "pre_buffer": False,
    "to_pandas_kwargs": {"split_blocks": True, "self_destruct": True},
}


@dataclass(frozen=True)
class ParquetFile:
    """A Parquet file of which no cell is read yet."""

    content: Content
    """The file, or its bytes where it was packed or came through a pipe."""
    names: tuple[str, ...]
    """The names of the columns, as pandas has them."""
    stored: frozenset[str]
    """The names in the file."""

    def read(self, names: Sequence[str] | None = None) -> pd.DataFrame:
        """Return some columns with their cells; an index that was written comes with them.

        Parameters
        ----------
        names : sequence of str, optional
            By default all.

        Raises
        ------
        FileError
            If the file is damaged.
        """
        # A name that pandas writes in another way, such as a moment, is read with all the others.
        columns = list(names) if names is not None and self.stored.issuperset(names) else None
        read = partial(pd.read_parquet, _source(self.content), columns=columns, **BY_COLUMN)
        return plain_frame(read, self.content, PARQUET)


def open_parquet(content: Content) -> ParquetFile:
    """Return a Parquet file with the names of its columns.

    Raises
    ------
    FileError
        If the file is damaged, or pyarrow is missing.
    """
    stored: set[str] = set()

    def read() -> pd.DataFrame:
        from pyarrow.parquet import read_schema

        schema = read_schema(_source(content))
        stored.update(schema.names)
        frame: pd.DataFrame = schema.empty_table().to_pandas()
        return frame

    return ParquetFile(
        content, tuple(map(str, plain_frame(read, content, PARQUET))), frozenset(stored)
    )


def _source(content: Content) -> str | io.BytesIO:
    return content.path or io.BytesIO(content.data)
