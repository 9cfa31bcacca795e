"""One hold-out of a task: the same rows for every adapter, chosen by the split's number alone."""

import hashlib
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

from benchmarks.tasks.task import Task

TEST_SHARE = 0.33  # as in the reference run of the peers, so that scores can be compared


@dataclass(frozen=True)
class Split:
    """A task cut in two."""

    task: Task
    """The task that was cut."""
    number: int
    """The number of the cut, which seeds it."""
    train_X: pd.DataFrame
    """Features to fit on, shape (n_train_rows, n_columns)."""
    train_y: "pd.Series[Any]"
    """Targets to fit on, shape (n_train_rows,)."""
    test_X: pd.DataFrame
    """Features to predict from, shape (n_test_rows, n_columns)."""
    test_y: "pd.Series[Any]"
    """Targets that no adapter sees, shape (n_test_rows,)."""

    @property
    def digest(self) -> str:
        """A short fingerprint of all its rows, to notice when data differ from run to run."""
        digest = hashlib.sha256()
        for X, y in ((self.train_X, self.train_y), (self.test_X, self.test_y)):
            # Index and values: the order of rows matters to a tool, too.
            rows = pd.util.hash_pandas_object(pd.concat([X, y], axis="columns"))
            digest.update(rows.to_numpy().tobytes())
        return digest.hexdigest()[:12]


def split_task(task: Task, number: int, rows: int | None = None) -> Split:
    """Hold out a third of the rows, or as many as the task says, stratified by class.

    Parameters
    ----------
    task : Task
    number : int
        Which split, from 0; nothing else seeds it.
    rows : int, optional
        The rows to fit on, at most: all others are held out, so that scores are sure.
    """
    n_test = task.test_rows or ceil(TEST_SHARE * len(task.X))
    train, test = train_test_split(
        np.arange(len(task.X)),
        test_size=n_test if rows is None else max(n_test, len(task.X) - rows),
        random_state=number,
        stratify=_strata(task.y) if task.kind.is_classification else None,
    )
    return cut(task, number, train, test)


def cut(task: Task, number: int, train: NDArray[np.intp], test: NDArray[np.intp]) -> Split:
    """Return the hold-out of some rows to fit on and others to predict.

    Parameters
    ----------
    task : Task
    number : int
        Which cut it is.
    train, test : ndarray of shape (n_rows,)
        Places of rows.
    """
    return Split(
        task=task,
        number=number,
        train_X=task.X.iloc[train].reset_index(drop=True),
        train_y=task.y.iloc[train].reset_index(drop=True),
        test_X=task.X.iloc[test].reset_index(drop=True),
        test_y=task.y.iloc[test].reset_index(drop=True),
    )


def _strata(y: "pd.Series[Any]") -> NDArray[np.intp]:
    """Number the classes; one with a single row cannot be split and goes with the largest."""
    _, codes, counts = np.unique(y, return_inverse=True, return_counts=True)
    # scikit-learn refuses to stratify by them.
    single = np.flatnonzero(counts < 2)
    return np.where(np.isin(codes, single), counts.argmax(), codes)
