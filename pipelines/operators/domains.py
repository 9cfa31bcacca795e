"""The values that a hyperparameter may take, as data that can answer questions.

::

    a value ──position──► 0 ... 1 on the domain's own scale ──at──► a value
                              │ nudge: a normal step                (rounded to four digits)

A logarithmic domain measures positions by ratios: 0.01, 0.1 and 1 are equally far apart.
"""

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

Value: TypeAlias = float | int | str | bool | tuple[int, ...] | None

SIGNIFICANT_DIGITS = 4  # enough for any hyperparameter, and short enough to read in a script
LARGEST = 1e300  # of a number: the width of a domain is still finite
LARGEST_WHOLE = 2**53  # of a whole number: floats hold no larger ones exactly
NUDGE_WIDTH = 0.15  # standard deviation of a local step, as a share of the domain's width


def _rounded(value: float) -> float:
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}")


def _is_number(value: object) -> bool:
    """Tell whether a value is a number with which one can reckon: not infinite, and no truth."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return -LARGEST <= value <= LARGEST


@dataclass(frozen=True)
class Real:
    """A number between two bounds, both included.

    Examples
    --------
    >>> domain = Real(1e-4, 1e4, default=1.0, log=True)
    >>> domain.grid(3)
    [0.0001, 1.0, 10000.0]
    >>> domain.contains(2e4)
    False
    """

    low: float
    """Smallest value."""
    high: float
    """Largest value."""
    default: float
    """The value before any search."""
    log: bool = False
    """Whether the scale is logarithmic, because ratios of values matter."""

    def __post_init__(self) -> None:
        if not all(map(_is_number, (self.low, self.default, self.high))):
            raise ValueError(f"expected numbers, got {self}")
        if not self.low <= self.default <= self.high or self.low == self.high:
            raise ValueError(f"expected low <= default <= high and low < high, got {self}")
        if self.log and self.low <= 0:
            raise ValueError(f"a logarithmic domain starts above 0, got {self}")

    def sample(self, rng: np.random.Generator) -> float:
        """Draw a value, uniformly on the domain's own scale."""
        return self._at(rng.uniform())

    def nudge(self, value: Value, rng: np.random.Generator) -> float:
        """Draw a value near `value`."""
        return self._at(self._position(value) + rng.normal(scale=NUDGE_WIDTH))

    def grid(self, size: int) -> list[Value]:
        """Return up to `size` distinct values, evenly spaced on the domain's own scale."""
        return list(dict.fromkeys(self._at(position) for position in np.linspace(0, 1, size)))

    def contains(self, value: Value) -> bool:
        """Tell whether `value` belongs to the domain."""
        return _is_number(value) and self.low <= float(value) <= self.high  # type: ignore[arg-type]

    def nearest(self, value: float) -> float:
        """Return the value of the domain that is nearest to a number, with few digits."""
        return min(max(_rounded(value), self.low), self.high)

    def _at(self, position: float) -> float:
        position = min(max(position, 0.0), 1.0)
        if self.log:
            low, high = math.log(self.low), math.log(self.high)
            value = math.exp(low + position * (high - low))
        else:
            value = self.low + position * (self.high - self.low)
        return self.nearest(value)

    def _position(self, value: Value) -> float:
        number = float(value)  # type: ignore[arg-type]
        if self.log:
            return math.log(number / self.low) / math.log(self.high / self.low)
        return (number - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class Integer:
    """A whole number between two bounds, both included.

    Examples
    --------
    >>> Integer(1, 100, default=10, log=True).grid(3)
    [1, 10, 100]
    """

    low: int
    """Smallest value."""
    high: int
    """Largest value."""
    default: int
    """The value before any search."""
    log: bool = False
    """Whether the scale is logarithmic, because ratios of values matter."""

    def __post_init__(self) -> None:
        self._real()
        bounds: tuple[Any, ...] = (self.low, self.default, self.high)  # users give what they like
        if not all(isinstance(bound, int) and abs(bound) <= LARGEST_WHOLE for bound in bounds):
            raise ValueError(f"expected whole numbers, got {self}")

    def sample(self, rng: np.random.Generator) -> int:
        """Draw a value, uniformly on the domain's own scale."""
        if not self.log:
            return int(rng.integers(self.low, self.high, endpoint=True))
        # Rounding would give the two bounds half the share of an inner number without the 0.5.
        low, high = math.log(self.low - 0.5), math.log(self.high + 0.5)
        return min(max(round(math.exp(rng.uniform(low, high))), self.low), self.high)

    def nudge(self, value: Value, rng: np.random.Generator) -> int:
        """Draw a value near `value`, and never `value` itself."""
        near = round(self._real().nudge(value, rng))
        if near != value:
            return near
        # A step of less than a half rounds back, so that narrow domains would often stand still.
        step = 1 if rng.uniform() < 0.5 else -1
        moved = near + step
        return moved if self.low <= moved <= self.high else near - step

    def grid(self, size: int) -> list[Value]:
        """Return up to `size` distinct values, evenly spaced on the domain's own scale."""
        return list(dict.fromkeys(round(float(value)) for value in self._real().grid(size)))  # type: ignore[arg-type]

    def nearest(self, value: float) -> int:
        """Return the value of the domain that is nearest to a number."""
        return min(max(round(value), self.low), self.high)

    def contains(self, value: Value) -> bool:
        """Tell whether `value` belongs to the domain."""
        return isinstance(value, int) and _is_number(value) and self.low <= value <= self.high

    def _real(self) -> Real:
        return Real(self.low, self.high, self.default, self.log)


@dataclass(frozen=True)
class Choice:
    """A value out of several that have no order.

    Examples
    --------
    >>> Choice(("mean", "median"), default="median").contains("mode")
    False
    """

    values: tuple[Value, ...]
    """The values, at least two."""
    default: Value
    """The value before any search."""

    def __post_init__(self) -> None:
        different = len(set(map(repr, self.values)))  # a set of values would merge 1 and True
        if different < max(2, len(self.values)) or not self.contains(self.default):
            raise ValueError(
                f"expected two or more different values, the default among them, got {self}"
            )

    def sample(self, rng: np.random.Generator) -> Value:
        """Draw a value, all equally likely."""
        return self.values[rng.integers(len(self.values))]

    def nudge(self, value: Value, rng: np.random.Generator) -> Value:
        """Draw a value other than `value`."""
        alternatives = [choice for choice in self.values if not _equal(choice, value)]
        return alternatives[rng.integers(len(alternatives))]

    def grid(self, size: int) -> list[Value]:
        """Return all values, whatever the size: a value without neighbors represents no other."""
        return list(self.values)

    def position(self, value: Value) -> int:
        """Return the position of a value among the values."""
        return next(n for n, choice in enumerate(self.values) if _equal(choice, value))

    def contains(self, value: Value) -> bool:
        """Tell whether `value` belongs to the domain."""
        return any(_equal(choice, value) for choice in self.values)


def _equal(value: Value, reference: Value) -> bool:
    """Compare two values; 1, 1.0 and True differ, as they do for an estimator."""
    return repr(value) == repr(reference)


Domain: TypeAlias = Real | Integer | Choice
