"""Signs of flaws in data that make every score too good to be true.

Only warnings come of them: a column that tells the target may be known at the time of prediction.
"""

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.pipelines import Columns
from automl.pipelines.operators.operator import Task
from automl.problem.leaks import MIN_ROWS, target_leaks
from automl.problem.structure import Structure

DUPLICATES = 0.05  # share of rows that occur before
FIRST_COLUMNS = 10  # by which most rows are told from each other
COMBINATIONS = 2  # different rows that there may be, for each row: with fewer, many are equal


def suspicions(
    cells: pd.DataFrame,
    columns: Columns,
    y: NDArray[Any],
    task: Task,
    structure: Structure,
    copies: Collection[str] = (),
    *,
    grouped: bool = False,
) -> Iterator[str]:
    """Yield a sentence for every sign of a flaw.

    Parameters
    ----------
    cells : DataFrame of shape (n_rows, n_columns)
        As `Columns.read` gives them.
    columns : Columns
    y : ndarray of shape (n_rows,) or (n_rows, n_outputs)
    task : {"classification", "regression"}
    structure : Structure
        The columns by which rows look related.
    copies : collection of str
        The columns that have the name and the cells of the target.
    grouped : bool
        Whether the user gave groups, whose rows may be equal.
    """
    if copies:
        yield f"the columns {[*copies]} are the target itself; leave them out of X"
    is_repeated = repeated_rows(cells, y)
    # Rows that come again agree with themselves, so that any column would tell their target.
    leaks = target_leaks(cells, columns, y, task, rows=np.flatnonzero(~is_repeated))
    # A patient with one label tells it, and is said to be a group.
    if leaks := [name for name in leaks if name not in (structure.groups, *copies)]:
        yield (
            f"the columns {leaks} tell the target nearly without error; if they are not known at "
            "the time of prediction, leave them out"
        )
    numbers = [name for name in columns.numeric if name in cells and name != structure.time]
    first = cells[:MIN_ROWS][numbers]  # without a copy of the whole table
    may_count = first.columns[_are_different(first.to_numpy())]
    if counting := [name for name in may_count if counts_rows(cells[name])]:
        yield (
            f"the columns {counting} count the rows; in a sorted file they tell the target, so "
            f"leave them out by kinds={{{counting[0]!r}: 'left out'}} if that is all they do"
        )
    share = float(is_repeated.mean())
    if not grouped and share > DUPLICATES and not _may_repeat(cells, y):
        yield (
            f"{share:.0%} of the rows are equal to another row, target and all; if they are the "
            "same cases, drop them or pass groups, or scores will be too good"
        )
    for labels in y.reshape(len(y), -1).T if task == "classification" else ():
        classes, counts = np.unique(labels, return_counts=True)
        if rare := [str(label) for label in classes[counts < 2]]:
            yield f"classes of a single row cannot be learnt and scored: {rare[:10]}"


def counts_rows(column: "pd.Series[float]") -> bool:
    """Tell whether cells are numbers of the rows: whole, and rising from row to row or dense."""
    # The first rows tell of most columns, for the price of none.
    if len(column) < MIN_ROWS or not (_are_whole(column[:MIN_ROWS]) and _are_whole(column)):
        return False
    return bool((np.diff(column) > 0).all() or (np.diff(np.sort(column)) == 1).all())


def _are_different(table: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell for every column whether all of its cells differ, as numbers of rows do."""
    return np.asarray((np.diff(np.sort(table, axis=0), axis=0) > 0).all(axis=0))


def _are_whole(column: "pd.Series[float]") -> bool:
    return bool((column % 1 == 0).all())  # a gap is no number


def _may_repeat(cells: pd.DataFrame, y: NDArray[Any]) -> bool:
    """Tell whether rows are equal by chance, for there are few different ones."""
    n_different = len(np.unique(y, axis=0))
    for name in cells:
        n_different *= max(cells[name].nunique(), 1)
        if n_different > COMBINATIONS * len(cells):
            return False
    return True


def repeated_rows(cells: pd.DataFrame, y: NDArray[Any]) -> NDArray[np.bool_]:
    """Tell for every row whether it occurs before, with the same target.

    Parameters
    ----------
    cells : DataFrame of shape (n_rows, n_columns)
    y : ndarray of shape (n_rows,) or (n_rows, n_outputs)
    """
    # Rows that differ in a few columns need no look at the others, of which there may be thousands.
    is_repeated = _keys(cells.iloc[:, :FIRST_COLUMNS], y).duplicated(keep=False).to_numpy(copy=True)
    rows = np.flatnonzero(is_repeated)
    is_repeated[rows] = _keys(cells.iloc[rows], y[rows]).duplicated().to_numpy()
    return is_repeated


def _keys(cells: pd.DataFrame, y: NDArray[Any]) -> pd.DataFrame:
    """Return what is equal for rows with the same cells and target."""
    targets = pd.DataFrame(y, index=cells.index)
    return pd.concat([pd.util.hash_pandas_object(cells, index=False), targets], axis=1)
