"""The target of a classification: labels of one type that can be sorted, of one target or several.

::

    (n_rows,)            ──read_labels──────────► labels
    (n_rows, n_outputs)  ──column by column─────► labels ──one type?──► (n_rows, n_outputs)
"""

from collections import defaultdict
from collections.abc import Collection
from numbers import Integral
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.utils.multiclass import check_classification_targets

from automl.errors import DataError, warn
from automl.problem.arrays import CELL_LENGTH, SHOWN, TIMES, check_text, listed, short

MOST_TARGETS = 5  # whose labels are predicted at once: each takes part of every split of a tree
FOLDED = 10  # rows of a combination of labels, from which each of up to ten folds has its share

Classes: TypeAlias = NDArray[Any] | list[NDArray[Any]]
"""The labels of a target, sorted; or those of each target where there are several."""


def read_labels(target: NDArray[Any]) -> NDArray[Any]:
    """Return the labels of a target as an array of their type.

    Raises
    ------
    DataError
        If they are no labels; the message says how to change them.
    """
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
        shown = [short(label) for label in target[:3].tolist()]
        raise DataError(
            f"expected classes, got numbers such as {listed(shown)}; AutoMLRegressor predicts "
            f"numbers ({str(error).splitlines()[0]:.{4 * CELL_LENGTH}})"
        ) from error
    if target.dtype.kind == "U":
        labels = np.unique(target).tolist()
        check_text(labels, "labels")  # those of an array of texts, too
        _warn_of_spaces(labels)
    return target


def read_several_labels(targets: NDArray[Any]) -> NDArray[Any]:
    """Return the labels of several targets, all of one type.

    Parameters
    ----------
    targets : ndarray of shape (n_rows, n_outputs)

    Raises
    ------
    DataError
        If there are too many targets, or their labels are of several types.
    """
    n_outputs = targets.shape[1]
    if n_outputs > MOST_TARGETS:
        raise DataError(
            f"expected one target of classes or up to {MOST_TARGETS}, got {n_outputs} (an array of "
            f"shape {targets.shape}); fit one estimator for each"
        )
    columns = []
    for place, target in enumerate(targets.T):
        try:
            columns.append(read_labels(target))
        except DataError as error:
            raise DataError(f"target {place}: {error}") from error
    kinds = sorted({_kind(type(column[0])) for column in columns if len(column)})
    if _are_mixed(kinds):
        raise DataError(
            f"expected labels of one type in all targets, got {kinds}; turn them into text, as by "
            "y.astype(str)"
        )
    labels = np.column_stack(columns)
    if labels.dtype.kind != "U" and n_outputs > 2 and _are_one_hot(labels):
        warn(
            f"each row has a single 1 among its {n_outputs} targets; if these are the classes of "
            "one target, pass y.argmax(axis=1)"
        )
    return labels


def _are_one_hot(labels: NDArray[Any]) -> bool:
    return bool(np.isin(labels, (0, 1)).all() and (labels.sum(axis=1) == 1).all())


def first_of_each(labels: NDArray[Any], n_rows: int) -> NDArray[np.bool_]:
    """Tell which rows are among the first of their class, in one target or more.

    Parameters
    ----------
    labels : ndarray of shape (n_rows,) or (n_rows, n_outputs)
    n_rows : int
        The rows of each class.
    """
    places = pd.DataFrame(labels).apply(lambda column: column.groupby(column).cumcount())
    return np.asarray((places < n_rows).any(axis=1))


def classes_of(labels: NDArray[Any]) -> Classes:
    """Return the different labels of a target, sorted; or a list of those of each target."""
    return np.unique(labels) if labels.ndim == 1 else [np.unique(column) for column in labels.T]


def by_target(labels: NDArray[Any]) -> list[NDArray[Any]]:
    """Return the labels of each target."""
    return list(labels.reshape(len(labels), -1).T)


def parts_of(classes: Classes) -> list[NDArray[Any]]:
    """Return the classes of each target, or its probabilities: where there is one, it is alone."""
    return classes if isinstance(classes, list) else [classes]


def strata_of(labels: NDArray[Any]) -> NDArray[np.intp]:
    """Return a number for each row, equal for the rows that folds deal out alike.

    They are rows with the same labels in all targets. Rows of a rare combination go by the rarest
    of their labels, so that each fold has its share of that.

    Parameters
    ----------
    labels : ndarray of shape (n_rows, n_outputs)
    """
    codes = np.column_stack([np.unique(column, return_inverse=True)[1] for column in labels.T])
    counts = np.column_stack([np.bincount(column)[column] for column in codes.T])
    rarest = counts.argmin(axis=1)
    label = rarest * len(codes) + codes[np.arange(len(codes)), rarest]
    _, combination, sizes = np.unique(codes, axis=0, return_inverse=True, return_counts=True)
    return np.where(sizes[combination] < FOLDED, -1 - label, combination)


def places_of(labels: NDArray[Any], classes: Classes) -> NDArray[np.intp]:
    """Return the places of labels among the classes, of each target among its own.

    Parameters
    ----------
    labels : ndarray of shape (n_rows,) or (n_rows, n_outputs)
    classes : ndarray of shape (n_classes,), or a list of them
    """
    pairs = zip(by_target(labels), parts_of(classes), strict=True)
    places = [np.searchsorted(own, column) for column, own in pairs]
    return places[0] if labels.ndim == 1 else np.column_stack(places)


def _of_one_type(target: NDArray[Any]) -> NDArray[Any]:
    """Return labels as an array of their type; NumPy's own numbers and Python's are the same."""
    # Labels of several types cannot be sorted, and the order of the classes is their sorting.
    kinds = {_kind(label_type) for label_type in set(map(type, target))}
    if _are_mixed(kinds):
        raise DataError(f"expected labels of one type, got {sorted(kinds)}; turn them into text")
    labels = np.array(list(target))
    if labels.dtype == object:
        example = short(target[0])
        raise DataError(
            f"expected labels of text, or of numbers that fit into 64 bits, got {sorted(kinds)}, "
            f"such as {example}; turn them into text, as by y.astype(str)"
        )
    return labels


def _are_mixed(kinds: Collection[str]) -> bool:
    """Tell whether labels of these kinds cannot be sorted."""
    return len(kinds) > 1 and set(kinds) != {"int", "float"}


def _kind(label_type: type) -> str:
    if issubclass(label_type, bool | np.bool_):
        return "bool"
    if issubclass(label_type, Integral):
        return "int"
    if issubclass(label_type, str):
        return "str"
    return "float" if issubclass(label_type, float | np.floating) else label_type.__name__


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
