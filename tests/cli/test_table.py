"""CSV files are read as their columns were read before."""

import pytest

from automl import FileError
from automl.cli.table import read_table
from automl.pipelines import Columns


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("code,size\n02,1\nNA,2\n,3\n")
    return str(path)


def test_columns_that_are_not_known_are_guessed(path):
    table = read_table(path, Columns())
    assert table["code"].tolist()[0] == 2
    assert table["code"].isna().tolist() == [False, True, True]
    assert table["size"].tolist() == [1, 2, 3]


def test_codes_stay_texts(path):
    table = read_table(path, Columns(categorical=("code",), numeric=("size",)))
    assert table["code"].tolist()[0] == "02"
    assert table["code"].isna().tolist() == [False, True, True]
    assert table["size"].tolist() == [1, 2, 3]


def test_a_text_that_pandas_takes_for_missing_stays_a_text(path):
    columns = Columns(categorical=("code",), numeric=("size",), reads_missing_texts=True)
    table = read_table(path, columns)
    assert table["code"].tolist()[:2] == ["02", "NA"]
    assert table["code"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'a,b\n"1,2\n',
        b"a\n\xff\xfe\n",
        b"a\n1,2\n3\n4,5,6\n",
        "a,b\n1,2\n".encode("utf-16"),
        bytes(range(256)),
    ],
)
def test_another_file_is_an_error(tmp_path, content):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(FileError, match=r"table\.csv' is not a CSV file in UTF-8: "):
        read_table(str(path), Columns())


@pytest.mark.parametrize("suffix", [".zip", ".gz", ".xz", ".bz2", ".tar"])
def test_an_archive_of_something_else_is_an_error(tmp_path, suffix):
    path = tmp_path / f"table.csv{suffix}"
    path.write_bytes(b"a,b\n1,2\n")
    with pytest.raises(FileError, match=r"table\.csv.*' (is not a CSV file|cannot be read: .)"):
        read_table(str(path), Columns())


def test_no_file_is_an_error(tmp_path):
    with pytest.raises(FileError, match=r"none\.csv' cannot be read: No such file"):
        read_table(str(tmp_path / "none.csv"), Columns())
