"""The kinds of a dataframe's columns, read once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
from pandas.api import types

from automl.pipelines.carried.frame import read_cells
from automl.pipelines.operator import Call, Constant, Name

# The texts that `pandas.read_csv` takes for missing cells, as its documentation lists them.
MISSING_TEXTS = frozenset(
    "#N/A|#N/A N/A|#NA|-1.#IND|-1.#QNAN|-NaN|-nan|1.#IND|1.#QNAN|<NA>|N/A|NA|NULL|NaN|None|n/a|nan|"
    "null".split("|")
)
DATE = re.compile(
    r"[12]\d{3}-[01]\d-[0-3]\d([T ][0-2]\d:[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?"
)
NUMBERS_IN_OBJECTS = {"integer", "floating", "mixed-integer-float", "decimal"}


@dataclass(frozen=True)
class Columns:
    """The names of a dataframe's columns by kind.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"age": [31, 45], "city": ["Oslo", "Rome"], "planet": ["Earth"] * 2})
    >>> read_columns(frame)
    Columns(numeric=('age',), categorical=('city',), dates=(), dropped={'planet': 'constant'})
    """

    numeric: tuple[str, ...] = ()
    """Numbers."""
    categorical: tuple[str, ...] = ()
    """Texts, booleans and pandas' categories."""
    dates: tuple[str, ...] = ()
    """Dates and times, also as texts in the form of ISO 8601."""
    dropped: Mapping[str, str] = field(default_factory=dict)
    """Columns of no use, with the reason."""
    reads_missing_texts: bool = field(default=False, repr=False)
    """Whether a text such as "NA" is a value rather than a missing cell."""

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are used, in order of kind."""
        return self.numeric + self.categorical + self.dates

    def kinds(self) -> dict[str, tuple[str, ...]]:
        """Return the columns of every kind that the frame has, by the name of the kind."""
        kinds = {"numeric": self.numeric, "categorical": self.categorical, "dates": self.dates}
        return {kind: names for kind, names in kinds.items() if names}

    def read(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the used columns with their cells in the form that pipelines take."""
        return read_cells(frame, **self.kinds())  # type: ignore[no-any-return, no-untyped-call]

    def reader(self) -> Call:
        """Return the step that does the same as `read` inside a pipeline."""
        names = {kind: Constant(kind.upper(), list(names)) for kind, names in self.kinds().items()}
        return Call(
            "sklearn.preprocessing.FunctionTransformer",
            {"func": Name("automl.pipelines.carried.frame.read_cells"), "kw_args": names},
        )


def read_columns(frame: pd.DataFrame) -> Columns:
    """Read the kind of every column.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_columns)
        Column names are read as text.

    Returns
    -------
    Columns
    """
    kinds: dict[str, list[str]] = {"numeric": [], "categorical": [], "dates": []}
    dropped: dict[str, str] = {}
    reads_missing_texts = False
    for name, column in frame.items():
        present = column.dropna()
        kind = _kind(present, has_gaps=len(present) < len(column))
        if kind in kinds:
            kinds[kind].append(str(name))
        else:
            dropped[str(name)] = kind
        if kind == "categorical":
            reads_missing_texts |= not MISSING_TEXTS.isdisjoint(present.astype(object).map(str))
    return Columns(
        numeric=tuple(kinds["numeric"]),
        categorical=tuple(kinds["categorical"]),
        dates=tuple(kinds["dates"]),
        dropped=dropped,
        reads_missing_texts=reads_missing_texts,
    )


def _kind(present: pd.Series, has_gaps: bool) -> str:
    """Return the kind of a column from its cells that are not missing, or why it is of no use.

    One value with gaps is of use: that a cell is there is what it tells.
    """
    if present.empty:
        return "all cells are missing"
    if types.is_timedelta64_dtype(present.dtype) or "duration" in str(present.dtype):
        return "durations are not supported; give them as a number, such as seconds"
    if types.is_complex_dtype(present.dtype):
        return "complex numbers are not supported; give real and imaginary parts as two columns"
    if types.is_datetime64_any_dtype(getattr(present.dtype, "categories", present).dtype):
        return "dates" if has_gaps or present.nunique() > 1 else "constant"
    if not has_gaps and present.astype(object).map(str).nunique() == 1:
        return "constant"
    if _holds_numbers(present):
        return "numeric"
    return "dates" if _holds_dates(present) else "categorical"


def _holds_dates(present: pd.Series) -> bool:
    """Tell whether all cells are texts in the form of ISO 8601, as in a CSV file."""
    if isinstance(present.dtype, pd.CategoricalDtype) or not isinstance(present.iloc[0], str):
        return False
    return bool(present.astype(object).map(lambda cell: bool(DATE.fullmatch(str(cell)))).all())


def _holds_numbers(present: pd.Series) -> bool:
    if isinstance(present.dtype, pd.CategoricalDtype) or types.is_bool_dtype(present.dtype):
        return False
    if types.is_numeric_dtype(present.dtype):
        return True
    return types.is_object_dtype(present.dtype) and (
        types.infer_dtype(present, skipna=True) in NUMBERS_IN_OBJECTS
    )
