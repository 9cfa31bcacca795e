"""A file as a dataframe, read once: the form is found, and the types follow from all cells."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from automl.cli.reading.cells import missing_texts, typed
from automl.cli.reading.content import read_content
from automl.cli.reading.dialect import Wishes, describe, read_text
from automl.cli.reading.formats import PARQUET, format_of, read_typed, unread_sheets
from automl.cli.reading.parquet import ParquetFile, open_parquet
from automl.cli.reading.rows import Rows, check_rows
from automl.errors import DataError
from automl.pipelines import Columns
from automl.pipelines.building.read_options import ReadOptions

PLAIN, ANY = ReadOptions(), Wishes()


@dataclass(frozen=True)
class Table:
    """A file that was read, before its columns have types."""

    source: str
    """The file in messages."""
    content: Rows | ParquetFile | pd.DataFrame
    """The rows of a text file, a file of columns, or a dataframe of another one."""
    options: ReadOptions
    """The form of the file."""
    texts_are_cells: bool = False
    """Whether texts such as "NA" are values by themselves."""
    notes: tuple[str, ...] = ()
    """Sentences on how the file is read, where that is not the plain case."""

    def frame(self, columns: Columns, names: Sequence[str] | None = None) -> pd.DataFrame:
        """Return columns with their types.

        Parameters
        ----------
        columns : Columns
            The kinds of the columns of a fit, empty before a fit. A column of texts stays one.
        names : sequence of str, optional
            The columns that are needed, by default all. Of a Parquet file no other is read.
        """
        frame = self._cells(columns, names)
        return frame if names is None else frame[list(names)]

    def _cells(self, columns: Columns, names: Sequence[str] | None) -> pd.DataFrame:
        if isinstance(self.content, Rows):
            return typed(self.content, columns)
        frame = self.content
        if isinstance(frame, ParquetFile):
            frame = frame.read(names)
        missing = (
            frozenset(self.options.missing)
            if self.texts_are_cells
            else missing_texts(columns, self.options)
        )
        if not missing:
            return frame
        texts = frame.select_dtypes(["object", "string"])
        return frame.assign(**texts.mask(texts.isin(missing)))

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        if isinstance(self.content, Rows):
            return list(self.content.names.values())
        names = self.content.names if isinstance(self.content, ParquetFile) else self.content
        return list(map(str, names))

    @property
    def header(self) -> list[str]:
        """The names as the file has them, some of them perhaps twice."""
        return list(self.content.header) if isinstance(self.content, Rows) else self.names

    def check_columns(self, names: Sequence[str], option: str) -> None:
        """Raise an error if columns are missing, or if their names come twice.

        Parameters
        ----------
        names : sequence of str
        option : str
            The option of the command line that names them.

        Raises
        ------
        DataError
        """
        for name in names:
            if name not in self.names:
                raise DataError(
                    f"expected a column {name!r} ({option}) in {self.source}, got "
                    f"{self.names}{self._hint(name)}"
                )
            if [title.strip() for title in self.header].count(name) > 1:
                raise DataError(
                    f"{self.source} has several columns {name!r}; rename all but the one that "
                    f"{option} means"
                )

    def _hint(self, name: str) -> str:
        """Return advice on a name that is not there."""
        columns = self.names
        similar = [column for column in columns if column.strip().lower() == name.strip().lower()]
        if similar:
            return f"; did you mean {similar[0]!r}?"
        if pd.to_numeric(pd.Series(columns), errors="coerce").notna().any():
            return "; if the first line holds no names, put a line with the names above it"
        return "; is the separator another one (--sep)?" if len(columns) == 1 else ""


def read_table(path: str, wishes: Wishes = ANY, fitted: ReadOptions = PLAIN) -> Table:
    """Read a file of any form.

    Parameters
    ----------
    path : str
        The file, or "-" for the standard input.
    wishes : Wishes
        The options of the command line.
    fitted : ReadOptions
        The form of the file of the fit, for what this file leaves open.

    Raises
    ------
    FileError
        If the file cannot be read, or is no table.
    """
    content = read_content(path)
    format_ = format_of(content)
    if format_ is not None:
        cells = open_parquet(content) if format_ is PARQUET else read_typed(content, format_)
        missing = tuple(dict.fromkeys([*fitted.missing, *wishes.missing]))
        options = ReadOptions(format=format_.key, missing=missing)
        sheets = unread_sheets(content, format_)
        note = f"{content.source}: only the first sheet is read, not {sheets}; save it as a file"
        notes = (note,) if sheets else ()
        return Table(content.source, cells, options, format_.texts_are_cells, notes)
    rows = check_rows(read_text(content, wishes, fitted))
    form = describe(rows.options)
    notes = (f"{content.source} is read with {form}",) if form else ()
    return Table(
        content.source,
        rows,
        rows.options,
        notes=(*notes, *(f"{content.source}: {note}" for note in rows.notes)),
    )


def add_read_options(parser: argparse.ArgumentParser) -> None:
    """Add the options for files whose form is not found, or found wrongly."""
    group = parser.add_argument_group("how to read files of text")
    group.add_argument(
        "--sep",
        metavar="CHARACTER",
        help="character between two cells, such as ';' or 'tab' (default: found in the file)",
    )
    group.add_argument(
        "--decimal",
        choices=[".", ","],
        help="sign before the decimals of numbers (default: found in the file)",
    )
    group.add_argument(
        "--encoding",
        metavar="NAME",
        help="encoding as Python names it, such as cp1252 (default: found in the file)",
    )
    group.add_argument(
        "--missing",
        action="append",
        default=[],
        metavar="TEXT",
        help="another text that means a missing cell, such as '?'; may be repeated (default: "
        "empty cells and texts such as NA, NULL and nan)",
    )


def wishes_of(options: argparse.Namespace) -> Wishes:
    """Return the form that the options ask for."""
    return Wishes(options.sep, options.decimal, options.encoding, tuple(options.missing))


def say(notes: Sequence[str], *, is_quiet: bool = False) -> None:
    """Print sentences beside the results."""
    for note in () if is_quiet else notes:
        print(f"automl: {note}", file=sys.stderr)
