"""Line breaks in quotes: they are part of a cell, or a quote is missing and swallows lines.

::

    1,"two        a cell of two lines: legal, and said
    lines"
    2,"one        never closed, or closed by the quote of another cell: an error
    3,"two

pandas takes what follows a closing quote for the rest of the cell, so that it reads all of these.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from automl.errors import FileError
from automl.pipelines.building.read_options import ReadOptions

BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class LongCell:
    """A cell in quotes that goes over several lines, or to the end of the file."""

    first: int
    """The line in which its quote opens."""
    last: int
    """The line in which its quote closes, or the last line of the file."""
    is_closed: bool
    """Whether there is a closing quote."""
    end: str
    """The character after the closing quote and spaces; "" at the end of a line."""


class LongCells:
    """The cells of a text file that go over several lines.

    Parameters
    ----------
    source : str
        The file in messages.
    options : ReadOptions
        Its form.
    """

    def __init__(self, source: str, options: ReadOptions) -> None:
        self._source, self._separator = source, options.separator
        opening = f"(?:\\A|(?<=[{re.escape(options.separator)}\\r\\n]))"
        opening += " *" if options.skips_spaces else ""
        spaces = "" if options.separator == " " else " *"
        self._quoted = re.compile(
            rf'{opening}"[^"]*(?:""[^"]*)*(?P<closing>"?)(?={spaces}(?P<end>[^\r\n]?))'
        )
        self._n_cells = 0
        self._longest = LongCell(0, 0, True, "")

    def add(self, line: int, text: str) -> None:
        """Take note of the cells of a row.

        Parameters
        ----------
        line : int
            The one on which it begins.
        text : str
            The row as it stands in the file.

        Raises
        ------
        FileError
            If a quote is not closed at the end of a cell.
        """
        for cell in self._long_cells(line, text):
            if not cell.is_closed:
                raise FileError(
                    f"the quote that opens in line {cell.first} of {self._source} is never closed, "
                    "so that all text after it would be a single cell; close or delete the quote"
                )
            if cell.end not in ("", self._separator):
                raise FileError(
                    f"the quote that opens in line {cell.first} of {self._source} ends in the "
                    f"middle of a cell in line {cell.last}, so that {cell.last - cell.first + 1} "
                    f"lines would be a single cell. Close or delete the quote of line "
                    f"{cell.first}; quotes inside of a cell in quotes are doubled"
                )
            self._n_cells += 1
            if cell.last - cell.first > self._longest.last - self._longest.first:
                self._longest = cell

    def _long_cells(self, line: int, text: str) -> Iterator[LongCell]:
        for match in self._quoted.finditer(text):
            n_breaks = len(BREAK.findall(match[0]))
            is_closed = match["closing"] != ""
            if n_breaks or not is_closed:
                first = line + len(BREAK.findall(text, 0, match.start()))
                yield LongCell(first, first + n_breaks, is_closed, match["end"])

    @property
    def notes(self) -> list[str]:
        """A sentence on the cells, if there are any."""
        if not self._n_cells:
            return []
        first, last = self._longest.first, self._longest.last
        cells = (
            f"lines {first} to {last} are a single cell in quotes"
            if self._n_cells == 1
            else f"{self._n_cells:,} cells in quotes have several lines, the longest has lines "
            f"{first} to {last}"
        )
        return [f"{cells}; if these are rows, a quote is missing or too much in line {first}"]
