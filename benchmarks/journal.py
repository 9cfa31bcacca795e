"""The journal: one JSON line per measurement, only ever appended to, so that a run can resume."""

import json
import os
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from benchmarks.errors import JournalError
from benchmarks.provenance import Provenance


@dataclass(frozen=True)
class Key:
    """What was measured; a journal has one row for each."""

    task: str
    """The name of the task."""
    split: int
    """The number of the hold-out."""
    adapter: str
    """The name of the adapter."""
    seed: int
    """The seed of the adapter."""
    budget: float
    """The seconds that `fit` might take."""


@dataclass(frozen=True)
class Costs:
    """What a job took; seconds inside an adapter are unknown if it failed there."""

    fit_seconds: float | None
    """Wall seconds of `fit`."""
    predict_seconds: float | None
    """Wall seconds of prediction for the held-out rows."""
    wall_seconds: float
    """Wall seconds of the whole process, imports included."""
    cpu_seconds: float
    """CPU seconds of its whole tree of processes, imports included."""
    peak_mib: float
    """The greatest memory of the tree, MiB."""
    overrun_seconds: float
    """Seconds by which `fit` outran the budget."""


@dataclass(frozen=True)
class Row:
    """One measurement."""

    key: Key
    """What was measured."""
    metric: str
    """The name of the metric."""
    score: float | None
    """The score on the held-out rows, none for a failure."""
    constant: float
    """The score of the constant prediction on the same rows."""
    costs: Costs
    """What it took."""
    provenance: Provenance
    """Where it comes from."""
    digest: str
    """A fingerprint of the data and the split."""
    preparation: str = ""
    """What was done to the dataframe before the tool saw it."""
    failure: str = ""
    """Why there is no score."""
    extra: dict[str, Any] = field(default_factory=dict)
    """What else the adapter says."""

    def to_json(self) -> str:
        """Return one line of JSON; the fields of key, costs and provenance stand side by side."""
        content = asdict(self)
        flat: dict[str, Any] = {}
        for name in RECORDS:
            flat |= content.pop(name)
        return json.dumps(flat | content, allow_nan=False)

    @classmethod
    def from_json(cls, line: str) -> "Row":
        """Return the row of a line.

        Raises
        ------
        ValueError, KeyError
            If it is none.
        """
        content = json.loads(line)
        if not isinstance(content, dict):
            raise ValueError("it is no object")
        for name, record in RECORDS.items():
            nested = {item.name: content.pop(item.name) for item in fields(record)}
            content[name] = record(**nested)
        return cls(**content)


RECORDS: dict[str, type[Key | Costs | Provenance]] = {
    "key": Key,
    "costs": Costs,
    "provenance": Provenance,
}


class Journal:
    """A file of rows.

    Parameters
    ----------
    path : path
        It need not exist yet.

    Raises
    ------
    JournalError
        If a line is damaged; an unfinished last line is not, a killed run leaves one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: list[Row] = []
        text = path.read_text("utf-8") if path.exists() else ""
        whole, _, self._torn = text.rpartition("\n")
        for number, line in enumerate(whole.splitlines(), start=1):
            try:
                self.rows.append(Row.from_json(line))
            except (ValueError, KeyError, TypeError) as error:
                raise JournalError(
                    f"expected line {number} of {path} to be a row of a journal, got {line[:80]!r} "
                    f"({error!r}); take the line out or start another journal"
                ) from error

    def has(self, key: Key) -> bool:
        """Whether a measurement is there already."""
        return any(row.key == key for row in self.rows)

    def check(self, provenance: Provenance) -> None:
        """Refuse measurements that cannot be compared with those that are there.

        Parameters
        ----------
        provenance : Provenance

        Raises
        ------
        JournalError
            If they are of another version of this project's package, or of other cores.
        """
        for row in self.rows:
            there, now = row.provenance.versions["automl"], provenance.versions["automl"]
            if there != now:
                raise JournalError(
                    f"expected automl {there}, as in the rows of {self.path}, got automl {now}: "
                    "one journal holds one version; give another --journal, and if you change "
                    "the source while a run lasts, do that in another clone"
                )
            if row.provenance.jobs != provenance.jobs:
                raise JournalError(
                    f"expected --jobs {row.provenance.jobs}, as in {self.path}, got "
                    f"{provenance.jobs}; give another --journal"
                )

    def append(self, row: Row) -> None:
        """Write a row, so that it is on the disk when this returns.

        Parameters
        ----------
        row : Row
        """
        self.check(row.provenance)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            if self._torn:
                file.truncate(file.tell() - len(self._torn.encode()))
                self._torn = ""
            file.write(f"{row.to_json()}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        self.rows.append(row)
