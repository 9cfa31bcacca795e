"""Files of every form, each with the table that is right."""

import bz2
import gzip
import io
import lzma
import os
import sys
import threading
import zipfile

import numpy as np
import pandas as pd
import pytest

from automl import FileError, SettingsError
from automl.cli.reading.dialect import Wishes
from automl.cli.table import read_table
from automl.errors import DataError
from automl.pipelines import Columns
from automl.pipelines.building.read_options import ReadOptions
from tests.archives import tarred, with_zst

NAN = np.nan
PLAIN = b"a,b\n1,x\n2,y\n"
RIGHT = {"a": [1, 2], "b": ["x", "y"]}
TEXT = "größe;ort\n1,5;Köln\n2,5;Düsseldorf\n3;Mérida\n4;Ålborg\n"
OF_TEXT = {"größe": [1.5, 2.5, 3, 4], "ort": ["Köln", "Düsseldorf", "Mérida", "Ålborg"]}
CYRILLIC = "id,город\n1,Москва\n2,Казань\n3,Новосибирск\n"
OF_CYRILLIC = {"id": [1, 2, 3], "город": ["Москва", "Казань", "Новосибирск"]}
JAPANESE = "id,都市\n1,東京\n2,大阪\n3,名古屋\n"


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a file and gives its path."""

    def write_file(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write_file


def cells_of(path, columns=None, **wishes):
    frame = read_table(path, Wishes(**wishes)).frame(columns or Columns())
    return {name: column.tolist() for name, column in frame.items()}


def assert_cells(path, expected, **wishes):
    expected = {name: list(cells) for name, cells in expected.items()}
    np.testing.assert_equal(cells_of(path, **wishes), expected)


SEPARATORS = {
    "comma": (PLAIN, RIGHT),
    "semicolon": (b"a;b\n1;x\n2;y\n", RIGHT),
    "tab": (b"a\tb\n1\tx\n2\ty\n", RIGHT),
    "bar": (b"a|b\n1|x\n2|y\n", RIGHT),
    "Excel's hint": (b"sep=;\r\na;b\r\n1;x\r\n2;y\r\n", RIGHT),
    "one column": (b"a\n1\n2\n", {"a": [1, 2]}),
    "one row": (b"a;b\n1;x\n", {"a": [1], "b": ["x"]}),
    "commas in texts": (b"a;b\n1;x, y, z\n2;u\n", {"a": [1, 2], "b": ["x, y, z", "u"]}),
    "quoted separators": (b'a,b\n1,"x;y;z"\n2,"u,v"\n', {"a": [1, 2], "b": ["x;y;z", "u,v"]}),
    "quoted lines": (b'a,b\n1,"x\ny"\n2,z\n', {"a": [1, 2], "b": ["x\ny", "z"]}),
    "quotes in quotes": (b'a,b\n1,"say ""x"""\n2,z\n', {"a": [1, 2], "b": ['say "x"', "z"]}),
    "ends of Windows": (b"a,b\r\n1,x\r\n2,y\r\n", RIGHT),
    "ends of old Macs": (b"a,b\r1,x\r2,y\r", RIGHT),
    "no end of the last line": (b"a,b\n1,x\n2,y", RIGHT),
    "blank lines": (b"\n\na,b\n\n1,x\n   \n2,y\n\n", RIGHT),
}
DECIMALS = {
    "points": (b"a;b\n1.5;1\n2.25;2\n", {"a": [1.5, 2.25], "b": [1, 2]}),
    "commas": (b"a;b\n1,5;1\n2,25;2\n", {"a": [1.5, 2.25], "b": [1, 2]}),
    "commas after a tab": (b"a\tb\n-1,5\t1\n,25\t2\n", {"a": [-1.5, 0.25], "b": [1, 2]}),
    "quoted commas": (b'a,b\n"1,5",1\n"2,25",2\n', {"a": [1.5, 2.25], "b": [1, 2]}),
    "one number with a comma": (b"a;b\n1;1\n2,5;2\n", {"a": [1, 2.5], "b": [1, 2]}),
    "commas of thousands": (b'a,b\n"1,500",1\n"2,250",2\n', {"a": ["1,500", "2,250"], "b": [1, 2]}),
    "points of thousands": (b"a;b\n1.500,5;1,5\n2,5;2\n", {"a": ["1.500,5", "2,5"], "b": [1.5, 2]}),
    "dates with points": (b"a;b\n31.12.2023;1,5\n", {"a": ["31.12.2023"], "b": [1.5]}),
}
ENCODINGS = {
    "utf-8": (TEXT.encode(), OF_TEXT),
    "utf-8 with a mark": (TEXT.encode("utf-8-sig"), OF_TEXT),
    "utf-16": (TEXT.encode("utf-16"), OF_TEXT),
    "utf-16 without a mark": (TEXT.encode("utf-16-le"), OF_TEXT),
    "utf-16 of big ends": ("\ufeff".encode("utf-16-be") + TEXT.encode("utf-16-be"), OF_TEXT),
    "utf-32": (TEXT.encode("utf-32"), OF_TEXT),
    "latin-1": (TEXT.encode("latin-1"), OF_TEXT),
    "one accent": ("a,b\n1,é\n".encode("latin-1"), {"a": [1], "b": ["é"]}),
    "the euro": ("a,b\n1,5 €\n2,6 €\n".encode("cp1252"), {"a": [1, 2], "b": ["5 €", "6 €"]}),
    "cp1251": (CYRILLIC.encode("cp1251"), OF_CYRILLIC),
    "shift-jis": (JAPANESE.encode("cp932"), {"id": [1, 2, 3], "都市": ["東京", "大阪", "名古屋"]}),
}
HEADERS = {
    "spaces around names": (b" a , b \n1,x\n2,y\n", RIGHT),
    "spaces after separators": (b"a, b\n1, x\n2, y\n", RIGHT),
    "quoted names": (b'"a","b"\n1,x\n2,y\n', RIGHT),
    "comments": (b"# made by, a tool\n#\na,b\n1,x\n# half\n2,y\n", RIGHT),
    "a name with a sign": (b"#a,b\n1,x\n2,y\n", {"#a": [1, 2], "b": ["x", "y"]}),
    "a comment, a name with a sign": (
        b"# by me\n#a,b\n1,x\n2,y\n",
        {"#a": [1, 2], "b": ["x", "y"]},
    ),
    "signs in cells": (b"a,b\n1,#x\n2,y\n", {"a": [1, 2], "b": ["#x", "y"]}),
    "separators at the ends of rows": (b"a,b\n1,x,\n2,y,\n", RIGHT),
    "separators at all ends": (
        b"a,b,\n1,x,\n2,y,\n",
        {"a": [1, 2], "b": ["x", "y"], "Unnamed: 2": [NAN] * 2},
    ),
    "names of rows": (b"a,b\nr1,1,x\nr2,2,y\n", RIGHT),
    "an empty name": (b",a\n0,1\n1,2\n", {"Unnamed: 0": [0, 1], "a": [1, 2]}),
    "a name twice": (b"a,b,b\n1,2,3\n", {"a": [1], "b": [2], "b.1": [3]}),
    "no rows": (b"a,b\n", {"a": [], "b": []}),
}
CELLS = {
    "zeros that lead": (b"a\n01234\n12345\n", {"a": ["01234", "12345"]}),
    "numbers below one": (b"a\n0.5\n-0.25\n0\n", {"a": [0.5, -0.25, 0]}),
    "one word among numbers": (b"a\n" + b"1\n" * 9999 + b"x\n", {"a": ["1"] * 9999 + ["x"]}),
    "exponents": (b"a\n1e3\n-2.5E-1\n", {"a": [1000, -0.25]}),
    "signs": (b"a\n+1\n-1\n", {"a": [1, -1]}),
    "spaces around numbers": (b"a,b\n 1,2\n2 ,3\n", {"a": [1, 2], "b": [2, 3]}),
    "long codes": (b"a\n12345678901234567890123\n1\n", {"a": ["12345678901234567890123", "1"]}),
    "underscores": (b"a\n1_000\n", {"a": ["1_000"]}),
    "infinity": (b"a\ninf\n1\n", {"a": [np.inf, 1]}),
    "missing numbers": (b"a,b\n1,1\n,2\nNA,3\n", {"a": [1, NAN, NAN], "b": [1, 2, 3]}),
    "missing texts": (b"a,b\nx,1\n,2\nnull,3\n", {"a": ["x", NAN, NAN], "b": [1, 2, 3]}),
    "blanks": (b"a,b\n1,x\n ,  \n", {"a": [1, NAN], "b": ["x", NAN]}),
    "no cell": (b"a,b\n,1\n,2\n", {"a": [NAN, NAN], "b": [1, 2]}),
    "booleans": (b"a,b\nTRUE,true\nFALSE,False\n", {"a": [True, False], "b": [True, False]}),
    "missing booleans": (b"a,b\nTRUE,1\n,2\n", {"a": [True, NAN], "b": [1, 2]}),
    "a boolean among texts": (b"a\nTRUE\nx\n", {"a": ["TRUE", "x"]}),
    "dates": (b"a\n2024-01-31\n2024-02-01\n", {"a": ["2024-01-31", "2024-02-01"]}),
}
CASES = {
    f"{kind}: {name}": case
    for kind, cases in {
        "separator": SEPARATORS,
        "decimal sign": DECIMALS,
        "encoding": ENCODINGS,
        "header": HEADERS,
        "cells": CELLS,
    }.items()
    for name, case in cases.items()
}


@pytest.mark.parametrize("name", CASES)
def test_texts(write, name):
    content, expected = CASES[name]
    assert_cells(write(content), expected)


@pytest.mark.parametrize("name", CASES)
def test_pandas_reads_the_same_with_the_options_for_scripts(write, name):
    content, expected = CASES[name]
    path = write(content)
    if name in {"separator: Excel's hint", "header: a comment, a name with a sign"}:
        return  # pandas has no option for them, and a script refuses these files
    options = read_table(path).options.for_pandas()
    frame = pd.read_csv(path, dtype=str, **options).rename(columns=str.strip)
    columns = Columns(categorical=tuple(expected))
    ours = cells_of(path, columns)
    theirs = {name: frame[name].str.strip().replace("", NAN).tolist() for name in ours}
    stripped = {
        name: [cell.strip() if isinstance(cell, str) else cell for cell in cells]
        for name, cells in ours.items()
    }
    np.testing.assert_equal(theirs, stripped)


def zipped(content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("inner/", b"")
        archive.writestr("inner/table.csv", content)
        archive.writestr("__MACOSX/._table.csv", b"\0")
    return file.getvalue()


ARCHIVES = {
    "table.csv.gz": gzip.compress,
    "table.csv.bz2": bz2.compress,
    "table.csv.xz": lzma.compress,
    "table.zip": zipped,
    "table.csv.zst": with_zst,
    "table.tar": tarred,
    "table.tgz": lambda content: gzip.compress(tarred(content)),
    "table.csv": gzip.compress,
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_archives(write, name):
    assert_cells(write(ARCHIVES[name](PLAIN), name), RIGHT)


FRAME = pd.DataFrame(
    {
        "a": [1, 2],
        "code": ["01", "NA"],
        "flag": [True, False],
        "day": pd.to_datetime(["2024-01-31", "2024-02-01"]),
    }
)


def written(writer, package):
    pytest.importorskip(package)
    file = io.BytesIO()
    writer(file)
    return file.getvalue()


def excel(frame):
    return written(lambda file: frame.to_excel(file, index=False), "openpyxl")


def parquet(frame):
    return written(frame.to_parquet, "pyarrow")


def feather(frame):
    return written(frame.to_feather, "pyarrow")


@pytest.mark.parametrize(
    ("name", "writer", "code"),
    [
        ("table.xlsx", excel, NAN),
        ("table.parquet", parquet, "NA"),
        ("table.feather", feather, "NA"),
        ("table.arrow", feather, "NA"),
        ("table", parquet, "NA"),
        ("table.parquet.gz", lambda frame: gzip.compress(parquet(frame)), "NA"),
    ],
)
def test_tables_with_types(write, name, writer, code):
    frame = read_table(write(writer(FRAME), name)).frame(Columns())
    expected = FRAME.assign(code=["01", code])
    pd.testing.assert_frame_equal(frame, expected, check_dtype=False)
    assert frame["day"].dtype.kind == "M"
    assert frame["flag"].dtype == bool
    columns = Columns(categorical=("code",), reads_missing_texts=True)
    path = write(writer(FRAME), name)
    assert read_table(path).frame(columns)["code"].tolist() == ["01", "NA"]


def damaged_beyond(frame, names, path):
    """Write a Parquet file in which the cells of all columns but some are damaged."""
    file_of = pytest.importorskip("pyarrow.parquet").ParquetFile
    frame.to_parquet(path, index=False)
    content = bytearray(path.read_bytes())
    group = file_of(path).metadata.row_group(0)
    for place, name in enumerate(frame):
        chunk = group.column(place)
        start = chunk.dictionary_page_offset or chunk.data_page_offset
        if name not in names:
            content[start : start + chunk.total_compressed_size] = bytes(
                chunk.total_compressed_size
            )
    path.write_bytes(content)


def test_of_parquet_only_the_columns_that_are_needed_are_read(tmp_path):
    path = tmp_path / "table.parquet"
    damaged_beyond(FRAME, ["code", "flag"], path)
    table = read_table(str(path))
    assert table.names == list(FRAME)
    cells = table.frame(Columns(), ["flag", "code"])
    pd.testing.assert_frame_equal(cells, FRAME[["flag", "code"]], check_dtype=False)
    with pytest.raises(FileError, match="is not a Parquet file"):
        table.frame(Columns())


@pytest.mark.parametrize("packs", [bytes, gzip.compress])
@pytest.mark.parametrize("changed", [FRAME.set_index("code"), FRAME.set_axis(range(4), axis=1)])
def test_names_in_parquet_are_those_of_all_its_columns(write, packs, changed):
    path = write(packs(parquet(changed)), "table" if packs is bytes else "table.parquet.gz")
    table = read_table(path)
    everything = table.frame(Columns())
    assert table.names == list(everything)
    for names in (table.names[:1], table.names[::-2]):
        pd.testing.assert_frame_equal(table.frame(Columns(), names), everything[names])


JSON = b'{"a": 1, "code": "01", "flag": true}\n{"a": 2, "code": "NA", "flag": false}\n'
OF_JSON = {"a": [1, 2], "code": ["01", "NA"], "flag": [True, False]}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("table.jsonl", JSON),
        pytest.param("table.ndjson.gz", gzip.compress(JSON), id="packed"),
        ("table", JSON),
        ("table", b"[" + JSON.strip().replace(b"\n", b",\n") + b"]"),
        ("table.json", b"[" + JSON.strip().replace(b"\n", b",\n") + b"]"),
    ],
)
def test_json(write, name, content):
    assert_cells(write(content, name), OF_JSON)


def test_a_named_index_is_a_column(write):
    frame = FRAME.set_index("code")
    assert list(cells_of(write(parquet(frame), "table.parquet"))) == ["code", "a", "flag", "day"]


def test_numbers_and_texts_of_excel_stay_what_they_are(write):
    frame = pd.DataFrame({"mixed": [1, "x"], "gaps": [1.5, None], "codes": ["01", "2"]})
    expected = {"mixed": [1, "x"], "gaps": [1.5, NAN], "codes": ["01", "2"]}
    assert_cells(write(excel(frame), "table.xlsx"), expected)


@pytest.mark.parametrize(
    "content",
    [PLAIN, gzip.compress(PLAIN), TEXT.encode("utf-16")],
    ids=["plain", "packed", "utf-16"],  # an archive holds the time
)
def test_the_standard_input(monkeypatch, content):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    expected = OF_TEXT if content == TEXT.encode("utf-16") else RIGHT
    assert_cells("-", expected)


def test_a_pipe(tmp_path, write):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(PLAIN,))
    writer.start()
    assert_cells(str(pipe), RIGHT)
    writer.join()


@pytest.mark.parametrize(
    ("wishes", "content", "expected"),
    [
        ({"separator": ";"}, b"a,b;c\nx,y;3\n", {"a,b": ["x,y"], "c": [3]}),
        ({"separator": "tab"}, b"a\tb\n1\tx\n2\ty\n", RIGHT),
        ({"separator": "\\t"}, b"a\tb\n1\tx\n2\ty\n", RIGHT),
        ({"separator": ":"}, b"a:b\n1:x\n2:y\n", RIGHT),
        ({"decimal": ","}, b"a;b\n1,500;x\n", {"a": [1.5], "b": ["x"]}),
        ({"decimal": "."}, b"a;b\n1,5;x\n", {"a": ["1,5"], "b": ["x"]}),
        ({"encoding": "cp1250"}, "a,b\n1,Břeclav\n".encode("cp1250"), {"a": [1], "b": ["Břeclav"]}),
        ({"missing": ("?",)}, b"a,b\n1,x\n?,?\n", {"a": [1, NAN], "b": ["x", NAN]}),
        ({"missing": ("-", "none")}, b"a,b\n-,x\n2,none\n", {"a": [NAN, 2], "b": ["x", NAN]}),
    ],
)
def test_options_decide(write, wishes, content, expected):
    assert_cells(write(content), expected, **wishes)


def test_an_open_form_is_that_of_the_fit(write):
    fitted = ReadOptions(separator=";", decimal=",", missing=("?",))
    table = read_table(write(b"a;b\n1,500;?\n"), fitted=fitted)
    assert table.frame(Columns())["a"].tolist() == [1.5]
    assert table.frame(Columns())["b"].isna().all()
    assert read_table(write(b"a\n1\n"), fitted=fitted).options.separator == ";"
    assert read_table(write(b"a,b\n1.5,2\n"), fitted=fitted).options.separator == ","


def test_known_texts_stay_texts(write):
    columns = Columns(categorical=("code",), numeric=("size",))
    path = write(b"code,size\n2,1\nNA,2\nTRUE,3\n")
    expected = {"code": ["2", NAN, "TRUE"], "size": [1, 2, 3]}
    np.testing.assert_equal(cells_of(path, columns), expected)
    columns = Columns(categorical=("code",), numeric=("size",), reads_missing_texts=True)
    np.testing.assert_equal(cells_of(path, columns), expected | {"code": ["2", "NA", "TRUE"]})


@pytest.mark.parametrize(
    ("content", "notes"),
    [
        (PLAIN, []),
        (TEXT.encode("latin-1"), ["separator ';'", "decimal sign ','", "encoding cp1252"]),
        (b"a\tb\n1\t2\n", ["separator tab (--sep)"]),
        (b"a,b\n1,2,\n", ["every row ends with a separator"]),
        (b"a,b\nr,1,2\n", ["header lacks a name"]),
        (b"# by me\na,b\n1,2\n", ["start with '#'"]),
    ],
)
def test_the_form_is_said(write, content, notes):
    said = "; ".join(read_table(write(content)).notes)
    assert all(note in said for note in notes)
    assert bool(said) == bool(notes)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"# nothing\n", "no line of column names"),
        (b"a,b\n1,2\n3,4,5\n", "line 3 of '.*' has 3 cells, but its header has 2"),
        (b"a,b\n1,2\n\n3\n4,5\n", r"line 4 of '.*' has 1 cells.*1 of 3 rows differ"),
        (b'a,b\n1,"2\n3\n4",5\n6,7\n', "line 2 of '.*' has 3 cells"),
        (b"a,b\n1,2,\n3,4,x\n", "line 2 of '.*' has 3 cells"),
        (b"a,b\nr,1,2\nr,3,4\n", "line 2 of '.*' has 3 cells"),
        (b"Report\n\na,b\n1,2\n", "begins with 'Report', but line 3 has 2 cells"),
        ("a,b\né,1\n".encode() * 9 + b"\xff,2\n", "UTF-8 but for 1 places, the first in line 19"),
        (b'a,b\n"1,2\n', "opens in line 2 of '.*' is never closed"),
        (b"a,b\n1,\0\n", "NUL characters"),
        (bytes(range(256)), "is not a text in utf-8"),
        (b"\xd0\xcf\x11\xe0 old", "save it as .xlsx or CSV"),
    ],
)
def test_another_file_is_an_error(write, content, words):
    with pytest.raises(FileError, match=words) as caught:
        read_table(write(content))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("suffix", [".zip", ".gz", ".xz", ".bz2", ".zst", ".tar", ".tgz"])
def test_an_archive_of_something_else_is_an_error(write, suffix):
    with pytest.raises(FileError, match=r"table\.csv.*' is not a \.\w+ file, whatever its name"):
        read_table(write(PLAIN, f"table.csv{suffix}"))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zipped, with_zst])
def test_a_damaged_archive_is_an_error(write, pack):
    content = pack(PLAIN * 100)
    with pytest.raises(FileError, match=r"cut or damaged"):
        read_table(write(content[: len(content) // 2], "table.csv"))


@pytest.mark.parametrize("suffix", [".xlsx", ".parquet", ".feather", ".xls", ".ods"])
def test_a_name_that_is_wrong_is_an_error(write, suffix):
    with pytest.raises(FileError, match=r"whatever its name says|save it as \.xlsx"):
        read_table(write(PLAIN, f"table{suffix}"))


def test_a_damaged_table_is_an_error(write):
    for name, content in [
        ("table.parquet", b"PAR1 and nothing"),
        ("table.feather", b"ARROW1 and nothing"),
        ("table.jsonl", b'{"a": 1\n'),
    ]:
        with pytest.raises(FileError, match=r"' is not a Parquet|not a Feather|not JSON lines"):
            read_table(write(content, name))


def test_an_archive_of_several_files_is_an_error(write):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.csv", PLAIN)
        archive.writestr("b.csv", PLAIN)
    with pytest.raises(FileError, match=r"got 2: \['a.csv', 'b.csv'\]; unpack it"):
        read_table(write(file.getvalue(), "table.zip"))


def test_a_missing_package_names_its_extra(write, monkeypatch):
    content = parquet(FRAME)

    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(FileError, match=r"needs pyarrow to be read: pip install 'automl-gp\[files"):
        read_table(write(content, "table.parquet"))


def test_no_file_is_an_error(tmp_path, write):
    with pytest.raises(FileError, match=r"none\.csv' cannot be read: No such file"):
        read_table(str(tmp_path / "none.csv"))
    with pytest.raises(FileError, match=r"cannot be read: Is a directory"):
        read_table(str(tmp_path))


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"separator": ";;"}, "expected --sep to be one character"),
        ({"separator": '"'}, "expected --sep to be one character"),
        ({"separator": ",", "decimal": ","}, "--sep and --decimal to differ"),
    ],
)
def test_wrong_wishes(wishes, words):
    with pytest.raises(SettingsError, match=words):
        Wishes(**wishes)


@pytest.mark.parametrize(
    ("encoding", "words"), [("latin-99", "expected --encoding"), ("ascii", "give its --encoding")]
)
def test_a_wrong_encoding(write, encoding, words):
    with pytest.raises(FileError, match=words):
        read_table(write(TEXT), Wishes(encoding=encoding))


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"y,a,y\n1,2,3\n", "y", r"several columns 'y'; rename all but"),
        (b" y,a,y\n1,2,3\n", "y", r"several columns 'y'; rename all but"),
        (b"Y,a\n1,2\n", "y", r"did you mean 'Y'\?"),
        (b"5.1,3.5,setosa\n4.9,3,setosa\n", "y", r"if the first line holds no names"),
        (b"a:y\n1:2\n", "y", r"is the separator another one \(--sep\)"),
    ],
)
def test_a_target_that_is_not_there(write, content, name, words):
    with pytest.raises(DataError, match=words):
        read_table(write(content)).check_columns([name], "--target")


def test_sheets_that_are_not_read_are_named(tmp_path):
    path = tmp_path / "two.xlsx"
    with pd.ExcelWriter(path) as writer:
        for name in ("2023", "2024"):
            pd.DataFrame({"x": [1, 2], "y": [3, 4]}).to_excel(writer, sheet_name=name, index=False)
    (note,) = read_table(str(path)).notes
    assert note.endswith("only the first sheet is read, not ['2024']; save it as a file")
