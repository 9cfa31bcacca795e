"""The journal of the benchmark suite: what a measurement is, and which can stand side by side."""

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from benchmarks.errors import JournalError
from benchmarks.running.lines import Lines
from benchmarks.running.provenance import Provenance, named_versions


@dataclass(frozen=True)
class Key:
    """The place of a measurement; a journal has one row for each."""

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
    """The costs of a job; seconds inside an adapter are unknown if it failed there."""

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
    """The place of the measurement."""
    metric: str
    """The name of the metric."""
    score: float | None
    """The score on the held-out rows, none for a failure."""
    constant: float
    """The score of the constant prediction on the same rows."""
    costs: Costs
    """Its costs."""
    provenance: Provenance
    """Its origin."""
    digest: str
    """A fingerprint of the data and the split."""
    preparation: str = ""
    """The preparation of the dataframe before the tool saw it."""
    failure: str = ""
    """The reason for no score."""
    resampled: list[float] = field(default_factory=list)
    """The scores on resamples of the held-out rows, the same for all adapters."""
    extra: dict[str, Any] = field(default_factory=dict)
    """Further facts from the adapter."""

    def to_json(self) -> str:
        """Return one line of JSON; the fields of key, costs and provenance stand side by side."""
        content = asdict(self)
        # Flat, so that a table program can read a journal as it is.
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
            raise ValueError("it is no JSON object")
        for name, record in RECORDS.items():
            nested = {item.name: content.pop(item.name) for item in fields(record)}
            content[name] = record(**nested)
        return cls(**content)


RECORDS: dict[str, type[Key | Costs | Provenance]] = {
    "key": Key,
    "costs": Costs,
    "provenance": Provenance,
}


class Journal(Lines[Row]):
    """A file of rows that can be compared with each other.

    Parameters
    ----------
    path : path
        It need not exist yet.

    Raises
    ------
    JournalError
        If a line is damaged.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, Row.from_json)

    def check(self, adapter: str, provenance: Provenance) -> None:
        """Refuse measurements that cannot be compared with those that are there.

        Parameters
        ----------
        adapter : str
        provenance : Provenance

        Raises
        ------
        JournalError
            If they are of other versions than the adapter's, of another machine or other cores.
        """
        now = provenance.versions
        for row in self.rows:
            before = row.provenance.versions
            # Peers change on their own days, so only rows of the same adapter have to agree.
            if row.key.adapter == adapter and before != now:
                raise JournalError(
                    f"expected {adapter} with {named_versions(before)}, as in the rows of "
                    f"{self.path}, got {named_versions(now)}: one journal holds one version of "
                    "each; give another --journal, and if you change the source while a run "
                    "lasts, do that in another clone"
                )
            # Seconds of another machine buy another number of pipelines, and so other scores.
            if row.provenance.machine != provenance.machine:
                raise JournalError(
                    f"expected the machine of {self.path}, {row.provenance.machine}, got "
                    f"{provenance.machine}; give another --journal"
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
        # Once more, since the source may have changed while the row was measured.
        self.check(row.key.adapter, row.provenance)
        super().append(row)
