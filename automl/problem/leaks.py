"""Columns that are the target in another form, so that scores are too good to be true.

A column of numbers is the target if it has the same order. A column of few different cells is the
target if it leaves next to no doubt about the class.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

from automl.pipelines import Columns
from automl.pipelines.operators.operator import Task

SAME_ORDER = 0.9999  # rank correlation with the target from which a column is the target
SAME_GROUPS = 0.999  # share of the errors of a constant guess that a column has to avoid
FEW_VALUES = 100  # different values up to which a column is taken for groups of rows
SAMPLED_ROWS = 2_000  # in which leaks are looked for first: they show in few
MIN_ROWS = 50  # with fewer, columns agree with the target by chance


def target_leaks(
    cells: pd.DataFrame,
    columns: Columns,
    y: NDArray[Any],
    task: Task,
    *,
    rows: NDArray[np.intp] | None = None,
) -> list[str]:
    """Return the columns that are the target in another form.

    Parameters
    ----------
    cells : DataFrame of shape (n_rows, n_columns)
    columns : Columns
    y : ndarray of shape (n_rows,) or (n_rows, n_outputs)
        No column is found for several targets.
    task : {"classification", "regression"}
    rows : ndarray, optional
        The rows to look at; None is all of them.
    """
    rows = np.arange(len(y)) if rows is None else rows
    if y.ndim > 1 or len(rows) < MIN_ROWS:
        return []
    if len(rows) > SAMPLED_ROWS:
        # Few columns look suspicious in a sample, and only these are ranked with all rows. The
        # sample is spread out, for data often come sorted.
        sample = rows[np.linspace(0, len(rows) - 1, SAMPLED_ROWS).astype(int)]
        cells = cells[target_leaks(cells, columns, y, task, rows=sample)]
        if cells.empty:
            return []
    return _leaks(cells.iloc[rows], columns, y[rows], task)


def _leaks(cells: pd.DataFrame, columns: Columns, y: NDArray[Any], task: Task) -> list[str]:
    codes = np.unique(y, return_inverse=True)[1]
    two_classes = task == "classification" and codes.max() == 1
    leaks = []
    numbers = [name for name in (*columns.numeric, *columns.durations) if name in cells]
    if task == "regression" or two_classes:
        leaks += _same_order(cells[numbers], codes if two_classes else y, two_classes)
    if task == "classification":
        texts = [name for name in (*columns.ordered, *columns.categorical) if name in cells]
        leaks += [name for name in (*texts, *numbers) if _same_groups(cells[name], codes)]
    return sorted(set(leaks), key=list(cells).index)


def _same_order(numbers: pd.DataFrame, y: NDArray[Any], two_classes: bool) -> list[str]:
    """Return the columns that order the rows as the target does, or the other way round.

    Rows in which a column has a gap have no say on it.
    """
    has_cell = numbers.notna()
    is_full = has_cell.all()
    leaks = []
    for name in numbers.columns[~is_full]:
        rows = has_cell[name].to_numpy()
        if rows.sum() >= MIN_ROWS and len(np.unique(y[rows])) > 1:
            leaks += _same_order_of_full(numbers.loc[rows, [name]], y[rows], two_classes)
    # Columns without gaps share the ranks of the target, and are compared all at once.
    return [*leaks, *_same_order_of_full(numbers.loc[:, is_full], y, two_classes)]


def _same_order_of_full(numbers: pd.DataFrame, y: NDArray[Any], two_classes: bool) -> list[str]:
    if not numbers.size:
        return []
    ranks = rankdata(numbers.to_numpy(), axis=0)
    if two_classes:
        # The rank correlation of two classes, which have many ties, never gets to 1. So this is
        # ROC AUC by the ranks of the second class (Mann-Whitney), from -1 to 1.
        n_low, n_high = np.bincount(y.astype(int))
        above = ranks[y == 1].sum(axis=0) - n_high * (n_high + 1) / 2
        agreement = np.abs(2 * above / (n_low * n_high) - 1)
    else:
        target = rankdata(y)
        ranks -= ranks.mean(axis=0)
        target -= target.mean()
        lengths = np.linalg.norm(ranks, axis=0) * np.linalg.norm(target)
        agreement = np.abs(target @ ranks) / np.where(lengths > 0, lengths, 1.0)
    return [str(name) for name in numbers.columns[agreement >= SAME_ORDER]]


def _same_groups(column: pd.Series, codes: NDArray[np.intp]) -> bool:
    """Tell whether the most frequent class of every cell leaves next to no error.

    For a cell that occurs once, the most frequent class of all rows is taken instead.
    """
    groups, cells = pd.factorize(column, use_na_sentinel=False)
    if len(cells) > FEW_VALUES:  # the finer the groups, the purer they are by chance
        return False
    n_classes = codes.max() + 1
    table = np.bincount(groups * n_classes + codes, minlength=len(cells) * n_classes)
    table = table.reshape(len(cells), n_classes)
    guess = table.sum(axis=0).argmax()
    n_right = np.where(table.sum(axis=1) > 1, table.max(axis=1), table[:, guess])
    n_errors, n_constant = len(codes) - n_right.sum(), len(codes) - table[:, guess].sum()
    return bool(n_constant > 0 and n_errors <= (1 - SAME_GROUPS) * n_constant)
