"""The promise of a search, and its test score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import copysign, inf
from typing import Any

from benchmarks.studies.study import StudyRow

QUANTILE = 1.96  # standard errors from the middle to either end of a 95 % interval
FEW_ROWS = 200  # of a hold-out as people cut it from a thousand rows
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
    part: str = ""
    """The part that the search is without, as `parts` names it; empty for a whole search."""

    def __str__(self) -> str:
        return f"{self.task}, seed {self.seed}{self.part and f', {self.part}'}"


@dataclass(frozen=True)
class Alternatives:
    """The test scores of what else a search could have handed over; greater is better."""

    ways: Mapping[str, float]
    """Scores of other ways to choose from the same pipelines, by their names."""
    bagged: Sequence[tuple[str, float, float]]
    """The family of each member, its score after a fit on all rows, and of fits on folds."""
    simultaneous_low: float
    """A lower bound for the best pipeline by itself that holds for all pipelines at once."""


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
    gain_probability: float | None = None
    """The probability of being better than the forest that it is compared with."""
    forest_test: float | None = None
    """Of that forest, fitted on all rows, on the test part."""
    few_low: float | None = None
    """The lower end of the interval for `FEW_ROWS` of the test part."""
    few_high: float | None = None
    """Its upper end."""
    few_test: float | None = None
    """Of what predicts, on so many rows of the test part."""
    alternatives: Alternatives | None = None
    """What else could have been handed over."""

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

    @property
    def is_covered_on_few(self) -> bool | None:
        """Whether the score on few rows of the test part lies within the interval for these."""
        if self.few_test is None or self.few_low is None or self.few_high is None:
            return None
        return self.few_low <= self.few_test <= self.few_high

    @property
    def forest_lead(self) -> float | None:
        """By how many standard errors the forest is better on the test part; None without one."""
        if self.forest_test is None or not self.error:
            return None
        return (self.forest_test - self.test) / self.error

    def gap(self, promised: float) -> float:
        """Return by how many standard errors a score promised more than came true."""
        difference = promised - self.test
        if not self.error:
            return copysign(inf, difference) if difference else 0.0
        return difference / self.error


def read_promise(**fields: Any) -> Promise:
    """Return the promise of the fields that a journal has."""
    alternatives = fields.pop("alternatives", None)
    return Promise(**fields, alternatives=alternatives and Alternatives(**alternatives))


HonestyRow = StudyRow[HonestyKey, Promise]
