"""No line of a text file is swallowed by a cell, or dropped, without a word."""

import re
from dataclasses import replace

import pytest

from automl import FileError
from automl.cli.reading.dialect import Wishes
from automl.cli.table import read_table
from automl.pipelines import Columns

N = 100


def lines_of(**changes):
    """Return a table of a header and 100 rows, with other text in some of its lines."""
    lines = ["a,b,c", *(f"{row},{2 * row},c{row % 3}" for row in range(2, N + 2))]
    for line, text in changes.items():
        lines[int(line.removeprefix("line_")) - 1] = text
    return "\n".join(lines) + "\n"


def read(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    table = read_table(str(path))
    return table.frame(Columns()), table.notes


WRONG = {
    "open in the first cell": (lines_of(line_34='"34,68,c0'), "opens in line 34 .* never closed"),
    "open in the middle": (lines_of(line_34='34,"68,c0'), "opens in line 34 .* never closed"),
    "open in the last cell": (lines_of(line_34='34,68,"c0'), "opens in line 34 .* never closed"),
    "open in the last line": (lines_of(line_101='101,202,"c0'), "line 101 .* never closed"),
    "open in the last line, cut": ('a,b\n1,2\n3,"x', "opens in line 3 .* never closed"),
    "open in the header": (lines_of(line_1='"a,b,c'), "opens in line 1 .* never closed"),
    "open after a cell of two lines": ('a,b\n"x\ny","z\n1,2\n', "opens in line 3 .* never closed"),
    "closed by another cell": (
        lines_of(line_34='34,"68,c0', line_62='62,"124,c1'),
        "opens in line 34 .* cell in line 62, so that 29 lines would be a single cell",
    ),
    "closed by another last cell": (
        lines_of(line_34='34,68,"c0', line_62='62,124,"c1'),
        "opens in line 34 .* cell in line 62",
    ),
    "closed before text": ('a,b\n1,"x\ny"z\n2,3\n', "opens in line 2 .* cell in line 3"),
    "closed with a separator of its own": (
        'a;b\n1;"x\n2;"y\n3;z\n',
        "opens in line 2 .* cell in line 3",
    ),
    "a quote that is doubled is not closed": ('a,b\n1,"x""\n2,y\n', "line 2 .* never closed"),
    "a lone carriage return in a cell": (lines_of(line_34="34,68,c\r0"), "line 35 .* has 1 cells"),
    "a form feed in a cell": ("a,b\n1,2\x0c3,4\n5,6\n", "line 2 .* has 3 cells"),
    "a line of a space that cannot be seen": ("a,b\n1,2\n\xa0\n3,4\n", "line 3 .* has 1 cells"),
    "a cut last line": ("a,b,c\n1,2,3\n4,5", "line 3 .* has 2 cells"),
    "a character NUL": (b"a,b\n1,2\n3,\x004\n", "NUL characters"),
}


@pytest.mark.parametrize(("content", "message"), WRONG.values(), ids=WRONG)
def test_a_swallowed_line_is_an_error_that_names_the_line(content, message, tmp_path):
    with pytest.raises(FileError, match=message):
        read(tmp_path / "rows.csv", content)


LEGAL = {
    "plain": (lines_of(), N),
    "carriage returns": (lines_of().replace("\n", "\r"), N),
    "lines of Windows": (lines_of().replace("\n", "\r\n"), N),
    "quotes in the middle of cells": (lines_of(line_34='34,68,5" x 3"', line_62='62,124,5"'), N),
    "text behind a quote in a line": (lines_of(line_34='34,68,"c" and d'), N),
    "separators in quotes": (lines_of(line_34='34,68,"c,d,e"'), N),
    "signs that end lines elsewhere": (lines_of(line_34="34,68,c\u2028\x85d"), N),
    "no end of the last line": (lines_of().rstrip("\n"), N),
    "an empty last cell": (lines_of().rstrip("\n") + "\n102,204,", N + 1),
    "empty lines": (lines_of(line_34="", line_62="  \t"), N - 2),
    "spaces at the end": (lines_of() + "   ", N),
    "an empty text in quotes": ('a\n1\n""\n2\n', 3),
}


@pytest.mark.parametrize(("content", "n_rows"), LEGAL.values(), ids=LEGAL)
def test_all_rows_are_read_without_a_word(content, n_rows, tmp_path):
    frame, notes = read(tmp_path / "rows.csv", content)
    assert len(frame) == n_rows
    assert not notes


LONG = {
    "a cell": (lines_of(line_34='34,68,"c\nd"'), N, r"lines 34 to 35 are a single cell in quotes"),
    "spaces behind it": ('a,b\n"x\r\ny"  ,1\n2,3\n', 2, r"lines 2 to 3 are a single cell"),
    "several": (
        lines_of(line_34='34,68,"c\n\nd"', line_62='"6\r2","12\n4",c'),
        N,
        r"3 cells in quotes have several lines, the longest has lines 34 to 36; if these are rows",
    ),
    "closed by the end of another cell": (
        lines_of(line_34='34,"68,c0', line_62='62,124",c1'),
        N - 28,
        r"lines 34 to 62 .*; if these are rows, a quote is missing or too much in line 34",
    ),
    "empty lines of a single column": ("a\n1\n\n2\n\n", 2, "1 empty line between rows"),
}


@pytest.mark.parametrize(("content", "n_rows", "note"), LONG.values(), ids=LONG)
def test_cells_of_several_lines_are_said(content, n_rows, note, tmp_path):
    frame, notes = read(tmp_path / "rows.csv", content)
    assert len(frame) == n_rows
    (text,) = notes
    assert re.search(note, text)


def test_a_space_may_be_the_separator(tmp_path):
    (tmp_path / "rows.csv").write_text('a b\n1 2\n"x\ny" 3\n')
    table = read_table(str(tmp_path / "rows.csv"), Wishes(separator=" "))
    assert "lines 3 to 4 are a single cell" in table.notes[-1]
    assert len(table.frame(Columns())) == 2


def test_rows_that_pandas_splits_otherwise_are_an_error(tmp_path):
    (tmp_path / "rows.csv").write_text(lines_of())
    table = read_table(str(tmp_path / "rows.csv"))
    table = replace(table, content=replace(table.content, n_rows=N + 1))
    with pytest.raises(FileError, match="has 101 rows, of which 100 could be read"):
        table.frame(Columns())


def test_empty_cells_between_tabs_are_a_row(tmp_path):
    frame, notes = read(tmp_path / "rows.tsv", "a\tb\tc\n1\t2\t3\n\t\t\n4\t5\t6\n")
    assert len(frame) == 3
    assert "separator tab" in notes[0]
