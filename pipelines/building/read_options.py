"""The form of a file: the options that a script reads tables with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

CSV, EXCEL = "csv", "excel"
JSON = {"dtype": False, "precise_float": True}  # texts stay texts


@dataclass(frozen=True)
class Reader:
    """How pandas reads a format of tables."""

    function: str
    """The name of its function."""
    suffix: str
    """The end of the names of files."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """What the function is told of every file."""
    package: str | None = None
    """The package that it needs."""


READERS = {
    CSV: Reader("read_csv", ".csv"),
    # As objects, for otherwise texts such as 02 would become numbers.
    EXCEL: Reader("read_excel", ".xlsx", {"dtype": object}, package="openpyxl"),
    "parquet": Reader("read_parquet", ".parquet", package="pyarrow"),
    "feather": Reader("read_feather", ".feather", package="pyarrow"),
    "json": Reader("read_json", ".json", JSON),
    "json lines": Reader("read_json", ".jsonl", {"lines": True, **JSON}),
}


@dataclass(frozen=True)
class ReadOptions:
    """The form of a file; the defaults are the plain case.

    Examples
    --------
    >>> ReadOptions(separator=";", decimal=",").for_pandas()
    {'sep': ';', 'decimal': ','}
    """

    format: str = CSV
    """The format, one of `READERS`. The other parts but `missing` are those of a text file."""
    separator: str = ","
    """The character between two cells."""
    decimal: str = "."
    """The sign before the decimals of a number."""
    encoding: str = "utf-8"
    """The encoding, as Python names it; files in UTF-8 may have a byte order mark."""
    missing: tuple[str, ...] = ()
    """The texts that mean a missing cell, besides those of pandas."""
    has_comments: bool = False
    """Whether lines that start with # are left out."""
    skips_spaces: bool = False
    """Whether spaces after a separator are no part of a cell."""
    ends_with_separator: bool = False
    """Whether every row, but not the header, ends with a separator."""
    strips_names: bool = False
    """Whether spaces around names of columns are no part of them."""
    skips_rows_without_target: bool = False
    """Whether rows without a target are left out of the rows to learn from."""

    def is_valid(self) -> bool:
        """Tell whether files can have this form, which may come from a file of anybody."""
        try:
            is_text = "a,1".encode(self.encoding).decode(self.encoding) == "a,1"
            "".join([self.separator, *self.missing]).encode()
        except (LookupError, ValueError):  # no encoding, or a text that none can hold
            return False
        is_sign = len(self.separator) == 1 and self.separator not in '"\r\n\0'
        # Where cells are in quotes, a comma may be both.
        return is_text and is_sign and self.decimal in (".", ",") and self.format in READERS

    def for_pandas(self) -> dict[str, Any]:
        """Return the options of `pandas.read_csv` for it, without those that are its defaults."""
        options: dict[str, Any] = {}
        if self.separator != ",":
            options["sep"] = self.separator
        if self.decimal != ".":
            options["decimal"] = self.decimal
        if self.encoding != "utf-8":
            options["encoding"] = self.encoding
        if self.missing:
            options["na_values"] = list(self.missing)
        if self.has_comments:
            options["comment"] = "#"
        if self.skips_spaces:
            options["skipinitialspace"] = True
        if self.ends_with_separator:
            options["index_col"] = False
        return options
