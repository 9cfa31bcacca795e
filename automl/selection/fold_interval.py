"""Means over folds, with intervals that know that training parts share rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t

from automl.problem.splits import Split
from automl.selection.honest_score import CONFIDENCE


@dataclass(frozen=True, eq=False)
class FoldInterval:
    """Means over folds, and where those of other rows should lie."""

    mean: NDArray[np.float64]
    """The means."""
    half: NDArray[np.float64]
    """The distance from a mean to the ends of its interval; not a number with a single fold."""

    @property
    def low(self) -> NDArray[np.float64]:
        """The lower ends."""
        return self.mean - self.half

    @property
    def high(self) -> NDArray[np.float64]:
        """The upper ends."""
        return self.mean + self.half


def interval_over(values: ArrayLike, ratio: float) -> FoldInterval:
    """Return the means over folds, with 95 % intervals.

    Training parts share most of their rows, so that folds vary less than new data would. The
    variance of the mean is therefore raised by the ratio of held-out rows to training rows.

    Parameters
    ----------
    values : array-like of shape (n_folds, ...)
    ratio : float
        As `held_out_ratio` gives it.

    References
    ----------
    Nadeau, C. and Bengio, Y. (2003). Inference for the generalization error. Machine Learning 52.

    Examples
    --------
    >>> interval = interval_over([[0.1], [0.2], [0.3]], ratio=0.5)
    >>> interval.mean.round(2), interval.low.round(2), interval.high.round(2)
    (array([0.2]), array([-0.19]), array([0.59]))
    """
    folds = np.asarray(values, dtype=np.float64)
    n_folds, mean = len(folds), np.asarray(folds.mean(axis=0))
    if n_folds < 2:
        return FoldInterval(mean, np.full_like(mean, np.nan))
    error = np.sqrt((1 / n_folds + ratio) * folds.var(axis=0, ddof=1))
    return FoldInterval(mean, np.asarray(t.ppf((1 + CONFIDENCE) / 2, n_folds - 1) * error))


def held_out_ratio(splits: Sequence[Split]) -> float:
    """Return the held-out rows of a fold by those of its training part, both on average.

    Parameters
    ----------
    splits : sequence of Split
    """
    train, test = (np.mean([len(split[side]) for split in splits]) for side in (0, 1))
    return float(test / train)
