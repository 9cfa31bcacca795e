"""Records and tables as JSON, and back by the types that their fields declare.

::

    record ── plain ──► JSON ── read_as(type, ...) ──► record

Anybody can write a file, so `read_as` checks every value: a file cannot name a type, and a value of
another type than the declared one is a `FileError`.
"""

from collections.abc import Mapping
from dataclasses import Field, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np
import pandas as pd

from automl.errors import FileError

Record = TypeVar("Record")
UNSTORED = {"stored": False}  # the metadata of a field that no file holds
LARGEST = 2**1023  # of the whole numbers that are read as floats, which hold no larger ones
SHOWN = 60  # characters of a wrong value in a message: enough to see what it is


def plain(value: Any) -> Any:
    """Return what JSON can hold of a record, a table, an array or a plain value."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in stored_fields(value)}
    if isinstance(value, pd.DataFrame):
        columns = value.items()
        return {
            name: {"dtype": str(column.dtype), "cells": plain(column.tolist())}
            for name, column in columns
        }
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def stored_fields(record: Any) -> list[Field[Any]]:
    """Return the fields of a record, or of its class, that a file holds."""
    return [field for field in fields(record) if field.metadata.get("stored", True)]


def read_as(kind: Any, value: Any, name: str) -> Any:
    """Return a value of JSON as the type that a field declares.

    Parameters
    ----------
    kind : type or type hint
        A record, DataFrame, NDArray of floats, union, Literal, list, tuple[T, ...], mapping of
        texts, a plain type, or Any for what the caller checks.
    value : None, bool, int, float, str, list or dict
    name : str
        The place of the value in the file, for the message.

    Raises
    ------
    FileError
        If the value is of another type.
    """
    origin, arguments = _origin(kind), get_args(kind)
    if kind is Any:
        return value
    if isinstance(kind, type) and is_dataclass(kind):
        return read_record(kind, value, name)
    if kind is pd.DataFrame:
        return _table(value, name)
    if origin is np.ndarray:
        return np.array(read_as(list[float], value, name), dtype=np.float64)
    if origin in (Union, UnionType):
        return _member(arguments, value, name)
    if origin in (list, tuple) and isinstance(value, list | origin):
        items = (read_as(arguments[0], item, f"{name}[{n}]") for n, item in enumerate(value))
        return origin(items)
    if origin is Mapping and isinstance(value, dict):
        return {key: read_as(arguments[1], item, f"{name}.{key}") for key, item in value.items()}
    if origin is Literal and isinstance(value, str | None) and value in arguments:
        return value
    if kind is float and type(value) is int and abs(value) <= LARGEST:
        return float(value)
    if type(value) is kind:  # not isinstance: True is no number of workers
        return value
    raise FileError(f"expected {_text(kind)} as {name}, got {_start(value)}")


def read_record(class_: type[Record], value: Any, name: str, **unstored: Any) -> Record:
    """Return a record of JSON.

    Parameters
    ----------
    class_ : type
        A dataclass.
    value : dict
        A value for every field that a file holds.
    name : str
        The place of the record in the file, for the message.
    **unstored
        The fields that no file holds.

    Raises
    ------
    FileError
        If fields are missing, unknown or of another type.
    """
    if not isinstance(value, dict):
        raise FileError(f"expected the fields of {name}, got {_start(value)}")
    names = [field.name for field in stored_fields(class_)]
    if missing := [field for field in names if field not in value]:
        raise FileError(f"expected {missing} in {name}, which lacks them")
    if unknown := sorted(set(value) - set(names)):
        raise FileError(f"expected {names} in {name}, got {unknown} besides")
    hints = get_type_hints(class_)
    values = {field: read_as(hints[field], value[field], f"{name}.{field}") for field in names}
    return class_(**values, **unstored)


def _origin(kind: Any) -> Any:
    """Return the class that a type hint gives arguments to; None for a plain type."""
    origin = get_origin(kind)
    # With Python 3.12 and NumPy 2.5, NDArray is an alias, which hides the class.
    return get_origin(origin.__value__) if hasattr(origin, "__value__") else origin


def _member(kinds: tuple[Any, ...], value: Any, name: str) -> Any:
    """Return a value as the first type of a union that it is of."""
    if value is None and NoneType in kinds:
        return None
    *first, last = [kind for kind in kinds if kind is not NoneType]
    for kind in first:
        try:
            return read_as(kind, value, name)
        except FileError:
            continue
    return read_as(last, value, name)


def _table(value: Any, name: str) -> pd.DataFrame:
    if not isinstance(value, dict):
        raise FileError(f"expected the columns of {name}, got {_start(value)}")
    columns = {key: _column(column, f"{name}.{key}") for key, column in value.items()}
    lengths = {len(column) for column in columns.values()}
    if len(lengths) > 1:
        raise FileError(f"expected columns of one length in {name}, got {sorted(lengths)} cells")
    return pd.DataFrame(columns, index=pd.RangeIndex(max(lengths, default=0)))


def _column(value: Any, name: str) -> "pd.Series[Any]":
    if not isinstance(value, dict) or set(value) != {"dtype", "cells"}:
        raise FileError(f"expected the dtype and the cells of {name}, got {_start(value)}")
    cells = value["cells"]
    if not isinstance(cells, list) or any(isinstance(cell, list | dict) for cell in cells):
        raise FileError(f"expected a list of plain cells in {name}, got {_start(cells)}")
    try:
        dtype = value["dtype"]
        if dtype not in ("object", "str") and np.dtype(dtype).kind not in "bif":
            raise TypeError(f"no column of numbers or texts is of the dtype {dtype!r}")
        return pd.Series(cells, dtype=dtype)
    except (TypeError, ValueError, OverflowError) as error:
        raise FileError(f"the column {name} cannot be read: {error}") from error


def _text(kind: Any) -> str:
    return kind.__name__ if isinstance(kind, type) else str(kind)


def _start(value: Any) -> str:
    """Return the start of a wrong value, which may be a table of many cells."""
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
