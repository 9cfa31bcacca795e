"""Scores of stored predictions, and the part of every row in them.

::

    metric ─┬─ mean of losses ─────► the losses themselves ─┐
            ├─ RMSE, ROC AUC ──────► influence of a row ────┼─► a value for each row
            └─ any other scorer ───► jackknife of blocks ───┘     their mean is the score

The values make resampling cheap. Their mean over resampled rows is, to first order, the score of
these rows. So the score of a thousand resamples takes a thousand means, and no call of a scorer.

The *influence* of a row is the rate at which the score changes with the weight of the row. The
value of a row is the score plus its influence. The *jackknife* estimates influences for any
metric: it leaves rows out, and takes the loss of the score.
"""

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.problem.labels import Classes, places_of
from automl.problem.metric import Metric
from automl.problem.stored import split_targets, stored

Numbers = NDArray[np.float64]
Values = Callable[[NDArray[Any], Numbers, Numbers], Numbers]

BLOCKS = 10  # blocks of a fold for the jackknife: each costs a call of the scorer
EPSILON = np.finfo(np.float64).eps  # scikit-learn's least probability of a log loss


@dataclass(frozen=True)
class RowValues:
    """A metric of stored predictions; greater is better."""

    metric: Metric
    """The score that the search maximized."""
    classes: Classes | None
    """The labels of a classification, sorted; a list of those of each target if there are
    several."""

    def values(
        self,
        y: NDArray[Any],
        predictions: NDArray[Any],
        weights: Numbers | None = None,
        units: NDArray[np.intp] | None = None,
    ) -> Numbers:
        """Return a number for every row; their weighted mean is the score.

        Parameters
        ----------
        y : ndarray of shape (n_rows,) or (n_rows, n_outputs)
            The target.
        predictions : ndarray of shape (n_rows, n_classes) or (n_rows, n_outputs)
        weights : ndarray of shape (n_rows,), optional
            Sample weights.
        units : ndarray of shape (n_rows,), optional
            The unit of every row, as numbers from 0. The jackknife leaves out whole units, such as
            groups. By default every row is a unit.

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
        if self.metric.parts:
            values = [
                row_values.values(labels, own, weights, units)
                for row_values, labels, own in self._by_target(y, predictions)
            ]
            return np.asarray(np.mean(values, axis=0))
        w = np.ones(len(y)) if weights is None else weights
        closed_form = self._closed_form(y)
        if closed_form is None:
            units = np.arange(len(y)) if units is None else units
            return self._jackknife(y, predictions, w, weights is not None, units)
        target = y if self.classes is None else places_of(y, self.classes)
        return closed_form(target, predictions, w)

    def _by_target(
        self, y: NDArray[Any], predictions: NDArray[Any]
    ) -> Iterator[tuple["RowValues", NDArray[Any], NDArray[Any]]]:
        """Yield the values, the labels and the probabilities of each of several targets."""
        classes = self.classes if isinstance(self.classes, list) else []
        parts = zip(
            self.metric.parts, classes, y.T, split_targets(predictions, classes), strict=True
        )
        for metric, own, labels, probabilities in parts:
            yield RowValues(metric, own), labels, probabilities

    def is_quick(self, y: NDArray[Any]) -> bool:
        """Whether values have a closed form; otherwise they take many calls of the scorer."""
        if self.metric.parts:
            parts = zip(self.metric.parts, y.T, strict=True)
            return all(RowValues(part, self.classes).is_quick(labels) for part, labels in parts)
        return self._closed_form(y) is not None

    def score(
        self, y: NDArray[Any], predictions: NDArray[Any], weights: Numbers | None = None
    ) -> float:
        """Return the score of predictions.

        Parameters
        ----------
        y : ndarray of shape (n_rows,) or (n_rows, n_outputs)
        predictions : ndarray of shape (n_rows, n_classes) or (n_rows, n_outputs)
        weights : ndarray of shape (n_rows,), optional
            Sample weights.
        """
        if self.is_quick(y):
            return float(np.average(self.values(y, predictions, weights), weights=weights))
        options = {} if weights is None else {"sample_weight": weights}
        estimator = stored(predictions, self.classes)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # as in the folds: the score has the last word
            return float(self.metric.scorer(estimator, np.empty((len(y), 0)), y, **options))

    def _closed_form(self, y: NDArray[Any]) -> Values | None:
        """Return the function for a metric whose values have a closed form, or else None."""
        if self.metric.is_own or y.ndim > 1:
            return None
        if self.metric.quantile is not None:
            return partial(_pinball_values, levels=np.atleast_1d(self.metric.quantile))
        return (NUMBERS if self.classes is None else CLASSES).get(self.metric.name)

    def _jackknife(
        self,
        y: NDArray[Any],
        predictions: NDArray[Any],
        weights: Numbers,
        weighted: bool,
        units: NDArray[np.intp],
    ) -> Numbers:
        """Return values of rows from the scores without each block of rows.

        A block whose rest has no score keeps the value of the whole: it has no influence then.
        """
        score = self.score(y, predictions, weights if weighted else None)
        values = np.full(len(y), score)
        blocks = _blocks(units)
        for block in range(n_blocks if (n_blocks := blocks.max() + 1) > 1 else 0):
            inside, outside = blocks == block, blocks != block
            weights_outside = weights[outside] if weighted else None
            score_outside = self._score_if_any(y[outside], predictions[outside], weights_outside)
            if np.isfinite(score_outside):
                # If the score were a mean, this would be the mean of the block less that of all.
                share = weights[outside].sum() / weights[inside].sum()
                influence = share * (score - score_outside)
                # All units of a block get the same value. A mean of equal values varies less than
                # one of different values when units are resampled; the root makes up for that.
                values[inside] += influence * np.sqrt(len(np.unique(units[inside])))
        # Influences are of first order, so that their mean is near 0 but not quite.
        return np.asarray(values - np.average(values, weights=weights) + score)

    def _score_if_any(
        self, y: NDArray[Any], predictions: NDArray[Any], weights: Numbers | None
    ) -> float:
        """Return a score, or NaN where the rows have none, such as rows of a single class."""
        try:
            return self.score(y, predictions, weights)
        except Exception:  # noqa: BLE001 a scorer of the user may raise any error
            return float("nan")


def _blocks(units: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the block of every row; units are dealt into blocks at random.

    In the order of the data, a block might hold rows of a single class. A single unit is a single
    block, which cannot be left out.
    """
    names, places = np.unique(units, return_inverse=True)
    order = np.random.default_rng(0).permutation(len(names))
    return np.asarray(order[places] % BLOCKS)


def _log_loss_values(y: NDArray[Any], p: Numbers, w: Numbers) -> Numbers:
    of_truth = p[np.arange(len(y)), y].astype(np.float64)
    return np.asarray(np.log(np.clip(of_truth, EPSILON, 1 - EPSILON)))


def _accuracy_values(y: NDArray[Any], p: Numbers, w: Numbers) -> Numbers:
    return np.asarray(p.argmax(axis=1) == y, dtype=np.float64)


def _auc_values(y: NDArray[Any], p: Numbers, w: Numbers) -> Numbers:
    """Return the area plus the influence of a row on it.

    The area is the probability that a positive row has a higher score than a negative one. The
    *placement* of a row is the share of the other class that the row is right about: below a
    positive row, above a negative one. The mean placement of either class is the area (DeLong).
    """
    order = np.argsort(p[:, 1])
    scores, positive, weights = p[order, 1], y[order] == 1, w[order]
    share = weights[positive].sum() / weights.sum()
    # Rows with equal scores are a step of the curve. Half of its weight counts as below, as in
    # scikit-learn, so that a constant score has an area of a half.
    step = np.concatenate([[0], np.cumsum(scores[1:] != scores[:-1])])
    below = {}
    for side, members in ((True, positive), (False, ~positive)):
        heights = np.bincount(step, weights * members)
        below[side] = ((np.cumsum(heights) - heights / 2) / heights.sum())[step]
    placements = np.where(positive, below[False], 1 - below[True])
    area = np.average(placements[positive], weights=weights[positive])
    values = np.empty(len(y))
    # The area is a mean over each class rather than over all rows: a row of the rarer class has the
    # more influence, by the share of its class.
    values[order] = area + (placements - area) / np.where(positive, share, 1 - share)
    return values


def _rmse_values(y: NDArray[Any], p: Numbers, w: Numbers) -> Numbers:
    squares = (y - p[:, 0]) ** 2
    root = np.sqrt(np.average(squares, weights=w))
    # The derivative of a root: the square of a row moves RMSE by 1 / (2 RMSE). An RMSE of 0 has no
    # derivative, but all squares are 0 then.
    return np.asarray(-root - (squares - root**2) / (2 * root)) if root else -squares


def _mse_values(y: NDArray[Any], p: Numbers, w: Numbers) -> Numbers:
    return np.asarray(-((y - p[:, 0]) ** 2))


def _mae_values(y: NDArray[Any], p: Numbers, w: Numbers) -> Numbers:
    return -np.abs(y - p[:, 0])


def _pinball_values(y: NDArray[Any], p: Numbers, w: Numbers, levels: Numbers) -> Numbers:
    above = y[:, None] - p
    losses = np.maximum(levels * above, (levels - 1) * above)
    return np.asarray(-losses.mean(axis=1))


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
