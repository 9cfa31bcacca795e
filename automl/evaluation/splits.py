"""The outer folds: scikit-learn's splitters, chosen by the data and by the user."""

import warnings
from collections.abc import Iterable
from numbers import Integral
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import (
    BaseCrossValidator,
    GroupKFold,
    KFold,
    StratifiedGroupKFold,
    StratifiedKFold,
    check_cv,
)

from automl.data import Dataset
from automl.errors import AutoMLWarning, DataError, SettingsError

Split: TypeAlias = tuple[NDArray[np.intp], NDArray[np.intp]]


def outer_splits(dataset: Dataset, cv: Any, seed: int) -> list[Split]:
    """Return the training and held-out rows of every outer fold.

    Parameters
    ----------
    dataset : Dataset
    cv : int, splitter or iterable of splits
        An integer stands for that many shuffled folds: stratified by class for a
        classification, never splitting a group where groups are given.
    seed : int

    Raises
    ------
    SettingsError, DataError
        If `cv` is none of these, or the data do not allow such folds.
    """
    is_splitter = hasattr(cv, "split") or isinstance(cv, Integral | Iterable)
    if isinstance(cv, bool | str) or not is_splitter:
        raise SettingsError(f"expected cv to be an integer, a splitter or splits, got {cv!r}")
    splitter = _folds(dataset, int(cv), seed) if isinstance(cv, Integral) else check_cv(cv)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings(
                "ignore", message="The least populated class", category=UserWarning
            )
            pairs = splitter.split(dataset.frame, dataset.y, dataset.groups)
            splits = [(np.asarray(train), np.asarray(test)) for train, test in pairs]
    except ValueError as error:
        raise DataError(f"cv={cv!r} cannot split these {len(dataset)} rows: {error}") from error
    if not splits:
        raise SettingsError(f"expected cv to give at least one split, got none from {cv!r}")
    if not all(len(train) and len(test) for train, test in splits):
        raise SettingsError(f"expected cv to give no empty part, got one from {cv!r}")
    highest = max(max(train.max(), test.max()) for train, test in splits)
    if highest >= len(dataset):
        raise SettingsError(f"cv has a row {highest}, but there are {len(dataset)} rows")
    return splits


def _folds(dataset: Dataset, n_splits: int, seed: int) -> BaseCrossValidator:
    if n_splits < 2:
        raise SettingsError(f"expected cv of at least 2 folds, got {n_splits}")
    n_splits = _fewer_folds(dataset, n_splits)
    options = {"n_splits": n_splits, "shuffle": True, "random_state": seed}
    if dataset.groups is None:
        return StratifiedKFold(**options) if dataset.classes is not None else KFold(**options)
    if dataset.classes is not None:
        return StratifiedGroupKFold(**options)
    return GroupKFold(**options)


def _fewer_folds(dataset: Dataset, n_splits: int) -> int:
    """Lower the number of folds to what rows, classes and groups allow."""
    most = len(dataset)
    what = "rows"
    if dataset.classes is not None:
        most, what = int(np.unique(dataset.y, return_counts=True)[1].max()), "rows of a class"
    if dataset.groups is not None and len(np.unique(dataset.groups)) < most:
        most, what = len(np.unique(dataset.groups)), "groups"
    if most < 2:
        raise DataError(f"expected two {what} or more, to have two folds, got {most}")
    if most < n_splits:
        message = f"cv={n_splits} needs as many {what}, of which there are {most}: folds are fewer"
        warnings.warn(message, AutoMLWarning, stacklevel=5)
    return min(n_splits, most)
