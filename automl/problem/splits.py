"""The folds of both levels: scikit-learn's splitters, chosen by the data and by the user.

::

    all rows           |  outer training part of fold 0                    | held out |
                       |  inner training part           | validation rows  |
                             settings are compared here ─┘                       │
                                           the pipeline is scored here, once ────┘

Where few rows make a single draw of the outer folds a matter of luck, they are drawn several times.
The draws follow each other in the list of splits.
"""

import warnings
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, replace
from numbers import Integral
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import (
    BaseCrossValidator,
    GroupKFold,
    KFold,
    StratifiedGroupKFold,
    StratifiedKFold,
    TimeSeriesSplit,
    check_cv,
)

from automl.errors import DataError, SettingsError, warn
from automl.problem.dataset import Dataset

Split: TypeAlias = tuple[NDArray[np.intp], NDArray[np.intp]]
Tuner: TypeAlias = Literal[
    "auto", "halving", "random", "grid", "bayesian", "hyperopt", "genetic", None
]
# Methods that tune every pipeline, in every training part.
INSIDE = ("halving", "random", "grid", "bayesian", "hyperopt", "genetic")
TUNERS = ("auto", *INSIDE)
DEFAULT_FOLDS = 5
FEW_ROWS = 1_000  # with fewer, the best of many pipelines is often the luckiest of one draw
FEW_ROWS_REPEATS = 3  # only leaders see all of them, so that they cost little


@dataclass(frozen=True)
class NestedCV:
    """Folds inside folds: the outer ones give the score, the inner ones choose the settings.

    Examples
    --------
    >>> NestedCV(outer=5, inner=3, tuner="random", trials=30).fits_per_fold
    91
    """

    outer: Any = None
    """Folds that give the score: a number, a splitter of scikit-learn, splits, or "time". None
    means five folds, and one hold-out where these would leave the budget too few pipelines."""
    inner: Any = 3
    """Folds of every outer training part, on which settings are compared: a number, a splitter."""
    repeats: int | None = None
    """How often a number of outer folds is drawn. Only the best pipelines see more than the first
    draw. None means 3 below 1,000 rows, where a single draw says little, and otherwise 1, as for
    splitters and for methods that tune every pipeline."""
    tuner: Tuner = "auto"
    """The tuner of settings. "auto" leaves them to the models, and tunes only the best pipelines by
    a few halving trials. A method tunes every pipeline in every training part; None tunes nothing.
    """
    trials: int = 20
    """The settings that a method tries for a pipeline in a training part."""

    def __post_init__(self) -> None:
        for name in ("outer", "inner"):
            if isinstance(folds := getattr(self, name), Iterator):  # it is empty after one pass
                object.__setattr__(self, name, list(folds))
        if self.tuner is not None and self.tuner not in TUNERS:
            raise SettingsError(f"expected tuner in {[*TUNERS, None]}, got {self.tuner!r}")
        for name in ("repeats", "trials"):
            value: Any = getattr(self, name)
            if value is None and name == "repeats":
                continue
            if isinstance(value, bool) or not isinstance(value, Integral) or int(value) < 1:
                raise SettingsError(f"expected {name} of 1 or more, got {value!r}")
        if (self.repeats or 1) > 1 and not isinstance(self.outer, Integral | None):
            raise SettingsError(
                f"expected a number of outer folds to be repeated, got {self.outer!r}; use a "
                "splitter that repeats itself, such as RepeatedStratifiedKFold"
            )

    @property
    def tunes_inside(self) -> bool:
        """Whether a method chooses the settings of every pipeline in every training part."""
        return self.tuner in INSIDE

    @property
    def names_folds(self) -> bool:
        """Whether the outer folds, or several draws of them, were asked for."""
        return self.outer is not None or (self.repeats or 1) > 1

    def repeats_of(self, n_rows: int) -> int:
        """Return how often the outer folds of that many rows are drawn."""
        if self.repeats is not None:
            return self.repeats
        is_drawn = isinstance(self.outer, Integral | None) and not self.tunes_inside
        return FEW_ROWS_REPEATS if is_drawn and n_rows < FEW_ROWS else 1

    @property
    def fits_per_fold(self) -> int | None:
        """The fits of one pipeline on one outer fold; None if the method or splitter decides.

        They are fewer where a pipeline has fewer settings than there are trials.
        """
        if not self.tunes_inside:
            return 1
        if self.tuner in ("halving", "grid") or not isinstance(self.inner, Integral):
            return None
        return self.trials * int(self.inner) + 1

    def with_folds(self) -> "NestedCV":
        """Return the same with five outer folds where none are named."""
        return replace(self, outer=DEFAULT_FOLDS) if self.outer is None else self


def is_in_time(cv: Any) -> bool:
    """Tell whether the folds are to follow the column of dates."""
    outer = cv.outer if isinstance(cv, NestedCV) else cv
    return isinstance(outer, str) and outer == "time"


def nested_cv(cv: Any, tuner: Tuner) -> NestedCV:
    """Return the folds and the tuner that `cv` and `tuner` of an estimator stand for.

    The word "time" stands for the default folds; their order comes with the data.

    Raises
    ------
    SettingsError
        If both name a tuner, and not the same.
    """
    if is_in_time(cv):
        cv = replace(cv, outer=None) if isinstance(cv, NestedCV) else None
    if not isinstance(cv, NestedCV):
        return NestedCV(outer=cv, tuner=tuner)
    if tuner == "auto":
        return cv
    if cv.tuner not in ("auto", tuner):
        raise SettingsError(f"expected one tuner, got tuner={tuner!r} and cv={cv!r}")
    return replace(cv, tuner=tuner)


def outer_splits(dataset: Dataset, cv: NestedCV, seed: int, *, warns: bool = True) -> list[Split]:
    """Return the training and held-out rows of every outer fold.

    A number stands for that many shuffled folds: stratified by class for a classification, never
    splitting a group where groups are given. Where times are given, each fold learns from the rows
    before those that it predicts. The draws follow each other.

    Parameters
    ----------
    dataset : Dataset
    cv : NestedCV
    seed : int
        The seed of the first draw; the next has the next seed.
    warns : bool
        Whether fewer folds than asked for are warned of.

    Raises
    ------
    SettingsError, DataError
        If `cv` has no such folds, or the data do not allow them.
    """
    rows = np.arange(len(dataset))
    return [
        split
        for repeat in range(cv.repeats_of(len(dataset)))
        for split in _splits(
            dataset, rows, cv.outer, seed + repeat, "cv", warns=warns and repeat == 0
        )
    ]


def inner_splits(dataset: Dataset, rows: NDArray[np.intp], cv: NestedCV, seed: int) -> list[Split]:
    """Return the folds of an outer training part, as rows of the whole data.

    A number keeps groups together, and follows time if the outer folds do.

    Parameters
    ----------
    dataset : Dataset
    rows : ndarray
        The rows of the outer training part.
    cv : NestedCV
    seed : int
    """
    inner, outer = cv.inner, cv.outer
    # Shuffled inner folds would choose settings by the future, which the outer folds hide.
    if isinstance(inner, Integral) and isinstance(outer, TimeSeriesSplit):
        options = {"gap": outer.gap, "max_train_size": outer.max_train_size}
        inner = TimeSeriesSplit(int(inner), **options)
    # The user was warned of fewer folds by the outer ones; workers would warn a thousand times.
    return _splits(dataset, rows, inner, seed, "inner", warns=False)


def _splits(
    dataset: Dataset, rows: NDArray[np.intp], cv: Any, seed: int, name: str, *, warns: bool
) -> list[Split]:
    """Return the folds of some rows, as rows of all data; raise an error if `cv` has none."""
    is_splitter = hasattr(cv, "split") or isinstance(cv, Integral | Iterable)
    if isinstance(cv, bool | str) or not is_splitter:
        or_time = ", 'time'" if name == "cv" else ""
        raise SettingsError(
            f"expected {name} to be an integer, a splitter{or_time} or splits, got {cv!r}"
        )
    # Without a seed, a splitter draws other folds at each call, and no run could be resumed.
    if getattr(cv, "random_state", seed) is None:
        cv = copy(cv)
        cv.random_state = seed
    # Rows of weight 0 are neither learnt from nor scored; a number of folds is made of the others.
    rows = dataset.weighted_rows(rows) if isinstance(cv, Integral) else rows
    part = dataset.take(rows)
    splitter = (
        _folds(part, int(cv), seed, name, warns=warns) if isinstance(cv, Integral) else check_cv(cv)
    )
    try:
        with warnings.catch_warnings():
            # A class may have fewer rows than there are folds; a warning of our own comes where
            # that matters.
            warnings.filterwarnings(
                "ignore", message="The least populated class", category=UserWarning
            )
            if part.times is not None and isinstance(splitter, TimeSeriesSplit):
                pairs = _in_time(splitter, part.times)
            else:
                pairs = splitter.split(part.frame, part.strata, part.groups)
            splits = [(np.asarray(train), np.asarray(test)) for train, test in pairs]
    except ValueError as error:
        raise DataError(f"{name}={cv!r} cannot split these {len(part)} rows: {error}") from error
    if not splits:
        raise SettingsError(f"expected {name} to give at least one split, got none from {cv!r}")
    if not all(len(train) and len(test) for train, test in splits):
        raise SettingsError(f"expected {name} to give no empty part, got one from {cv!r}")
    highest = max(max(train.max(), test.max()) for train, test in splits)
    if highest >= len(part):
        raise SettingsError(f"{name} has a row {highest}, but there are {len(part)} rows")
    return [(rows[train], rows[test]) for train, test in splits]


def _in_time(splitter: TimeSeriesSplit, times: NDArray[Any]) -> Iterator[Split]:
    """Yield the rows of folds that follow time; rows of one moment are never on both sides."""
    moments, places = np.unique(times, return_inverse=True)
    for train, test in splitter.split(moments):
        yield np.flatnonzero(np.isin(places, train)), np.flatnonzero(np.isin(places, test))


def _folds(
    dataset: Dataset, n_splits: int, seed: int, name: str, *, warns: bool
) -> BaseCrossValidator:
    """Return the splitter that a number of folds stands for."""
    if n_splits < 2:
        raise SettingsError(f"expected {name} of at least 2 folds, got {n_splits}")
    n_splits = _fewer_folds(dataset, n_splits, warns=warns)
    if dataset.times is not None:
        return TimeSeriesSplit(n_splits)
    options = {"n_splits": n_splits, "shuffle": True, "random_state": seed}
    if dataset.groups is None:
        return StratifiedKFold(**options) if dataset.is_classification else KFold(**options)
    if dataset.is_classification:
        return StratifiedGroupKFold(**options)
    return GroupKFold(**options)


def _fewer_folds(dataset: Dataset, n_splits: int, *, warns: bool) -> int:
    """Return the number of folds, lowered to the number that rows, classes and groups allow."""
    limit, unit = len(dataset), "rows"
    if dataset.is_classification:
        # scikit-learn needs a fold's worth of rows of the largest class, and lets rarer ones miss.
        limit, unit = int(np.unique(dataset.strata, return_counts=True)[1].max()), "rows of a class"
    if dataset.times is not None:
        # Rows of the first moments are learnt from only.
        limit, unit = len(np.unique(dataset.times)) - 1, "later moments"
    elif dataset.groups is not None and len(np.unique(dataset.groups)) < limit:
        limit, unit = len(np.unique(dataset.groups)), "groups"
    if limit < 2:
        raise DataError(f"expected two {unit} or more, to have two folds, got {limit}")
    if limit < n_splits and warns:
        warn(f"cv={n_splits} needs as many {unit}; there are {limit}, and so are the folds")
    return min(n_splits, limit)
