"""Means over folds, with intervals that know that training parts share rows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

COVERAGE = 0.95


@dataclass(frozen=True, eq=False)
class Interval:
    """Means over folds, and where those of other rows should lie."""

    mean: NDArray[np.float64]
    """The means."""
    low: NDArray[np.float64]
    """The lower ends; not a number with a single fold."""
    high: NDArray[np.float64]
    """The upper ends."""


def interval_over(values: NDArray[np.float64], ratio: float) -> Interval:
    """Return the means over folds, with 95 % intervals.

    Training parts share most of their rows, so that folds vary less than new data would. The
    variance of the mean is therefore raised by the ratio of held-out rows to training rows.

    Parameters
    ----------
    values : ndarray of shape (n_folds, ...)
    ratio : float
        The held-out rows of a fold by those of its training part.

    References
    ----------
    Nadeau, C. and Bengio, Y. (2003). Inference for the generalization error. Machine Learning 52.

    Examples
    --------
    >>> interval = interval_over(np.array([[0.1], [0.2], [0.3]]), ratio=0.5)
    >>> interval.mean.round(2), interval.low.round(2), interval.high.round(2)
    (array([0.2]), array([-0.19]), array([0.59]))
    """
    n_folds, mean = len(values), values.mean(axis=0)
    if n_folds < 2:
        unknown = np.full_like(mean, np.nan)
        return Interval(mean, unknown, unknown)
    error = np.sqrt((1 / n_folds + ratio) * values.var(axis=0, ddof=1))
    half = t.ppf((1 + COVERAGE) / 2, n_folds - 1) * error
    return Interval(mean, mean - half, mean + half)
