"""Strategies of hypothesis for any dataframe, any target, and a small search for them.

The tests draw some examples of them; `python -m benchmarks.torture.any_frame` draws thousands.
"""

import datetime
import sys
import warnings
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

import automl
from automl import AutoMLClassifier, AutoMLRegressor
from benchmarks.torture.attempts import Report, foreign_error
from benchmarks.torture.part import Try

Draw = Callable[[st.SearchStrategy[Any]], Any]

MODELS = {
    AutoMLClassifier: [
        "logistic_regression",
        "decision_tree_classifier",
        "hist_gradient_boosting_classifier",
    ],
    AutoMLRegressor: ["ridge", "decision_tree_regressor", "hist_gradient_boosting_regressor"],
}
CATALOGUES = {
    estimator: [automl.catalogue("fast", include=[name]) for name in names]
    for estimator, names in MODELS.items()
}
QUICK = {
    "max_evaluations": 2,
    "time_budget": None,
    "cv": 2,
    "n_jobs": 1,
    "random_state": 0,
    "verbose": 0,
}
EXTREMES = [0.0, -0.0, 5e-324, 1e-300, 1e300, -1e300, np.finfo(float).max, np.inf, -np.inf, np.nan]
LARGE = [2**53 + 1, 2**63 - 1, -(2**63), 0, 1]
ODD_WORDS = ["", " ", "NA", "nan", "1", "01", "1.0", "1e999", "ß", "日本", "a\nb", '"', "\x00"]
SENTENCES = ["a few words of text", "some other words of text", "größer als der Rest", "-", ""]
DAYS = st.datetimes(datetime.datetime(1700, 1, 1), datetime.datetime(2250, 1, 1))
SPANS = st.timedeltas(datetime.timedelta(days=-99_999), datetime.timedelta(days=99_999))

FLOATS = st.sampled_from(EXTREMES) | st.floats() | st.floats(-9, 9)
INTEGERS = st.sampled_from(LARGE) | st.integers(-(2**63), 2**63 - 1) | st.integers(-9, 9)
WORDS = st.sampled_from(ODD_WORDS) | st.text(max_size=4)
DECIMALS = st.decimals(allow_nan=False) | st.sampled_from([Decimal("NaN"), Decimal("-Infinity")])
WRITTEN = ["{}", "{:%Y-%m-%d}", "{:%d.%m.%Y}", "{:%m/%d/%y}"]
DATES = st.one_of(*(DAYS.map(form.format) for form in WRITTEN))
MIXED = st.one_of(FLOATS, INTEGERS, st.integers(), WORDS, st.booleans(), DAYS, SPANS, DECIMALS)
LISTS = st.lists(st.integers(0, 2), max_size=2) | st.dictionaries(WORDS, FLOATS, max_size=1)
ORDERED = pd.CategoricalDtype([3, 1, 2, 0], ordered=True)
SIZES = pd.CategoricalDtype(["small", "", "large", "NA"], ordered=True)

# The cells that a column is made of, and its dtype.
CELLS = [
    *((FLOATS, dtype) for dtype in ("float64", "Float64", "category", object)),
    *((st.floats(width=32), dtype) for dtype in ("float32", "Float32")),
    *((INTEGERS, dtype) for dtype in ("Int64", "float64", "category", object)),
    *((st.integers(0, 255), dtype) for dtype in ("UInt8", "float16", "Sparse[float]")),
    *((st.booleans(), dtype) for dtype in ("boolean", "category", object)),
    *((WORDS, dtype) for dtype in ("string", "str", "category", object)),
    *((DAYS, dtype) for dtype in ("M8[s]", "M8[ns]", "M8[us, Asia/Tokyo]", "category")),
    (DAYS, "period[D]"),
    *((st.datetimes(), object), (st.datetimes().map(datetime.datetime.date), object)),
    *((SPANS, dtype) for dtype in ("m8[s]", "m8[ns]", "category", object)),
    *((DATES, object), (DATES, "category"), (st.times(), object), (st.times().map(str), "str")),
    *((st.sampled_from(SENTENCES), object), (DECIMALS, object), (MIXED, object), (LISTS, object)),
    *((st.integers(0, 3), ORDERED), (st.sampled_from(list(SIZES.categories)), SIZES)),
    *((st.binary(max_size=3), object), (st.complex_numbers(), object), (st.none(), object)),
    *((st.complex_numbers(), "complex128"), (st.just("one"), object), (st.just(1), "float64")),
    *((st.floats(), pd.ArrowDtype(pa.float64())), (INTEGERS, pd.ArrowDtype(pa.int64()))),
    *((WORDS, pd.ArrowDtype(pa.string())), (st.booleans(), pd.ArrowDtype(pa.bool_()))),
    *((DAYS, pd.ArrowDtype(pa.timestamp("us"))), (SPANS, pd.ArrowDtype(pa.duration("us")))),
    (DAYS.map(datetime.datetime.date), pd.ArrowDtype(pa.date32())),
    (st.times(), pd.ArrowDtype(pa.time64("us"))),
    (st.decimals(-9, 9, places=2), pd.ArrowDtype(pa.decimal128(9, 2))),
    (st.lists(INTEGERS, max_size=2), pd.ArrowDtype(pa.list_(pa.int64()))),
]
# Columns of which every cell is another one, given a generator and the number of rows.
VARIED = [
    lambda rng, n: rng.normal(size=n),
    lambda rng, n: rng.normal(size=n) * 1e300,
    lambda rng, n: rng.integers(0, 10**6, n),
    lambda rng, n: np.arange(n) + 2**53,
    lambda rng, n: [f"{number:.2f}" for number in rng.normal(size=n)],
    lambda rng, n: [f"words of row {row} and more" for row in range(n)],
    lambda rng, n: [f"code{row}" for row in range(n)],
    lambda rng, n: pd.Timestamp("2020-01-31") + pd.to_timedelta(rng.integers(0, 999, n), unit="D"),
    lambda rng, n: pd.to_timedelta(rng.integers(0, 10**6, n), unit="s"),
]
NAMES = st.one_of(
    st.text(max_size=3),
    st.sampled_from(["", "id", "größe", "a b", "target", "x.1", "1", '"', "\\", "{}", "%", "\n"]),
    st.integers(0, 3),
    st.tuples(st.sampled_from("ab"), st.integers(0, 1)),
    st.sampled_from([None, 1.5, True, np.nan]),
)
INDEXES: dict[str, Callable[[int], Any]] = {
    "plain": lambda n: pd.RangeIndex(n),
    "duplicate": lambda n: pd.Index(np.arange(n) // 2),
    "multi": lambda n: pd.MultiIndex.from_arrays([np.arange(n) // 2, ["a"] * n]),
    "dates": lambda n: pd.date_range("2020-01-31", periods=n),
    "texts": lambda n: pd.Index([f"row {row % 7}" for row in range(n)], name="a"),
    "missing": lambda n: pd.Index([np.nan] * n),
}


@st.composite
def series(draw: Draw, n_rows: int) -> "pd.Series[Any]":
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    if draw(st.integers(0, 3)) == 0:
        return pd.Series(draw(st.sampled_from(VARIED))(rng, n_rows))
    values, dtype = draw(st.sampled_from(CELLS))
    pool = [*draw(st.lists(values, min_size=1, max_size=5)), None]
    missing = draw(st.sampled_from([0.0, 0.0, 0.1, 0.9, 1.0]))
    shares = [*[(1 - missing) / (len(pool) - 1)] * (len(pool) - 1), missing]
    cells = [pool[place] for place in rng.choice(len(pool), n_rows, p=shares)]
    column: pd.Series[Any] = pd.Series(cells, dtype=dtype)
    return column


@st.composite
def frames(draw: Draw, max_rows: int = 60) -> pd.DataFrame:
    n_rows = draw(st.integers(4, max_rows) | st.integers(20, max_rows) | st.integers(20, max_rows))
    columns: list[pd.Series[Any]] = draw(st.lists(series(n_rows), min_size=1, max_size=6))
    frame: pd.DataFrame = pd.concat(columns, axis=1)
    size: dict[str, Any] = {"min_size": len(columns), "max_size": len(columns)}
    usual = st.lists(st.text(max_size=3), **size, unique=True)
    names = draw(usual | st.lists(NAMES, **size, unique_by=str) | st.lists(NAMES, **size))
    if all(isinstance(name, tuple) for name in names) and draw(st.booleans()):
        frame.columns = pd.MultiIndex.from_tuples(names)
    else:
        frame.columns = pd.Index(names, dtype=object, tupleize_cols=False)
    if draw(st.integers(0, 3)) == 0:  # rows that occur before
        frame = frame.iloc[np.arange(n_rows) // 2]
    frame.index = INDEXES[draw(st.sampled_from(sorted(INDEXES)))](n_rows)
    return frame


@st.composite
def targets(draw: Draw, n_rows: int, pools: Sequence[list[Any]]) -> Any:
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    pool = draw(st.sampled_from(pools))
    y = np.array(pool)[rng.integers(0, len(pool), n_rows)]
    if n_rows and draw(st.integers(0, 3)) == 2:  # a value that is rare
        y[:] = pool[0]
        y[-1] = pool[-1]
    cells = list(y)
    if n_rows and draw(st.integers(0, 9)) == 7:
        cells[0] = None
    return draw(st.sampled_from([list, np.array, pd.Series]))(cells)


LABELS: list[list[Any]] = [
    ["a", "b"],
    ["yes", "no", "NA"],
    ["", "ß", "x y"],
    [0, 1],
    [3, -1, 2**40],
    [True, False],
]
VALUES: list[list[Any]] = [
    [0.5, 1.5, -2.0],
    [1, 2, 3, 4],
    [1e300, -1e300],
    [1e-300, 5e-324],
    [2**53 + 1, 0],
    [1.0],
    list(np.random.default_rng(0).normal(size=60)),
]
TARGETS: dict[type, list[list[Any]]] = {AutoMLClassifier: LABELS, AutoMLRegressor: VALUES}


@st.composite
def problems(draw: Draw) -> tuple[Any, pd.DataFrame, Any]:
    frame = draw(frames())
    estimator = draw(st.sampled_from(list(TARGETS)))
    search = estimator(**QUICK, catalogue=draw(st.sampled_from(CATALOGUES[estimator])))
    return search, frame, draw(targets(len(frame), TARGETS[estimator]))


def check(search: Any, frame: pd.DataFrame, y: Any) -> None:
    """Fit any frame, and raise an error if it is not fitted as it should be.

    Parameters
    ----------
    search : AutoMLClassifier or AutoMLRegressor
    frame : dataframe
    y : sequence
    """
    search.fit(frame, y)
    compile(search.script_, "script", "exec")
    for rows in (frame, frame.iloc[-1:]):
        predicted = search.predict(rows)
        assert predicted.shape == (len(rows),)
        if isinstance(search, AutoMLClassifier):
            assert set(predicted) <= set(search.classes_)
            assert np.isfinite(search.predict_proba(rows)).all()
        else:
            assert np.isfinite(predicted).all()


def main() -> None:
    """Try frames: case, seed, tries, report."""
    _, start, tries, path = sys.argv[1:]
    report, n_tries = Report(path), int(tries)
    warnings.simplefilter("ignore")
    n_done = 0

    @seed(int(start))
    @settings(
        max_examples=n_tries,
        phases=[Phase.generate],  # nothing fails, so there is nothing to shrink
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(problems())
    def attempt(problem: tuple[Any, pd.DataFrame, Any]) -> None:
        nonlocal n_done
        if n_done < n_tries:
            n_done += 1
            report.add(Try(foreign_error(lambda _: check(*problem), np.random.default_rng())))

    attempt()


if __name__ == "__main__":
    main()
