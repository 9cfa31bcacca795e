"""Fewer folds and fewer rows, where all of them would take too much of the budget.

::

    rows × columns ──► seconds of boosted trees ──► on all folds, more than a tenth of the budget?
                                  │                     yes: one hold-out · no: the folds
                                  └──► on all rows, more than a tenth of the budget?
                                                        yes: some of the rows · no: all of them

On many rows a single part says nearly as much as all folds together. A search that has the time for
one pipeline on all rows finds less than a search that compares ten on some of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, inf
from numbers import Integral

import numpy as np
from numpy.typing import NDArray

from automl.problem.dataset import Dataset
from automl.problem.labels import by_target
from automl.problem.splits import NestedCV, Split

LEAST_ROWS = 20_000  # with a hold-out: a fifth of them scores with a small error
# Rows of a hold-out, and at least so many: more hardly make a score surer, and cost each pipeline.
MOST_HELD_OUT, FEWEST_HELD_OUT = 50_000, 5_000
FEWEST_LEARNT = 2_000  # rows, however small the budget is
RARE = 10  # rows of a class, of which a sample has all or as many
# Of a fit of boosted trees, by rows times columns: measured on one core of 2.6 GHz.
SECONDS_PER_CELL = 1.5e-6
MOST_SHARE = 0.1  # of the budget, for one pipeline on all folds or on all rows


@dataclass(frozen=True)
class Thrift:
    """The folds and rows that a fit does without."""

    is_held_out: bool = False
    """Whether one hold-out takes the place of the folds."""
    n_learnt: int | None = None
    """The rows that pipelines learn from; None for all."""

    def learnt_rows(self, dataset: Dataset, seed: int) -> NDArray[np.intp] | None:
        """Return the rows that pipelines learn from; None for all."""
        return None if self.n_learnt is None else drawn_rows(len(dataset), self.n_learnt, seed)

    def splits(
        self, dataset: Dataset, splits: list[Split], learnt_rows: NDArray[np.intp] | None
    ) -> list[Split]:
        """Return the folds that are left, with the rows that are left in them.

        Parameters
        ----------
        dataset : Dataset
        splits : list of (ndarray, ndarray)
        learnt_rows : ndarray or None
        """
        if self.is_held_out:  # where folds follow time, the last has the most rows to learn from
            train, test = splits[0] if dataset.times is None else splits[-1]
            n_test = min(len(test), MOST_HELD_OUT, max(self.n_learnt or inf, FEWEST_HELD_OUT))
            places = np.linspace(0, len(test) - 1, int(n_test)).astype(int)
            splits = [(train, test[places])]
        if learnt_rows is None:
            return splits
        # A training part of the user's that is as small is affordable as it is.
        return [
            (np.intersect1d(train, learnt_rows) if len(train) > len(learnt_rows) else train, test)
            for train, test in splits
        ]

    def sentences(self, dataset: Dataset, cv: NestedCV) -> Iterator[str]:
        """Yield what is saved, in words, with what to do."""
        if self.is_held_out:
            yield (
                f"the folds of cv={cv.outer} would take too much of the budget on "
                f"{len(dataset):,} rows, so one hold-out scores the pipelines; give more time, or "
                "a splitter as cv to have folds"
            )
        if self.n_learnt is not None:
            yield (
                f"boosted trees on all {len(dataset):,} rows would take too much of the budget, so "
                f"pipelines learn from {self.n_learnt:,} rows, drawn at random; give time_budget="
                f"{ceil(fit_seconds(dataset) / MOST_SHARE)} to learn from all, or fit the result "
                "on all by fit_winner(X, y)"
            )

    def resumed(self, dataset: Dataset) -> str:
        """Return what a resumed run goes on saving, in words, with what to do."""
        parts = ["scores pipelines by one hold-out"] if self.is_held_out else []
        if self.n_learnt is not None:
            parts.append(f"learns from {self.n_learnt:,} of {len(dataset):,} rows")
        return (
            f"the run that is resumed {' and '.join(parts)}, as it began, for scores of other rows "
            "cannot be compared; more time changes that only in a new run, with another history"
        )


def thrift_of(
    dataset: Dataset, cv: NestedCV, seconds: float | None, seed: int, *, is_bagged: bool
) -> Thrift:
    """Return the folds and rows that a fit does without.

    Parameters
    ----------
    dataset : Dataset
    cv : NestedCV
        Only the default number of folds, drawn once, gives way to a hold-out.
    seconds : float or None
        The budget of the fit; without one, nothing is saved.
    seed : int
        The seed of the draw, in which no class may be rarer than can be learnt.
    is_bagged : bool
        Whether the final fits need the folds.
    """
    if seconds is None:
        return Thrift()
    affordable = MOST_SHARE * seconds
    is_default = isinstance(cv.outer, Integral) and cv.outer == NestedCV.outer
    may_hold_out = is_default and cv.repeats_of(len(dataset)) == 1 and not is_bagged
    folds_seconds = fit_seconds(dataset) * (NestedCV.outer - 1)  # each fold leaves a part out
    return Thrift(
        may_hold_out and len(dataset) >= LEAST_ROWS and folds_seconds > affordable,
        _affordable_rows(dataset, affordable, seed),
    )


def fit_seconds(dataset: Dataset) -> float:
    """Return the expected seconds of boosted trees on all rows, on one core."""
    return SECONDS_PER_CELL * len(dataset) * len(dataset.columns.names)


def drawn_rows(n_rows: int, n_learnt: int, seed: int) -> NDArray[np.intp]:
    """Return rows that are drawn at random, as an exported script draws them.

    Parameters
    ----------
    n_rows : int
        All rows.
    n_learnt : int
        Those that are drawn.
    seed : int
    """
    return np.sort(np.random.default_rng(seed).permutation(n_rows)[:n_learnt])


def _affordable_rows(dataset: Dataset, affordable: float, seed: int) -> int | None:
    """Return how many rows pipelines can learn from in some seconds; None for all."""
    n_rows = len(dataset)
    n_learnt = max(FEWEST_LEARNT, int(n_rows * affordable / max(fit_seconds(dataset), 1e-9)))
    while n_learnt < n_rows and not _has_classes(dataset, drawn_rows(n_rows, n_learnt, seed)):
        n_learnt *= 2
    return n_learnt if n_learnt < n_rows else None


def _has_classes(dataset: Dataset, rows: NDArray[np.intp]) -> bool:
    """Tell whether some rows have ten of each class, or as many as there are."""
    if not dataset.is_classification:
        return True
    rows = dataset.weighted_rows(rows)
    for column in by_target(dataset.y):
        _, places, counts = np.unique(column, return_inverse=True, return_counts=True)
        drawn = np.bincount(places[rows], minlength=len(counts))
        if (drawn < np.minimum(counts, RARE)).any():
            return False
    return True
