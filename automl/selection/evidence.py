"""The evidence of a search: held-out predictions with their scores, row by row and unit by unit.

::

    held-out predictions ──RowValues──► values of rows ──mean──► values of units ──mean──► score

A *unit* is drawn as a whole by resampling, since its rows are not independent: it is a group, or a
row without one. A row that several folds hold out is a single unit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import hypot, sqrt

import numpy as np
from numpy.typing import NDArray

from automl.outcome import HeldOut
from automl.problem import Problem
from automl.problem.labels import places_of
from automl.search.bank import Candidate
from automl.selection.ensemble import Loss
from automl.selection.row_values import EPSILON, Numbers, RowValues

RANKED_ROWS = 10_000  # rows by which ensembles are compared where a comparison takes sorting


@dataclass(frozen=True)
class Evidence:
    """The target and the weights of the rows that the folds hold out."""

    problem: Problem
    """The data, the folds and the metric."""

    @cached_property
    def row_values(self) -> RowValues:
        """The score that the search maximized, with its values for rows."""
        return RowValues(self.problem.metric, self.problem.dataset.classes)

    @cached_property
    def folds(self) -> list[NDArray[np.intp]]:
        """The held-out rows of every fold of the first draw."""
        return [self.problem.held_out(fold) for fold in range(self.problem.folds_per_repeat)]

    @cached_property
    def rows(self) -> NDArray[np.intp]:
        """The held-out rows of the first draw, fold after fold; a row may come twice."""
        return np.concatenate(self.folds)

    @cached_property
    def target(self) -> NDArray[np.float64]:
        """The target of `rows`: numbers, or the places of labels among the classes."""
        # Places rather than labels: losses pick probabilities by them.
        data = self.problem.dataset
        y = data.y if data.classes is None else places_of(data.y, data.classes)
        return np.asarray(y[self.rows], dtype=np.float64)

    @property
    def is_constant(self) -> bool:
        """Whether all rows have the same target, so that no pipeline can be ahead of a constant."""
        return bool((self.target == self.target[0]).all())

    @cached_property
    def units(self) -> NDArray[np.intp]:
        """The unit of every row of the data, numbered from 0; -1 where a row is never held out."""
        groups = self.problem.dataset.groups
        names = np.arange(len(self.problem.dataset)) if groups is None else groups
        units = np.full(len(names), -1)
        held_out = np.unique(self.rows)
        units[held_out] = np.unique(names[held_out], return_inverse=True)[1]
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
        """Return the mean value of each unit.

        Parameters
        ----------
        values : ndarray of shape (n_rows,)
            The values of `rows`.
        """
        rows = self.rows
        return np.bincount(self.units[rows], self.row_weights[rows] * values) / self.sizes

    def values(self, held_out: Mapping[int, HeldOut]) -> Numbers:
        """Return the values of units for a pipeline, over all draws that it has seen.

        Parameters
        ----------
        held_out : mapping of fold to predictions

        Returns
        -------
        ndarray of shape (n_units,)
            Their mean by `sizes` is the score. The mean of resampled units is, to first order, the
            score of these.
        """
        # Whole draws only: in half of a draw, some units would count more than others.
        n_folds = len(held_out) // len(self.folds) * len(self.folds)
        sums, sizes = self._sums(held_out, range(n_folds))
        return sums / sizes

    def lead(self, values: Numbers, held_out: Mapping[int, HeldOut]) -> tuple[Numbers, Numbers]:
        """Return the lead of a choice over a pipeline, unit by unit.

        The pipeline may have seen some folds only; the lead is taken on the units of these.

        Parameters
        ----------
        values : ndarray of shape (n_units,)
            The values of the choice, which is ahead.
        held_out : mapping of fold to predictions
            The predictions of the pipeline behind it.

        Returns
        -------
        two ndarrays of shape (n_seen_units,)
            The differences of values, and the sizes of these units.
        """
        sums, sizes = self._sums(held_out, sorted(held_out))
        has_value = sizes > 0
        return values[has_value] - sums[has_value] / sizes[has_value], self.sizes[has_value]

    def _sums(
        self, held_out: Mapping[int, HeldOut], folds: Iterable[int]
    ) -> tuple[Numbers, Numbers]:
        """Return the sums of values and of weights over the rows of each unit, in some folds."""
        data = self.problem.dataset
        sums, sizes = np.zeros(len(self.sizes)), np.zeros(len(self.sizes))
        for fold in folds:
            rows = self.problem.held_out(fold)
            weights = None if data.sample_weight is None else data.sample_weight[rows]
            units = self.units[rows]
            # Fold by fold, as the search scored them: its score is the mean over folds.
            values = self.row_values.values(data.y[rows], held_out[fold], weights, units)
            sums += np.bincount(units, self.row_weights[rows] * values, len(sums))
            sizes += np.bincount(units, self.row_weights[rows], len(sums))
        return sums, sizes

    def is_complete(self, candidate: Candidate) -> bool:
        """Whether a pipeline has predictions for every fold of the first draw."""
        return all(fold in candidate.held_out for fold in range(len(self.folds)))

    def average(self, candidates: Sequence[Candidate], weights: Numbers) -> dict[int, HeldOut]:
        """Return the predictions of an ensemble for the first draw of the folds."""
        pairs = zip(candidates, weights, strict=True)
        members = [(candidate, weight) for candidate, weight in pairs if weight]
        shares = np.array([weight for _, weight in members])
        averages = {}
        for fold in range(len(self.folds)):
            predictions = np.array([candidate.held_out[fold] for candidate, _ in members])
            # In 32 bits where the predictions are: NumPy would make 64 bits of a mixture.
            averages[fold] = np.tensordot(shares.astype(predictions.dtype), predictions, axes=1)
        return averages

    def fold_scores(self, held_out: Mapping[int, HeldOut]) -> tuple[float, ...]:
        """Return the score of predictions in each fold of the first draw."""
        data = self.problem.dataset
        scores = []
        for fold, rows in enumerate(self.folds):
            weights = None if data.sample_weight is None else data.sample_weight[rows]
            scores.append(self.row_values.score(data.y[rows], held_out[fold], weights))
        return tuple(scores)

    def reduced(self, candidate: Candidate) -> HeldOut:
        """Return the part of a pipeline's predictions that the loss of an ensemble needs.

        It is a single number for each row: the prediction of a regression, the probability of the
        second class for ROC AUC, or else that of the true class. The part of an average is the
        average of the parts, so that ensembles are compared without the rest.

        Returns
        -------
        ndarray of shape (n_rows,)
        """
        predictions = np.concatenate([candidate.held_out[fold] for fold in range(len(self.folds))])
        if not self.problem.dataset.is_classification:
            column: int | NDArray[np.intp] = 0
        elif self._is_ranked:
            column = 1
        else:
            column = self.target.astype(np.intp)
        return np.asarray(predictions[np.arange(len(predictions)), column])

    def error_of_few(self, area: float) -> float:
        """Return the part of the standard error that few rows of a class hide; 0 but for ROC AUC.

        Twelve positive rows that are all ranked high hardly vary, but the next row may be ranked
        low. So the error counts two more rows of the rarer class, one ranked first and one last.

        Parameters
        ----------
        area : float
            The ROC AUC.

        References
        ----------
        Kottas, M., Kuss, O. and Zapf, A. (2014). A modified Wald interval for the area under the
        ROC curve (AUC) in diagnostic case-control studies. BMC Medical Research Methodology 14.
        """
        if not self._is_ranked:  # other scores are means of rows, whose spread shows the error
            return 0.0
        # The targets of a row are not independent, so that errors of several do not cancel out.
        positive = self.target.reshape(len(self.target), -1).sum(axis=0)
        rarer = np.minimum(positive, len(self.target) - positive)
        return float(np.mean(hypot(area, 1 - area) / rarer))

    @property
    def _is_ranked(self) -> bool:
        return self.problem.metric.name == "roc_auc" and not self.problem.metric.is_own

    def loss(self, unit_counts: Numbers | None = None) -> Loss:
        """Return the loss of reduced averages, by which the members of an ensemble are chosen.

        The loss is the metric where that is quick and smooth: ROC AUC, log loss, squared, absolute
        and pinball loss. Other metrics are replaced by log loss or squared loss.

        Parameters
        ----------
        unit_counts : ndarray of shape (n_units,), optional
            The number of times that each unit counts; by default once.
        """
        weights = self.weights(unit_counts)
        if not self.problem.dataset.is_classification:
            return lambda means: self._distance(means) @ weights
        if self._is_ranked:
            return lambda means: self._inversions(means, weights)
        return lambda means: -np.log(np.clip(means, EPSILON, 1)) @ weights

    def weights(self, unit_counts: Numbers | None = None) -> Numbers:
        """Return the weights of `rows`, times the counts of their units."""
        weights = self.row_weights[self.rows]
        return weights if unit_counts is None else weights * unit_counts[self.units[self.rows]]

    def _distance(self, means: HeldOut) -> Numbers:
        residuals = self.target - means
        metric = self.problem.metric
        if isinstance(metric.quantile, float):  # there are no ensembles of several
            return np.maximum(metric.quantile * residuals, (metric.quantile - 1) * residuals)
        return np.abs(residuals) if metric.name == "neg_mean_absolute_error" else residuals**2

    def _inversions(self, means: HeldOut, weights: Numbers) -> Numbers:
        """Return 1 minus the mean ROC AUC of the folds; equal scores are in a random order.

        A random order costs a sorting only. Counting equal scores as half, as ROC AUC does, would
        take a second pass over each average.
        """
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
        """The places of every fold in `rows`, shuffled, and a sample of them where they are many.

        Data may come sorted by the target, and then rows with equal scores would be in the right
        order. A sample is enough to compare ensembles, and sorting all rows would take long.
        """
        ends = np.cumsum([len(rows) for rows in self.folds])[:-1]
        rng = np.random.default_rng(0)
        limit = RANKED_ROWS // len(self.folds)
        parts = np.split(np.arange(len(self.rows)), ends)
        return [rng.permutation(part)[:limit] for part in parts]


def standard_error(values: Numbers, sizes: Numbers) -> float:
    """Return the standard error of a mean over units.

    Units may differ in size, so that the mean is a ratio of sums; its error is linearized.
    """
    mean = np.average(values, weights=sizes)
    return float(sqrt(np.sum((sizes * (values - mean)) ** 2)) / sizes.sum())


def skewness(values: Numbers, sizes: Numbers) -> float:
    """Return the skewness of a mean over units: that of units by the root of their number.

    It is far from 0 where few units decide, as outliers do for squared errors.
    """
    deviations = sizes * (values - np.average(values, weights=sizes))
    spread = float(np.sum(deviations**2))
    return float(np.sum(deviations**3)) / spread**1.5 if spread > 0 else 0.0
