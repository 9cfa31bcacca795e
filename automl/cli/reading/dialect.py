"""The form of a text file, found in its first lines: separator, decimal sign, comments.

The separator is the character that splits most lines into the same number of cells, so that commas
in numbers and texts do not count. Whatever the lines leave open is as in the file of the fit.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice

from automl.cli.reading.content import Content
from automl.cli.reading.encoding import decode
from automl.errors import FileError, SettingsError
from automl.pipelines.building.read_options import ReadOptions

SEPARATORS = (",", ";", "\t", "|")  # the first of those that fit equally well
NAMES = {"\t": "tab", " ": "space"}
SPELLINGS = {"\\t": "\t", "tab": "\t", "space": " "}  # a shell gives no tab easily
# Read to find the form; a decimal sign may be rare.
N_CHARACTERS, N_LINES, N_CELLS = 5_000_000, 1000, 100_000
MARK = re.compile(r'\A"?sep=(.)"?(?=\r?\n)')  # the first line of files for Excel
COMMENT = re.compile(r"^#.*$", re.MULTILINE)
DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+")
DECIMAL_POINT = re.compile(r"[+-]?\d*\.\d+")
POINTED = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")

csv.field_size_limit(2**31 - 1)  # the default refuses cells of long texts


@dataclass(frozen=True)
class Wishes:
    """The form that the options of the command line ask for; None is to be found."""

    separator: str | None = None
    """The character between two cells."""
    decimal: str | None = None
    """The sign before the decimals of a number."""
    encoding: str | None = None
    """The name of the encoding."""
    missing: tuple[str, ...] = ()
    """More texts that mean a missing cell."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "separator", SPELLINGS.get(str(self.separator), self.separator))
        if self.separator is not None and (
            len(self.separator) != 1 or self.separator in ('"', "\r", "\n")
        ):
            raise SettingsError(
                f"expected --sep to be one character, such as ';', or 'tab', got {self.separator!r}"
            )
        if self.decimal is not None and self.decimal == self.separator:
            raise SettingsError(
                f"expected --sep and --decimal to differ, got {self.decimal!r} twice"
            )


@dataclass(frozen=True)
class TextFile:
    """The text of a file with its form."""

    source: str
    """The file in messages."""
    text: str
    """The text; comments are empty lines, so that line numbers stay."""
    options: ReadOptions
    """The form."""
    notes: tuple[str, ...] = ()
    """Sentences on lines that are left out."""


def read_text(content: Content, wishes: Wishes, fitted: ReadOptions) -> TextFile:
    """Return the text of a file with its form.

    Parameters
    ----------
    content : Content
    wishes : Wishes
    fitted : ReadOptions
        The form of the file of the fit, for what this file leaves open.

    Raises
    ------
    FileError
        If it is no text.
    """
    text, encoding = decode(content, wishes.encoding)
    mark = MARK.match(text)
    text = MARK.sub("", text)
    separator = wishes.separator or (mark and mark[1])
    uncommented = _without_comments(text, separator)
    lines = _lines(uncommented)
    if not lines:
        raise FileError(f"{content.source} has no line of column names")
    separator = separator or _separator(lines, fitted.separator)
    rows = list(csv.reader(lines, delimiter=separator))
    options = ReadOptions(
        separator=separator,
        decimal=wishes.decimal or _decimal(rows, fitted.decimal),
        encoding=encoding,
        missing=tuple(dict.fromkeys([*fitted.missing, *wishes.missing])),
        has_comments=_cuts_nothing(text, uncommented),
        skips_spaces=any(name.startswith(" ") for name in rows[0][1:]),
    )
    has_comments = text != uncommented
    notes = ("lines that start with '#' are left out",) if has_comments else ()
    return TextFile(content.source, uncommented, options, notes)


def describe(options: ReadOptions) -> str:
    """Return the form of a file in words, or nothing in the plain case."""
    parts = []
    if options.separator != ",":
        name = NAMES.get(options.separator, repr(options.separator))
        parts.append(f"separator {name} (--sep)")
    if options.decimal != ".":
        parts.append(f"decimal sign {options.decimal!r} (--decimal)")
    if options.encoding != "utf-8":
        parts.append(f"encoding {options.encoding} (--encoding)")
    return ", ".join(parts)


def _lines(text: str) -> list[str]:
    start = text[:N_CHARACTERS]
    if len(start) < len(text):
        start = start[: start.rfind("\n") + 1] or text
    lines = islice(io.StringIO(start, newline=""), N_LINES)
    return [line for line in lines if line.strip("\r\n")]


def _without_comments(text: str, separator: str | None) -> str:
    """Return a text whose lines that start with # are empty, if its first line is one of them."""
    if not text.startswith("#"):
        return text
    start = _lines(text)
    n_comments = next((n for n, line in enumerate(start) if not line.startswith("#")), 0)
    if n_comments and _is_header(start[n_comments - 1], start[n_comments], separator):
        header = text.index(start[n_comments - 1])
        end = header + len(start[n_comments - 1])
        return COMMENT.sub("", text[:header]) + text[header:end] + COMMENT.sub("", text[end:])
    return COMMENT.sub("", text)


def _is_header(comment: str, row: str, separator: str | None) -> bool:
    """Tell whether the last line with a # names the cells of the first line without."""
    delimiter = separator or _separator([comment, row], ",")
    names, cells = csv.reader([comment, row], delimiter=delimiter)
    has_numbers = [any(NUMBER.fullmatch(cell.strip()) for cell in line) for line in (names, cells)]
    return len(names) == len(cells) > 1 and has_numbers == [False, True]


def _cuts_nothing(text: str, uncommented: str) -> bool:
    """Tell whether pandas, which ends any line at a #, would read the same."""
    return text != uncommented and "#" not in uncommented


def _separator(lines: Sequence[str], expected: str) -> str:
    """Return the separator that splits most lines into the same number of cells."""
    scores = {}
    for separator in dict.fromkeys([expected, *SEPARATORS]):
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator))
        width, count = widths.most_common(1)[0]
        scores[separator] = (round(count / widths.total(), 2), width) if width > 1 else (0.0, 0)
    best = max(scores, key=lambda separator: scores[separator])
    return best if scores[best] > (0, 0) else expected


def _decimal(rows: Sequence[Sequence[str]], expected: str) -> str:
    """Return the decimal sign of most numbers that have one."""
    cells = [cell.strip() for cell in islice(chain.from_iterable(rows), N_CELLS)]
    points = [cell for cell in cells if DECIMAL_POINT.fullmatch(cell)]
    # Where the fit had a comma, a point may be that of thousands, such as in 1.234.
    is_open = expected == ","
    n_points = sum(not (is_open and POINTED.fullmatch(cell)) for cell in points)
    commas = [cell for cell in cells if DECIMAL_COMMA.fullmatch(cell)]
    n_commas = sum(THOUSANDS.fullmatch(cell) is None for cell in commas)
    if n_commas == n_points:
        return expected
    return "," if n_commas > n_points else "."
