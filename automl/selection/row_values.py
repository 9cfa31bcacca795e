"""Scores of predictions that were kept, and what every row adds to them.

`values` are what makes resampling cheap: numbers for the rows whose mean is the score and whose
mean over other rows is, to first order, the score there. For a mean of losses they are the losses;
for RMSE and ROC AUC they come from the influence of a row; for any other scorer from leaving out
one block of rows after the other (the jackknife).
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.evaluation.held_out import KeptClasses, KeptNumbers
from automl.problem.metric import Metric

Numbers = NDArray[np.float64]
Values = Callable[[NDArray[Any], Numbers, Numbers], Numbers]

BLOCKS = 10  # of a fold, that the jackknife leaves out: each costs a call of the scorer
EPSILON = np.finfo(np.float64).eps  # scikit-learn's least probability of a log loss


@dataclass(frozen=True)
class Measure:
    """A metric of kept predictions; greater is better."""

    metric: Metric
    """What the search maximized."""
    classes: NDArray[Any] | None
    """The labels of a classification, sorted."""

    def values(
        self,
        y: NDArray[Any],
        predictions: NDArray[Any],
        weights: Numbers | None = None,
        units: NDArray[np.intp] | None = None,
    ) -> Numbers:
        """Return numbers for rows, whose weighted mean is the score of all.

        Parameters
        ----------
        y : ndarray of shape (n_rows,) or (n_rows, n_outputs)
            The target.
        predictions : ndarray of shape (n_rows, n_classes) or (n_rows, n_outputs)
        weights : ndarray of shape (n_rows,), optional
            Sample weights.
        units : ndarray of shape (n_rows,), optional
            What the jackknife may not tear apart, as numbers from 0: groups. By default rows.

        Returns
        -------
        ndarray of shape (n_rows,)

        References
        ----------
        DeLong, E., DeLong, D. and Clarke-Pearson, D. (1988). Comparing the areas under two or more
        correlated receiver operating characteristic curves. Biometrics 44 (ROC AUC).
        Efron, B. (1992). Jackknife-after-bootstrap standard errors and influence functions.
        Journal of the Royal Statistical Society B 54.
        """
        w = np.ones(len(y)) if weights is None else weights
        known = self._known(y)
        if known is None:
            units = np.arange(len(y)) if units is None else units
            return self._jackknife(y, predictions, w, weights is not None, units)
        target = y if self.classes is None else np.searchsorted(self.classes, y)
        return known(target, predictions, w)

    def is_quick(self, y: NDArray[Any]) -> bool:
        """Whether values are known in closed form; otherwise they take many calls of the scorer."""
        return self._known(y) is not None

    def score(
        self, y: NDArray[Any], predictions: NDArray[Any], weights: Numbers | None = None
    ) -> float:
        """Return the score of predictions; it takes the arguments of `values`."""
        if self._known(y) is not None:
            return float(np.average(self.values(y, predictions, weights), weights=weights))
        options = {} if weights is None else {"sample_weight": weights}
        kept: Any = (
            KeptNumbers(predictions)
            if self.classes is None
            else KeptClasses(predictions, self.classes)
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # as in the folds: what matters ends up in the score
            return float(self.metric.scorer(kept, np.empty((len(y), 0)), y, **options))

    def _known(self, y: NDArray[Any]) -> Values | None:
        """Return the function for a metric whose values are known in closed form."""
        if self.metric.is_own or y.ndim > 1:
            return None
        if self.metric.quantile is not None:
            return partial(_pinball_values, level=self.metric.quantile)
        return (NUMBERS if self.classes is None else CLASSES).get(self.metric.name)

    def _jackknife(
        self,
        y: NDArray[Any],
        predictions: NDArray[Any],
        weights: Numbers,
        weighted: bool,
        units: NDArray[np.intp],
    ) -> Numbers:
        whole = self.score(y, predictions, weights if weighted else None)
        values = np.full(len(y), whole)
        blocks = _blocks(units)
        for block in range(n_blocks if (n_blocks := blocks.max() + 1) > 1 else 0):
            mine, others = blocks == block, blocks != block
            left = weights[others] if weighted else None
            score = self._score_if_any(y[others], predictions[others], left)
            if np.isfinite(score):
                share = weights[others].sum() / weights[mine].sum()
                # All rows of a block get the same, so that their mean varies too little when rows
                # are resampled one by one; the root makes up for that.
                root = np.sqrt(len(np.unique(units[mine])))
                values[mine] += share * (whole - score) * root
        return np.asarray(values - np.average(values, weights=weights) + whole)

    def _score_if_any(
        self, y: NDArray[Any], predictions: NDArray[Any], weights: Numbers | None
    ) -> float:
        """Return a score, or NaN where what is left has none, such as rows of a single class."""
        try:
            return self.score(y, predictions, weights)
        except Exception:  # noqa: BLE001 the user's scorers divide by what may be 0, too
            return float("nan")


def _blocks(units: NDArray[np.intp]) -> NDArray[np.intp]:
    """Deal the units into blocks at random: alike blocks would vary less than rows do.

    A single unit is a single block, which cannot be left out.
    """
    names, places = np.unique(units, return_inverse=True)
    dealt = np.random.default_rng(0).permutation(len(names))
    return np.asarray(dealt[places] % BLOCKS)


def _log_loss_values(y: NDArray[Any], p: Numbers, w: Numbers) -> Numbers:
    picked = p[np.arange(len(y)), y].astype(np.float64)
    return np.asarray(np.log(np.clip(picked, EPSILON, 1 - EPSILON)))


def _accuracy_values(y: NDArray[Any], p: Numbers, w: Numbers) -> Numbers:
    return np.asarray(p.argmax(axis=1) == y, dtype=np.float64)


def _auc_values(y: NDArray[Any], p: Numbers, w: Numbers) -> Numbers:
    order = np.argsort(p[:, 1])
    scores, positive, weights = p[order, 1], y[order] == 1, w[order]
    share = weights[positive].sum() / weights.sum()
    # Rows with equal scores are a step of the curve: half of its weight counts as below.
    step = np.concatenate([[0], np.cumsum(scores[1:] != scores[:-1])])
    below = {}
    for side, mine in ((True, positive), (False, ~positive)):
        heights = np.bincount(step, weights * mine)
        below[side] = ((np.cumsum(heights) - heights / 2) / heights.sum())[step]
    placed = np.where(positive, below[False], 1 - below[True])
    area = np.average(placed[positive], weights=weights[positive])
    values = np.empty(len(y))
    values[order] = area + (placed - area) / np.where(positive, share, 1 - share)
    return values


def _rmse_values(y: NDArray[Any], p: Numbers, w: Numbers) -> Numbers:
    squares = (y - p[:, 0]) ** 2
    root = np.sqrt(np.average(squares, weights=w))
    return np.asarray(-root - (squares - root**2) / (2 * root)) if root else -squares


def _mse_values(y: NDArray[Any], p: Numbers, w: Numbers) -> Numbers:
    return np.asarray(-((y - p[:, 0]) ** 2))


def _mae_values(y: NDArray[Any], p: Numbers, w: Numbers) -> Numbers:
    return -np.abs(y - p[:, 0])


def _pinball_values(y: NDArray[Any], p: Numbers, w: Numbers, level: float) -> Numbers:
    above = y - p[:, 0]
    return -np.maximum(level * above, (level - 1) * above)


CLASSES: dict[str, Values] = {
    "accuracy": _accuracy_values,
    "neg_log_loss": _log_loss_values,
    "roc_auc": _auc_values,
}
NUMBERS: dict[str, Values] = {
    "neg_mean_absolute_error": _mae_values,
    "neg_mean_squared_error": _mse_values,
    "neg_root_mean_squared_error": _rmse_values,
}
