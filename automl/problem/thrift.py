"""Fewer folds and fewer rows, where all of them would take too much of the budget.

::

    rows × columns ──► seconds of boosted trees ──► on all folds, too much of the budget?
                                  │                     yes: one hold-out · no: the folds
                                  └──► on all rows, too much of the budget?
                                                        yes: some of the rows · no: all of them

On many rows a single part says nearly as much as all folds together. A search that has the time for
one pipeline on all rows finds less than a search that compares ten on some of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.errors import HistoryError
from automl.problem.dataset import Dataset
from automl.problem.labels import by_target, first_of_each
from automl.problem.scorable import Scorable
from automl.problem.splits import DEFAULT_FOLDS, NestedCV, Split

LEAST_ROWS = 5_000  # with a hold-out: a fifth of fewer rows scores too roughly
# Rows of a hold-out, and at least so many: more hardly make a score surer, and cost each pipeline.
MOST_HELD_OUT, FEWEST_HELD_OUT = 50_000, 5_000
# Rows, however small the budget is. The search for splits costs boosted trees the same for any
# number of rows: on 2,000 columns, a tenth of 20,000 rows takes half of the time.
FEWEST_LEARNT = 5_000
ROWS_PER_COLUMN = 10  # at least, or noise tells as much as a signal
RARE = 10  # rows of a class, of which a sample has all or as many
# Of a fit of boosted trees, by rows times columns: measured on one core of 2.6 GHz.
SECONDS_PER_CELL = 1.5e-6
LEAST_SHARE = 0.4  # of the rows that are learnt, in a training part; of two folds it is a half
FIT_SHARE = 0.1  # of the budget, for one pipeline on all rows
# Of the budget, for boosted trees on all folds. With more, a search compares some twenty
# pipelines, and twice as many with a hold-out.
FOLDS_SHARE = 0.01


@dataclass(frozen=True)
class Thrift:
    """The folds and rows that a fit does without."""

    is_held_out: bool = False
    """Whether one hold-out takes the place of the folds."""
    n_learnt: int | None = None
    """The rows that pipelines learn from; None for all."""

    def learnt_rows(self, dataset: Dataset, seed: int) -> NDArray[np.intp] | None:
        """Return the rows that pipelines learn from; None for all."""
        if self.n_learnt is None:
            return None
        return drawn_rows(len(dataset), self.n_learnt, seed, dataset.labels)

    def splits(
        self,
        scorable: Scorable,
        splits: list[Split],
        learnt_rows: NDArray[np.intp] | None,
        seed: int,
    ) -> list[Split]:
        """Return the folds that are left, with the rows that are left in them.

        Parameters
        ----------
        scorable : Scorable
            Tells how few rows can be learnt from and scored.
        splits : list of (ndarray, ndarray)
        learnt_rows : ndarray or None
        seed : int
            The seed of further draws, where a training part has hardly any of `learnt_rows`.
        """
        if self.is_held_out:  # where folds follow time, the last has the most rows to learn from
            train, test = splits[0] if scorable.dataset.times is None else splits[-1]
            n_test = min(MOST_HELD_OUT, max(self.n_learnt or inf, FEWEST_HELD_OUT))
            splits = [(train, _scored_rows(test, int(n_test), scorable))]
        if learnt_rows is None:
            return splits
        rows = scorable.dataset.weighted_rows(learnt_rows)
        return [(_training_part(train, rows, scorable, seed), test) for train, test in splits]

    def sentences(self, dataset: Dataset, seed: int) -> Iterator[str]:
        """Yield what is saved, in words, with what to do."""
        n_rows = n_weighted(dataset)
        if self.is_held_out:
            in_time = "" if dataset.times is None else " and time="
            yield (
                f"{DEFAULT_FOLDS} folds of {n_rows:,} rows would leave the budget too few "
                f"pipelines, so one hold-out scores them; give cv={DEFAULT_FOLDS}{in_time}, or "
                f"time_budget={ceil(folds_seconds(dataset) / FOLDS_SHARE)}, to have folds"
            )
        if self.n_learnt is not None:
            yield (
                f"boosted trees on all {n_rows:,} rows would take too much of the budget, so "
                f"pipelines learn from {self._n_counted(dataset, seed):,} rows, drawn at random; "
                f"give time_budget={ceil(fit_seconds(dataset) / FIT_SHARE)} to learn from all, or "
                "fit the result on all by fit_winner(X, y)"
            )

    def resumed(self, dataset: Dataset, seed: int) -> str:
        """Return what a resumed run goes on saving, in words, with what to do."""
        parts = ["scores pipelines by one hold-out"] if self.is_held_out else []
        if self.n_learnt is not None:
            n_counted = self._n_counted(dataset, seed)
            parts.append(f"learns from {n_counted:,} of {n_weighted(dataset):,} rows")
        return (
            f"the run that is resumed {' and '.join(parts)}, as it began, for scores of other rows "
            "cannot be compared; more time changes that only in a new run, with another history"
        )

    def _n_counted(self, dataset: Dataset, seed: int) -> int:
        """Return the number of rows that pipelines learn from, without those of weight 0."""
        return n_weighted(dataset, self.learnt_rows(dataset, seed))


def check_named_folds(cv: NestedCV, thrift: Thrift | None) -> None:
    """Raise an error if folds are named for a run that began with a hold-out.

    Parameters
    ----------
    cv : NestedCV
    thrift : Thrift or None
        What was saved in the run that is resumed; None for a new run.

    Raises
    ------
    HistoryError
        With what to do.
    """
    if thrift is not None and thrift.is_held_out and cv.names_folds:
        named = f"repeats={cv.repeats}" if cv.outer is None else f"cv={cv.outer!r}"
        raise HistoryError(
            f"the run that is resumed scores pipelines by one hold-out, got {named}; leave cv out "
            "to go on with it, or begin a new run with another history"
        )


def thrift_of(dataset: Dataset, seconds: float | None, seed: int, *, may_hold_out: bool) -> Thrift:
    """Return the folds and rows that a fit does without.

    Parameters
    ----------
    dataset : Dataset
    seconds : float or None
        The budget of the fit; without one, nothing is saved.
    seed : int
        The seed of the draw, in which no class may be rarer than can be learnt.
    may_hold_out : bool
        Whether the folds may give way to a hold-out: nobody has named them, nothing needs them.
    """
    if seconds is None:
        return Thrift()
    is_slow = folds_seconds(dataset) > FOLDS_SHARE * seconds
    return Thrift(
        may_hold_out and n_weighted(dataset) >= LEAST_ROWS and is_slow,
        _affordable_rows(dataset, FIT_SHARE * seconds, seed),
    )


def fit_seconds(dataset: Dataset) -> float:
    """Return the expected seconds of boosted trees on all rows, on one core."""
    return SECONDS_PER_CELL * n_weighted(dataset) * len(dataset.columns.names)


def folds_seconds(dataset: Dataset) -> float:
    """Return the expected seconds of boosted trees on the default folds, one after the other."""
    return fit_seconds(dataset) * (DEFAULT_FOLDS - 1)  # each fold leaves one part out


def n_weighted(dataset: Dataset, rows: NDArray[np.intp] | None = None) -> int:
    """Return the number of rows that count: those of weight 0 are neither learnt nor scored.

    Parameters
    ----------
    dataset : Dataset
    rows : ndarray, optional
        The rows to look at; None is all of them.
    """
    return len(dataset.weighted_rows(np.arange(len(dataset)) if rows is None else rows))


def drawn_rows(
    n_rows: int, n_learnt: int, seed: int, labels: NDArray[Any] | None = None
) -> NDArray[np.intp]:
    """Return rows that are drawn at random, as an exported script draws them.

    The first ten rows of each class are drawn before all others, for a class may be rare.

    Parameters
    ----------
    n_rows : int
        All rows.
    n_learnt : int
        Those that are drawn.
    seed : int
    labels : ndarray of shape (n_rows,) or (n_rows, n_outputs), optional
        The classes of the rows.
    """
    order = np.random.default_rng(seed).permutation(n_rows)
    if labels is not None:
        is_first = first_of_each(labels[order], RARE)
        order = np.concatenate([order[is_first], order[~is_first]])
    return np.sort(order[:n_learnt])


def _scored_rows(test: NDArray[np.intp], n_test: int, scorable: Scorable) -> NDArray[np.intp]:
    """Return held-out rows that are spread out, some or as many more as have a score."""
    while n_test < len(test):
        places = np.linspace(0, len(test) - 1, n_test).astype(int)
        rows: NDArray[np.intp] = test[places]
        if scorable.scores(rows, strict=True):
            return rows
        n_test *= 2  # a score such as ROC AUC needs a row of each class, which may be rare
    return test


def _training_part(
    train: NDArray[np.intp], learnt_rows: NDArray[np.intp], scorable: Scorable, seed: int
) -> NDArray[np.intp]:
    """Return the rows of a training part that are learnt, or others where these are too few."""
    dataset = scorable.dataset
    rows, n_part = dataset.weighted_rows(train), len(learnt_rows)
    labels = None if dataset.labels is None else dataset.labels[rows]
    if len(rows) <= n_part:  # a splitter of the user made it as small, so it is affordable
        return train
    part = np.intersect1d(rows, learnt_rows)
    # A small part of a million rows has hardly any row in common with a draw of all of them.
    is_enough = len(part) >= LEAST_SHARE * n_part
    while not (is_enough and scorable.learns_from(part)) and len(part) < len(rows):
        part = rows[drawn_rows(len(rows), n_part, seed, labels)]
        is_enough, n_part = True, 2 * n_part
    return part


def _affordable_rows(dataset: Dataset, affordable: float, seed: int) -> int | None:
    """Return how many rows pipelines can learn from in some seconds; None for all."""
    n_rows = len(dataset)
    least = max(FEWEST_LEARNT, ROWS_PER_COLUMN * len(dataset.columns.names))
    least = least * n_rows // n_weighted(dataset)  # rows of weight 0 are not learnt
    n_learnt = max(least, int(n_rows * affordable / max(fit_seconds(dataset), 1e-9)))
    # Ten rows of each of many classes may be more than that, and rows of a class without weight.
    while n_learnt < n_rows and not _has_classes(
        dataset, drawn_rows(n_rows, n_learnt, seed, dataset.labels)
    ):
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
