"""The rows of a text file, each with as many cells as the header, or an error that names a line.

pandas fills short rows and, where all rows are longer than the header, shifts the columns. Both
give tables that look right and are wrong.
"""

import csv
import io
from dataclasses import dataclass, replace

import pandas as pd

from automl.cli.reading.dialect import NAMES, TextFile
from automl.errors import FileError
from automl.pipelines.building.read_options import ReadOptions


@dataclass(frozen=True)
class Rows:
    """The cells of a text file, all of them texts."""

    header: tuple[str, ...]
    """The names as the file has them, which may be repeated or empty."""
    texts: pd.DataFrame
    """The cells."""
    options: ReadOptions
    """The form of the file."""
    notes: tuple[str, ...]
    """Sentences on what was repaired."""


def read_rows(file: TextFile) -> Rows:
    """Return the cells of a text file.

    Raises
    ------
    FileError
        If rows have more or fewer cells than the header; the message names the line.
    """
    shape = _shape(file)
    options, notes = file.options, list(file.notes)
    if shape.ends_with_separator:
        options = replace(options, ends_with_separator=True)
        notes.append("every row ends with a separator, which is left out")
    elif shape.has_row_names:
        notes.append(
            "the header lacks a name for the first cell of the rows, so that it is left "
            "out as the name of a row"
        )
    try:
        texts = pd.read_csv(
            io.StringIO(file.text),
            dtype=object,
            na_filter=False,
            sep=options.separator,
            skipinitialspace=options.skips_spaces,
            index_col=0 if shape.has_row_names else False,
        )
    except ValueError as error:  # of pandas' parser: a quote that is never closed
        reason = str(error).strip().splitlines()[0]
        raise FileError(
            f"{file.source} is not a CSV file: {reason}; is a quote missing?"
        ) from error
    texts = texts.reset_index(drop=True)
    return Rows(shape.header, _with_plain_names(texts), options, tuple(notes))


@dataclass(frozen=True)
class _Shape:
    """The numbers of cells."""

    header: tuple[str, ...]
    ends_with_separator: bool = False
    has_row_names: bool = False


def _shape(file: TextFile) -> _Shape:
    """Return how header and rows fit together."""
    options = file.options
    reader = csv.reader(
        io.StringIO(file.text, newline=""),
        delimiter=options.separator,
        skipinitialspace=options.skips_spaces,
    )
    header: list[str] = []
    n_odd, n_longer, n_blank, first = 0, 0, 0, ""
    names, n_rows, line = set(), 0, 1
    for row in reader:
        if row and (len(row) > 1 or row[0].strip()):
            if not header:
                header = row
            else:
                n_rows += 1
                if len(row) != len(header):
                    if not n_odd:
                        first = f"line {line} of {file.source} has {len(row)} cells"
                    n_odd += 1
                    n_longer += len(row) == len(header) + 1
                    n_blank += not row[-1].strip()
                    names.add(row[0])
        line = reader.line_num + 1
    if n_odd and n_odd == n_rows == n_longer:
        if n_blank == n_rows:
            return _Shape(tuple(header), ends_with_separator=True)
        # A name for every row, as R writes them; where cells are missing, a shift is as likely.
        if n_blank == 0 and len(names) == n_rows:
            return _Shape(tuple(header), has_row_names=True)
    if n_odd:
        separator = NAMES.get(options.separator, repr(options.separator))
        raise FileError(
            f"{first}, but its header has {len(header)} (separator {separator}); {n_odd} of "
            f"{n_rows} rows differ. Correct these lines, put cells that hold a separator into "
            "quotes, or give --sep"
        )
    return _Shape(tuple(header))


def _with_plain_names(texts: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose names have no spaces around them, unless they would be repeated."""
    names = [str(name).strip() for name in texts.columns]
    return texts.set_axis(names, axis=1) if len(set(names)) == len(names) else texts
