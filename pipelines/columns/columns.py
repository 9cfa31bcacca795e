"""The columns of a dataframe by kind, and how their cells are read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from automl.pipelines.carried.frame import read_cells
from automl.pipelines.operators.calls import Call, Constant, Name, locate

KINDS = (
    "numeric",
    "ordered",
    "categorical",
    "high_cardinality",
    "dates",
    "durations",
    "texts",
)
# All other kinds are read as texts.
READERS = {"numeric": "read_numbers", "dates": "read_dates", "durations": "read_durations"}


@dataclass(frozen=True)
class Columns:
    """The names of a dataframe's columns by kind.

    Examples
    --------
    >>> import pandas as pd
    >>> columns = Columns(numeric=("age",), categorical=("city",))
    >>> columns.kinds()
    {'numeric': ('age',), 'categorical': ('city',)}
    >>> columns.read(pd.DataFrame({"city": ["Oslo", ""], "age": [31, "?"], "name": ["A", "B"]}))
        age  city
    0  31.0  Oslo
    1   NaN   NaN
    """

    numeric: tuple[str, ...] = ()
    """Numbers."""
    ordered: tuple[str, ...] = ()
    """Categories with an order."""
    categorical: tuple[str, ...] = ()
    """Texts, booleans and pandas' categories with few different values."""
    high_cardinality: tuple[str, ...] = ()
    """Texts and pandas' categories with many different values."""
    dates: tuple[str, ...] = ()
    """Dates and times, also as texts."""
    durations: tuple[str, ...] = ()
    """Durations and times of day, also as texts."""
    texts: tuple[str, ...] = ()
    """Free text."""
    dropped: Mapping[str, str] = field(default_factory=dict)
    """Columns that no pipeline uses, with the reason."""
    orders: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    """The categories of ordered columns, the lowest first."""
    formats: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The formats of dates as texts, unless they are written as in 2024-01-31."""
    reads_missing_texts: bool = field(default=False, repr=False)
    """Whether a text such as "NA" is a value rather than a missing cell."""

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that pipelines use, kind by kind."""
        return tuple(name for names in self.kinds().values() for name in names)

    @property
    def read_as_texts(self) -> dict[str, tuple[str, ...]]:
        """The kinds whose cells must stay texts when a file is read."""
        # Readers make numbers and dates of texts, but "007" is no category any more once it is 7.
        return {kind: names for kind, names in self.kinds().items() if kind not in READERS}

    def kinds(self) -> dict[str, tuple[str, ...]]:
        """Return the columns of every kind that the frame has."""
        kinds = {kind: getattr(self, kind) for kind in KINDS}
        return {kind: names for kind, names in kinds.items() if names}

    def read(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the columns that pipelines use, with their cells as pipelines take them."""
        kinds = [
            (locate(name.path), *(constant.value for constant in constants))
            for name, *constants in self._readers()
        ]
        return read_cells(frame, kinds)  # type: ignore[no-any-return, no-untyped-call]

    def reader(self) -> Call:
        """Return the step of a pipeline that does the same as `read`."""
        # One function for `read` and the step, so that search and final fit see the same cells.
        return Call(
            "sklearn.preprocessing.FunctionTransformer",
            {
                "func": Name("automl.pipelines.carried.frame.read_cells"),
                "kw_args": {"kinds": list(self._readers())},
            },
        )

    def constant(self, kind: str) -> Constant:
        """Return the names of the columns of a kind as a constant of a script."""
        return Constant(kind.upper(), list(self.kinds()[kind]))

    def _readers(self) -> Iterator[tuple[Any, ...]]:
        """Yield the function that reads a kind, its columns, and formats in case of dates."""
        for kind in self.kinds():
            reader = Name(f"automl.pipelines.carried.frame.{READERS.get(kind, 'read_texts')}")
            formats = [Constant("DATE_FORMATS", dict(self.formats))]
            has_formats = kind == "dates" and self.formats
            yield reader, self.constant(kind), *(formats if has_formats else ())
