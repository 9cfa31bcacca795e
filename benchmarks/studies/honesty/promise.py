"""The promise of a search, and its test score."""

from dataclasses import dataclass
from math import copysign, inf

from benchmarks.studies.study import StudyRow

QUANTILE = 1.96  # standard errors from the middle to either end of a 95 % interval
INTERVAL = 0.9  # the coverage that intervals for targets are asked for
PERFECT = {"roc_auc": 1.0}  # the best score there is; 0 for losses, which have a minus sign


@dataclass(frozen=True)
class HonestyKey:
    """A search on a few rows of a set."""

    task: str
    """The name of the set."""
    seed: int
    """The seed of the search, and of the draw of its rows."""
    rows: int
    """Rows to search on."""
    evaluations: int
    """Pipelines that were evaluated at most, the baseline among them."""
    catalogue: str
    """The catalogue of their operators."""

    def __str__(self) -> str:
        return f"{self.task}, seed {self.seed}"


@dataclass(frozen=True)
class Promise:
    """The promise of a search, and its score on the test part; greater is better."""

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
        # An interval ends where scores do. Its upper half is then too short, so the lower counts.
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


HonestyRow = StudyRow[HonestyKey, Promise]
