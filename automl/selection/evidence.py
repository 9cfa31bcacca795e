"""What the held-out predictions of a search say, row by row and unit by unit.

A *unit* is what resampling draws: a group, or a row. Rows that several folds hold out are one unit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import hypot, sqrt

import numpy as np
from numpy.typing import NDArray

from automl.problem import Problem
from automl.search.bank import Candidate, Held
from automl.selection.ensemble import Loss
from automl.selection.row_values import EPSILON, Measure, Numbers

RANKED_ROWS = 10_000  # by which ensembles are compared where that takes sorting


@dataclass(frozen=True)
class Evidence:
    """The target and the weights of the rows that the folds hold out."""

    problem: Problem
    """The data, the folds and the metric."""

    @cached_property
    def measure(self) -> Measure:
        """What the search maximized."""
        return Measure(self.problem.metric, self.problem.dataset.classes)

    @cached_property
    def folds(self) -> list[NDArray[np.intp]]:
        """The held-out rows of every fold of the first draw."""
        return [self.problem.held_out(fold) for fold in range(self.problem.folds_per_repeat)]

    @cached_property
    def rows(self) -> NDArray[np.intp]:
        """These rows, fold after fold."""
        return np.concatenate(self.folds)

    @cached_property
    def target(self) -> NDArray[np.float64]:
        """Their target: numbers, or the places of labels among the classes."""
        data = self.problem.dataset
        y = data.y if data.classes is None else np.searchsorted(data.classes, data.y)
        return np.asarray(y[self.rows], dtype=np.float64)

    @cached_property
    def units(self) -> NDArray[np.intp]:
        """The unit of every row of the data, numbered from 0; -1 where a row is never held out."""
        groups = self.problem.dataset.groups
        names = np.arange(len(self.problem.dataset)) if groups is None else groups
        units = np.full(len(names), -1)
        held = np.unique(self.rows)
        units[held] = np.unique(names[held], return_inverse=True)[1]
        return units

    @cached_property
    def row_weights(self) -> Numbers:
        """The weight of every row of the data."""
        weights = self.problem.dataset.sample_weight
        return np.ones(len(self.problem.dataset)) if weights is None else weights

    @cached_property
    def sizes(self) -> Numbers:
        """The weight of every unit."""
        return np.bincount(self.units[self.rows], self.row_weights[self.rows]).astype(np.float64)

    def by_unit(self, values: Numbers) -> Numbers:
        """Return the means of units.

        Parameters
        ----------
        values : ndarray of shape (n_rows,)
            Of `rows`.
        """
        rows = self.rows
        return np.bincount(self.units[rows], self.row_weights[rows] * values) / self.sizes

    def values(self, held: Mapping[int, Held]) -> Numbers:
        """Return what the units add to the score of a pipeline, over all draws that it has seen.

        Parameters
        ----------
        held : mapping of fold to predictions

        Returns
        -------
        ndarray of shape (n_units,)
            Their mean by `sizes` is the score, and to first order that of resampled units, too.
        """
        n_folds = len(held) // len(self.folds) * len(self.folds)  # whole draws only
        sums, sizes = self._sums(held, range(n_folds))
        return sums / sizes

    def lead(self, values: Numbers, held: Mapping[int, Held]) -> tuple[Numbers, Numbers]:
        """Return what units add to the lead over a pipeline, which may have seen some folds only.

        Parameters
        ----------
        values : ndarray of shape (n_units,)
            Of what is ahead.
        held : mapping of fold to predictions
            Those of the pipeline behind it.

        Returns
        -------
        two ndarrays of shape (n_seen_units,)
            The differences, and the sizes of these units.
        """
        sums, sizes = self._sums(held, sorted(held))
        seen = sizes > 0
        return values[seen] - sums[seen] / sizes[seen], self.sizes[seen]

    def _sums(self, held: Mapping[int, Held], folds: Iterable[int]) -> tuple[Numbers, Numbers]:
        """Return sums of values and of weights by unit."""
        data = self.problem.dataset
        sums, sizes = np.zeros(len(self.sizes)), np.zeros(len(self.sizes))
        for fold in folds:
            rows = self.problem.held_out(fold)
            weights = None if data.sample_weight is None else data.sample_weight[rows]
            units = self.units[rows]
            found = self.measure.values(data.y[rows], held[fold], weights, units)
            sums += np.bincount(units, self.row_weights[rows] * found, len(sums))
            sizes += np.bincount(units, self.row_weights[rows], len(sums))
        return sums, sizes

    def is_complete(self, candidate: Candidate) -> bool:
        """Whether a pipeline has predictions for every fold of the first draw."""
        return all(fold in candidate.held for fold in range(len(self.folds)))

    def average(self, candidates: Sequence[Candidate], weights: Numbers) -> dict[int, Held]:
        """Return what an ensemble predicts for the first draw of the folds."""
        members = [(one, weight) for one, weight in zip(candidates, weights, strict=True) if weight]
        shares = np.array([weight for _, weight in members], dtype=np.float32)
        return {
            fold: np.tensordot(shares, np.array([one.held[fold] for one, _ in members]), axes=1)
            for fold in range(len(self.folds))
        }

    def reduced(self, candidate: Candidate) -> NDArray[np.float32]:
        """Return what the loss of an ensemble needs of a pipeline's predictions.

        Averages of it are what the average of the predictions has of it: the number, the
        probability of the second of two classes, or that of the true one.

        Returns
        -------
        ndarray of shape (n_rows,)
        """
        held = np.concatenate([candidate.held[fold] for fold in range(len(self.folds))])
        if self.problem.dataset.classes is None:
            column: int | NDArray[np.intp] = 0
        elif self._is_ranked:
            column = 1
        else:
            column = self.target.astype(np.intp)
        return np.asarray(held[np.arange(len(held)), column], dtype=np.float32)

    def error_of_few(self, area: float) -> float:
        """Return the part of an error that few rows of a class do not show; 0 but for ROC AUC.

        Where twelve positive rows are all ranked high, they hardly vary, and the next may be ranked
        low. So the error counts two rows more of the rarer class, one ranked first and one last.

        Parameters
        ----------
        area : float
            The ROC AUC.

        References
        ----------
        Kottas, M., Kuss, O. and Zapf, A. (2014). A modified Wald interval for the area under the
        ROC curve (AUC) in diagnostic case-control studies. BMC Medical Research Methodology 14.
        """
        if not self._is_ranked:
            return 0.0
        positive = int(self.target.sum())
        rarer = min(positive, len(self.target) - positive)
        return hypot(area, 1 - area) / rarer

    @property
    def _is_ranked(self) -> bool:
        return self.problem.metric.name == "roc_auc" and not self.problem.metric.is_own

    def loss(self, unit_counts: Numbers | None = None) -> Loss:
        """Return the loss of reduced averages, by which the members of an ensemble are chosen.

        It is the metric where that is quick and smooth: ROC AUC, log loss, squared, absolute and
        pinball loss. For other metrics it is log loss or squared loss.

        Parameters
        ----------
        unit_counts : ndarray of shape (n_units,), optional
            How often each unit counts; by default once.
        """
        weights = self.weights(unit_counts)
        if self.problem.dataset.classes is None:
            return lambda means: self._distance(means) @ weights
        if self._is_ranked:
            return lambda means: self._inversions(means, weights)
        return lambda means: -np.log(np.clip(means, EPSILON, 1)) @ weights

    def weights(self, unit_counts: Numbers | None = None) -> Numbers:
        """Return the weights of `rows`, where units count as often as is said."""
        weights = self.row_weights[self.rows]
        return weights if unit_counts is None else weights * unit_counts[self.units[self.rows]]

    def _distance(self, means: NDArray[np.float32]) -> Numbers:
        apart = self.target - means
        metric = self.problem.metric
        if metric.quantile is not None:
            return np.maximum(metric.quantile * apart, (metric.quantile - 1) * apart)
        return np.abs(apart) if metric.name == "neg_mean_absolute_error" else apart**2

    def _inversions(self, means: NDArray[np.float32], weights: Numbers) -> Numbers:
        """Return 1 minus the mean ROC AUC of the folds; equal scores are in a random order."""
        areas = np.zeros(len(means))
        for part in self._shuffled_folds:
            positive = weights[part] * self.target[part]
            negative = weights[part] - positive
            order = np.argsort(means[:, part], axis=1)
            below = np.cumsum(negative[order], axis=1)
            pairs = max(positive.sum() * negative.sum(), EPSILON)
            areas += np.einsum("ij,ij->i", positive[order], below) / pairs
        return 1 - areas / len(self.folds)

    @cached_property
    def _shuffled_folds(self) -> list[NDArray[np.intp]]:
        """The places of every fold in `rows`, shuffled: data may come sorted by the target.

        Of many rows, some are enough to compare ensembles by, and sorting all would take long.
        """
        ends = np.cumsum([len(rows) for rows in self.folds])[:-1]
        rng = np.random.default_rng(0)
        most = RANKED_ROWS // len(self.folds)
        parts = np.split(np.arange(len(self.rows)), ends)
        return [rng.permutation(part)[:most] for part in parts]


def standard_error(values: Numbers, sizes: Numbers) -> float:
    """Return the standard error of a mean over units."""
    mean = np.average(values, weights=sizes)
    return float(sqrt(np.sum((sizes * (values - mean)) ** 2)) / sizes.sum())


def skewness(values: Numbers, sizes: Numbers) -> float:
    """Return the skewness of a mean over units, which is that of units by the root of their number.

    Where few units decide, as outliers do for squared errors, it is far from 0.
    """
    apart = sizes * (values - np.average(values, weights=sizes))
    spread = float(np.sum(apart**2))
    return float(np.sum(apart**3)) / spread**1.5 if spread > 0 else 0.0
