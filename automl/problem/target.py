"""The target of a fit, checked and read: labels of one type, or finite numbers.

::

    y ──in_memory──► values ──no gap──┬─ classification ──► labels of one type that can be sorted
                                      └─ regression ──────► finite numbers of 64 bits
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn.utils import column_or_1d
from sklearn.utils.multiclass import check_classification_targets

from automl.errors import DataError, warn
from automl.pipelines.operators.operator import Task

SHOWN = 5  # cells that a message shows
MOST_BAD = 0.5  # share of cells that are no numbers up to which the others are taken to be right
CELL_LENGTH = 40  # signs of a cell that a message shows
TIMES = (datetime.date, datetime.timedelta, np.datetime64, np.timedelta64, pd.Period, pd.Interval)


def read_target(y: ArrayLike, task: Task) -> NDArray[Any]:
    """Return the labels or the numbers of a target.

    Parameters
    ----------
    y : array-like of shape (n_rows,) or (n_rows, n_outputs)
    task : {"classification", "regression"}

    Raises
    ------
    DataError
        If it holds anything else; the message says how to change it.
    """
    if sparse.issparse(y):
        raise DataError("expected a dense target, got a sparse one; pass y.toarray().ravel()")
    if isinstance(y, str):
        raise DataError(f"expected the target itself, got the name {y!r}; pass frame[{y!r}]")
    check_in_memory(y)
    values = as_array(y)
    missing = int(pd.isna(values).sum())
    if missing:
        raise DataError(
            f"expected a target without missing values, got {missing} of {values.size} missing "
            "(NaN); drop these rows or fill them"
        )
    # A table of one column is a single target, as scikit-learn has it, with its warning.
    if not (task == "regression" and values.ndim == 2 and values.shape[1] > 1):
        values = _one_column(values)
    return _read_labels(values) if task == "classification" else _read_numbers(values)


def as_array(values: Any) -> NDArray[Any]:
    """Return an array in the order of bytes of this machine; masked cells are missing."""
    if isinstance(values, np.ma.MaskedArray):
        is_number = values.dtype.kind in "biuf"
        plain: Any = values.astype(np.float64 if is_number else object)
        values = plain.filled(np.nan) if np.ma.is_masked(values) else values.data
    dtype = getattr(values, "dtype", None)
    # NumPy would make floats of nullable integers and booleans.
    if isinstance(values, pd.Series) and isinstance(dtype, pd.api.extensions.ExtensionDtype):
        for is_kind, name in (
            (pd.api.types.is_bool_dtype, "bool"),
            (pd.api.types.is_unsigned_integer_dtype, "uint64"),
            (pd.api.types.is_integer_dtype, "int64"),
        ):
            if is_kind(dtype) and not values.hasnans:
                return values.to_numpy(dtype=name)
    array = np.asarray(values)
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def check_in_memory(values: Any) -> None:
    """Raise an error for a plan of a table, such as a LazyFrame of polars."""
    if hasattr(values, "collect_schema") and hasattr(values, "collect"):
        raise DataError(
            f"expected data in memory, got a {type(values).__name__}; pass its collect()"
        )


def check_text(texts: Iterable[Any], name: str) -> None:
    """Raise an error for texts that no file can hold: half of a surrogate pair, or a NUL.

    Parameters
    ----------
    texts : iterable
        What is no text is fine.
    name : str
        The name of the texts in the message.
    """
    for text in texts:
        if "\0" in str(text):  # it ends a text for NumPy and for readers of files
            raise DataError(f"expected texts as {name}, got {text!a} with a NUL; take it out")
        try:
            str(text).encode()
        except UnicodeEncodeError as error:
            raise DataError(
                f"expected texts of Unicode as {name}, got {text!a} with a lone surrogate; "
                'take it out, as by text.encode(errors="replace").decode()'
            ) from error


def _one_column(values: NDArray[Any]) -> NDArray[Any]:
    if np.iscomplexobj(values):
        raise DataError("Complex data not supported: expected real numbers as the target")
    try:
        return np.asarray(column_or_1d(values, warn=True))
    except ValueError as error:
        raise DataError(
            f"expected one target, got an array of shape {values.shape}: {error}"
        ) from error


def _read_labels(target: NDArray[Any]) -> NDArray[Any]:
    first = target[0] if len(target) else 0
    if target.dtype.kind in "mMSV" or isinstance(first, (*TIMES, bytes, tuple)):
        kind = type(first).__name__
        raise DataError(
            f"expected labels of text, numbers or booleans, got {kind}, such as {first}; turn "
            "them into text, as by y.astype(str)"
        )
    if target.dtype == object:
        check_text({label for label in target if isinstance(label, str)}, "labels")
        target = _of_one_type(target)
    if target.dtype.kind == "f" and not np.isfinite(target).all():
        raise DataError("expected labels, got numbers with infinity among them")
    try:
        check_classification_targets(target)
    except ValueError as error:
        shown = [_short(label) for label in target[:3].tolist()]
        raise DataError(
            f"expected classes, got numbers such as {_listed(shown)}; AutoMLRegressor predicts "
            f"numbers ({str(error).splitlines()[0]:.{4 * CELL_LENGTH}})"
        ) from error
    if target.dtype.kind == "U":
        labels = np.unique(target).tolist()
        check_text(labels, "labels")  # those of an array of texts, too
        _warn_of_spaces(labels)
    return target


def _of_one_type(target: NDArray[Any]) -> NDArray[Any]:
    """Return labels as an array of their type; NumPy's own numbers and Python's are the same."""
    # Labels of several types cannot be sorted, and the order of the classes is their sorting.
    kinds: dict[str, None] = {}
    for label in target:
        kinds[_kind(label)] = None
    if len(kinds) > 1 and set(kinds) != {"int", "float"}:
        raise DataError(f"expected labels of one type, got {sorted(kinds)}; turn them into text")
    labels = np.array(list(target))
    if labels.dtype == object:
        example = _short(target[0])
        raise DataError(
            f"expected labels of text, or of numbers that fit into 64 bits, got {sorted(kinds)}, "
            f"such as {example}; turn them into text, as by y.astype(str)"
        )
    return labels


def _kind(label: Any) -> str:
    if isinstance(label, bool | np.bool_):
        return "bool"
    if isinstance(label, Integral):
        return "int"
    if isinstance(label, str):
        return "str"
    return "float" if isinstance(label, float | np.floating) else type(label).__name__


def _warn_of_spaces(labels: list[str]) -> None:
    """Warn of labels that are the same but for spaces, which nobody sees."""
    spellings = defaultdict(list)
    for label in labels:
        spellings[" ".join(label.split())].append(label)
    if alike := [group for group in spellings.values() if len(group) > 1]:
        shown = "; ".join(" and ".join(map(repr, group)) for group in alike[:SHOWN])
        warn(
            f"labels that differ by nothing but spaces are classes of their own: {shown}; strip "
            "them if they are the same"
        )


def _read_numbers(target: NDArray[Any]) -> NDArray[Any]:
    if np.iscomplexobj(target):
        raise DataError("Complex data not supported: expected real numbers as the target")
    first = target.flat[0] if target.size else 0
    if target.dtype.kind in "mM" or isinstance(first, TIMES):
        raise DataError(
            f"expected numbers as the target of a regression, got {type(first).__name__}, such as "
            f"{first}; turn them into numbers, such as days since the first"
        )
    try:
        numbers = np.asarray(target, dtype=np.float64)
    except OverflowError as error:
        raise DataError(
            "expected numbers below 1e308 as the target, got an integer that is larger; scale the "
            "target or take its logarithm"
        ) from error
    except (TypeError, ValueError) as error:
        raise DataError(_no_numbers(target)) from error
    finite = np.isfinite(numbers)
    if not finite.all():
        raise DataError(
            f"expected finite numbers as the target, got {int((~finite).sum())} times infinity or "
            "NaN; drop these rows"
        )
    return numbers


def _no_numbers(target: NDArray[Any]) -> str:
    """Return the message for a target with cells that are no numbers: these are shown."""
    cells = pd.Series(target.ravel(), dtype=object)
    bad = cells[pd.to_numeric(cells, errors="coerce").isna()]
    shown = _listed([_short(cell) for cell in bad.unique()[:SHOWN]])
    if len(bad) <= MOST_BAD * len(cells):
        return (
            f"expected numbers as the target of a regression, got {len(bad)} of {len(cells)} cells "
            f"that are none: {shown}; drop these rows or correct them"
        )
    return (
        f"expected numbers as the target of a regression, got {shown}; AutoMLClassifier predicts "
        "classes"
    )


def _short(cell: Any) -> str:
    """Return the start of a cell as Python writes it."""
    if isinstance(cell, int) and cell.bit_length() > 64:
        return f"an integer of {cell.bit_length()} bits"
    text = repr(cell)
    return text if len(text) <= CELL_LENGTH else f"{text[:CELL_LENGTH]}..."


def _listed(texts: list[str]) -> str:
    return f"[{', '.join(texts)}]"
