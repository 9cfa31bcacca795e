"""The small classes that scripts carry do what the packages do, where these do it at all."""

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from sklearn.base import clone
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.svm import SVC, SVR
from xgboost import XGBClassifier, XGBRegressor

from automl.pipelines.carried.boosting import LabelXGBClassifier
from automl.pipelines.carried.frame import (
    read_cells,
    read_dates,
    read_durations,
    read_numbers,
    read_texts,
    short_floats,
)
from automl.pipelines.carried.kernels import KernelScaler
from automl.pipelines.search_only.stopping import StoppingXGBClassifier, StoppingXGBRegressor

MATRICES = npst.arrays(
    np.float64,
    st.tuples(st.integers(2, 8), st.integers(1, 4)),
    elements=st.floats(-100, 100).map(lambda number: round(number, 2)),
).filter(lambda X: X.var() > 1e-3)


def scale_gamma(X):
    """Return what scikit-learn's gamma="scale" stands for."""
    return 1 / (X.shape[1] * X.var())


@given(MATRICES, st.floats(1e-3, 10.0))
def test_the_kernel_is_that_of_gamma_times_scale(X, factor):
    scaled = KernelScaler(gamma=factor).fit_transform(X)
    expected = rbf_kernel(X, gamma=factor * scale_gamma(X))
    np.testing.assert_allclose(rbf_kernel(scaled, gamma=1.0), expected, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("kernel", ["rbf", "poly", "sigmoid"])
@pytest.mark.parametrize("factor", [0.1, 1.0, 3.0])
def test_machines_decide_the_same(kernel, factor):
    rng = np.random.default_rng(0)
    X, new = rng.normal(2, 3, (60, 4)), rng.normal(2, 3, (20, 4))
    scaler = KernelScaler(gamma=factor).fit(X)
    options = {"kernel": kernel, "coef0": 0.5, "tol": 1e-10}
    for machine, y in ((SVC, X[:, 0] * X[:, 1] > 4), (SVR, X[:, 0] + np.sin(X[:, 1]))):
        own = machine(gamma=1.0, **options).fit(scaler.transform(X), y)
        reference = machine(gamma=factor * scale_gamma(X), **options).fit(X, y)
        decide = "decision_function" if machine is SVC else "predict"
        np.testing.assert_allclose(
            getattr(own, decide)(scaler.transform(new)),
            getattr(reference, decide)(new),
            rtol=1e-5,
            atol=1e-5,
        )
    as_scale = SVC(gamma="scale", **options).fit(X, X[:, 0] > 2)
    own = SVC(gamma=1.0, **options).fit(KernelScaler().fit_transform(X), X[:, 0] > 2)
    np.testing.assert_allclose(
        own.decision_function(KernelScaler().fit(X).transform(new)),
        as_scale.decision_function(new),
        rtol=1e-5,
        atol=1e-5,
    )


def test_a_matrix_without_spread_is_left_alone():
    X = np.full((5, 2), 3.0)
    np.testing.assert_array_equal(KernelScaler(gamma=7.0).fit_transform(X), X)


def test_new_rows_are_scaled_as_the_training_rows():
    X = np.array([[0.0, 2.0], [4.0, 6.0]])
    scaler = KernelScaler(gamma=2.0).fit(X)
    np.testing.assert_allclose(scaler.transform(X[:1]), X[:1] * scaler.factor_)
    assert clone(scaler).gamma == 2.0


def rows(n_rows=90, seed=0):
    """Return a matrix and codes of three classes."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, 4))
    return X, (X[:, 0] > 0).astype(int) + (X[:, 1] > 0.5)


LABELS = {
    "text": np.array(["lion", "ant", "zebra"]),
    "unsorted numbers": np.array([30, -5, 7]),
    "floats": np.array([2.0, 3.0, 1.0]),
}


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
def test_labels_are_codes_in_the_order_of_the_labels(labels):
    X, codes = rows()
    labels = np.sort(labels)
    options = {"n_estimators": 8, "random_state": 0, "n_jobs": 1}
    own = LabelXGBClassifier(**options).fit(X, labels[codes])
    reference = XGBClassifier(**options).fit(X, codes)
    np.testing.assert_array_equal(own.predict_proba(X), reference.predict_proba(X))
    np.testing.assert_array_equal(own.predict(X), labels[reference.predict(X)])
    np.testing.assert_array_equal(own.classes_, labels)
    assert own.predict(X).dtype == labels.dtype
    assert own.score(X, labels[codes]) == reference.score(X, codes)


@pytest.mark.parametrize("labels", [["no", "yes"], [False, True], [0, 1], [1, 2]], ids=str)
def test_two_labels(labels):
    X, codes = rows()
    names = np.array(labels)
    own = LabelXGBClassifier(n_estimators=5, n_jobs=1).fit(X, names[codes % 2])
    reference = XGBClassifier(n_estimators=5, n_jobs=1).fit(X, codes % 2)
    np.testing.assert_array_equal(own.predict_proba(X), reference.predict_proba(X))
    np.testing.assert_array_equal(own.predict(X), names[reference.predict(X)])


def test_weights_and_held_out_rows_reach_the_base():
    X, codes = rows()
    labels = LABELS["text"][codes]
    order = np.unique(labels, return_inverse=True)[1]
    weights = np.random.default_rng(1).uniform(0.1, 3, len(X))
    options = {"n_estimators": 30, "random_state": 0, "n_jobs": 1, "early_stopping_rounds": 3}
    own = LabelXGBClassifier(**options).fit(
        *(X[:60], labels[:60]),
        eval_set=[(X[60:], labels[60:])],
        sample_weight=weights[:60],
        verbose=False,
    )
    reference = XGBClassifier(**options).fit(
        *(X[:60], order[:60]),
        eval_set=[(X[60:], order[60:])],
        sample_weight=weights[:60],
        verbose=False,
    )
    assert own.best_iteration == reference.best_iteration
    np.testing.assert_array_equal(own.predict_proba(X), reference.predict_proba(X))


def test_a_second_fit_forgets_the_first():
    X, codes = rows()
    model = LabelXGBClassifier(n_estimators=4, n_jobs=1).fit(X, codes % 2 == 0)
    assert list(model.classes_) == [False, True]
    labels = LABELS["text"][codes]
    model.fit(X, labels)
    assert list(model.classes_) == sorted(set(labels))
    fresh = LabelXGBClassifier(n_estimators=4, n_jobs=1).fit(X, labels)
    np.testing.assert_array_equal(model.predict_proba(X), fresh.predict_proba(X))
    unfitted = clone(model)
    assert unfitted.get_params() == model.get_params()
    assert unfitted.labels_ is None


@settings(max_examples=25)
@given(st.integers(0, 2**31 - 1), st.integers(0, 3))
def test_every_class_is_trained_on(seed, rare):
    """Also those of a single row, wherever it stands."""
    X, codes = rows(60, seed)
    labels = LABELS["text"][codes].astype(object)
    labels[np.random.default_rng(seed).choice(60, rare, replace=False)] = "bee"
    model = StoppingXGBClassifier(
        n_estimators=20, early_stopping_rounds=2, random_state=seed, n_jobs=1
    ).fit(X, labels.astype(str))
    assert list(model.classes_) == sorted(set(labels))
    assert model.predict_proba(X).shape == (60, len(set(labels)))


STOPPING = [(StoppingXGBClassifier, XGBClassifier), (StoppingXGBRegressor, XGBRegressor)]


@pytest.mark.parametrize(("own", "reference"), STOPPING)
def test_stopping_reports_the_rounds_that_are_used(own, reference):
    X, codes = rows(400)
    options = {"random_state": 0, "n_jobs": 1, "learning_rate": 0.5}
    model = own(n_estimators=500, **options).fit(X, codes)
    assert 1 <= model.n_iter_ < 200
    assert model.n_iter_ == model.best_iteration + 1
    train = ~model._held_out(codes)
    assert 0.8 < train.mean() < 0.97
    plain = reference(n_estimators=model.n_iter_, **options).fit(X[train], codes[train])
    np.testing.assert_allclose(model.predict(X), plain.predict(X), rtol=1e-5)
    again = own(n_estimators=500, **options).fit(X, codes)
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    reseeded = own(n_estimators=500, **{**options, "random_state": 1}).fit(X, codes)
    assert (reseeded._held_out(codes) != model._held_out(codes)).any()


@pytest.mark.parametrize(("own", "reference"), STOPPING)
def test_stopping_is_cloned_with_its_parameters(own, reference):
    model = own(n_estimators=7, max_depth=2, early_stopping_rounds=3, random_state=5)
    assert clone(model).get_params() == model.get_params()
    assert reference().get_params().keys() <= model.get_params().keys()
    assert model.get_params()["max_depth"] == 2


@pytest.mark.parametrize(("own", "reference"), STOPPING)
def test_stopping_uses_the_weights(own, reference):
    X, codes = rows(300)
    y = codes.astype("float64") if reference is XGBRegressor else codes
    options = {"n_estimators": 50, "random_state": 0, "n_jobs": 1}
    plain = own(**options).fit(X, y)
    ones = own(**options).fit(X, y, sample_weight=np.ones(300))
    weighted = own(**options).fit(X, y, sample_weight=np.where(codes == 1, 10.0, 0.1))
    np.testing.assert_array_equal(plain.predict(X), ones.predict(X))
    assert (plain.predict(X) != weighted.predict(X)).any()


def read(frame, **columns):
    """Read cells as the columns of a kind each."""
    readers = {
        "numbers": read_numbers,
        "texts": read_texts,
        "dates": read_dates,
        "durations": read_durations,
    }
    return read_cells(frame, [(readers[kind], names) for kind, names in columns.items()])


def test_read_cells_of_an_empty_frame():
    frame = pd.DataFrame({"n": [], "c": [], "d": [], "s": [], "extra": []})
    cells = read(frame, numbers=["n"], texts=["c"], dates=["d"], durations=["s"])
    assert list(cells) == ["n", "c", "d", "s"]
    assert len(cells) == 0
    assert cells["n"].dtype == np.float64
    assert cells["c"].dtype == object
    assert cells["d"].dtype.kind == "M"
    assert cells["s"].dtype == np.float64


def test_read_cells_keeps_the_order_of_rows_and_their_index():
    frame = pd.DataFrame({"n": [1, 2], "c": ["a", "b"]}, index=[9, 9])
    cells = read(frame, numbers=["n"], texts=["c"])
    assert list(cells.index) == [9, 9]
    assert cells.to_numpy().tolist() == [[1.0, "a"], [2.0, "b"]]
    assert list(read_cells(frame, [])) == []
    assert len(read_cells(frame, [])) == 2


def test_read_cells_finds_columns_by_the_text_of_their_names():
    frame = pd.DataFrame({1: [1, 2], ("a", 2): [3, 4], 2.5: ["x", "y"]})
    cells = read(frame, numbers=["1", "('a', 2)"], texts=["2.5"])
    assert list(cells) == ["1", "('a', 2)", "2.5"]
    assert list(frame) == [1, ("a", 2), 2.5]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", " 2 ", "3e2"], [1.0, 2.0, 300.0]),
        (["many", "", "1,5"], [None, None, None]),
        ([True, False, None], [1.0, 0.0, None]),
        ([np.inf, -np.inf, 1.0], [None, None, 1.0]),
        (["inf", "-Infinity", "nan"], [None, None, None]),
        ([pd.NA, None, np.nan], [None, None, None]),
        ([10**30, -1, 0], [1e30, -1.0, 0.0]),
        ([[1], {}, 1], [None, None, 1.0]),
        ([pd.Timestamp("2020-01-01"), pd.Timedelta(1), 1], [None, None, 1.0]),
    ],
)
def test_read_cells_that_should_be_numbers(cells, expected):
    frame = pd.DataFrame({"x": pd.Series(cells, dtype=object)})
    got = read(frame, numbers=["x"])["x"]
    assert got.dtype == np.float64
    assert [None if np.isnan(cell) else cell for cell in got] == expected


def written(floats):
    """Return floats as a CSV file has them."""
    texts = pd.Series(floats.astype("str"), dtype=object)
    return pd.to_numeric(texts, errors="coerce").to_numpy()


def short_floats_of_all_sizes():
    rng = np.random.default_rng(0)
    powers = np.arange(255, dtype="uint32") << 23  # of two, whose neighbours are uneven
    bits = [*(powers + step for step in range(3)), rng.integers(0, 2**32, 5_000, dtype="uint32")]
    floats = np.concatenate(bits).view("float32")
    return {
        "every float of 16 bits": np.arange(2**16, dtype="uint16").view("float16"),
        "floats of 32 bits": floats[np.isfinite(floats)],
        "two digits": rng.normal(size=5_000).round(2).astype("float32"),
        "quarters": (2**21 + rng.integers(0, 2**23, 5_000) / 4).astype("float32"),
        "no float": np.array([], dtype="float32"),
    }


@pytest.mark.parametrize("name", short_floats_of_all_sizes())
def test_short_floats_are_read_as_a_file_has_them(name):
    floats = short_floats_of_all_sizes()[name]
    np.testing.assert_array_equal(short_floats(floats), written(floats))


@pytest.mark.parametrize(
    "dtype",
    [
        *("float16", "float32", "Float32", "Float64", "Int64", "boolean", "Sparse[float64]"),
        *("float[pyarrow]", "double[pyarrow]", "int8[pyarrow]", "bool[pyarrow]"),
    ],
)
def test_no_dtype_of_numbers_is_read_as_texts(dtype, monkeypatch):
    frame = pd.DataFrame({"x": pd.Series([1, 0, 1], dtype=dtype)})
    monkeypatch.setattr(pd.Series, "map", None)
    assert read(frame, numbers=["x"])["x"].tolist() == [1.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["2020-02-29", "2020-02-29 10:00", "29 Feb 2020"], ["02-29 00", "02-29 10", None]),
        (["9999-12-31", datetime.date(9999, 12, 31), "2020-02-29"], [None, None, "02-29 00"]),
        (["2020-02-29T23:00:00+00:00", "2020-02-29T23:00:00-01:00"], ["02-29 23", "03-01 00"]),
        (["2020-02-30", "soon", ""], [None, None, None]),
        ([None, pd.NaT, np.nan], [None, None, None]),
        (
            [20200229, 20200301.0, 2020, "20200302"],
            ["02-29 00", "03-01 00", "01-01 00", "03-02 00"],
        ),
        ([True, 7, np.inf], [None, None, None]),
    ],
)
def test_read_cells_that_should_be_dates(cells, expected):
    frame = pd.DataFrame({"x": pd.Series(cells, dtype=object)})
    got = read(frame, dates=["x"])["x"]
    assert got.dtype.kind == "M"
    assert [None if pd.isna(day) else f"{day:%m-%d %H}" for day in got] == expected


def test_read_dates_by_their_formats():
    cells = ["3/4/2020", "2020-04-03", "soon"]
    frame = pd.DataFrame({"x": cells, "y": cells, "z": cells})
    formats = {"x": ["%d/%m/%Y"], "y": ["ISO8601", "%d/%m/%Y"]}
    read = read_cells(frame, [(read_dates, ["x", "y", "z"], formats)])
    day = pd.Timestamp("2020-04-03")
    assert read["x"].tolist() == [day, pd.NaT, pd.NaT]
    assert read["y"].tolist() == [day, day, pd.NaT]
    assert read["z"].tolist() == [pd.NaT, day, pd.NaT]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["0:00:01.5", "1 days", "-1 days +23:59:59"], [1.5, 86400.0, -1.0]),
        ([datetime.time(1), datetime.timedelta(seconds=2), "3", 4], [3600.0, 2.0, 3.0, 4.0]),
        (["soon", "10:30", "", None], [None, 37800.0, None, None]),
        ([np.inf, "inf", pd.NaT, 1], [None, None, None, 1.0]),
        ([None, pd.NaT, np.nan], [None, None, None]),
    ],
)
def test_read_cells_that_should_be_durations(cells, expected):
    frame = pd.DataFrame({"x": pd.Series(cells, dtype=object)})
    got = read(frame, durations=["x"])["x"]
    assert got.dtype == np.float64
    assert [None if np.isnan(cell) else cell for cell in got] == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([1, 1.0, True, "1"], ["1", "1", "True", "1"]),
        (
            ["1.0", "-2.0", "1.00", "v1.0", ".0", "1.0.0"],
            ["1", "-2", "1.00", "v1.0", ".0", "1.0.0"],
        ),
        ([None, np.nan, pd.NA, pd.NaT], [None, None, None, None]),
        (["nan", "None", "inf", " ", ""], ["nan", "None", "inf", None, None]),
        ([" a ", "b\t", "\n", "a b"], ["a", "b", None, "a b"]),
        ([np.inf, "x", b"y", (1, 2)], ["inf", "x", "b'y'", "(1, 2)"]),
        (["\ud800", "\x00", "\r"], ["\ud800", "\x00", None]),
        ([np.array([1, 2]), [1], {}], ["[1 2]", "[1]", "{}"]),
    ],
)
def test_read_cells_that_should_be_texts(cells, expected):
    frame = pd.DataFrame({"x": pd.Series(cells, dtype=object)})
    got = read(frame, texts=["x"])["x"]
    assert got.dtype == object
    assert [None if pd.isna(cell) else cell for cell in got] == expected
    assert {type(cell) for cell in got} <= {str, float}
