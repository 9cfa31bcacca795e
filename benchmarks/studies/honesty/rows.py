"""What one search promised and what came true, and the journal of it."""

import json
from dataclasses import asdict, dataclass
from math import copysign, inf
from pathlib import Path

from benchmarks.running.provenance import Provenance
from benchmarks.scores.lines import Lines

QUANTILE = 1.96  # standard errors from the middle to either end of a 95 % interval
INTERVAL = 0.9  # the coverage that intervals for targets are asked for
PERFECT = {"roc_auc": 1.0}  # the best score there is; 0 for losses, which have a minus sign


@dataclass(frozen=True)
class HonestyKey:
    """What was measured; a journal has one row for each."""

    task: str
    """The name of the set."""
    seed: int
    """The seed of the search, and of the draw of its rows."""
    rows: int
    """Rows to search on."""
    evaluations: int
    """Pipelines that were evaluated at most, the baseline among them."""
    catalogue: str
    """What they were made of."""


@dataclass(frozen=True)
class Promise:
    """What a search promised, and what came true on the test part; greater is better."""

    metric: str
    """The name of the score."""
    naive: float
    """Of what predicts, as the search saw it."""
    estimate: float
    """Corrected for the choice."""
    low: float
    """The lower end of its 95 % interval."""
    high: float
    """The upper end."""
    baseline: float
    """The estimate for what the winner is compared with."""
    test: float
    """Of what predicts, on the test part."""
    test_error: float
    """The standard error of that, from resamples of the test part."""
    single_naive: float
    """Of the best pipeline by itself, as the search saw it."""
    single_test: float
    """Of the best pipeline by itself, on the test part."""
    members: int
    """Pipelines that predict together."""
    seconds: float
    """Wall seconds of the search."""
    test_rows: int
    """Rows of the test part."""
    growth: float = 0.0
    """The part of the estimate that is for more rows."""
    rescaled: bool = False
    """Whether its probabilities were rescaled."""
    log_loss: float | None = None
    """Of the probabilities on the test part; None for a regression."""
    plain_log_loss: float | None = None
    """The same before they were rescaled."""
    inside: float | None = None
    """The share of test targets in intervals that should have `INTERVAL` of them."""

    @property
    def error(self) -> float:
        """The standard error that the interval stands for."""
        was_cut = self.high >= PERFECT.get(self.metric, 0.0)
        around = self.estimate - self.low if was_cut else self.high - self.estimate
        return around / QUANTILE

    @property
    def is_covered(self) -> bool:
        """Whether the test score lies within the interval."""
        return self.low <= self.test <= self.high

    def gap(self, promised: float) -> float:
        """Return by how many standard errors a score promised more than came true."""
        difference = promised - self.test
        if not self.error:
            return copysign(inf, difference) if difference else 0.0
        return difference / self.error


@dataclass(frozen=True)
class HonestyRow:
    """One search; the promise is missing for a failure."""

    key: HonestyKey
    """What was measured."""
    digest: str
    """A fingerprint of the data and the draw."""
    provenance: Provenance
    """Where it comes from."""
    promise: Promise | None = None
    """What was promised and came true."""
    failure: str = ""
    """Why there is no promise."""

    def to_json(self) -> str:
        """Return one line of JSON."""
        return json.dumps(asdict(self), allow_nan=False)

    @classmethod
    def from_json(cls, line: str) -> "HonestyRow":
        """Return the row of a line.

        Raises
        ------
        ValueError, KeyError, TypeError
            If it is none.
        """
        content = json.loads(line)
        promise = content.pop("promise")
        return cls(
            key=HonestyKey(**content.pop("key")),
            provenance=Provenance(**content.pop("provenance")),
            promise=None if promise is None else Promise(**promise),
            **content,
        )


class HonestyJournal(Lines[HonestyRow]):
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
        super().__init__(path, HonestyRow)
