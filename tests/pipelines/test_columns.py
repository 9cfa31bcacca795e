"""The kinds of columns of every type, and the same cells from memory and from a file."""

import datetime
import runpy
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.pipelines import (
    Columns,
    Genome,
    Script,
    export_script,
    load_catalogue,
    read_columns,
)
from automl.pipelines.catalogue import BASELINES

CATALOGUE = load_catalogue("default").with_operator(BASELINES["regression"])
TARGET = "the target"
NAN = np.nan
DAYS = pd.Series(pd.to_datetime(["2020-02-29", "2021-05-05 10:30", None], format="mixed"))


def arrow(values: list[Any], type_: pa.DataType) -> pd.Series:
    return pd.Series(values, dtype=pd.ArrowDtype(type_))


# name: (column, its cells as pipelines take them)
NUMERIC = {
    "int": (pd.Series([3, 1, 2]), [3.0, 1.0, 2.0]),
    "large int": (pd.Series([2**53 + 2, 1, 2]), [2.0**53 + 2, 1.0, 2.0]),
    "uint8": (pd.Series([3, 1, 255], dtype="uint8"), [3.0, 1.0, 255.0]),
    "float": (pd.Series([0.1, NAN, -2.5]), [0.1, NAN, -2.5]),
    "infinite": (pd.Series([np.inf, -np.inf, 1.0, 2.0]), [NAN, NAN, 1.0, 2.0]),
    "float32": (pd.Series([0.5, NAN, 3.25], dtype="float32"), [0.5, NAN, 3.25]),
    "Int64": (pd.Series([3, None, 2], dtype="Int64"), [3.0, NAN, 2.0]),
    "Float64": (pd.Series([0.1, None, 2], dtype="Float64"), [0.1, NAN, 2.0]),
    "sparse": (pd.Series([0.0, 0.0, 2.0], dtype="Sparse[float]"), [0.0, 0.0, 2.0]),
    "object of int": (pd.Series([3, None, 2], dtype=object), [3.0, NAN, 2.0]),
    "object of numbers": (pd.Series([3, None, 0.1], dtype=object), [3.0, NAN, 0.1]),
    "object of large int": (pd.Series([2**70, 1], dtype=object), [2.0**70, 1.0]),
    "one number and gaps": (pd.Series([1.0, NAN, 1.0]), [1.0, NAN, 1.0]),
    "decimals": (pd.Series([Decimal("0.1"), None, Decimal(3)], dtype=object), [0.1, NAN, 3.0]),
    "arrow int": (arrow([3, None, 2], pa.int32()), [3.0, NAN, 2.0]),
    "arrow float": (arrow([0.1, None, 2.0], pa.float64()), [0.1, NAN, 2.0]),
    "arrow decimal": (
        arrow([Decimal("0.1"), None, Decimal(3)], pa.decimal128(5, 1)),
        [0.1, NAN, 3.0],
    ),
}
CATEGORICAL = {
    "text": (pd.Series(["b", None, "a"]), ["b", NAN, "a"]),
    "string": (pd.Series(["b", None, "a"], dtype="string"), ["b", NAN, "a"]),
    "object of text": (pd.Series(["b", None, NAN, "a"], dtype=object), ["b", NAN, NAN, "a"]),
    "numbers as text": (pd.Series(["1", "01", None, "1.0"]), ["1", "01", NAN, "1.0"]),
    "text and numbers": (pd.Series(["b", 1, 2.5, None], dtype=object), ["b", "1", "2.5", NAN]),
    "numbers and bool": (pd.Series([True, 2, 2.5], dtype=object), ["True", "2", "2.5"]),
    "bool": (pd.Series([True, False]), ["True", "False"]),
    "object of bool": (pd.Series([True, None, False], dtype=object), ["True", NAN, "False"]),
    "boolean": (pd.Series([True, None, False], dtype="boolean"), ["True", NAN, "False"]),
    "category of text": (pd.Series(["b", None, "a"], dtype="category"), ["b", NAN, "a"]),
    "category of int": (pd.Series([3, 1, 3]).astype("category"), ["3", "1", "3"]),
    "category of Int64": (
        pd.Series([3, None, 1], dtype="Int64").astype("category"),
        ["3", NAN, "1"],
    ),
    "category of float": (pd.Series([0.1, NAN, 2]).astype("category"), ["0.1", NAN, "2.0"]),
    "category of bool": (pd.Series([True, False]).astype("category"), ["True", "False"]),
    "ordered category": (
        pd.Series(pd.Categorical(["low", "high"], ["low", "mid", "high"], ordered=True)),
        ["low", "high"],
    ),
    "one text and gaps": (pd.Series(["a", None, "a"]), ["a", NAN, "a"]),
    "text and days": (pd.Series(["2020-02-29", "b", None]), ["2020-02-29", "b", NAN]),
    "days of no calendar": (pd.Series(["29.02.2020", "1/2/3"]), ["29.02.2020", "1/2/3"]),
    "missing texts": (pd.Series(["NA", "None", None, "nan"]), ["NA", "None", NAN, "nan"]),
    "periods": (pd.Series(pd.period_range("2020", "2021", freq="Y")), ["2020", "2021"]),
    "arrow text": (arrow(["b", None, "a"], pa.string()), ["b", NAN, "a"]),
    "arrow bool": (arrow([True, None, False], pa.bool_()), ["True", NAN, "False"]),
    "arrow dictionary": (
        arrow(["b", None, "a"], pa.dictionary(pa.int8(), pa.string())),
        ["b", NAN, "a"],
    ),
}
READ_DAYS = pd.to_datetime(["2020-02-29", "2021-05-05 10:30", None], format="mixed").tolist()
DATES = {
    "datetime": (DAYS, READ_DAYS),
    "datetime[s]": (DAYS.astype("datetime64[s]"), READ_DAYS),
    "datetime[ns]": (DAYS.astype("datetime64[ns]"), READ_DAYS),
    "UTC": (DAYS.dt.tz_localize("UTC"), READ_DAYS),
    "elsewhere": (DAYS.dt.tz_localize("UTC").dt.tz_convert("Asia/Kolkata"), READ_DAYS),
    "arrow timestamp": (DAYS.astype(pd.ArrowDtype(pa.timestamp("us"))), READ_DAYS),
    "arrow timestamp in UTC": (
        DAYS.dt.tz_localize("UTC").astype(pd.ArrowDtype(pa.timestamp("us", "UTC"))),
        READ_DAYS,
    ),
    "arrow date": (
        arrow([datetime.date(2020, 2, 29), None, datetime.date(2021, 5, 5)], pa.date32()),
        [pd.Timestamp("2020-02-29"), pd.NaT, pd.Timestamp("2021-05-05")],
    ),
    "long ago and far ahead": (
        pd.Series(np.array(["1500-01-01", "2500-01-01"], dtype="datetime64[s]")),
        [pd.Timestamp("1500-01-01"), pd.Timestamp("2500-01-01")],
    ),
    "one day and gaps": (DAYS[::2].reset_index(drop=True), [READ_DAYS[0], READ_DAYS[2]]),
    "text": (pd.Series(["2020-02-29", "2021-05-05T10:30:00Z", None]), READ_DAYS),
    "string": (pd.Series(["2020-02-29", "2021-05-05 10:30", None], dtype="string"), READ_DAYS),
    "category of dates": (DAYS.astype("category"), READ_DAYS),
}
DROPPED = {
    "missing": (pd.Series([None, None]), "all cells are missing"),
    "missing numbers": (pd.Series([NAN, NAN]), "all cells are missing"),
    "missing dates": (pd.Series([pd.NaT, pd.NaT]), "all cells are missing"),
    "missing categories": (pd.Series([None, None], dtype="category"), "all cells are missing"),
    "no rows": (pd.Series([], dtype="float64"), "all cells are missing"),
    "constant": (pd.Series([1.0, 1.0]), "constant"),
    "constant text": (pd.Series(["a", "a"]), "constant"),
    "constant category": (pd.Series(["a", "a"], dtype="category"), "constant"),
    "constant bool": (pd.Series([True, True]), "constant"),
    "constant date": (pd.Series([pd.Timestamp("2020-01-01")] * 2), "constant"),
    "durations": (pd.Series(pd.to_timedelta([1, 2], unit="D")), "durations"),
    "arrow durations": (arrow([1, 2], pa.duration("s")), "durations"),
    "complex": (pd.Series([1 + 2j, 3]), "complex numbers"),
}
KINDS = {"numeric": NUMERIC, "categorical": CATEGORICAL, "dates": DATES}
CELL_TYPES = {"numeric": float, "categorical": str, "dates": pd.Timestamp}
CASES = [(kind, name) for kind, columns in KINDS.items() for name in columns]


def plain(cells: list[Any]) -> list[Any]:
    """Return cells with None for what is missing, which equals itself."""
    return [None if pd.isna(cell) else cell for cell in cells]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_kind_and_cells_by_type(kind: str, name: str) -> None:
    column, expected = KINDS[kind][name]
    frame = pd.DataFrame({"x": column})
    columns = read_columns(frame)
    assert columns.kinds() == {kind: ("x",)}
    cells = plain(columns.read(frame)["x"].tolist())
    assert cells == plain(expected)
    assert {type(cell) for cell in cells} <= {CELL_TYPES[kind], type(None)}


@pytest.mark.parametrize("name", DROPPED)
def test_columns_of_no_use_are_dropped_with_the_reason(name: str) -> None:
    column, reason = DROPPED[name]
    columns = read_columns(pd.DataFrame({"x": column}))
    assert columns.names == ()
    assert reason in columns.dropped["x"]


def test_a_frame_of_all_kinds() -> None:
    frame = pd.DataFrame({"d": DAYS, "c": ["x", "y", None], 3: [1, 2, 3], "k": [0, 0, 0]})
    frame.index = [7, 7, 9]
    columns = read_columns(frame)
    expected = Columns(("3",), ("c",), ("d",), {"k": "constant"})
    assert columns == expected
    assert columns.names == ("3", "c", "d")
    cells = columns.read(frame)
    assert list(cells) == ["3", "c", "d"]
    assert list(cells.index) == [7, 7, 9]
    assert list(cells.dtypes.astype(str))[:2] == ["float64", "object"]
    assert list(frame) == ["d", "c", 3, "k"]


def test_cells_are_read_by_what_was_learnt() -> None:
    """New data may come in other types; what cannot be read is missing."""
    columns = Columns(numeric=("n",), categorical=("c",), dates=("d",))
    new = pd.DataFrame(
        {
            "d": ["2020-02-29", "yesterday", None],
            "extra": [1, 2, 3],
            "c": [1, 2.5, None],
            "n": ["1.5", "many", True],
        }
    )
    new["c"] = new["c"].astype(object)
    cells = columns.read(new)
    assert cells["n"].tolist()[::2] == [1.5, 1.0]
    assert cells["c"].tolist()[:2] == ["1.0", "2.5"]
    assert cells["d"].tolist()[0] == pd.Timestamp("2020-02-29")
    assert cells.isna().sum().to_dict() == {"n": 1, "c": 1, "d": 2}
    with pytest.raises(KeyError, match="'n'"):
        columns.read(new.drop(columns="n"))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [(["NA", "x"], True), (["None", "x"], True), (["nan", "x"], True), (["na", "x"], False)],
)
def test_missing_texts_are_noticed(texts: list[str], expected: bool) -> None:
    assert read_columns(pd.DataFrame({"x": texts})).reads_missing_texts is expected
    as_category = pd.DataFrame({"x": pd.Series(texts, dtype="category")})
    assert read_columns(as_category).reads_missing_texts is expected


# What a text column may hold: a lone carriage return is not quoted by the csv module, a null
# byte ends the text for some readers, and half a surrogate pair has no bytes.
CHARACTERS = st.characters(exclude_characters="\r\x00", exclude_categories=["Cs"])
TEXTS = st.one_of(
    st.sampled_from(
        [" ", "NA", "None", "nan", "null", "N/A", "<NA>", "1", "01", "1.0", "1e5", "-0", "inf"]
    ),
    st.sampled_from(["True", "a,b", 'a"b', '"', "'", "a\nb", "\n", "\\", "\\n", "#x", " x ", "\t"]),
    st.sampled_from(["=1+1", "2020-01-01", "ß", "日本", "\u2028", "\x85", "😀", "e\u0301"]),
    st.text(CHARACTERS, min_size=1, max_size=6),
)
NUMBERS = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([5e-324, 1.7976931348623157e308, 0.1, 1 / 3, 1e22, -0.0, 123456789.123456789]),
)
MOMENTS = st.datetimes(datetime.datetime(1700, 1, 1), datetime.datetime(2250, 1, 1))
N_ROWS = 4


def lists(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.none() | values, min_size=N_ROWS, max_size=N_ROWS)


SERIES = st.one_of(
    lists(TEXTS).map(lambda cells: pd.Series(cells, dtype=object)),
    lists(TEXTS).map(lambda cells: pd.Series(cells, dtype="string")),
    lists(TEXTS).map(lambda cells: pd.Series(cells, dtype="category")),
    lists(st.integers(-9, 9) | TEXTS).map(lambda cells: pd.Series(cells, dtype=object)),
    lists(st.booleans()).map(lambda cells: pd.Series(cells, dtype="boolean")),
    lists(st.integers(-(2**62), 2**62)).map(lambda cells: pd.Series(cells, dtype="Int64")),
    lists(NUMBERS).map(lambda cells: pd.Series(cells, dtype="float64")),
    lists(st.integers(-9, 9) | st.floats(-9, 9)).map(lambda cells: pd.Series(cells, dtype=object)),
    lists(MOMENTS).map(lambda cells: pd.Series(cells, dtype="datetime64[us]")),
    lists(MOMENTS).map(
        lambda cells: pd.Series(cells, dtype="datetime64[us]").dt.tz_localize(
            "Europe/Oslo", ambiguous="NaT", nonexistent="NaT"
        )
    ),
)
FRAMES = st.lists(SERIES, min_size=1, max_size=3).map(
    lambda columns: pd.DataFrame({f"c{place}": column for place, column in enumerate(columns)})
)


@given(FRAMES)
def test_reading_twice_changes_nothing(frame: pd.DataFrame) -> None:
    columns = read_columns(frame)
    cells = columns.read(frame)
    pd.testing.assert_frame_equal(columns.read(cells), cells, check_exact=True)
    again = read_columns(cells)
    assert all(set(names) <= set(columns.kinds()[kind]) for kind, names in again.kinds().items())


@given(FRAMES)
def test_reading_changes_no_frame(frame: pd.DataFrame) -> None:
    before = frame.copy(deep=True)
    read_columns(frame).read(frame)
    pd.testing.assert_frame_equal(frame, before)


def read_back(frame: pd.DataFrame, columns: Columns, folder: Path) -> pd.DataFrame:
    """Write a frame to a CSV file, and read it as an exported script does."""
    kind = next(iter(columns.kinds()))
    source = export_script(
        Script(
            genome=Genome.of("dummy_regressor", Genome(kind)),
            catalogue=CATALOGUE,
            columns=columns,
            task="regression",
            target=TARGET,
            random_state=0,
        )
    )
    (folder / "script.py").write_text(source, "utf-8")
    frame.assign(**{TARGET: 0.5}).to_csv(folder / "table.csv", index=False)
    script = runpy.run_path(str(folder / "script.py"))
    reader = script["build_pipeline"]().steps[0][1]
    return reader.transform(script["read_table"](folder / "table.csv"))


def check_round_trip(frame: pd.DataFrame) -> None:
    columns = read_columns(frame)
    if not columns.names:
        return
    with tempfile.TemporaryDirectory() as folder:
        cells = read_back(frame, columns, Path(folder))
    pd.testing.assert_frame_equal(cells, columns.read(frame), check_exact=True)


@settings(max_examples=200)
@given(FRAMES)
def test_a_script_reads_the_same_cells_from_a_file(frame: pd.DataFrame) -> None:
    check_round_trip(frame)


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_script_reads_the_same_cells_by_type(kind: str, name: str) -> None:
    check_round_trip(pd.DataFrame({"x": KINDS[kind][name][0]}))


@pytest.mark.parametrize("dtype", ["float32", "Float32", "float[pyarrow]"])
def test_a_script_reads_short_floats_as_they_were(dtype: str) -> None:
    """A file has 0.1 where the frame has the number of 32 bits that is next to it."""
    check_round_trip(pd.DataFrame({"x": pd.Series([0.1, 1 / 3, None, 2e-7], dtype=dtype)}))


def test_a_script_reads_empty_texts_as_they_were() -> None:
    """A file has no difference between an empty text and a missing cell."""
    check_round_trip(pd.DataFrame({"x": ["", "a", None, "b"]}))
