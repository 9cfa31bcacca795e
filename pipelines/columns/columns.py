"""The columns of a dataframe by kind, and how their cells are read."""

from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, field
from typing import Any

import pandas as pd

from automl.pipelines.carried.frame import read_cells
from automl.pipelines.columns.reading import Reading
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
FRAME = "automl.pipelines.carried.frame."


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
    readings: Mapping[str, Reading] = field(default_factory=dict, repr=False)
    """How cells are written, for columns where that is not plain."""
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

    @property
    def has_categories(self) -> bool:
        """Whether there are both numbers and categories."""
        numbers = self.numeric or self.durations or self.dates
        return bool(numbers) and bool(self.categorical or self.high_cardinality)

    def read(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the columns that pipelines use, with their cells as pipelines take them."""
        kinds = [
            (locate(name.path), *(constant.value for constant in constants))
            for name, *constants in self._readers()
        ]
        return read_cells(frame, kinds)  # type: ignore[no-any-return, no-untyped-call]

    def reader(self) -> Call:
        """Return the step of a pipeline that does the same as `read`, and tells what is unusual."""
        # The readers are those of `read`, so that search and final fit see the same cells.
        settings: dict[str, Any] = {"kinds": list(self._readers())}
        missing = {
            name: (list(reading.missing), reading.missing_share)
            for name, reading in self.readings.items()
            if reading.missing
        }
        if missing:
            settings["missing"] = Constant("MISSING", missing)
        return Call(f"{FRAME}CellReader", settings)

    def constant(self, kind: str) -> Constant:
        """Return the names of the columns of a kind as a constant of a script."""
        return Constant(kind.upper(), list(self.kinds()[kind]))

    def _readers(self) -> Iterator[tuple[Any, ...]]:
        """Yield the function that reads a kind, its columns, and how some of them are written."""
        for kind, names in self.kinds().items():
            reader, *options = self._reader(kind, names)
            yield Name(FRAME + reader), self.constant(kind), *options

    def _reader(self, kind: str, names: tuple[str, ...]) -> tuple[Any, ...]:
        """Return the name of the function that reads a kind, and its options."""
        readings = {name: self.readings[name] for name in names if name in self.readings}
        formats = {name: list(own.formats) for name, own in readings.items() if own.formats}
        forms = {name: astuple(own.number) for name, own in readings.items() if own.number}
        codes = [name for name, own in readings.items() if own.is_code]
        first_years = {
            name: own.first_year for name, own in readings.items() if own.first_year is not None
        }
        if formats:
            years = [Constant("FIRST_YEARS", first_years)] if first_years else []
            return "read_dates", Constant("DATE_FORMATS", formats), *years
        if forms:
            return "read_written_numbers", Constant("NUMBER_FORMS", forms)
        if codes:
            return "read_codes", Constant(f"{kind.upper()}_CODES", codes)
        return (READERS.get(kind, "read_texts"),)
