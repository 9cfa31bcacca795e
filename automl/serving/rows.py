"""The body of a request as a dataframe.

A body is an object: ``{"rows": [{"age": 31, "city": "Oslo"}], "coverage": 0.9}``. Every row has all
columns that the model uses, and null is a missing cell. A row without one of them is refused, for a
name with a typing error must not count as a missing cell.
"""

import json
import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from types import NoneType
from typing import Any, NoReturn

import numpy as np
import pandas as pd

from automl.serving.request_error import RequestError

MOST_ROWS = 10_000
CELLS = {str, int, float, bool, NoneType}
FLOATS = ({float}, {float, NoneType})
PARTS = {"rows", "coverage"}
LARGEST = 2**1023  # of whole numbers that a float can hold
SHOWN = 20  # names in a message
SHAPE = 'expected {"rows": [{"COLUMN": VALUE, ...}, ...]}'
SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
TYPES = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", NoneType: "null"}


@dataclass(frozen=True)
class Request:
    """What a request asks for."""

    frame: pd.DataFrame
    """The rows, with the columns that the model uses."""
    coverage: float | None
    """The share of targets in the intervals; None for the default."""
    unseen: Sequence[str]
    """Columns that the fit has not seen."""


def read_request(body: bytes, used: Sequence[str], columns_of_fit: Collection[str]) -> Request:
    """Return what a body asks for.

    Parameters
    ----------
    body : bytes
    used : sequence of str
        The columns that the model uses.
    columns_of_fit : collection of str
        All names of the data of the fit, also those that the model does not use, and the target.

    Raises
    ------
    RequestError
        If it is not JSON, has another shape, lacks columns or has too many rows.

    Examples
    --------
    >>> read_request(b'{"rows": [{"age": 31}]}', ["age"], {"age"}).frame
       age
    0   31
    """
    content, may_be_broken = _content(body)
    rows = content["rows"]
    if len(rows) > MOST_ROWS:
        raise RequestError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"expected {MOST_ROWS} rows or fewer, got {len(rows)}; send them in parts",
        )
    for place, row in enumerate(rows):
        if type(row) is not dict:
            _refuse(f"expected row {place} as an object, got {_type(row)}")
    try:
        columns = {name: [row[name] for row in rows] for name in used}
    except KeyError:
        raise _missing(rows, used) from None
    frame = {name: _checked(name, cells, may_be_broken) for name, cells in columns.items()}
    unseen = sorted(set().union(*rows).difference(columns_of_fit))
    # pandas takes the types of the cells, as for rows that a user gives it.
    return Request(pd.DataFrame(frame), content.get("coverage"), unseen)


def _content(body: bytes) -> tuple[dict[str, Any], bool]:
    """Return the object in a body, and whether its texts may be no Unicode."""
    try:
        text = body.decode("utf-8-sig")
        content = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:  # also of bytes that are no UTF-8
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        _refuse(f"the body is not JSON: {reason}")
    if not isinstance(content, dict) or not isinstance(content.get("rows"), list):
        got = f"rows as {_type(content['rows'])}" if _has_rows(content) else _keys(content)
        _refuse(f"{SHAPE}, got {got}")
    if unknown := sorted(set(content) - PARTS):
        _refuse(f"expected no keys but {sorted(PARTS)}, got {unknown[:SHOWN]!r:.500}")
    if not content["rows"]:
        _refuse("expected one row or more, got 0")
    if type(content.get("coverage")) not in (int, float, NoneType):
        _refuse(f"expected coverage as a number, got {_type(content['coverage'])}")
    return content, SURROGATE.search(text) is not None


def _has_rows(content: Any) -> bool:
    return isinstance(content, dict) and "rows" in content


def _keys(content: Any) -> str:
    if not isinstance(content, dict):
        return _type(content)
    return f"an object with the keys {list(content)[:SHOWN]!r:.500}"


def _type(value: Any) -> str:
    return TYPES.get(type(value), "a number")


def _refuse(text: str) -> NoReturn:
    raise RequestError(HTTPStatus.BAD_REQUEST, text)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON; write null for a missing cell")


def _missing(rows: Sequence[dict[str, Any]], used: Sequence[str]) -> RequestError:
    """Return the refusal of rows that lack columns."""
    place, row = next((place, row) for place, row in enumerate(rows) if not set(used).issubset(row))
    missing = [name for name in used if name not in row]
    names = f"{missing[:SHOWN]}" + (" and more" if len(missing) > SHOWN else "")
    return RequestError(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        f"row {place} lacks the columns {names}; write null where a cell is missing",
        {"missing": missing},
    )


def _checked(name: str, cells: list[Any], may_be_broken: bool) -> Any:
    """Return the cells of a column; refuse what is no value, too large or no Unicode."""
    types = set(map(type, cells))
    if not types <= CELLS:
        place, cell = next(
            (place, cell) for place, cell in enumerate(cells) if type(cell) not in CELLS
        )
        _refuse(
            f"expected a text, a number, a boolean or null in the column {name!r} of row {place}, "
            f"got {_type(cell)}"
        )
    if types & {int, float}:
        for place, cell in enumerate(cells):
            too_large = isinstance(cell, int) and abs(cell) > LARGEST
            if too_large or (isinstance(cell, float) and not math.isfinite(cell)):
                _refuse(f"the number in the column {name!r} of row {place} is too large")
    if may_be_broken and str in types:
        for place, cell in enumerate(cells):
            if isinstance(cell, str) and not _is_unicode(cell):
                _refuse(f"the text in the column {name!r} of row {place} holds a lone surrogate")
    # What pandas itself would make of floats, in half of the time.
    return np.array(cells, dtype=np.float64) if types in FLOATS else cells


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
