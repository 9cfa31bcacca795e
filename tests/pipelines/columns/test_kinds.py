"""Which kind a column is of, and how its cells are read if another is asked for."""

import datetime
import uuid
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from automl.pipelines import Columns, read_columns
from automl.pipelines.columns.reading import Reading

NAN = np.nan
DAYS = [datetime.datetime(1990, 1, 1, 22) + datetime.timedelta(days=n * 11) for n in range(60)]


def kind_of(cells, name="x", kinds=None):
    """Return the kind of a column, or why it is dropped."""
    columns = read_columns(pd.DataFrame({name: cells}), kinds)
    kinds_found = [*columns.kinds(), *columns.dropped.values()]
    assert len(kinds_found) == 1
    return kinds_found[0]


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        (pd.Series([None, None]), "all cells are missing"),
        (pd.Series([NAN, NAN]), "all cells are missing"),
        (pd.Series([pd.NaT, pd.NaT]), "all cells are missing"),
        (pd.Series([None, None], dtype="category"), "all cells are missing"),
        (pd.Series([None, None], dtype="Int64"), "all cells are missing"),
        (pd.Series([], dtype="float64"), "all cells are missing"),
        (pd.Series([], dtype=object), "all cells are missing"),
        (pd.Series([None, None], dtype=pd.ArrowDtype(pa.null())), "all cells are missing"),
        (pd.Series(["", None, ""]), "all cells are missing"),
        (pd.Series(["", ""], dtype="category"), "all cells are missing"),
        (pd.Series([np.inf, NAN, -np.inf]), "all cells are missing"),
        (pd.Series([np.inf, np.inf], dtype="float32"), "all cells are missing"),
        (pd.Series([Decimal("Infinity"), None]), "all cells are missing"),
        (pd.Series([1e300, NAN, -1e150]), "all cells are missing"),
        (pd.Series([1.0, 1.0]), "constant"),
        (pd.Series([1, 1], dtype="int8"), "constant"),
        (pd.Series([1, 1], dtype="Int64"), "constant"),
        (pd.Series(["a", "a"]), "constant"),
        (pd.Series(["a", "a"], dtype="category"), "constant"),
        (pd.Series(pd.Categorical(["a", "a"], ["a", "b"])), "constant"),
        (pd.Series([True, True]), "constant"),
        (pd.Series([pd.Timestamp("2020-01-01")] * 2), "constant"),
        (pd.Series([pd.Timedelta(1)] * 2), "constant"),
        (pd.Series([[1], [1]]), "constant"),
        (pd.Series([1 + 2j, 3]), "complex numbers"),
        (pd.Series([1 + 2j, 3j], dtype=object), "complex numbers"),
        (pd.Series([1 + 2j, 3]).astype("category"), "complex numbers"),
    ],
    ids=str,
)
def test_columns_of_no_use_are_dropped_with_the_reason(column, reason):
    frame = pd.DataFrame({"x": column})
    columns = read_columns(frame)
    assert columns.names == ()
    assert reason in columns.dropped["x"]
    assert columns.read(frame).shape == (len(frame), 0)


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([1.0, None, 1.0], "numeric"),
        (["a", None, "a"], "categorical"),
        (["a", "", "a"], "categorical"),
        ([True, None], "categorical"),
        ([datetime.date(2020, 1, 1), None], "dates"),
        (["2020-01-01", ""], "dates"),
        (["10:30:00", None], "durations"),
    ],
)
def test_one_value_with_gaps_is_of_use(cells, kind):
    assert kind_of(cells) == kind


@pytest.mark.parametrize(
    ("format_", "learnt"),
    [
        ("%Y-%m-%d", None),
        ("%Y-%m-%d %H:%M", None),
        ("%Y-%m-%dT%H:%M:%S", None),
        ("%Y-%m-%dT%H:%M:%S.%fZ", None),
        ("%Y-%m-%d %H:%M:%S+05:30", None),
        ("%d/%m/%Y", "%d/%m/%Y"),
        ("%m/%d/%Y", "%m/%d/%Y"),
        ("%d.%m.%Y", "%d.%m.%Y"),
        ("%m-%d-%Y", "%m-%d-%Y"),
        ("%Y/%m/%d", "%Y/%m/%d"),
        ("%Y-%m", "%Y-%m"),
        ("%b %d, %Y", "%b %d, %Y"),
        ("%d %B %Y", "%d %B %Y"),
        ("%a %b %d %Y", "%a %b %d %Y"),
        ("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M"),
        ("%m/%d/%Y %H:%M:%S.%f", "%m/%d/%Y %H:%M:%S.%f"),
        ("%a, %d %b %Y %H:%M:%S +0200", "%a, %d %b %Y %H:%M:%S %z"),
        ("%Y-%m-%d %H:%M:%S UTC", "%Y-%m-%d %H:%M:%S %Z"),
        ("%Y%m%dT%H%M%S", "%Y%m%dT%H%M%S"),
    ],
)
@pytest.mark.parametrize("dtype", [object, "str", "string"])
def test_dates_as_text(format_, learnt, dtype):
    texts = [f"{day:{format_}}" for day in DAYS]
    frame = pd.DataFrame({"x": pd.Series([*texts, None, ""], dtype=dtype)})
    columns = read_columns(frame)
    assert columns.kinds() == {"dates": ("x",)}
    assert columns.readings == ({"x": Reading(formats=(learnt,))} if learnt else {})
    days = columns.read(frame)["x"]
    assert days[60:].isna().all()
    expected = pd.to_datetime(pd.Series(texts), format=learnt or "ISO8601", utc=True)
    assert days[:60].tolist() == expected.dt.tz_localize(None).tolist()
    other_form = pd.DataFrame({"x": [datetime.date(2020, 2, 29), pd.Timestamp("2021-01-01"), 7]})
    assert columns.read(other_form)["x"].tolist()[:2] == [
        pd.Timestamp("2020-02-29"),
        pd.Timestamp("2021-01-01"),
    ]


def test_dates_that_are_open_have_the_month_first_and_others_not():
    assert read_columns(pd.DataFrame({"x": ["1/2/2020", "3/4/2020"]})).readings["x"].formats == (
        "%m/%d/%Y",
    )
    assert read_columns(pd.DataFrame({"x": ["1/2/2020", "31/4/2020"]})).dates == ()
    assert read_columns(pd.DataFrame({"x": ["1/2/2020", "31/3/2020"]})).readings["x"].formats == (
        "%d/%m/%Y",
    )


def test_may_is_a_short_month_too():
    for months, format_ in ((["May", "Jan"], "%b %d, %Y"), (["May", "January"], "%B %d, %Y")):
        columns = read_columns(pd.DataFrame({"x": [f"{month} 3, 2020" for month in months]}))
        assert columns.readings == {"x": Reading(formats=(format_,))}


@pytest.mark.parametrize(
    "cells",
    [
        ["May", "June"],
        ["2020-2021", "2021-2022"],
        ["10-12", "12-14"],
        ["1/2", "3/4"],
        ["3.11.7", "3.12.1"],
        ["192.168.1.1", "10.1.2.20"],
        ["Q1 2020", "Q2 2020"],
        ["2020-13-14", "2020-14-13"],
        ["2020-01-32", "2020-01-45"],
        ["2020-01-01 29:00", "2020-01-02 24:00"],
        ["3001-01-01", "9999-01-01"],
        ["01/01/1066", "02/01/1066"],
        ["2020-01-31", "soon"],
        ["Model 2020", "Model 2021"],
        ["12h", "3D"],
        ["24:61:00", "12:60:00"],
        ["5 apples", "2 days ago"],
    ],
    ids=str,
)
def test_what_looks_like_dates_is_categorical(cells):
    assert kind_of(cells) == "categorical"


@pytest.mark.parametrize("dtype", [object, "str", "string"])
@pytest.mark.parametrize(
    ("write", "kind"),
    [
        ("{}".format, "numeric"),
        ("-{}.50".format, "numeric"),
        ("{}e-3".format, "numeric"),
        (" {} ".format, "numeric"),
        ("0.{}".format, "numeric"),
        ("{},5".format, "numeric"),
        ("{}.000,5".format, "numeric"),
        ("${}".format, "numeric"),
        ("-$ {},000.50".format, "numeric"),
        ("{} EUR".format, "numeric"),
        ("{}%".format, "numeric"),
        ("{} km/h".format, "numeric"),
        ("{:03}".format, "high_cardinality"),
        ("0{}".format, "high_cardinality"),
        ("+0{}".format, "high_cardinality"),
        ("0x{}".format, "high_cardinality"),
        ("A{}".format, "high_cardinality"),
        ("{}-{}".format, "high_cardinality"),
    ],
)
def test_numbers_as_text_are_numbers_if_they_are_no_codes(write, kind, dtype):
    texts = [write(number + 1, number) for number in range(51)]
    assert kind_of(pd.Series([*texts, texts[0], None, ""], dtype=dtype)) == kind
    kind_of_few = "categorical" if kind == "high_cardinality" else kind
    assert kind_of(pd.Series([*texts[:50], texts[0], None], dtype=dtype)) == kind_of_few


def read(cells):
    frame = pd.DataFrame({"x": cells})
    columns = read_columns(frame)
    return columns, columns.read(frame)["x"]


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        (["$1,200.50", "-$300", "$ 7"], [1200.5, -300.0, 7.0]),
        (["1.200,50", "300", "-7,5"], [1200.5, 300.0, -7.5]),
        (["1 200,50", "1\xa0300", "7"], [1200.5, 1300.0, 7.0]),
        (["1'200.5", "300"], [1200.5, 300.0]),
        (["10,377", "1,234,567"], [10377.0, 1234567.0]),
        (["0,123", "10,377"], [0.123, 10.377]),
        (["103,77", "1,5"], [103.77, 1.5]),
        (["45%", "3.5 %"], [45.0, 3.5]),
        (["12 kg", "3.5 kg"], [12.0, 3.5]),
        (["€12", "€ 3"], [12.0, 3.0]),
    ],
)
def test_the_form_of_numbers_is_learnt(written, numbers):
    columns, cells = read(written)
    assert columns.kinds() == {"numeric": ("x",)}
    assert cells.tolist() == numbers
    # Another reader may have made numbers of them.
    assert columns.read(pd.DataFrame({"x": numbers}))["x"].tolist() == numbers


@pytest.mark.parametrize("token", ["?", "-", "#DIV/0!", "n.a.", "unknown", " "])
def test_a_token_for_missing_cells_leaves_numbers_and_dates(token):
    for values in ([f"{number}.5" for number in range(20)], ["2020-01-31", "31-Dec-23"] * 10):
        columns, cells = read([*values, token, token])
        assert list(columns.kinds()) in (["numeric"], ["dates"])
        assert cells.isna().tolist() == [False] * 20 + [True] * 2
        reading = columns.readings.get("x", Reading())
        assert reading.missing == ((token,) if token.strip() else ())
        assert reading.missing_share == (2 / 22 if token.strip() else 0)


def test_few_other_texts_are_missing_and_many_make_categories():
    numbers = [str(number) for number in range(200)]
    columns, _ = read([*numbers, "Total", "see note", "ca. 5"])
    assert columns.kinds() == {"numeric": ("x",)}
    assert columns.readings["x"].missing == ("Total", "see note", "ca. 5")
    columns, _ = read([*numbers, *numbers, *"abcdef"])
    assert columns.kinds() == {"high_cardinality": ("x",)}
    assert columns.readings["x"].number_share == pytest.approx(400 / 406)
    columns, _ = read([*map(str, range(9)), "a"])  # a tenth
    assert columns.kinds() == {"categorical": ("x",)}


@pytest.mark.parametrize(
    ("fitted", "later"),
    [
        ([True, False], ["TRUE", "false"]),
        ([True, False], [1, 0.0]),
        (["true", "FALSE", ""], [True, False, None]),
        (["02139", "10001"], [2139, 10001.0]),
        (pd.Categorical(["1.50", "2"]), [1.5, 2]),
    ],
)
def test_equal_values_are_equal_whoever_reads_them(fitted, later):
    columns, cells = read(fitted)
    assert columns.kinds() == {"categorical": ("x",)}
    pd.testing.assert_series_equal(columns.read(pd.DataFrame({"x": later}))["x"], cells)


def test_codes_that_differ_in_their_zeros_stay_apart():
    columns, cells = read(["1", "01", "001"])
    assert cells.tolist() == ["1", "01", "001"]
    assert not columns.readings


@pytest.mark.parametrize(
    ("written", "days"),
    [
        (["31-Dec-23", "01-Jan-24"], ["2023-12-31", "2024-01-01"]),
        (["12/31/23", "1/2/24"], ["2023-12-31", "2024-01-02"]),
        (["2023-12-31", "31.12.2023"], ["2023-12-31", "2023-12-31"]),
        (["1.2.2023", "3.4.2023"], ["2023-02-01", "2023-04-03"]),
        (["2023-12-31", "9999-12-31"] + ["2024-01-01"] * 19, None),
        (["2023-12-31", "unknown", "2024-01-01"], None),
    ],
)
def test_dates_in_other_forms(written, days):
    columns, cells = read(written)
    assert columns.kinds() == {"dates": ("x",)}
    if days is None:
        assert cells.isna().tolist() == [False, True] + [False] * (len(written) - 2)
        assert columns.readings["x"].missing == (written[1],)
    else:
        assert cells.astype(str).tolist() == days


def test_dates_of_both_orders_are_no_dates():
    assert kind_of(["1/31/2020", "31/1/2020", "2/3/2020"]) == "categorical"


@pytest.mark.parametrize("name", ["id", "ID", "Id", "user_id", "USER ID", "PassengerId", "userID"])
@pytest.mark.parametrize(
    "name_of_dtype", ["int64", "int32", "Int64", "int64[pyarrow]", object, str]
)
def test_numbers_are_identifiers_by_name(name, name_of_dtype):
    cells = pd.Series(range(51)).astype(name_of_dtype)
    assert kind_of(cells, name).startswith("identifier")
    assert not kind_of(cells[:50], name).startswith("identifier")
    cells[1] = cells[0]
    assert kind_of(cells, name) in ("numeric", "categorical")


@pytest.mark.parametrize("name", ["bid", "paid", "grid", "Paid", "GRID", "idle", "identity", "x"])
def test_numbers_of_other_names_are_no_identifiers(name):
    assert kind_of(range(51), name) == "numeric"
    assert kind_of([number + 0.5 for number in range(51)], "id") == "numeric"


@pytest.mark.parametrize("name", ["", "Unnamed: 0", "Unnamed: 0.1", "index", "rownames", "row_id"])
def test_row_numbers_are_left_out_by_their_name(name):
    assert kind_of(range(10), name).startswith("row number")
    assert kind_of(list(map(str, range(10, 0, -1))), name).startswith("row number")
    assert kind_of(range(9), name) == "numeric"
    assert kind_of([*range(10), 3], name) == "numeric"
    assert kind_of([number + 0.5 for number in range(10)], name) == "numeric"


def test_texts_that_are_all_different_are_identifiers():
    texts = [str(uuid.UUID(int=number)) for number in range(51)]
    assert kind_of(texts).startswith("identifier")
    assert kind_of(pd.Series(texts, dtype="string")).startswith("identifier")
    assert kind_of([*texts, texts[0]]) == "high_cardinality"
    assert kind_of([*texts, None]) == "high_cardinality"
    assert kind_of(texts[:50]) == "categorical"


def test_free_text_and_long_names_of_categories():
    sentences = [f"the parcel of order {number} was late" for number in range(90)]
    assert kind_of(sentences) == "texts"
    assert kind_of(sentences[:21]) == "texts"
    assert kind_of(sentences[:20]) == "categorical"
    assert kind_of(sentences[:30] * 4) == "categorical"
    assert kind_of(sentences[:60] * 4) == "high_cardinality"
    assert kind_of(sentences + [None] * 500) == kind_of(sentences + [""] * 500) == "texts"
    assert kind_of([f"Königin Nr. {number}" for number in range(90)]) == "texts"
    assert kind_of([f"ein Wort-{number}" for number in range(90)]).startswith("identifier")
    assert kind_of(pd.Series(sentences, dtype="category")) == "high_cardinality"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [(["NA", "x"], True), (["None", "x"], True), (["nan", "x"], True), (["na", "x"], False)],
)
def test_missing_texts_are_noticed(texts, expected):
    assert read_columns(pd.DataFrame({"x": texts})).reads_missing_texts is expected
    as_category = pd.DataFrame({"x": pd.Series(texts, dtype="category")})
    assert read_columns(as_category).reads_missing_texts is expected


OVERRIDES = [
    ([1, 2, 10], "categorical", ["1", "2", "10"]),
    ([1, 2, None], "categorical", ["1", "2", None]),
    ([1, 2, 10], "high_cardinality", ["1", "2", "10"]),
    ([10, 2, None], "ordered", ["10", "2", None]),
    (["b", "a", "b"], "ordered", ["b", "a", "b"]),
    (["b", "a", "b"], "texts", ["b", "a", "b"]),
    (["1", "x", "1"], "numeric", [1.0, None, 1.0]),
    ([True, False], "numeric", [1.0, 0.0]),
    ([5, 5], "numeric", [5.0, 5.0]),
    ([2020, 2021], "dates", [pd.Timestamp("2020"), pd.Timestamp("2021")]),
    ([2020, None], "dates", [pd.Timestamp("2020"), None]),
    (["20200131", ""], "dates", [pd.Timestamp("2020-01-31"), None]),
    (["x", "31/1/2020"], "dates", [None, pd.Timestamp("2020-01-31")]),
    ([1.5, 2], "durations", [1.5, 2.0]),
    (["5", "0:00:01"], "durations", [5.0, 1.0]),
    ([1.5, np.inf], "durations", [1.5, None]),
]


@pytest.mark.parametrize(("cells", "kind", "expected"), OVERRIDES, ids=str)
def test_a_kind_that_is_known_better(cells, kind, expected):
    frame = pd.DataFrame({"x": cells, "y": ["a", "b"] + ["a"] * (len(cells) - 2)})
    columns = read_columns(frame, {"x": kind})
    assert columns.kinds()[kind] == (("x", "y") if kind == "categorical" else ("x",))
    assert columns.categorical[-1:] == ("y",)
    got = [None if pd.isna(cell) else cell for cell in columns.read(frame)["x"]]
    assert got == expected


def test_a_column_that_is_left_out():
    frame = pd.DataFrame({"x": [1, 2], 3: [1, 2]})
    columns = read_columns(frame, {"x": "left out"})
    assert columns == Columns(numeric=("3",), dropped={"x": "as kinds says"})
    assert read_columns(frame, {3: "categorical"}).categorical == ("3",)
    assert read_columns(frame, {"3": "categorical"}).categorical == ("3",)


def test_whole_numbers_are_the_same_categories_with_gaps_and_without():
    columns = read_columns(pd.DataFrame({"zip": [10115, None, 99099]}), {"zip": "categorical"})
    for cells in ([99099], [99099.0], ["99099"], ["99099.0"]):
        assert columns.read(pd.DataFrame({"zip": cells}))["zip"].tolist() == ["99099"]


@pytest.mark.parametrize(
    ("kinds", "match"),
    [
        ({"z": "numeric"}, "kinds has \\['z'\\], but the columns are \\['x', 'y'\\]"),
        ({"x": "number"}, "expected every kind to be one of .*'left out'\\], got {'x': 'number'}"),
        ({"x": None}, "expected every kind"),
        ({"x": "numeric"}, "'x' is numeric, but no cell can be read so: \\['a', 'b'\\]"),
        ({"x": "dates"}, "'x' is dates, but no cell"),
        ({"x": "durations"}, "'x' is durations, but no cell"),
        ({"y": "texts"}, "'y' is texts, but no cell can be read so: \\[\\]"),
    ],
)
def test_wrong_kinds_are_explained(kinds, match):
    with pytest.raises(ValueError, match=match):
        read_columns(pd.DataFrame({"x": ["a", "b"], "y": [None, None]}), kinds)


def test_dates_are_no_numbers():
    with pytest.raises(ValueError, match="no cell can be read so"):
        read_columns(pd.DataFrame({"x": pd.to_datetime(["2020", "2021"])}), {"x": "numeric"})


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (pd.Categorical(["b", "a"], ["b", "c", "a"], ordered=True), ("b", "c", "a")),
        (pd.Categorical([2.0, 1.5], [2.0, 1.5], ordered=True), ("2", "1.5")),
        (pd.Categorical(["", "a"], ["b", "", "a"], ordered=True), ("b", "a")),
        ([10, 9, 2], ("2", "9", "10")),
        ([10, None, 2], ("2", "10")),
        (["b", "a", None], ("a", "b")),
        ([1, "b", 10], ("1", "10", "b")),
        ([True, False, True], ("0", "1")),
        (["10", "2", "1", ""], ("1", "2", "10")),
        (["10", 9, "-1.5", None], ("-1.5", "9", "10")),
        (["10", "9", "b"], ("10", "9", "b")),
        (pd.Categorical(["10", "9"]), ("9", "10")),
        (pd.Categorical(["a", "b"], ["b", "a"]), ("b", "a")),
        (pd.Categorical(["10", "9"], ["10", "9"], ordered=True), ("10", "9")),
    ],
    ids=str,
)
def test_the_order_is_that_of_the_cells_as_they_are_read(cells, order):
    frame = pd.DataFrame({"x": cells})
    columns = read_columns(frame, {"x": "ordered"})
    assert columns.orders == {"x": order}
    assert set(columns.read(frame)["x"].dropna()) <= set(order)


def test_a_frame_of_all_kinds():
    frame = pd.DataFrame(
        {
            "d": pd.to_datetime(["2020-02-29", "2021-05-05", None]),
            "c": ["x", "y", None],
            3: [1, 2, 3],
            "k": [0, 0, 0],
            "o": pd.Categorical(["low", "high", None], ["low", "high"], ordered=True),
            "s": pd.to_timedelta(["1s", None, "2s"]),
        },
    )
    frame.index = [7, 7, 9]
    columns = read_columns(frame)
    assert columns == Columns(
        numeric=("3",),
        ordered=("o",),
        categorical=("c",),
        dates=("d",),
        durations=("s",),
        dropped={"k": "constant"},
        orders={"o": ("low", "high")},
    )
    assert columns.names == ("3", "o", "c", "d", "s")
    cells = columns.read(frame)
    assert list(cells) == ["3", "o", "c", "d", "s"]
    assert list(cells.index) == [7, 7, 9]
    dtypes = ["float64", "object", "object", "datetime64[us]", "float64"]
    assert list(cells.dtypes.astype(str)) == dtypes
    assert list(frame) == ["d", "c", 3, "k", "o", "s"]


def test_cells_are_read_by_what_was_learnt():
    """New data may come in other types; what cannot be read is missing."""
    columns = Columns(numeric=("n",), categorical=("c",), dates=("d",), durations=("s",))
    new = pd.DataFrame(
        {
            "d": ["2020-02-29", "yesterday", None],
            "extra": [1, 2, 3],
            "c": [1, 2.5, None],
            "n": ["1.5", "many", True],
            "s": [None, "0:00:02", 3],
        }
    )
    new["c"] = new["c"].astype(object)
    cells = columns.read(new)
    assert cells["n"].tolist()[::2] == [1.5, 1.0]
    assert cells["c"].tolist()[:2] == ["1", "2.5"]
    assert cells["d"].tolist()[0] == pd.Timestamp("2020-02-29")
    assert cells["s"].tolist()[1:] == [2.0, 3.0]
    assert cells.isna().sum().to_dict() == {"n": 1, "c": 1, "d": 2, "s": 1}
    with pytest.raises(KeyError, match="'n'"):
        columns.read(new.drop(columns="n"))
