"""A journal: a file of JSON lines, one a measurement, only ever appended to.

::

    keys ─► those without a line ─► rows, measured one by one ─► appended, on the disk at once

So a run that was stopped goes on where it was.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from benchmarks.errors import JournalError


class Line(Protocol):
    """A measurement that can stand on a line."""

    @property
    def key(self) -> Any:
        """The place of the measurement; a file has one line for each."""

    def to_json(self) -> str:
        """Return one line of JSON."""


AnyLine = TypeVar("AnyLine", bound=Line)


class Lines(Generic[AnyLine]):
    """A file of measurements of one kind.

    Parameters
    ----------
    path : path
        It need not exist yet.
    parse : callable
        Returns the measurement of a line, or raises ValueError, KeyError, TypeError or
        AttributeError.

    Raises
    ------
    JournalError
        If a line is damaged; an unfinished last line is not, a killed run leaves one.
    """

    def __init__(self, path: Path, parse: Callable[[str], AnyLine]) -> None:
        self.path = path
        self.rows: list[AnyLine] = []
        text = path.read_text("utf-8") if path.exists() else ""
        complete, _, self._torn = text.rpartition("\n")
        for number, line in enumerate(complete.splitlines(), start=1):
            try:
                self.rows.append(parse(line))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise JournalError(
                    f"expected line {number} of {path} to be a measurement, got {line[:80]!r} "
                    f"({error!r}); take the line out or start another journal"
                ) from error
        # A set, because a study asks for thousands of keys.
        self._keys = {row.key for row in self.rows}

    def has(self, key: Any) -> bool:
        """Whether a measurement is in the file."""
        return key in self._keys

    def append(self, row: AnyLine) -> None:
        """Write a measurement, so that it is on the disk when this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            if self._torn:
                # The rest of a killed run's last line would damage the next one.
                file.truncate(file.tell() - len(self._torn.encode()))
                self._torn = ""
            file.write(f"{row.to_json()}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        self.rows.append(row)
        self._keys.add(row.key)

    def fill(
        self,
        keys: Iterable[Any],
        measure: Callable[[list[Any]], Iterator[AnyLine]],
        on_row: Callable[[AnyLine], object],
    ) -> None:
        """Measure what the file lacks, and write every row before the next is measured.

        Parameters
        ----------
        keys : iterable
            All that is to be measured.
        measure : callable
            Yields the rows of some keys.
        on_row : callable
            Is called with every new row.
        """
        for row in measure([key for key in keys if not self.has(key)]):
            self.append(row)
            on_row(row)
