"""The data of a fit, checked and read once.

::

    X ──as_frame──► dataframe ──columns_of──► kinds ──read──► cells ┐
    y, sample_weight, groups, time ─checked───────────────────────────┴──► Dataset

Later code may rely on it: a dataset has at least four rows and a column that varies, and no gap or
infinity in its target.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import joblib
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_array, check_consistent_length

from automl.errors import DataError, SettingsError, warn
from automl.pipelines import Columns, read_columns
from automl.pipelines.carried.frame import read_texts
from automl.pipelines.columns.kinds import LEFT_OUT
from automl.pipelines.operators.operator import Task
from automl.problem.arrays import as_array, check_in_memory, check_text, read_weights, unreadable
from automl.problem.labels import Classes, by_target, classes_of, parts_of, strata_of
from automl.problem.odd_rows import odd_rows
from automl.problem.remarks import remarks
from automl.problem.structure import Structure, structure_of
from automl.problem.suspicions import suspicions
from automl.problem.target import read_target
from automl.problem.target_name import check_outputs, equal_columns, target_of
from automl.problem.times import only_dates, read_times

GAPPY = ("numeric", "ordered", "dates", "durations")  # kinds whose missing cells are imputed
MIN_ROWS = 4  # two folds of two rows: fewer leave nothing to learn from or to score on


def has_gaps(frame: pd.DataFrame, columns: Columns) -> bool:
    """Tell whether a cell is missing in a column whose gaps have to be imputed.

    In columns of categories and texts a gap is a category of its own.

    Parameters
    ----------
    frame : DataFrame
        The cells of the used columns.
    columns : Columns
    """
    kinds = columns.kinds()
    names = [name for kind in GAPPY for name in kinds.get(kind, ())]
    return any(frame[name].hasnans for name in names)  # up to the first: frames may be large


@dataclass(frozen=True)
class Dataset:
    """A dataframe with the target to be predicted from it."""

    frame: pd.DataFrame
    """The cells of the used columns, shape (n_rows, n_columns)."""
    columns: Columns
    """The kinds of the columns."""
    y: NDArray[Any]
    """The target, shape (n_rows,), or (n_rows, n_outputs) where several are predicted at once."""
    task: Task
    """Whether the target is classes or numbers."""
    classes: Classes | None
    """The labels of a classification, sorted; a list of those of each target if there are
    several."""
    sample_weight: NDArray[np.float64] | None = None
    """The weight of every row."""
    groups: NDArray[Any] | None = None
    """The group of every row; a group is never split."""
    times: NDArray[Any] | None = None
    """The moment of every row; no fold learns from rows that come later than those it predicts."""
    structure: Structure = field(default_factory=Structure)
    """The columns by which rows look related."""
    suspicions: tuple[str, ...] = ()
    """Signs of flaws that make every score too good to be true, in words."""

    def __len__(self) -> int:
        return len(self.y)

    def take(self, rows: NDArray[np.intp]) -> "Dataset":
        """Return some of the rows."""
        weights, groups, times = self.sample_weight, self.groups, self.times
        return replace(
            self,
            frame=self.frame.iloc[rows],
            y=self.y[rows],
            sample_weight=None if weights is None else weights[rows],
            groups=None if groups is None else groups[rows],
            times=None if times is None else times[rows],
        )

    def weighted_rows(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the rows without those of weight 0, which do not count at all."""
        return rows if self.sample_weight is None else rows[self.sample_weight[rows] > 0]

    @property
    def has_gaps(self) -> bool:
        """Whether a cell is missing in a column whose gaps have to be imputed."""
        return has_gaps(self.frame, self.columns)

    @cached_property
    def digest(self) -> str:
        """A fingerprint of all cells, with names and kinds, and of what else a row has."""
        parts = (self.y, self.sample_weight, self.groups, self.times)
        columns = [pd.DataFrame(part) for part in parts]
        hashes = [pd.util.hash_pandas_object(part).to_numpy() for part in columns]
        hashes.append(pd.util.hash_pandas_object(self.frame).to_numpy())
        return str(joblib.hash([hashes, list(self.frame.columns), self.columns.kinds()]))

    @property
    def labels(self) -> NDArray[Any] | None:
        """The classes of the rows; None for a regression."""
        return self.y if self.is_classification else None

    @property
    def is_classification(self) -> bool:
        """Whether classes are predicted, not numbers."""
        return self.task == "classification"

    @property
    def n_outputs(self) -> int:
        """The number of targets that are predicted at once."""
        return 1 if self.y.ndim == 1 else int(self.y.shape[1])

    @property
    def strata(self) -> NDArray[Any]:
        """The labels, or a number for each row that stands for its labels in several targets."""
        is_plain = self.classes is None or self.y.ndim == 1
        return self.y if is_plain else strata_of(self.y)


def as_frame(X: Any) -> pd.DataFrame:
    """Return a dataframe of any table that scikit-learn takes; columns get names of text.

    Raises
    ------
    DataError
        If two columns have the same name.
    ValueError, TypeError
        If it is not a table, in scikit-learn's words.
    """
    check_in_memory(X)
    # polars and others convert themselves, and name the package that they lack for it.
    if hasattr(X, "to_pandas"):
        try:
            X = X.to_pandas()
        except ImportError as error:
            raise DataError(
                f"{type(X).__name__} cannot be read ({error}); install what it needs for that, "
                "such as pyarrow, or give a pandas dataframe"
            ) from error
    if isinstance(X, np.ma.MaskedArray):
        X = as_array(X)
    if isinstance(X, list):  # NumPy would turn the numbers of mixed rows into texts
        X = np.array(X, dtype=object)
    if not isinstance(X, pd.DataFrame):
        options: dict[str, Any] = {"dtype": None, "ensure_all_finite": False}
        return pd.DataFrame(check_array(X, ensure_min_samples=0, **options)).rename(columns=str)
    names = [_column_name(name, place) for place, name in enumerate(X.columns)]
    check_text(names, "names of columns")
    frame = X.set_axis(names, axis=1)  # also where these have several levels
    # Kinds and reasons are kept by name, so that a second column of a name would be lost.
    repeated = sorted(set(frame.columns[frame.columns.duplicated()]))
    if repeated:
        raise DataError(f"expected columns of different names, got {repeated} more than once")
    # All later steps take numbers of NumPy as they are.
    doubles = [name for name, dtype in frame.dtypes.items() if str(dtype) == "double[pyarrow]"]
    return frame.astype(dict.fromkeys(doubles, "float64"))


def _column_name(name: Any, place: int) -> str:
    """Return the name of a column as text, as pandas reads it from the header of a file.

    A column without a name is written with an empty header, so that a script would not find it.
    """
    is_empty = name is None or name is pd.NaT or name != name or name == ""
    return f"Unnamed: {place}" if is_empty else str(name)


def columns_of(frame: pd.DataFrame, kinds: Mapping[str, str] | None = None) -> Columns:
    """Return the kinds of a frame's columns, some of them given by the user.

    Raises
    ------
    SettingsError
        If `kinds` does not fit the columns.
    """
    try:
        return read_columns(frame, _checked(kinds))
    except UnicodeEncodeError as error:
        raise DataError(unreadable(frame, error)) from error
    except ValueError as error:
        raise SettingsError(str(error)) from error


def _checked(kinds: Any) -> Mapping[str, str]:
    if kinds is not None and not isinstance(kinds, Mapping):
        raise SettingsError(f"expected kinds as in {{'zip': 'categorical'}}, got {kinds!r}")
    return kinds or {}


def read_dataset(
    frame: pd.DataFrame,
    y: ArrayLike,
    task: Task,
    sample_weight: ArrayLike | str | None = None,
    groups: ArrayLike | str | None = None,
    kinds: Mapping[str, str] | None = None,
    time: ArrayLike | str | None = None,
    in_time: bool = False,
) -> Dataset:
    """Check and read the data of a fit.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
        As `as_frame` gives it.
    y : array-like of shape (n_rows,) or (n_rows, n_outputs)
    task : {"classification", "regression"}
    sample_weight : array-like of shape (n_rows,) or str, optional
    groups : array-like of shape (n_rows,) or str, optional
        Or the name of a column, which predicts nothing then.
    kinds : mapping of str to str, optional
        The kinds of columns that the user knows better.
    time : array-like of shape (n_rows,) or str, optional
        Dates or numbers, or the name of a column of them.
    in_time : bool
        Whether the only column of dates is the time, where no other is given.

    Raises
    ------
    DataError
        If nothing can be learnt from the data; the message says how to change them.
    SettingsError
        If `kinds` does not fit the columns.
    """
    if y is None:
        raise DataError("this estimator requires y to be passed, but the target y is None")
    target = read_target(y, task)
    check_consistent_length(frame, target)
    if len(target) < MIN_ROWS:
        raise DataError(
            f"expected at least {MIN_ROWS} rows, got {len(target)} (n_samples={len(target)})"
        )
    sample_weight, kinds = _set_aside(frame, sample_weight, "sample_weight", kinds)
    groups, kinds = _set_aside(frame, groups, "groups", kinds)
    weights = _per_row(sample_weight, "sample_weight", target, read_weights)
    grouping = _per_row(groups, "groups", target, _read_groups)
    # Rows of weight 0 are learnt and scored by nobody, so they raise no suspicion either.
    counted = slice(None) if weights is None else weights > 0
    try:
        for message in odd_rows(frame, target):
            warn(message)
        columns = columns_of(frame, kinds)
        if not columns.names:
            raise DataError(
                f"expected a column that varies, got {len(frame.columns)} feature(s) without: "
                f"{dict(list(columns.dropped.items())[:5])}"
            )
        for message in remarks(frame, columns):
            warn(message)
        cells = columns.read(frame).reset_index(drop=True)
        structure = structure_of(cells[counted], columns)
        evidence = (cells[counted], columns, target[counted], task, structure)
        copies = [name for name in equal_columns(frame, y) if name in columns.names]
        doubts = tuple(suspicions(*evidence, copies, grouped=grouping is not None))
        for message in doubts:
            warn(message)
    except (OverflowError, UnicodeEncodeError) as error:
        raise DataError(unreadable(frame, error)) from error
    if time is None and in_time:
        time = only_dates(columns)
    if isinstance(time, str):
        time = column_named(frame, time, "time")
    return Dataset(
        frame=cells,
        columns=columns,
        y=target,
        task=task,
        classes=_classes(target, weights, y) if task == "classification" else None,
        sample_weight=weights,
        groups=grouping,
        times=_per_row(time, "time", target, read_times),
        structure=structure,
        suspicions=doubts,
    )


def _set_aside(
    frame: pd.DataFrame, values: Any, option: str, kinds: Mapping[str, str] | None
) -> tuple[Any, Mapping[str, str] | None]:
    """Return the values of an argument that may name a column, and kinds that leave it out."""
    if not isinstance(values, str):
        return values, kinds
    # What tells groups apart predicts no new ones, and weights are made.
    return column_named(frame, values, option), {**_checked(kinds), values: LEFT_OUT}


def column_named(frame: pd.DataFrame, name: str, option: str) -> "pd.Series[Any]":
    """Return a column that stands for an argument.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
    name : str
        The name of the column.
    option : str
        The name of the argument.

    Raises
    ------
    DataError
        If there is none of this name.
    """
    if name not in frame:
        raise DataError(
            f"expected a column or a value for each row as {option}, got the name {name!r}; the "
            f"columns are {list(frame)}"
        )
    return frame[name]


def _classes(target: NDArray[Any], weights: NDArray[np.float64] | None, y: Any) -> Classes:
    labels = target if weights is None else target[weights > 0]
    names = target_of(y, labels[0].size)
    for place, column in enumerate(by_target(labels)):
        if len(own := np.unique(column)) < 2:
            where = "" if isinstance(names, str) else f" in the target {names[place]!r}"
            raise DataError(f"expected two classes or more{where}, got one class: {own.tolist()}")
    classes = classes_of(labels)
    if not isinstance(names, str):
        check_outputs(names, parts_of(classes))
    return classes


def _texts_of(cells: NDArray[Any]) -> NDArray[Any]:
    frame = pd.DataFrame({"cells": cells})
    return np.asarray(read_texts(frame)["cells"])  # type: ignore[no-untyped-call]


def _read_groups(values: ArrayLike) -> NDArray[Any]:
    groups = as_array(values)
    if groups.dtype.kind in "OU":
        check_text(pd.unique(groups.ravel()), "groups")
        if groups.ndim == 1:  # 1 and "1 " are one group, as they are one cell everywhere
            groups = _texts_of(groups)
    if missing := int(pd.isna(groups).sum()):
        raise DataError(f"expected a group for every row, got {missing} missing ones")
    return groups


def _per_row(
    values: ArrayLike | None,
    name: str,
    target: NDArray[Any],
    read: Callable[[ArrayLike], NDArray[Any]],
) -> NDArray[Any] | None:
    if values is None:
        return None
    array = read(values)
    if array.shape != target.shape[:1]:
        raise DataError(f"expected {name} of shape {target.shape[:1]}, got shape {array.shape}")
    return array
