"""The promises of several searches beside their test scores, in numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite, sqrt
from statistics import fmean, stdev

from scipy.stats import binomtest

from benchmarks.studies.honesty.promise import Promise


@dataclass(frozen=True)
class Calibration:
    """Promises beside their test scores."""

    promises: Sequence[Promise]
    """One or more."""

    @property
    def covered(self) -> int:
        """Runs whose test score lies within the interval."""
        return sum(promise.is_covered for promise in self.promises)

    @property
    def coverage(self) -> tuple[float, float, float]:
        """Their share, and its 95 % interval by Clopper and Pearson."""
        # The exact interval, because a set has ten runs, for which the normal one is far off.
        ends = binomtest(self.covered, len(self.promises)).proportion_ci(confidence_level=0.95)
        return self.covered / len(self.promises), float(ends.low), float(ends.high)

    @property
    def estimate_gaps(self) -> list[float]:
        """By how many standard errors each estimate promised too much."""
        return [promise.gap(promise.estimate) for promise in self.promises]

    @property
    def naive_gaps(self) -> list[float]:
        """By how many each naive score did."""
        return [promise.gap(promise.naive) for promise in self.promises]

    @property
    def noise(self) -> float | None:
        """The mean standard error of test scores, in honest ones."""
        return _mean(
            # Where the interval is a point, the test score's noise is infinitely larger.
            promise.test_error / promise.error
            for promise in self.promises
            if promise.error
        )

    @property
    def gain(self) -> float:
        """By how much the ensemble's mean test score is above that of the best pipeline."""
        return fmean(promise.test - promise.single_test for promise in self.promises)

    @property
    def duels(self) -> tuple[int, int, int]:
        """Runs with an ensemble that is better, equal, worse on the test part."""
        return count_signs(promise.test - promise.single_test for promise in self.promises)

    @property
    def growth(self) -> float:
        """The mean of what was promised for more rows, in standard errors."""
        return fmean(
            promise.growth / promise.error if promise.error else 0.0 for promise in self.promises
        )

    @property
    def has_probabilities(self) -> bool:
        """Whether it is a classification."""
        return all(promise.log_loss is not None for promise in self.promises)

    @property
    def rescaled(self) -> list[Promise]:
        """Runs whose probabilities were rescaled."""
        return [promise for promise in self.promises if promise.rescaled]

    @property
    def inside(self) -> float | None:
        """The mean share of test targets in their intervals."""
        return _mean(promise.inside for promise in self.promises if promise.inside is not None)


def _mean(values: Iterable[float]) -> float | None:
    numbers = list(values)
    return fmean(numbers) if numbers else None


def count_signs(gains: Iterable[float]) -> tuple[int, int, int]:
    """Return how many are above zero, zero and below it."""
    numbers = list(gains)
    better, worse = sum(gain > 0 for gain in numbers), sum(gain < 0 for gain in numbers)
    return better, len(numbers) - better - worse, worse


def spread(gaps: Sequence[float]) -> str:
    """Return a mean with its standard error, which takes two values or more."""
    if len(gaps) < 2 or not all(map(isfinite, gaps)):
        return f"{fmean(gaps):+.2f}"
    return f"{fmean(gaps):+.2f} ± {stdev(gaps) / sqrt(len(gaps)):.2f}"
