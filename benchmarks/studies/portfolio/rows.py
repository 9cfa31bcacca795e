"""The measurement of a candidate, and the classes of sets by their rows."""

from dataclasses import dataclass

from benchmarks.studies.study import StudyRow

BETWEEN = 5_000  # rows below which a set says nothing about many rows


@dataclass(frozen=True)
class Size:
    """A class of sets by their rows."""

    name: str
    """As the portfolio knows it."""
    rows: int
    """The rows that a fit learns from, at most."""
    splits: int
    """Hold-outs."""
    min_rows: int
    """Sets with fewer rows are no part of it."""


# Two hold-outs where rows are few and scores are noise; fits on many rows are slow and sure.
SIZES = (Size("few", 1_000, 2, 0), Size("many", 5_000, 1, BETWEEN))


@dataclass(frozen=True)
class CandidateKey:
    """A candidate on a set."""

    task: str
    """The name of the set."""
    kind: str
    """The kind of the set: classification or regression."""
    rows: int
    """The rows that a fit learnt from, at most."""
    start: str
    """The candidate, as JSON."""

    def __str__(self) -> str:
        return f"{self.task} {self.rows} {self.start}"


@dataclass(frozen=True)
class Fit:
    """Score and seconds of a candidate on a set."""

    score: float | None
    """Mean score on the held-out rows, greater is better; None for a failure."""
    seconds: float
    """Seconds of a fit with its prediction, mean; of a failure, those until it failed."""


CandidateRow = StudyRow[CandidateKey, Fit]
