"""How the promises of several searches came true, in numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from scipy.stats import binomtest

from benchmarks.studies.honesty.rows import Promise


@dataclass(frozen=True)
class Calibration:
    """How promises came true."""

    promises: Sequence[Promise]
    """One or more."""

    @property
    def covered(self) -> int:
        """Runs whose test score lies within the interval."""
        return sum(one.is_covered for one in self.promises)

    @property
    def coverage(self) -> tuple[float, float, float]:
        """Their share, and its 95 % interval by Clopper and Pearson."""
        found = binomtest(self.covered, len(self.promises))
        ends = found.proportion_ci(confidence_level=0.95)
        return self.covered / len(self.promises), float(ends.low), float(ends.high)

    @property
    def estimate_gaps(self) -> list[float]:
        """By how many standard errors each estimate promised too much."""
        return [one.gap(one.estimate) for one in self.promises]

    @property
    def naive_gaps(self) -> list[float]:
        """By how many each naive score did."""
        return [one.gap(one.naive) for one in self.promises]

    @property
    def noise(self) -> float | None:
        """The mean standard error of test scores, in honest ones."""
        return _mean(one.test_error / one.error for one in self.promises if one.error)

    @property
    def gain(self) -> float:
        """By how much the ensemble's mean test score is above that of the best pipeline."""
        return fmean(one.test - one.single_test for one in self.promises)

    @property
    def duels(self) -> tuple[int, int, int]:
        """Runs with an ensemble that is better, the same, worse on the test part."""
        return count_signs(one.test - one.single_test for one in self.promises)

    @property
    def growth(self) -> float:
        """The mean of what was promised for more rows, in standard errors."""
        return fmean(one.growth / one.error if one.error else 0.0 for one in self.promises)

    @property
    def has_probabilities(self) -> bool:
        """Whether it is a classification."""
        return all(one.log_loss is not None for one in self.promises)

    @property
    def rescaled(self) -> list[Promise]:
        """Runs whose probabilities were rescaled."""
        return [one for one in self.promises if one.rescaled]

    @property
    def inside(self) -> float | None:
        """The mean share of test targets in their intervals."""
        return _mean(one.inside for one in self.promises if one.inside is not None)


def _mean(values: Iterable[float]) -> float | None:
    known = list(values)
    return fmean(known) if known else None


def count_signs(gains: Iterable[float]) -> tuple[int, int, int]:
    """Return how many are above zero, zero and below it."""
    known = list(gains)
    better, worse = sum(gain > 0 for gain in known), sum(gain < 0 for gain in known)
    return better, len(known) - better - worse, worse
