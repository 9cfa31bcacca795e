"""What a candidate was worth on a set, and the journal of it."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.running.provenance import Provenance
from benchmarks.scores.lines import Lines


@dataclass(frozen=True)
class CandidateKey:
    """What was measured; a journal has one row for each."""

    task: str
    """The name of the set."""
    rows: int
    """The most rows that a fit learnt from."""
    start: str
    """The candidate, as JSON."""


@dataclass(frozen=True)
class CandidateRow:
    """One candidate on one set."""

    key: CandidateKey
    """What was measured."""
    kind: str
    """The kind of the set: classification or regression."""
    provenance: Provenance
    """Where it comes from."""
    score: float | None = None
    """Mean score on the held-out rows, greater is better; none for a failure."""
    seconds: float = 0.0
    """Seconds of one fit with its prediction, mean; of a failure, what it took."""
    failure: str = ""
    """Why there is no score."""

    def to_json(self) -> str:
        """Return one line of JSON."""
        return json.dumps(asdict(self), allow_nan=False)

    @classmethod
    def from_json(cls, line: str) -> "CandidateRow":
        """Return the row of a line.

        Raises
        ------
        ValueError, KeyError, TypeError
            If it is none.
        """
        content = json.loads(line)
        key = CandidateKey(**content.pop("key"))
        return cls(key=key, provenance=Provenance(**content.pop("provenance")), **content)


class CandidateJournal(Lines[CandidateRow]):
    """A file of rows.

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
        super().__init__(path, CandidateRow)
