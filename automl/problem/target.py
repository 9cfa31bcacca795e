"""The target of a fit, checked and read: labels of one type, or finite numbers.

::

    y ──in_memory──► values ──no gap──┬─ classification ──► labels of one type that can be sorted
                                      └─ regression ──────► finite numbers of 64 bits
"""

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from sklearn.utils import column_or_1d

from automl.errors import DataError
from automl.pipelines.columns.numbers import number_form, read_in
from automl.pipelines.columns.reading import NumberForm
from automl.pipelines.operators.operator import Task
from automl.problem.arrays import SHOWN, TIMES, as_array, check_in_memory, listed, short
from automl.problem.labels import read_labels, read_several_labels

# The largest number of a target: the third powers of squared errors are finite, and not 0.
LEAST, MOST = 1e-50, 1e50
MOST_BAD = 0.5  # share of cells that are no numbers up to which the others are taken to be right


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
    values = _in_array(y)
    missing = int(pd.isna(values).sum())
    if missing:
        raise DataError(
            f"expected a target without missing values, got {missing} of {values.size} missing "
            "(NaN); drop these rows or fill them"
        )
    if np.iscomplexobj(values):
        raise DataError("Complex data not supported: expected real numbers as the target")
    if values.ndim == 2 and values.shape[1] > 1:
        return read_several_labels(values) if task == "classification" else _read_numbers(values)
    # A table of one column is a single target, as scikit-learn has it, with its warning.
    values = _one_column(values)
    return read_labels(values) if task == "classification" else _read_numbers(values)


def _in_array(y: Any) -> NDArray[Any]:
    """Return the cells of a target; NumPy alone would make texts of numbers and gaps beside one."""
    if isinstance(y, pd.DataFrame) and y.shape[1] > 0:
        return _as_table(y)
    try:
        values = as_array(y)
    except ValueError as error:
        raise DataError(f"expected as many targets in each row, got others: {error}") from error
    is_text = values.dtype.kind == "U" and isinstance(y, list | tuple)
    return np.array(y, dtype=object) if is_text else values


def _as_table(y: pd.DataFrame) -> NDArray[Any]:
    """Return the columns side by side; of columns of several types, the cells keep theirs."""
    columns = [as_array(y.iloc[:, place]) for place in range(y.shape[1])]
    if len({column.dtype.kind for column in columns}) > 1:
        columns = [column.astype(object) for column in columns]
    return np.column_stack(columns)


def _one_column(values: NDArray[Any]) -> NDArray[Any]:
    try:
        return np.asarray(column_or_1d(values, warn=True))
    except ValueError as error:
        raise DataError(
            f"expected one target, got an array of shape {values.shape}: {error}"
        ) from error


def _read_numbers(target: NDArray[Any]) -> NDArray[Any]:
    first = target.flat[0] if target.size else 0
    if target.dtype.kind in "mMV" or isinstance(first, TIMES):
        raise DataError(
            f"expected numbers as the target of a regression, got {type(first).__name__}, such as "
            f"{first}; turn them into numbers, such as days since the first"
        )
    try:
        numbers = np.asarray(target, dtype=np.float64)
    except OverflowError as error:
        raise DataError(_out_of_range("an integer above 1e308")) from error
    except (TypeError, ValueError) as error:
        raise DataError(_no_numbers(target)) from error
    finite = np.isfinite(numbers)
    if not finite.all():
        raise DataError(
            f"expected finite numbers as the target, got {int((~finite).sum())} times infinity or "
            "NaN; drop these rows"
        )
    largest = np.abs(numbers).max(initial=0.0)
    if largest > MOST or 0 < largest < LEAST:
        raise DataError(_out_of_range(f"{largest:.4g}"))
    return numbers


def _out_of_range(largest: str) -> str:
    return (
        f"expected a target whose largest number is between {LEAST} and {MOST}, or 0, got "
        f"{largest}; scale the target or take its logarithm"
    )


def _no_numbers(target: NDArray[Any]) -> str:
    """Return the message for a target with cells that are no numbers: these are shown."""
    cells = pd.Series(target.ravel().tolist(), dtype=object)
    form, is_number = find_numbers(cells)
    bad = list(dict.fromkeys(short(cell) for cell in cells[~is_number]))
    share, shown = f"{int((~is_number).sum())} of {len(cells)} cells", listed(bad[:SHOWN])
    expected = "as the target of a regression, got"
    if (~is_number).mean() > MOST_BAD:
        return f"expected numbers {expected} {shown}; AutoMLClassifier predicts classes"
    if form is None:
        return (
            f"expected numbers {expected} {share} that are none: {shown}; drop these rows or "
            "correct them"
        )
    text = f"expected plain numbers {expected} texts such as {short(cells[is_number].iloc[0])}"
    if bad:
        text += f", and {share} that are none: {shown}"
    return f"{text}; turn them into numbers, as by y{_plain_by(form)}"


def find_numbers(cells: "pd.Series[Any]") -> tuple[NumberForm | None, "pd.Series[bool]"]:
    """Return the form of numbers that are texts, such as 12 kg, and tell which cells are numbers.

    Parameters
    ----------
    cells : Series of shape (n_rows,)

    Returns
    -------
    NumberForm or None
        None for plain numbers.
    Series of bool, of shape (n_rows,)
    """
    texts = cells.map(str)
    counts = Counter(texts)
    form = number_form(counts)
    return form, texts.isin(read_in(counts, form))


def _plain_by(form: NumberForm) -> str:
    """Return the methods of a pandas series that make plain numbers of texts in a form."""
    calls = [
        (form.before, f".str.replace({form.before!r}, '')"),
        (form.after, f".str.replace({form.after!r}, '')"),
        (form.thousands, f".str.replace({form.thousands!r}, '')"),
        (form.decimal != ".", f".str.replace({form.decimal!r}, '.')"),
    ]
    return "".join(call for is_needed, call in calls if is_needed) + ".astype(float)"
