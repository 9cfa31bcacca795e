"""A file of JSON lines, one per measurement, only ever appended to, so that a run can resume."""

import os
from pathlib import Path
from typing import Any, Generic, Protocol, Self, TypeVar

from benchmarks.errors import JournalError


class Line(Protocol):
    """A measurement that can stand on a line."""

    @property
    def key(self) -> Any:
        """What was measured; a file has one line for each."""

    def to_json(self) -> str:
        """Return one line of JSON."""

    @classmethod
    def from_json(cls, line: str) -> Self:
        """Return the measurement of a line.

        Raises
        ------
        ValueError, KeyError, TypeError, AttributeError
            If it is none.
        """


AnyLine = TypeVar("AnyLine", bound=Line)


class Lines(Generic[AnyLine]):
    """A file of measurements of one kind.

    Parameters
    ----------
    path : path
        It need not exist yet.
    kind : type
        What the lines are.

    Raises
    ------
    JournalError
        If a line is damaged; an unfinished last line is not, a killed run leaves one.
    """

    def __init__(self, path: Path, kind: type[AnyLine]) -> None:
        self.path = path
        self.rows: list[AnyLine] = []
        text = path.read_text("utf-8") if path.exists() else ""
        whole, _, self._torn = text.rpartition("\n")
        for number, line in enumerate(whole.splitlines(), start=1):
            try:
                self.rows.append(kind.from_json(line))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise JournalError(
                    f"expected line {number} of {path} to be a {kind.__name__}, got {line[:80]!r} "
                    f"({error!r}); take the line out or start another journal"
                ) from error

    def has(self, key: Any) -> bool:
        """Whether a measurement is there already."""
        return any(row.key == key for row in self.rows)

    def append(self, row: AnyLine) -> None:
        """Write a measurement, so that it is on the disk when this returns."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            if self._torn:
                file.truncate(file.tell() - len(self._torn.encode()))
                self._torn = ""
            file.write(f"{row.to_json()}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        self.rows.append(row)
