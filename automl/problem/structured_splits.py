"""Folds that respect a structure which the folds of the search ignore."""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.problem.dataset import Dataset
from automl.problem.splits import NestedCV, Split, outer_splits
from automl.problem.structure import Structure

FITS = 5  # of the winner, over all columns of the structure


class StructuredFold(NamedTuple):
    """A fold that respects a column."""

    column: str
    """The name of the column."""
    split: Split
    """The rows to learn from, and those to predict."""


def structured_folds(dataset: Dataset, structure: Structure, seed: int) -> list[StructuredFold]:
    """Return at most five folds: those of the groups, then those of the time.

    Parameters
    ----------
    dataset : Dataset
    structure : Structure
    seed : int
        The seed of the draw of groups.

    Raises
    ------
    DataError
        If there are too few groups or moments.
    """
    n_folds = FITS // max(len(structure.names()), 1)
    folds = []
    if (column := structure.groups) is not None:
        grouped = replace(dataset, groups=_groups(dataset.frame[column]))
        splits = outer_splits(grouped, NestedCV(outer=FITS, repeats=1), seed, warns=False)
        folds += [StructuredFold(column, split) for split in splits[:n_folds]]
    if (column := structure.time) is not None:
        timed = replace(dataset, groups=None, times=dataset.frame[column].to_numpy())
        # The last folds learn from half of the rows or more, nearly as many as those at random.
        splits = outer_splits(timed, NestedCV(outer=2 * FITS - 1, repeats=1), seed, warns=False)
        folds += [StructuredFold(column, split) for split in splits[-n_folds:]]
    return folds


def _groups(column: "pd.Series[Any]") -> NDArray[np.intp]:
    """Return the group of every row; a row without a cell is a group of its own."""
    codes, cells = pd.factorize(column)
    is_missing = codes < 0
    codes[is_missing] = len(cells) + np.arange(is_missing.sum())
    return np.asarray(codes)
