"""The name of the target, in a table that may have a column of this name.

::

    y.name ──► a column of X?  no ──────────────────────────────► y.name
                    │ yes
                    └──► with the same cells?  yes: a leak ─────► y.name
                                               no: two columns ─► y.name_y

A script takes columns and target from one table, where a name stands for one column.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from automl.errors import DataError
from automl.pipelines.carried.frame import read_texts
from automl.problem.arrays import as_array, check_text

APART = "_y"  # after the name of a target that another column has


def target_of(y: Any, n_outputs: int) -> str | list[str]:
    """Return the name of the target, or a list of names where there are several.

    Raises
    ------
    DataError
        If no file can hold a name.
    """
    if n_outputs == 1:
        name = getattr(y, "name", None)
        names = ["target" if name is None or name == "" else str(name)]
    else:
        numbered = map("target_{}".format, range(n_outputs))
        names = [str(name) for name in getattr(y, "columns", numbered)]
        check_outputs(names, [])
    check_text(names, "name of the target")
    return names[0] if n_outputs == 1 else names


def check_outputs(names: Sequence[str], classes: Sequence[NDArray[Any]]) -> None:
    """Raise an error if columns of the predictions of several targets would have one name."""
    pairs = zip(names, classes, strict=False)
    outputs = [*names, *(f"{name}_{label}" for name, labels in pairs for label in labels)]
    if repeated := sorted({output for output in outputs if outputs.count(output) > 1}):
        raise DataError(
            f"expected targets of different names, got {list(names)}, whose columns of "
            f"predictions would be {repeated} twice; rename one"
        )


def equal_columns(frame: pd.DataFrame, y: Any) -> list[str]:
    """Return the columns that have the name and the cells of a target.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
    y : array-like of shape (n_rows,) or (n_rows, n_outputs)

    Examples
    --------
    >>> frame = pd.DataFrame({"sales": [1, 2], "price": [3, 4]})
    >>> equal_columns(frame, pd.Series([1.0, 2.0], name="sales"))
    ['sales']
    >>> equal_columns(frame, pd.Series([2.0, 5.0], name="sales"))
    []
    """
    targets = _by_name(y)
    return [name for name in targets if name in frame and _are_equal(frame[name], targets[name])]


def name_apart(frame: pd.DataFrame, y: Any) -> str | list[str]:
    """Return the name of the target, or a new one where a column of other cells has it.

    Such names are common: what pandas computes from a column has the name of the column.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
    y : array-like of shape (n_rows,) or (n_rows, n_outputs)

    Raises
    ------
    DataError
        If no file can hold a name.

    Examples
    --------
    >>> frame = pd.DataFrame({"sales": [1, 2], "price": [3, 4]})
    >>> name_apart(frame, pd.Series([2.0, 5.0], name="returns"))
    'returns'
    """
    targets = _by_name(y)
    names = list(targets)
    for name, cells in targets.items():
        if name not in frame or _are_equal(frame[name], cells):
            continue
        new = name + APART
        while new in frame or new in names:
            new += APART
        names[names.index(name)] = new
    return names[0] if len(names) == 1 else names


def _by_name(y: Any) -> dict[str, NDArray[Any]]:
    cells = as_array(y)
    cells = cells.reshape(len(cells), -1)
    names = target_of(y, cells.shape[1])
    return dict(zip([names] if isinstance(names, str) else names, cells.T, strict=True))


def _are_equal(column: "pd.Series[Any]", target: NDArray[Any]) -> bool:
    """Tell whether a column has the cells of a target, as a file would have them."""
    cells = {"column": column.reset_index(drop=True), "target": pd.Series(target)}
    texts = read_texts(pd.DataFrame(cells))  # type: ignore[no-untyped-call]
    return bool(texts["column"].equals(texts["target"]))
