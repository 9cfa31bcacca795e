"""What holds for the kinds and the cells of any frame."""

import datetime
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.pipelines import read_columns
from automl.pipelines.building.build import make
from automl.pipelines.columns.columns import KINDS


def cells_of(values, dtype=object):
    """Return columns of six cells, some of them missing, some the same."""
    few = st.lists(values, min_size=1, max_size=4).flatmap(
        lambda few: st.sampled_from([*few, None])
    )
    return st.lists(few, min_size=6, max_size=6).map(lambda cells: pd.Series(cells, dtype=dtype))


MOMENTS = st.datetimes()
RECENT = st.datetimes(datetime.datetime(1800, 1, 1), datetime.datetime(2200, 1, 1))
SPANS = st.timedeltas(datetime.timedelta(days=-100_000), datetime.timedelta(days=100_000))
WORDS = st.sampled_from(["", "NA", "1", "1.0", "01", "1e999", "inf", "nan", "ß", "2020-02-30"])
PLAIN = st.one_of(
    st.text(max_size=4), WORDS, st.booleans(), st.integers(), st.floats(), RECENT, SPANS
)
ANYTHING = st.one_of(
    *(PLAIN, MOMENTS.map(datetime.datetime.date), st.times(), st.binary(max_size=3)),
    st.decimals(allow_nan=False),  # pandas itself cannot read the NaN that signals
    *(st.complex_numbers(), st.lists(st.integers(), max_size=2), st.tuples(st.floats())),
    *(st.integers(0, 3).map(np.arange), st.sets(st.integers(), max_size=2), st.just(pd.NA)),
)
COLUMNS = st.one_of(
    *(cells_of(PLAIN), cells_of(ANYTHING), cells_of(st.text(max_size=4), "string")),
    *(cells_of(st.text(max_size=4)), cells_of(WORDS, "str"), cells_of(WORDS, "category")),
    *(cells_of(st.integers(-(2**63), 2**63 - 1), dtype) for dtype in ("Int64", "float64")),
    *(cells_of(st.floats(), dtype) for dtype in ("float64", "category")),
    *(cells_of(st.floats(width=32), dtype) for dtype in ("float32", "Float32")),
    *(cells_of(st.integers(0, 255), dtype) for dtype in ("UInt8", "category", "float16")),
    *(cells_of(st.booleans(), dtype) for dtype in ("boolean", "category", object)),
    *(cells_of(RECENT, dtype) for dtype in ("M8[s]", "M8[us]", "M8[ns, Asia/Tokyo]", "category")),
    *(cells_of(RECENT.map(write)) for write in ("{:%d/%m/%Y}".format, "{:%b %d, %Y %H:%M}".format)),
    *(cells_of(RECENT.map(str)), cells_of(MOMENTS), cells_of(RECENT, "period[M]")),
    *(cells_of(SPANS, dtype) for dtype in ("m8[s]", "m8[us]", object)),
    *(cells_of(SPANS.map(str)), cells_of(st.times()), cells_of(st.times().map(str))),
    cells_of(st.integers(0, 3), pd.CategoricalDtype([3, 1, 2, 0], ordered=True)),
)
NAMES = st.one_of(
    st.text(max_size=3), st.integers(), st.sampled_from(["id", "größe", "a b", "x.1"])
)
FRAMES = st.dictionaries(NAMES, COLUMNS, max_size=3).map(pd.DataFrame)
FRAMES = FRAMES.filter(lambda frame: frame.columns.map(str).is_unique)


@given(FRAMES)
def test_every_column_is_of_one_kind_or_dropped(frame):
    columns = read_columns(frame)
    assert sorted([*columns.names, *columns.dropped]) == sorted(map(str, frame.columns))
    assert set(columns.kinds()) <= set(KINDS)
    assert columns.orders.keys() == set(columns.ordered)
    assert columns.readings.keys() <= set(columns.names)
    cells = columns.read(frame)
    assert list(cells) == list(columns.names)
    assert cells.index.equals(frame.index)
    for kind, names in columns.kinds().items():
        for name in names:
            types_ = {type(cell) for cell in cells[name].dropna()}
            expected = {"numeric": float, "durations": float, "dates": pd.Timestamp}.get(kind, str)
            assert types_ <= {expected}


@given(FRAMES)
def test_reading_twice_changes_nothing(frame):
    columns = read_columns(frame)
    cells = columns.read(frame)
    pd.testing.assert_frame_equal(columns.read(cells), cells, check_exact=True)


@given(FRAMES)
def test_reading_changes_no_frame(frame):
    before, dtypes = frame.to_dict("list"), frame.dtypes
    read_columns(frame).read(frame)
    assert frame.dtypes.equals(dtypes)
    assert repr(frame.to_dict("list")) == repr(before)


@given(FRAMES, st.randoms(use_true_random=False))
def test_a_column_does_not_depend_on_the_others(frame, random):
    columns = read_columns(frame)
    cells = columns.read(frame)
    names = list(frame)
    random.shuffle(names)
    shuffled = read_columns(frame[names])
    assert shuffled.dropped == columns.dropped
    pd.testing.assert_frame_equal(shuffled.read(frame)[list(cells)], cells)
    for name in frame:
        alone = read_columns(frame[[name]]).read(frame)
        pd.testing.assert_frame_equal(alone, cells[list(alone)])


@given(FRAMES)
def test_rows_are_read_one_by_one_as_all_at_once(frame):
    columns = read_columns(frame)
    frame.index = range(9, 9 - len(frame), -1)
    cells = columns.read(frame)
    for row in range(len(frame)):
        alone = columns.read(frame.iloc[[row]])
        pd.testing.assert_frame_equal(alone, cells.iloc[[row]], check_exact=True)
    pd.testing.assert_frame_equal(columns.read(frame.iloc[::-1]), cells.iloc[::-1])
    assert columns.read(frame.iloc[:0]).shape == (0, len(columns.names))


@given(FRAMES)
def test_the_step_of_a_pipeline_reads_the_same(frame):
    columns = read_columns(frame)
    pd.testing.assert_frame_equal(make(columns.reader()).fit_transform(frame), columns.read(frame))


def calls_of(function):
    """Return how many functions a call of one calls: no machine makes them more or fewer."""
    function()  # imports
    events = []
    sys.setprofile(lambda _, event, __: events.append(event))
    try:
        function()
    finally:
        sys.setprofile(None)
    return sum(event in ("call", "c_call") for event in events)


def frame_of(n_columns, dtype="float64"):
    """Return a frame of which each column is a table alone, as where they come one by one."""
    numbers = np.random.default_rng(0).integers(0, 1000, (100, n_columns))
    columns = {f"column {place}": column.astype(dtype) for place, column in enumerate(numbers.T)}
    return pd.DataFrame(columns)


def calls_for(n_columns, dtype):
    """Return how many functions are called to read a frame."""
    numbers = np.random.default_rng(0).integers(0, 1000, (100, n_columns))
    frame = pd.DataFrame(numbers).astype(dtype)
    return calls_of(lambda: read_columns(frame).read(frame))


@pytest.mark.parametrize("dtype", ["float64", "int64", "int16", "Int64", "bool"])
def test_the_work_for_a_column_does_not_grow_with_their_number(dtype):
    assert calls_for(400, dtype) < 1.1 * 4 * calls_for(100, dtype)


@pytest.mark.parametrize("dtype", ["float64", "float32", "Float32", "Int64"])
def test_numbers_are_looked_at_together(dtype):
    assert calls_for(100, dtype) < calls_for(100, "object") / 20


def test_rows_of_many_numbers_are_taken_at_once():
    narrow, wide = (read_columns(frame_of(n)).read(frame_of(n)) for n in (4, 400))
    assert calls_of(lambda: wide.iloc[[0, 2]]) == calls_of(lambda: narrow.iloc[[0, 2]])


def test_columns_as_in_training_are_not_looked_at_one_by_one():
    frame = frame_of(400).copy()  # in one table
    reader = make(read_columns(frame).reader()).fit(frame)
    assert calls_of(lambda: reader.transform(frame)) < 20 * 400
    frame["column 7"] = [*"abcdef", *range(94)]
    with pytest.warns(UserWarning, match="'column 7' are not as in training"):
        reader.transform(frame)
