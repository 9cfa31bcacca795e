"""Tables that are no text: their cells have types of their own."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from warnings import catch_warnings, simplefilter

import pandas as pd

from automl.cli.reading.content import PARQUET_SIGN, Content
from automl.errors import FileError
from automl.pipelines.building.read_options import EXCEL, READERS

OLE = b"\xd0\xcf\x11\xe0"  # the start of Excel's files before 2007


@dataclass(frozen=True)
class Format:
    """A format of tables, known by its first bytes or the end of a file's name."""

    name: str
    """The name in messages."""
    key: str
    """The name in `READERS`."""
    starts: tuple[bytes, ...]
    """The first bytes."""
    ends: tuple[str, ...]
    """The ends of names, in lower case."""
    texts_are_cells: bool = True
    """Whether a text such as "NA" is a value, because the format has missing cells of its own."""
    is_binary: bool = True
    """Whether every file of the format has these first bytes."""

    def fits(self, content: Content) -> bool:
        """Tell whether a file is of this format."""
        is_named = content.name.endswith(self.ends) and not self.is_binary
        return is_named or content.data.lstrip().startswith(self.starts)


def format_of(content: Content) -> Format | None:
    """Return the format of a file, or None for a text file.

    Raises
    ------
    FileError
        If the file is of a format that is not read, or not of the one that its name promises.
    """
    if content.data.startswith(OLE) or content.name.endswith((".xls", ".ods", ".numbers")):
        raise FileError(
            f"{content.source} is a spreadsheet of a format that is not read; save it as .xlsx or "
            "CSV"
        )
    for format_ in FORMATS:
        if format_.fits(content):
            return format_
        if content.name.endswith(format_.ends):
            raise FileError(
                f"{content.source} is not {format_.name}, whatever its name says; rename it"
            )
    return None


def read_typed(content: Content, format_: Format) -> pd.DataFrame:
    """Return the table of a file that is no text.

    Raises
    ------
    FileError
        If the file is damaged, or a package for it is missing.
    """
    reader = READERS[format_.key]
    read = partial(getattr(pd, reader.function), io.BytesIO(content.data), **reader.options)
    if not format_.texts_are_cells:
        # Texts that mean a missing cell are left to `Table`, which knows of the columns of a fit.
        read = partial(read, keep_default_na=False, na_values=[""])
    return plain_frame(read, content, format_)


def plain_frame(
    read: Callable[[], pd.DataFrame], content: Content, format_: Format
) -> pd.DataFrame:
    """Return what a reader of pandas gives, with columns only: the names are texts.

    Parameters
    ----------
    read : callable
    content : Content
        The file, for messages.
    format_ : Format

    Raises
    ------
    FileError
        If the file is damaged, or a package for it is missing.
    """
    try:
        frame = read().infer_objects()
    except ImportError as error:
        package = READERS[format_.key].package
        raise FileError(
            f"{content.source} needs {package} to be read: pip install 'automl-gp[files]'"
        ) from error
    except Exception as error:  # readers raise errors of many kinds
        reason = f"{type(error).__name__}: {error}".strip().splitlines()[0]
        raise FileError(f"{content.source} is not {format_.name}: {reason}") from error
    # A named index, as pandas writes it to Parquet, is a column of the table.
    named = [name for name in frame.index.names if name is not None]
    with catch_warnings():
        simplefilter("ignore", pd.errors.PerformanceWarning)  # of columns that are read one by one
        frame = frame.reset_index(level=named).reset_index(drop=True)
    return frame.set_axis(list(map(str, frame.columns)), axis=1)


def unread_sheets(content: Content, format_: Format) -> list[str]:
    """Return the names of the sheets of a workbook that are not read: all but the first.

    Parameters
    ----------
    content : Content
        A file that `read_typed` reads.
    format_ : Format
    """
    if format_.key != EXCEL:
        return []
    with pd.ExcelFile(io.BytesIO(content.data)) as workbook:
        return [str(name) for name in workbook.sheet_names[1:]]


PARQUET = Format("a Parquet file", "parquet", (PARQUET_SIGN,), (".parquet", ".pq"))
FORMATS = (
    PARQUET,
    Format("a Feather file", "feather", (b"ARROW1", b"FEA1"), (".feather", ".arrow", ".ipc")),
    Format("an Excel workbook", EXCEL, (b"PK\x03\x04",), (".xlsx", ".xlsm"), texts_are_cells=False),
    Format("JSON", "json", (b"[{", b"[ ", b"[\n", b"[\r", b"[\t"), ()),
    Format("JSON lines", "json lines", (b'{"',), (".jsonl", ".ndjson", ".json"), is_binary=False),
)
