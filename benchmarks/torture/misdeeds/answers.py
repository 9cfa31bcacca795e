"""Predictions that are none, by the number of rows."""

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import sparse

HUGE = 500 * 2**20  # bytes


class Raising:
    """An array that cannot be read."""

    def __array__(self, *_: object, **__: object) -> Any:
        raise RuntimeError("no array")


def _full(n: int, value: Any) -> Any:
    return np.full((n, 2), value)


ANSWERS: dict[str, Callable[[int], Any]] = {
    "a row too many": lambda n: _full(n + 1, 0.5),
    "a column too few": lambda n: np.ones((n, 1)),
    "a column too many": lambda n: np.ones((n, 3)) / 3,
    "three dimensions": lambda n: np.ones((n, 2, 2)) / 2,
    "a flat array": lambda n: np.ones(n),
    "nothing": lambda n: None,
    "no rows": lambda n: np.ones((0, 2)),
    "NaN": lambda n: _full(n, np.nan),
    "infinity": lambda n: _full(n, np.inf),
    "less than zero": lambda n: _full(n, -1.0),
    "more than one": lambda n: _full(n, 7.0),
    "beyond 32 bits": lambda n: _full(n, 1e300),
    "complex numbers": lambda n: _full(n, 0.5j),
    "texts": lambda n: _full(n, "yes"),
    "objects": lambda n: _full(n, object()),
    "locks": lambda n: _full(n, threading.Lock()),
    "a list": lambda n: [[0.5, 0.5]] * n,
    "a generator": lambda n: (number for number in range(n)),
    "a dictionary": lambda n: {"yes": 1.0},
    "a sparse matrix": lambda n: sparse.eye(n, 2),
    "a masked array": lambda n: np.ma.array(np.ones((n, 2)), mask=True),
    "what raises when it is read": lambda n: Raising(),
    "500 MB": lambda n: np.ones((HUGE // 16, 2)),
    "500 MB of text": lambda n: np.array([["a" * (HUGE // 4)] * 2]),
}
