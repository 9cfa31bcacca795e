"""The rows of a text file, each with as many cells as the header, or an error that names a line.

pandas fills short rows and, where all rows are longer than the header, shifts the columns. Both
give tables that look right and are wrong.
"""

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from automl.cli.reading.dialect import NAMES, TextFile
from automl.cli.reading.quotes import LongCells
from automl.errors import FileError
from automl.pipelines.building.read_options import ReadOptions
from automl.report.wording import counted

BLANK = " \t\r\n"  # of a line that pandas takes for empty, unless they are separators
SHOWN = 60  # characters of a line in a message


@dataclass(frozen=True)
class Rows:
    """The checked rows of a text file."""

    source: str
    """The file in messages."""
    text: str
    """The text, with empty lines for comments."""
    options: ReadOptions
    """The form."""
    header: tuple[str, ...]
    """The names as the file has them, which may be repeated or empty."""
    has_row_names: bool
    """Whether the first cells are names of rows, for which the header has no name."""
    n_rows: int
    """The number of rows, without the header."""
    notes: tuple[str, ...]
    """Sentences on what is left out."""

    @cached_property
    def names(self) -> dict[str, str]:
        """The names of the columns, by those that pandas gives them."""
        titles = list(self.header)
        if len(set(titles)) < len(titles) or not all(titles):  # pandas makes up other names
            titles = list(map(str, self._parse(nrows=0).columns))
        names = [title.strip() for title in titles]
        # Spaces around a name are no part of it, unless they alone tell two columns apart.
        return dict(zip(titles, names if len(set(names)) == len(names) else titles, strict=True))

    def parse(self, texts: Collection[str], missing: Collection[str]) -> pd.DataFrame:
        """Return all columns, some of them as texts, the others as pandas infers their types.

        Parameters
        ----------
        texts : collection of str
            The names of columns that stay texts.
        missing : collection of str
            The texts that mean a missing cell.
        """
        types = dict.fromkeys(
            (title for title, name in self.names.items() if name in texts), object
        )
        frame = self._parse(
            dtype=types,
            keep_default_na=False,
            na_values=sorted(missing),
            decimal=self.options.decimal,
            low_memory=False,  # otherwise the types of late rows would differ
        )
        if len(frame) != self.n_rows:  # pandas and the check of the rows split lines otherwise
            raise FileError(
                f"{self.source} has {self.n_rows:,} rows, of which {len(frame):,} could be read; "
                "look for quotes and for signs that cannot be seen, or save it as .xlsx"
            )
        return frame.reset_index(drop=True).rename(columns=self.names)

    def texts(self, names: Collection[str]) -> pd.DataFrame:
        """Return some columns as texts, without missing cells."""
        titles = [title for title, name in self.names.items() if name in names]
        # A column of row names has no title, so all columns are read and some are taken.
        frame = self._parse(dtype=object, na_filter=False)[titles]
        return frame.reset_index(drop=True).rename(columns=self.names)

    def _parse(self, **options: Any) -> pd.DataFrame:
        try:
            frame: pd.DataFrame = pd.read_csv(
                io.BytesIO(self.text.encode()),  # a StringIO holds each character in four bytes
                sep=self.options.separator,
                skipinitialspace=self.options.skips_spaces,
                index_col=0 if self.has_row_names else False,
                **options,
            )
            return frame
        except ValueError as error:  # of pandas' parser
            reason = str(error).strip().splitlines()[0]
            raise FileError(
                f"{self.source} is not a CSV file: {reason}; is a quote missing?"
            ) from error


def check_rows(file: TextFile) -> Rows:
    """Return the rows of a text file.

    Raises
    ------
    FileError
        If rows have more or fewer cells than the header, or a quote swallows lines; the message
        names the line.
    """
    long_cells = LongCells(file.source, file.options)
    header, odd_rows = _compare(file, long_cells)
    options, notes = file.options, [*file.notes, *long_cells.notes]
    if len(header) == 1 and odd_rows.n_empty and not file.notes:  # comments are empty lines, too
        notes.append(
            f"{counted(odd_rows.n_empty, 'empty line')} between rows left out; write NA for a "
            "missing cell"
        )
    if odd_rows.end_with_separator:
        options = replace(options, ends_with_separator=True)
        notes.append("every row ends with a separator, which is left out")
    elif odd_rows.n_odd and len(header) == 1 and odd_rows.n_cells > 1:
        raise FileError(
            f"{file.source} begins with {header[0][:SHOWN]!r}, but line {odd_rows.line} has "
            f"{odd_rows.n_cells} cells; expected the names of the columns in the first line, so "
            "delete all lines above them, or give --sep"
        )
    elif odd_rows.have_names:
        notes.append(
            "the header lacks a name for the first cell of the rows, so that it is left out as "
            "the name of a row"
        )
    elif odd_rows.n_odd:
        separator = NAMES.get(options.separator, repr(options.separator))
        raise FileError(
            f"line {odd_rows.line} of {file.source} has {odd_rows.n_cells} cells, but its header "
            f"has {len(header)} (separator {separator}); {odd_rows.n_odd} of {odd_rows.n_rows} "
            "rows differ. Correct these lines, put cells that hold a separator into quotes, or "
            "give --sep"
        )
    rows = Rows(
        source=file.source,
        text=file.text,
        options=options,
        header=tuple(header),
        has_row_names=odd_rows.have_names,
        n_rows=odd_rows.n_rows,
        notes=tuple(notes),
    )
    strips_names = any(title != name for title, name in rows.names.items())
    return replace(rows, options=replace(options, strips_names=strips_names))


@dataclass
class _OddRows:
    """Counts of rows that are longer or shorter than the header."""

    n_rows: int = 0
    n_empty: int = 0
    """Of lines between rows."""
    n_odd: int = 0
    n_longer: int = 0
    """By one cell."""
    n_blank: int = 0
    """Whose last cell is empty."""
    line: int = 0
    """Of the first odd row."""
    n_cells: int = 0
    """Of the first odd row."""
    names: set[str] | None = None
    """The first cells."""

    def add(self, line: int, row: list[str], width: int) -> None:
        """Count a row."""
        self.n_rows += 1
        if len(row) == width:
            return
        if not self.n_odd:
            self.line, self.n_cells, self.names = line, len(row), set()
        self.n_odd += 1
        self.n_longer += len(row) == width + 1
        self.n_blank += not row[-1].strip()
        if self.names is not None:
            self.names.add(row[0])

    @property
    def end_with_separator(self) -> bool:
        return 0 < self.n_rows == self.n_longer == self.n_blank

    @property
    def have_names(self) -> bool:
        """Whether there is a name for each row, as R writes them."""
        # Where last cells are empty, a shift by one column is as likely.
        is_shifted = 0 < self.n_rows == self.n_longer and self.n_blank == 0
        return is_shifted and len(self.names or ()) == self.n_rows


def _compare(file: TextFile, long_cells: LongCells) -> tuple[list[str], _OddRows]:
    """Return the header, and the rows that have another number of cells."""
    rows = _rows(file, long_cells)
    line, n_lines, header = next(rows, (0, 0, []))
    counts = _separator_counts(file)
    if counts.keys() == {len(header) - 1}:
        return header, _OddRows(n_rows=counts.total() - 1)
    odd_rows, end = _OddRows(), line + n_lines
    for line, n_lines, row in rows:
        odd_rows.add(line, row, len(header))
        odd_rows.n_empty += line - end
        end = line + n_lines
    return header, odd_rows


def _separator_counts(file: TextFile) -> Counter[int]:
    """Count the separators of lines quickly; nothing is counted where they may be quoted.

    Lines without a separator are left to the slow way, too, for an empty one may be a row.
    """
    if '"' in file.text:
        return Counter()
    lines, separator = io.StringIO(file.text, newline=""), file.options.separator
    # A line of tabs is blank, or a row of empty cells where tabs separate them.
    counts = Counter(
        line.count(separator) for line in lines if line.strip(BLANK) or separator in line
    )
    return Counter() if 0 in counts else counts


def _rows(file: TextFile, long_cells: LongCells) -> Iterator[tuple[int, int, list[str]]]:
    """Yield the rows that are not blank, with the lines they begin on and their numbers of lines.

    Raises
    ------
    FileError
        If a quote swallows lines.
    """
    lines: list[str] = []  # of a row

    def recorded() -> Iterator[str]:
        for line in io.StringIO(file.text, newline=""):
            lines.append(line)
            yield line

    first, last_text = 1, ""
    reader = csv.reader(
        recorded(), delimiter=file.options.separator, skipinitialspace=file.options.skips_spaces
    )
    for row in reader:
        if len(lines) > 1:
            long_cells.add(first, "".join(lines))
        if len(row) > 1 or lines[0].strip(BLANK):
            yield first, len(lines), row
        first += len(lines)
        last_text = lines[0] if len(lines) == 1 else ""
        lines.clear()
    long_cells.add(first - 1, last_text)  # a quote may open in the last line
