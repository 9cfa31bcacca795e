"""Targets of any type are read, or refused by a sentence that says what to do."""

import datetime
import warnings
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from automl.errors import AutoMLWarning, DataError
from automl.problem.dataset import as_frame, read_dataset
from automl.problem.target import read_target
from automl.problem.target_name import target_of

CODES = np.tile([0, 1], 6)
DAYS = pd.Series(pd.date_range("2020-01-01", periods=12))
HALF = "\ud800"  # of a surrogate pair


def objects(*cells):
    return pd.Series(list(cells), dtype=object)


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (CODES.astype(">i8"), [0, 1]),
        (pd.Series(CODES, dtype="Int64"), [0, 1]),
        (pd.Series(CODES, dtype="UInt8"), [0, 1]),
        (pd.Series(CODES, dtype="boolean"), [False, True]),
        (pd.Series(CODES == 1, dtype="bool[pyarrow]"), [False, True]),
        (pd.Series(CODES).map({0: "a", 1: "b"}).astype("category"), ["a", "b"]),
        (objects(*[0, np.int64(1)] * 6), [0, 1]),
        (objects(*[0, 1.0] * 6), [0, 1]),
        (objects(*["a", np.str_("b")] * 6), ["a", "b"]),
        (objects(*[True, np.bool_(False)] * 6), [False, True]),
    ],
)
def test_labels_are_read(labels, classes):
    values = np.unique(read_target(labels, "classification")).tolist()
    assert values == classes
    assert list(map(type, values)) == list(map(type, classes)) or {0.0, 1.0} == set(values)


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (DAYS, "got datetime64, such as 2020-01-01"),
        (DAYS.dt.tz_localize("UTC"), "got Timestamp"),
        (DAYS.dt.to_period("M"), "got Period, such as 2020-01"),
        (objects(*[datetime.date(2020, 1, 1)] * 12), "got date, such as 2020-01-01"),
        (DAYS - DAYS[0], "got timedelta64"),
        (pd.Series(pd.cut(np.arange(12), 2)), "got Interval"),
        (objects(*[b"a", b"b"] * 6), "got bytes"),
        (objects(*[(0, 1)] * 12), "got tuple"),
        (objects(*[Decimal(1), Decimal(2)] * 6), "such as Decimal('1')"),
        (objects(*[2**70, 1] * 6), "an integer of 71 bits"),
        (objects(*[HALF, "x"] * 6), "with a lone surrogate"),
        (objects(*["\0", "x"] * 6), "with a NUL"),
        (objects(*[1, "x"] * 6), "['int', 'str']; turn them into text"),
        (objects(*[True, 0] * 6), "['bool', 'int']"),
        (pd.Series(CODES, dtype="Int64").where(CODES == 1), "6 of 12 missing"),
        (["a", float("nan")] * 6, "6 of 12 missing"),  # NumPy makes a text of it
        (["a", 1] * 6, "['int', 'str']; turn them into text"),
        (pd.IntervalIndex.from_breaks(range(13)), "got Interval, such as (0, 1]"),
        (DAYS.astype("category"), "got datetime64"),
        (objects(*[datetime.time(1), datetime.time(2)] * 6), "['time']"),
        (pd.DataFrame(index=range(12)), "expected one target, got an array of shape (12, 0)"),
    ],
)
def test_labels_are_refused_by_a_sentence(labels, words):
    with pytest.raises(DataError) as caught:
        read_target(labels, "classification")
    assert words in str(caught.value)
    assert len(str(caught.value)) < 250
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "numbers",
    [
        np.arange(12.0).astype(">f8"),
        pd.Series(range(12), dtype="Int64"),
        pd.Series(range(12), dtype="Float64"),
        [str(number) for number in range(12)],
        np.ma.array(np.arange(12.0), mask=False),
    ],
)
def test_numbers_are_read(numbers):
    values = read_target(numbers, "regression")
    assert values.dtype == np.float64
    assert values.tolist() == list(range(12))


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        (DAYS, "turn them into numbers, such as days"),
        (DAYS.dt.tz_localize("UTC"), "got Timestamp"),
        (DAYS.dt.to_period("M"), "got Period"),
        (DAYS - DAYS[0], "got timedelta64"),
        (objects(10**400, *range(11)), "between 1e-50 and 1e+50, or 0, got an integer above 1e308"),
        (np.linspace(-1e51, 1, 12), "or 0, got 1e+51; scale the target"),
        (np.linspace(0, 1e-51, 12), "got 1e-51; scale the target"),
        (
            objects("?", *map(str, range(10)), "n/a"),
            "got 2 of 12 cells that are none: ['?', 'n/a']",
        ),
        (objects(*["low", "high"] * 6), "got ['low', 'high']; AutoMLClassifier"),
        (np.array([["low", "high"]] * 12), "got ['low', 'high']; AutoMLClassifier"),
        ([f"{number} kg" for number in range(12)], "such as '0 kg'; turn them into numbers, as by"),
        ([f"{number} kg" for number in range(12)], "y.str.replace('kg', '').astype(float)"),
        (objects("?", *[f"1,2{n:02}" for n in range(11)]), "'1,200', and 1 of 12 cells that are"),
        (
            objects(*[f"€{n}.000,5" for n in range(1, 13)]),
            "y.str.replace('€', '').str.replace('.', '').str.replace(',', '.').astype(float)",
        ),
        (objects(*[{"a": 1}] * 12), "got [{'a': 1}]; AutoMLClassifier"),
        (np.array([(1, 2)] * 12, dtype="i4,i4"), "got void, such as (1, 2)"),
        ([[1.0, 2.0], *[[1.0]] * 11], "expected as many targets in each row"),
        (objects("inf", *map(str, range(11))), "1 times infinity or NaN"),
        (np.ma.array(np.arange(12.0), mask=np.arange(12) < 3), "3 of 12 missing"),
        (np.ma.array(np.arange(12), mask=np.arange(12) < 3), "3 of 12 missing"),
    ],
)
def test_numbers_are_refused_by_a_sentence(numbers, words):
    with pytest.raises(DataError) as caught:
        read_target(numbers, "regression")
    assert words in str(caught.value)
    assert len(str(caught.value)) < 250


def test_labels_that_differ_by_spaces_are_named_once():
    with pytest.warns(AutoMLWarning, match="'no' and 'no '; strip") as warned:
        read_target(["no", "no ", "yes"] * 4, "classification")
    assert len(warned) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_target(["no", "No", "yes"] * 4, "classification")  # letters may be classes


def test_masked_cells_are_missing():
    table = np.ma.array(np.arange(12.0).reshape(6, 2), mask=np.eye(6, 2))
    assert as_frame(table).isna().to_numpy().sum() == 2
    weights = np.ma.array(np.ones(12), mask=np.arange(12) == 0)
    frame = pd.DataFrame({"x": np.arange(12.0)})
    with pytest.raises(DataError, match="finite sample weights"):
        read_dataset(frame, CODES, "classification", sample_weight=weights)


def test_cells_that_no_column_holds_are_named():
    frame = pd.DataFrame({"x": objects(*[HALF, "a"] * 6)})
    with pytest.raises(DataError, match=r"cells of the column 'x', got '.ud800'"):
        read_dataset(frame, CODES, "classification")


def test_numbers_beyond_all_bounds_are_missing_ones():
    frame = pd.DataFrame({"x": objects(*[10**400, 1] * 6), "y": np.arange(12.0)[::-1]})
    with pytest.warns(AutoMLWarning, match=r"50.0% of the cells of 'x' are no numbers .*'10{39}'"):
        dataset = read_dataset(frame, CODES, "classification")
    assert dataset.frame["x"].isna().sum() == 6


def test_names_that_no_file_holds_are_refused():
    frame = pd.DataFrame(np.eye(3)).set_axis(pd.Index(["a", "b", HALF], dtype=object), axis=1)
    with pytest.raises(DataError, match="names of columns"):
        as_frame(frame)
    with pytest.raises(DataError, match="name of the target"):
        target_of(pd.Series([1], name=HALF), 1)
    groups = [HALF, "b", "c"] * 4
    frame = pd.DataFrame({"x": np.arange(12.0)})
    with pytest.raises(DataError, match="groups"):
        read_dataset(frame, CODES, "classification", groups=groups)


def test_doubles_of_arrow_become_numbers_as_they_are():
    pytest.importorskip("pyarrow")
    numbers, texts = [0.1, None, 1e300, np.inf], ["x", None, "y", "z"]
    frame = pd.DataFrame(
        {
            "number": pd.array(numbers, dtype="double[pyarrow]"),
            "text": pd.array(texts, dtype="string[pyarrow]"),
        }
    )
    plain = as_frame(frame)
    assert plain["number"].dtype == "float64"
    np.testing.assert_array_equal(plain["number"], np.array(numbers, dtype="float64"))
    assert plain["text"].dtype == frame["text"].dtype
    assert str(frame["number"].dtype) == "double[pyarrow]"  # the user's own is left as it was


def test_a_plan_of_a_table_is_refused():
    polars = pytest.importorskip("polars")
    with pytest.raises(DataError, match="got a LazyFrame; pass its collect"):
        as_frame(polars.LazyFrame({"a": [1]}))
    with pytest.raises(DataError, match="got a LazyFrame"):
        read_target(polars.LazyFrame({"a": [1]}), "regression")
