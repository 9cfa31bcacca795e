"""A task: a dataframe, what is to be predicted from it, and where both come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

import numpy as np
import pandas as pd

from benchmarks.errors import TaskError


class Kind(str, Enum):  # noqa: UP042 - peers may run on an older Python
    """The kind of prediction."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"

    def __str__(self) -> str:
        return self.value

    @property
    def is_classification(self) -> bool:
        """Whether classes are predicted."""
        return self is not Kind.REGRESSION

    @property
    def word(self) -> Literal["classification", "regression"]:
        """Its name in this project and in peers."""
        return "classification" if self.is_classification else "regression"


@dataclass(frozen=True)
class Task:
    """A data set with a question."""

    name: str
    """Its name in the journal."""
    kind: Kind
    """The kind of prediction."""
    X: pd.DataFrame
    """The features, shape (n_rows, n_columns)."""
    y: pd.Series[Any]
    """The target, shape (n_rows,); its name is that of the column."""
    source: str
    """Its origin, for people."""
    test_rows: int | None = None
    """The rows to hold out; None is a third of all."""

    @property
    def classes(self) -> list[Any]:
        """All labels in sorted order; none for a regression."""
        return np.unique(self.y).tolist() if self.kind.is_classification else []


@dataclass(frozen=True)
class TaskReference:
    """A task that is read when it is needed."""

    name: str
    """The name of the task."""
    load: Callable[[], Task]
    """Reads it."""


def make_task(
    name: str, X: pd.DataFrame, y: pd.Series[Any], source: str, *, is_classification: bool
) -> Task:
    """Check a data set and find out what kind of task it is.

    Parameters
    ----------
    name : str
    X : dataframe of shape (n_rows, n_columns)
    y : series of shape (n_rows,)
    source : str
    is_classification : bool

    Raises
    ------
    TaskError
        If the target has gaps or a single class.
    """
    # A row without a target teaches nothing, and cannot be scored.
    if X.empty or y.isna().any():
        raise TaskError(
            f"expected rows with a target each in task {name!r} ({source}), got a table of shape "
            f"{X.shape} and {int(y.isna().sum())} missing targets"
        )
    kind = Kind.REGRESSION
    if is_classification:
        # Counted, not declared, so that a folder's index can be checked.
        n_classes = y.nunique()
        if n_classes < 2:
            raise TaskError(
                f"expected two classes or more in task {name!r} ({source}), got {y.unique()[:1]}"
            )
        kind = Kind.BINARY if n_classes == 2 else Kind.MULTICLASS
    # An exported script finds the target by its name among all columns.
    column = _free_name("target" if y.name is None else str(y.name), X)
    target = y.reset_index(drop=True).rename(column)
    return Task(name, kind, X.reset_index(drop=True), target, source)


def _free_name(name: str, X: pd.DataFrame) -> str:
    """Return a name for the target that no feature has."""
    while name in X.columns:
        name += "_"
    return name
