"""Folds whose held-out parts have a score: fewer of them where a class or its groups are rare.

::

    cv=5 ──outer_splits──► 5 folds: each usable? ──no──► 4 folds: each usable? ──no──► 3 ...
                                │                             │
                                └──yes──► the folds           └──yes──► the folds, with a warning

A fold is usable if its training part has two classes and its held-out part has a score. Without a
number of folds that is usable, the search would end with nothing, so the error comes before it.
"""

from dataclasses import replace
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.errors import DataError, warn
from automl.problem.dataset import Dataset
from automl.problem.labels import by_target
from automl.problem.scorable import Scorable
from automl.problem.splits import NestedCV, Split, inner_splits, outer_splits


def scored_outer(dataset: Dataset, cv: NestedCV, seed: int, scorable: Scorable) -> list[Split]:
    """Return the outer folds, as many as there are parts with a score.

    Parameters
    ----------
    dataset : Dataset
    cv : NestedCV
    seed : int
    scorable : Scorable

    Raises
    ------
    SettingsError, DataError
        If `cv` has no such folds, or the data do not allow them.
    """
    splits = outer_splits(dataset, cv, seed, warns=False)
    is_number = isinstance(cv.outer, Integral)
    n_folds = len(splits) // cv.repeats_of(len(dataset))
    if all(_is_usable(split, scorable, strict=is_number) for split in splits):
        # One warning: the splitter's own comes where no score lowers the folds further.
        return outer_splits(dataset, cv, seed) if is_number and n_folds < cv.outer else splits
    if not is_number:
        raise DataError(_unusable_split(splits, scorable))
    for fewer in range(n_folds - 1, 1, -1):
        draws = outer_splits(dataset, replace(cv, outer=fewer), seed, warns=False)
        if all(_is_usable(split, scorable, strict=True) for split in draws):
            warn(
                f"cv={cv.outer} leaves a fold without a score of {scorable.metric.name}: "
                f"{_rarest(dataset)}; so there are {fewer} folds"
            )
            return draws
    raise DataError(
        f"no folds have a score of {scorable.metric.name} each: {_rarest(dataset)}; "
        f"{_way_out(dataset)}"
    )


def scored_inner(
    dataset: Dataset, rows: NDArray[np.intp], cv: NestedCV, seed: int, scorable: Scorable
) -> list[Split]:
    """Return the folds of an outer training part; none where no number of them is usable.

    Parameters
    ----------
    dataset : Dataset
    rows : ndarray
        The rows of the outer training part.
    cv : NestedCV
    seed : int
    scorable : Scorable
    """
    # Of folds that the user made, some may be usable; they are taken as they are. Fewer than two
    # folds are an error there.
    are_numbers = isinstance(cv.inner, Integral) and isinstance(cv.outer, Integral)
    if not are_numbers or cv.inner < 2:
        return inner_splits(dataset, rows, cv, seed)
    for n_folds in range(int(cv.inner), 1, -1):
        try:
            splits = inner_splits(dataset, rows, replace(cv, inner=n_folds), seed)
        except DataError:  # too few rows of a class or too few groups
            return []
        if all(_is_usable(split, scorable, strict=False) for split in splits):
            return splits
    return []


def _is_usable(split: Split, scorable: Scorable, *, strict: bool) -> bool:
    """Tell whether pipelines can learn from a training part and be scored on what it holds out."""
    train, test = split
    return scorable.learns_from(train) and scorable.scores(test, strict=strict)


def _unusable_split(splits: list[Split], scorable: Scorable) -> str:
    """Return the message for the first of the user's splits that has no score."""
    place = next(n for n, s in enumerate(splits) if not _is_usable(s, scorable, strict=False))
    train, test = splits[place]
    lacks = scorable.lacking(test if scorable.learns_from(train) else train)
    part = f"held-out part ({len(test)} rows)"
    if not scorable.learns_from(train):
        part = f"training part ({len(train)} rows)"
    reason = f"; it lacks the classes {lacks[:5]}" if lacks else ""
    return (
        f"fold {place} of cv has no score of {scorable.metric.name}: its {part} is too poor"
        f"{reason}; give other splits or a number of folds, or take a score that does without"
    )


def _rarest(dataset: Dataset) -> str:
    """Return the sentence on the rarest class, or on the rows of a regression."""
    rows = dataset.weighted_rows(np.arange(len(dataset)))
    if not dataset.is_classification:
        return f"there are {len(rows)} rows"
    if dataset.times is not None:  # a class of many rows may have them all in one summer
        return "some stretches of time lack a class"
    groups = None if dataset.groups is None else dataset.groups[rows]
    columns = by_target(dataset.y[rows])
    _, count, place, label = min(
        (_size(column == label, groups), int((column == label).sum()), place, label)
        for place, column in enumerate(columns)
        for label in np.unique(column)
    )
    text = f"class {np.asarray(label).item()!r} "
    text += f"of target {place} " if len(columns) > 1 else ""
    text += f"has {_plural(count, 'row')}"
    if groups is not None:
        text += f" in {_plural(_size(columns[place] == label, groups), 'group')}"
    return text if dataset.sample_weight is None else f"{text} with a weight above 0"


def _size(rows: NDArray[np.bool_], groups: NDArray[Any] | None) -> int:
    """Return the number of rows, or of groups where there are such."""
    return int(rows.sum()) if groups is None else len(np.unique(groups[rows]))


def _way_out(dataset: Dataset) -> str:
    """Return the remedies: more of the class, none of it, or a score that does without it."""
    if dataset.classes is None:
        return "give more rows, or take scoring='neg_root_mean_squared_error'"
    if dataset.times is not None:
        return "give rows of each class from all of the time, or leave time out"
    unit = "rows" if dataset.groups is None else "groups"
    text = f"give more {unit} of it"
    if isinstance(dataset.classes, list) or len(dataset.classes) > 2:
        text += ", leave the class out, or take a score that does without it in a fold, such as "
        text += "scoring='neg_log_loss'"
    return text


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
