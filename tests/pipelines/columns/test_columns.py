"""The kinds of columns of every type, and the same cells from memory and from a file."""

import datetime
import runpy
import tempfile
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl.pipelines import (
    BuildOptions,
    Genome,
    Member,
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


def arrow(values, type_):
    return pd.Series(values, dtype=pd.ArrowDtype(type_))


# name: (column, its cells as pipelines take them)
NUMERIC = {
    "int": (pd.Series([3, 1, 2]), [3.0, 1.0, 2.0]),
    "large int": (pd.Series([2**53 + 2, 1, 2]), [2.0**53 + 2, 1.0, 2.0]),
    "uint8": (pd.Series([3, 1, 255], dtype="uint8"), [3.0, 1.0, 255.0]),
    "float": (pd.Series([0.1, NAN, -2.5]), [0.1, NAN, -2.5]),
    "infinite": (pd.Series([np.inf, -np.inf, 1.0, 2.0]), [NAN, NAN, 1.0, 2.0]),
    "huge": (pd.Series([1e300, -1.7e308, 1e149, 2.0]), [NAN, NAN, 1e149, 2.0]),
    "float32": (pd.Series([0.5, NAN, 3.25], dtype="float32"), [0.5, NAN, 3.25]),
    "Int64": (pd.Series([3, None, 2], dtype="Int64"), [3.0, NAN, 2.0]),
    "Float64": (pd.Series([0.1, None, 2], dtype="Float64"), [0.1, NAN, 2.0]),
    "sparse": (pd.Series([0.0, 0.0, 2.0], dtype="Sparse[float]"), [0.0, 0.0, 2.0]),
    "object of int": (pd.Series([3, None, 2], dtype=object), [3.0, NAN, 2.0]),
    "object of numbers": (pd.Series([3, None, 0.1], dtype=object), [3.0, NAN, 0.1]),
    "object of large int": (pd.Series([2**70, 1], dtype=object), [2.0**70, 1.0]),
    "text of many numbers": (
        pd.Series([f"{number / 4}" for number in range(60)]),
        [number / 4 for number in range(60)],
    ),
    "one number and gaps": (pd.Series([1.0, NAN, 1.0]), [1.0, NAN, 1.0]),
    "decimals": (pd.Series([Decimal("0.1"), None, Decimal(3)], dtype=object), [0.1, NAN, 3.0]),
    "arrow int": (arrow([3, None, 2], pa.int32()), [3.0, NAN, 2.0]),
    "arrow float": (arrow([0.1, None, 2.0], pa.float64()), [0.1, NAN, 2.0]),
    "arrow half": (arrow(np.array([0.5, 2], "float16"), pa.float16()), [0.5, 2.0]),
    "arrow uint64": (arrow([2**64 - 1, 1, None], pa.uint64()), [2.0**64, 1.0, NAN]),
    "arrow decimal": (
        arrow([Decimal("0.1"), None, Decimal(3)], pa.decimal128(5, 1)),
        [0.1, NAN, 3.0],
    ),
}
CATEGORICAL = {
    "text": (pd.Series(["b", None, "a"]), ["b", NAN, "a"]),
    "string": (pd.Series(["b", None, "a"], dtype="string"), ["b", NAN, "a"]),
    "object of text": (pd.Series(["b", None, NAN, "a"], dtype=object), ["b", NAN, NAN, "a"]),
    "numbers as text": (pd.Series(["1", "01", None, "1.0"]), ["1", "01", NAN, "1"]),
    "text and numbers": (pd.Series(["b", 1, 2.5, None], dtype=object), ["b", "1", "2.5", NAN]),
    "numbers and bool": (pd.Series([True, 2, 2.5], dtype=object), ["1", "2", "2.5"]),
    "bool": (pd.Series([True, False]), ["1", "0"]),
    "object of bool": (pd.Series([True, None, False], dtype=object), ["1", NAN, "0"]),
    "boolean": (pd.Series([True, None, False], dtype="boolean"), ["1", NAN, "0"]),
    "category of text": (pd.Series(["b", None, "a"], dtype="category"), ["b", NAN, "a"]),
    "category of int": (pd.Series([3, 1, 3]).astype("category"), ["3", "1", "3"]),
    "category of Int64": (
        pd.Series([3, None, 1], dtype="Int64").astype("category"),
        ["3", NAN, "1"],
    ),
    "category of float": (pd.Series([0.1, NAN, 2]).astype("category"), ["0.1", NAN, "2"]),
    "category of bool": (pd.Series([True, False]).astype("category"), ["1", "0"]),
    "one text and gaps": (pd.Series(["a", None, "a"]), ["a", NAN, "a"]),
    "text and days": (pd.Series(["2020-02-29", "b", None]), ["2020-02-29", "b", NAN]),
    "days of no calendar": (pd.Series(["29.02.2020", "1/2/3"]), ["29.02.2020", "1/2/3"]),
    "empty text": (pd.Series(["", "a", "b"], dtype="string"), [NAN, "a", "b"]),
    "string of Python": (pd.Series(["b", None, "a"], dtype="string[python]"), ["b", NAN, "a"]),
    "NumPy texts": (pd.Series([np.str_("b"), np.str_("a")], dtype=object), ["b", "a"]),
    "sparse bool": (pd.Series([True, False], dtype="Sparse[bool]"), ["1", "0"]),
    "category of days": (
        pd.Series(["2020-01-01", "2021-01-01"], dtype="category"),
        ["2020-01-01", "2021-01-01"],
    ),
    "intervals": (pd.Series(pd.interval_range(0, 2)), ["(0, 1]", "(1, 2]"]),
    "lists": (pd.Series([[1, 2], [3], None]), ["[1, 2]", "[3]", NAN]),
    "arrays": (pd.Series([np.array([1, 2]), np.array([3]), None]), ["[1 2]", "[3]", NAN]),
    "dicts": (pd.Series([{"a": 1}, {}]), ["{'a': 1}", "{}"]),
    "bytes": (pd.Series([b"a", b"b"]), ["b'a'", "b'b'"]),
    "quarters": (pd.Series(pd.period_range("2020Q1", periods=2, freq="Q")), ["2020Q1", "2020Q2"]),
    "missing texts": (pd.Series(["NA", "None", None, "nan"]), ["NA", "None", NAN, "nan"]),
    "periods": (pd.Series(pd.period_range("2020", "2021", freq="Y")), ["2020", "2021"]),
    "arrow text": (arrow(["b", None, "a"], pa.string()), ["b", NAN, "a"]),
    "arrow bool": (arrow([True, None, False], pa.bool_()), ["1", NAN, "0"]),
    "arrow dictionary": (
        arrow(["b", None, "a"], pa.dictionary(pa.int8(), pa.string())),
        ["b", NAN, "a"],
    ),
    "arrow dictionary of int": (
        arrow([3, None, 1], pa.dictionary(pa.int8(), pa.int64())),
        ["3", NAN, "1"],
    ),
    "arrow large text": (arrow(["b", None, "a"], pa.large_string()), ["b", NAN, "a"]),
    "arrow binary": (arrow([b"a", None, b"b"], pa.binary()), ["b'a'", NAN, "b'b'"]),
    "arrow lists": (arrow([[1], None, [2, 3]], pa.list_(pa.int64())), ["[1]", NAN, "[2 3]"]),
    "arrow struct": (
        arrow([{"a": 1}, {"a": 2}], pa.struct([("a", pa.int64())])),
        ["{'a': 1}", "{'a': 2}"],
    ),
}
LEVELS = ["low", "mid", "high"]
ORDERED = {
    "text": (
        pd.Series(pd.Categorical(["low", None, "high"], LEVELS, ordered=True)),
        ["low", NAN, "high"],
    ),
    "int": (pd.Series(pd.Categorical([3, 1], [3, 2, 1], ordered=True)), ["3", "1"]),
    "bins": (pd.cut(pd.Series([1, 9, None]), [0, 5, 10]), ["(0, 5]", "(5, 10]", NAN]),
}
MANY = [f"a{number}" for number in range(51)]
HIGH_CARDINALITY = {
    "text": (pd.Series([*MANY, None, "a0"]), [*MANY, NAN, "a0"]),
    "category": (pd.Series(MANY, dtype="category"), MANY),
    "lists": (pd.Series([[text] for text in MANY]), [f"['{text}']" for text in MANY]),
    "codes": (
        pd.Series([f"{number:03}" for number in [*range(51), 0]]),
        [f"{number}" for number in [*range(51), 0]],
    ),
}
SENTENCES = [f"they sent {number} boxes of tea" for number in range(21)]
FREE_TEXTS = {
    "text": (pd.Series([*SENTENCES, None]), [*SENTENCES, NAN]),
    "object": (pd.Series(SENTENCES, dtype=object), SENTENCES),
    "string": (pd.Series(SENTENCES, dtype="string"), SENTENCES),
    "arrow": (arrow(SENTENCES, pa.string()), SENTENCES),
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
        pd.Series(np.array(["1500-01-01", "2499-01-01"], dtype="datetime64[s]")),
        [pd.Timestamp("1500-01-01"), pd.Timestamp("2499-01-01")],
    ),
    "one day and gaps": (DAYS[::2].reset_index(drop=True), [READ_DAYS[0], READ_DAYS[2]]),
    "text": (pd.Series(["2020-02-29", "2021-05-05T10:30:00Z", None]), READ_DAYS),
    "string": (pd.Series(["2020-02-29", "2021-05-05 10:30", None], dtype="string"), READ_DAYS),
    "category of dates": (DAYS.astype("category"), READ_DAYS),
    "objects": (DAYS.astype(object), READ_DAYS),
    "objects with zones": (
        pd.Series(
            [pd.Timestamp("2020-02-29", tz="UTC"), pd.Timestamp("2021-05-05 16", tz="+05:30"), None]
        ),
        READ_DAYS,
    ),
    "dates of Python": (
        pd.Series([datetime.date(2020, 2, 29), datetime.datetime(2021, 5, 5, 10, 30), None]),
        READ_DAYS,
    ),
    "dates of NumPy": (
        pd.Series(list(np.array(["2020-02-29", "2021-05-05"], "datetime64[D]")), dtype=object),
        [pd.Timestamp("2020-02-29"), pd.Timestamp("2021-05-05")],
    ),
    "first and last day": (
        pd.Series([datetime.date(2, 1, 1), datetime.date(9999, 12, 31)], dtype=object),
        [pd.Timestamp("0002-01-01"), pd.NaT],
    ),
    "months": (
        pd.Series(pd.PeriodIndex(["2020-02", None, "2021-05"], freq="M")),
        [pd.Timestamp("2020-02-01"), pd.NaT, pd.Timestamp("2021-05-01")],
    ),
    "hours": (
        pd.Series(pd.PeriodIndex(["2020-02-29 10:00", "2021-05-05 11:00"], freq="h")),
        [pd.Timestamp("2020-02-29 10:00"), pd.Timestamp("2021-05-05 11:00")],
    ),
    "text, day first": (
        pd.Series(["29/02/2020 00:00", "05/05/2021 10:30", None]),
        READ_DAYS,
    ),
    "text and empty texts": (
        pd.Series(["", "29.02.2020", "05.05.2021"]),
        [pd.NaT, pd.Timestamp("2020-02-29"), pd.Timestamp("2021-05-05")],
    ),
}
SPANS = [datetime.timedelta(days=1, microseconds=3), None, datetime.timedelta(seconds=-2)]
READ_SPANS = [86400.000003, NAN, -2.0]
CLOCKS = [datetime.time(10, 30), None, datetime.time(0, 0, 1, 500000)]
READ_CLOCKS = [37800.0, NAN, 1.5]
DURATIONS = {
    "timedelta": (pd.Series(SPANS, dtype="timedelta64[us]"), READ_SPANS),
    "timedelta[ns]": (pd.Series(SPANS, dtype="timedelta64[ns]"), READ_SPANS),
    "objects": (pd.Series(SPANS, dtype=object), READ_SPANS),
    "spans of NumPy": (
        pd.Series([np.timedelta64(1, "D"), np.timedelta64(2, "s")], dtype=object),
        [86400.0, 2.0],
    ),
    "category": (pd.Series(SPANS, dtype="timedelta64[us]").astype("category"), READ_SPANS),
    "text": (pd.Series(["1 days 00:00:00.000003", None, "-1 days +23:59:58"]), READ_SPANS),
    "days": (pd.Series(["2 days", "1 day"]), [172800.0, 86400.0]),
    "times of day": (pd.Series(CLOCKS, dtype=object), READ_CLOCKS),
    "times of day as text": (pd.Series(["10:30:00", "", "0:00:01.5"]), READ_CLOCKS),
    "missing decimal": (
        pd.Series([datetime.timedelta(1), Decimal("NaN"), datetime.timedelta(2)]),
        [86400.0, NAN, 172800.0],
    ),
    "arrow durations": (arrow(SPANS, pa.duration("us")), READ_SPANS),
    "arrow times": (arrow(CLOCKS, pa.time64("us")), READ_CLOCKS),
}
KINDS = {
    "numeric": NUMERIC,
    "ordered": ORDERED,
    "categorical": CATEGORICAL,
    "high_cardinality": HIGH_CARDINALITY,
    "dates": DATES,
    "durations": DURATIONS,
    "texts": FREE_TEXTS,
}
CELL_TYPES = {"numeric": float, "durations": float, "dates": pd.Timestamp}
CASES = [(kind, name) for kind, columns in KINDS.items() for name in columns]


def plain(cells):
    """Return cells with None for what is missing, which equals itself."""
    return [None if pd.isna(cell) else cell for cell in cells]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_kind_and_cells_by_type(kind, name):
    column, expected = KINDS[kind][name]
    frame = pd.DataFrame({"x": column})
    columns = read_columns(frame)
    assert columns.kinds() == {kind: ("x",)}
    cells = plain(columns.read(frame)["x"].tolist())
    assert cells == plain(expected)
    assert {type(cell) for cell in cells} <= {CELL_TYPES.get(kind, str), type(None)}


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
FORMATS = [
    "%d/%m/%Y",
    "%m/%d/%Y %H:%M",
    "%b %d, %Y",
    "%Y/%m/%d %H:%M:%S",
    "%Y-%m",
    "%Y%m%d",
    "%H:%M:%S",
]
TIMES = st.times()
LONG = datetime.timedelta(days=73_000)  # pandas reads texts of up to 292 years
TIMEDELTAS = st.timedeltas(-LONG, LONG)
N_ROWS = 4


def lists(values):
    return st.lists(st.none() | values, min_size=N_ROWS, max_size=N_ROWS)


SERIES = st.one_of(
    lists(TEXTS).map(lambda cells: pd.Series(cells, dtype=object)),
    lists(TEXTS).map(lambda cells: pd.Series(cells, dtype="string")),
    lists(TEXTS).map(lambda cells: pd.Series(cells, dtype="category")),
    lists(TEXTS).map(lambda cells: pd.Series(cells, dtype="category").cat.as_ordered()),
    lists(st.integers(-9, 9) | TEXTS).map(lambda cells: pd.Series(cells, dtype=object)),
    lists(st.booleans()).map(lambda cells: pd.Series(cells, dtype="boolean")),
    lists(st.integers(-(2**62), 2**62)).map(lambda cells: pd.Series(cells, dtype="Int64")),
    lists(NUMBERS).map(lambda cells: pd.Series(cells, dtype="float64")),
    lists(NUMBERS).map(lambda cells: pd.Series(cells, dtype="float64").astype("category")),
    lists(st.integers(-9, 9) | st.floats(-9, 9)).map(lambda cells: pd.Series(cells, dtype=object)),
    lists(MOMENTS).map(lambda cells: pd.Series(cells, dtype="datetime64[us]")),
    lists(MOMENTS).map(
        lambda cells: pd.Series(cells, dtype="datetime64[us]").dt.tz_localize(
            "Europe/Oslo", ambiguous="NaT", nonexistent="NaT"
        )
    ),
    lists(MOMENTS.map(datetime.datetime.date)).map(lambda cells: pd.Series(cells, dtype=object)),
    st.tuples(lists(MOMENTS), st.sampled_from(FORMATS)).map(
        lambda cells_and_format: pd.Series(
            [cell and f"{cell:{cells_and_format[1]}}" for cell in cells_and_format[0]], dtype="str"
        )
    ),
    lists(TIMES).map(lambda cells: pd.Series(cells, dtype=object)),
    lists(TIMEDELTAS).map(lambda cells: pd.Series(cells, dtype="timedelta64[us]")),
    lists(TIMEDELTAS).map(lambda cells: pd.Series(cells, dtype=object)),
)
FRAMES = st.lists(SERIES, min_size=1, max_size=3).map(
    lambda columns: pd.DataFrame({f"c{place}": column for place, column in enumerate(columns)})
)


def read_back(frame, columns, folder):
    """Write a frame to a CSV file, and read it as an exported script does."""
    kind = next(iter(columns.kinds()))
    source = export_script(
        Script(
            members=[Member(Genome.canonical("dummy_regressor", Genome(kind)))],
            catalogue=CATALOGUE,
            columns=columns,
            task="regression",
            target=TARGET,
            options=BuildOptions(random_state=0),
        )
    )
    (folder / "script.py").write_text(source, "utf-8")
    frame.assign(**{TARGET: 0.5}).to_csv(folder / "table.csv", index=False)
    script = runpy.run_path(str(folder / "script.py"))
    reader = script["build_pipeline"]().steps[0][1]
    return reader.fit_transform(script["read_table"](folder / "table.csv"))


def check_round_trip(frame):
    columns = read_columns(frame)
    if not columns.names:
        return
    with tempfile.TemporaryDirectory() as folder:
        cells = read_back(frame, columns, Path(folder))
    pd.testing.assert_frame_equal(cells, columns.read(frame), check_exact=True)


@pytest.mark.slow
@settings(max_examples=80)
@given(FRAMES)
def test_a_script_reads_the_same_cells_from_a_file(frame):
    check_round_trip(frame)


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_script_reads_the_same_cells_by_type(kind, name):
    check_round_trip(pd.DataFrame({"x": KINDS[kind][name][0]}))


@pytest.mark.parametrize("dtype", ["float32", "Float32", "float[pyarrow]"])
def test_a_script_reads_short_floats_as_they_were(dtype):
    """A file has 0.1 where the frame has the number of 32 bits that is next to it."""
    check_round_trip(pd.DataFrame({"x": pd.Series([0.1, 1 / 3, None, 2e-7], dtype=dtype)}))


def test_a_script_reads_empty_texts_as_they_were():
    """A file has no difference between an empty text and a missing cell."""
    check_round_trip(pd.DataFrame({"x": ["", "a", None, "b"]}))
