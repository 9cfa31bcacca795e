"""The target of a fit: the rows that have one, and the task that it stands for."""

from typing import Any

import pandas as pd
from pandas.api.types import is_numeric_dtype
from sklearn.utils.multiclass import type_of_target

from automl.errors import DataError, SettingsError
from automl.problem.target import find_numbers

MAX_CLASSES = 20  # more whole numbers are rarely labels, and each class needs rows in every fold
MOSTLY = 0.5  # of the cells are numbers: then the others are mistakes, or mean that none is known
SHOWN = 5  # rows or cells in a message


def rows_with_target(target: "pd.Series[Any]", *, drops_others: bool) -> "pd.Series[bool]":
    """Tell for every row whether it has a target.

    Parameters
    ----------
    target : Series
    drops_others : bool
        Whether other rows are allowed.

    Raises
    ------
    DataError
        If there are other rows, or no row has a target.
    """
    has_target = target.notna()
    n_missing = int((~has_target).sum())
    if n_missing == len(target):
        raise DataError(f"no row has a target: every cell of {target.name!r} is missing")
    if n_missing and not drops_others:
        rows = [str(row + 1) for row in target.index[~has_target][:SHOWN]]
        dots = ", ..." if n_missing > SHOWN else ""
        raise DataError(
            f"{n_missing} of {len(target)} rows have no target {target.name!r} (rows "
            f"{', '.join(rows)}{dots} below the header); give --drop-rows-without-target to leave "
            "them out"
        )
    return has_target


def read_targets(
    targets: pd.DataFrame, task: str | None
) -> tuple["pd.Series[Any] | pd.DataFrame", str, list[str]]:
    """Return a target, or several, with the task that they stand for.

    Parameters
    ----------
    targets : DataFrame of shape (n_rows, n_outputs)
    task : {"classification", "regression"} or None
        The task that the user named.

    Returns
    -------
    Series or DataFrame
        Of several targets, labels that are numbers beside texts become texts.
    str
        The task.
    list of str
        Sentences on what was concluded.

    Raises
    ------
    DataError
        If numbers are expected and a target has other cells.
    SettingsError
        If the targets stand for several tasks.
    """
    notes = []
    if task is None:
        guesses = {name: guess_task(target) for name, target in targets.items()}
        notes = [
            f"a {task}, because {name!r} {why} (--task)" for name, (task, why) in guesses.items()
        ]
        tasks = sorted({task for task, _ in guesses.values()})
        if len(tasks) > 1:
            raise SettingsError(f"expected targets of one task, got {'; '.join(notes)}")
        task = tasks[0]
    elif task == "regression":
        for _, target in targets.items():
            check_numbers(target, all_of_them=True)
    if targets.shape[1] == 1:
        return targets.iloc[:, 0], task, notes
    if task == "classification" and targets.dtypes.map(is_numeric_dtype).nunique() > 1:
        return targets.map(str), task, [*notes, "the labels of all targets are taken as texts"]
    return targets, task, notes


def guess_task(target: "pd.Series[Any]") -> tuple[str, str]:
    """Return the task that a target stands for, and the reason.

    Raises
    ------
    DataError
        If most cells are numbers and some are not, so that any guess would be wrong.
    """
    present = target.dropna()
    if pd.api.types.is_bool_dtype(present):
        return "classification", "holds booleans"
    if not is_numeric_dtype(present):
        if present.map(lambda cell: isinstance(cell, bool)).all():
            return "classification", "holds booleans"
        check_numbers(present)
        return "classification", "holds texts"
    n_values = present.nunique()
    if type_of_target(present.to_numpy()) not in ("binary", "multiclass"):
        return "regression", "holds numbers with decimals"
    if n_values <= MAX_CLASSES:
        return "classification", f"holds only {n_values} different whole numbers"
    return "regression", f"holds {n_values} different whole numbers"


def check_numbers(target: "pd.Series[Any]", *, all_of_them: bool = False) -> None:
    """Raise an error that shows the cells which are no numbers, if most cells are numbers.

    Parameters
    ----------
    target : Series
    all_of_them : bool
        Whether every cell has to be a number, because the task is a regression.

    Raises
    ------
    DataError
    """
    texts = target.dropna()
    numbers = pd.to_numeric(texts.astype(object), errors="coerce")
    unreadable = texts[numbers.isna()]
    form, is_number = find_numbers(texts)
    are_written = texts[is_number].nunique() > MAX_CLASSES and is_number.mean() > MOSTLY
    if form is not None and (all_of_them or are_written):
        raise DataError(
            f"expected plain numbers in the target {target.name!r}, but its cells are texts such "
            f"as {str(texts[is_number].iloc[0])!r}; write them without units and signs for "
            "thousands, or give --task classification"
        )
    are_values = numbers.nunique() > MAX_CLASSES and numbers.notna().mean() > MOSTLY
    if len(unreadable) and (all_of_them or are_values):
        examples = list(dict.fromkeys(map(str, unreadable)))[:SHOWN]
        first = int(unreadable.index[0]) + 1
        raise DataError(
            f"expected numbers in the target {target.name!r}, but {len(unreadable)} of "
            f"{len(texts)} cells are none, such as {examples} (first in row {first} below the "
            "header); correct them, name texts that mean a missing cell (--missing) and give "
            "--drop-rows-without-target, or give --task classification"
        )
