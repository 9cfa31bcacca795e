"""Answers hold what the estimator itself predicts, whatever the cells are."""

import json
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl import AutoMLWarning, DataError, Quantile, TunedThreshold, load, serve_app
from tests.searches import NUMBERS, X, classifier, labels, regressor
from tests.serving.clients import TEXTS, Client, rows_of

CELLS = {
    "age": st.none() | st.floats(-1e6, 1e6) | st.integers(-(10**30), 10**30),
    "rooms": st.none() | st.integers(-100, 100) | st.just("4") | st.booleans(),
    "price": st.none() | st.floats(0, 1e5).map("${:,.2f}".format) | st.integers(0, 10**4),
    "city": st.none() | st.sampled_from(["Oslo", "Rome", "Paris", "", " Bern "]) | st.text(),
    "is_new": st.none() | st.booleans() | st.sampled_from(["true", "FALSE", 0, 1, 2.5]),
    "sold": st.none() | st.dates().map(str) | st.sampled_from(["2021-03-04T05:06:07Z", "soon"]),
    "note": st.none() | st.sampled_from(TEXTS) | st.text(),
}
ROWS = st.lists(st.fixed_dictionaries(CELLS), min_size=1, max_size=5)


def assert_classes(model, frame, content):
    """Check predictions and probabilities of one target."""
    assert content["predictions"] == model.predict(frame).tolist()
    names = [str(label) for label in model.classes_]
    assert all(list(row) == names for row in content["probabilities"])
    of_rows = [list(row.values()) for row in content["probabilities"]]
    np.testing.assert_array_equal(of_rows, model.predict_proba(frame))


@pytest.fixture(scope="session")
def clients(of_classes, of_numbers):
    return [Client(serve_app(model)) for model in (of_classes, of_numbers)]


def test_the_rows_of_the_fit(of_classes, of_numbers, clients, frame):
    content = clients[0].post({"rows": rows_of(frame)}).json()
    assert set(content) == {"predictions", "probabilities"}
    assert_classes(of_classes, frame, content)
    content = clients[1].post({"rows": rows_of(frame)}).json()
    assert set(content) == {"predictions", "intervals", "coverage"}
    np.testing.assert_array_equal(content["predictions"], of_numbers.predict(frame))
    np.testing.assert_array_equal(content["intervals"], of_numbers.predict_interval(frame))
    assert content["coverage"] == 0.9


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=20)
@given(rows=ROWS)
def test_any_cells(of_classes, of_numbers, clients, rows):
    for model, client in zip((of_classes, of_numbers), clients, strict=True):
        answer = client.post({"rows": rows})
        content = answer.json()
        frame = pd.DataFrame(rows)
        if answer.status == 422:  # no cell of a column can be read
            with pytest.raises(DataError) as refused:
                model.predict(frame)
            assert content == {"error": str(refused.value)}
            continue
        assert answer.status == 200, content
        assert content["predictions"] == model.predict(frame).tolist()
        if model is of_classes:
            assert_classes(model, frame, content)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from([*CELLS, "rows", "other"])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=20)
@given(st.dictionaries(NAMES, JSON) | JSON | st.fixed_dictionaries(dict.fromkeys(CELLS, JSON)))
def test_any_json_has_an_answer(clients, row):
    for content in (row, {"rows": row}, {"rows": [row]}):
        answer = clients[0].post(json.dumps(content).encode())
        assert answer.status in (200, 400, 422)
        assert ("error" in answer.json()) == (answer.status != 200)


@given(st.binary())
def test_any_bytes_have_an_answer(clients, body):
    assert clients[0].post(body).status == 400


def test_warnings_are_part_of_the_answer(clients, frame):
    rows = rows_of(frame.head(20))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        content = clients[0].post({"rows": [row | {"buys": 1, "more": 2} for row in rows]}).json()
        assert content["warnings"] == ["columns that fit has not seen are ignored: ['more']"]
        content = clients[0].post(
            {"rows": [row | {"city": "Rio"} for row in rows[:19]] + rows[19:]}
        )
    (sentence,) = content.json()["warnings"]
    assert "19 of 20 cells of the column 'city' are not as in training" in sentence


def test_coverage(clients, of_numbers, frame):
    rows = rows_of(frame.head(3))
    content = clients[1].post({"rows": rows, "coverage": 0.5}).json()
    expected = of_numbers.predict_interval(frame.head(3), coverage=0.5)
    np.testing.assert_array_equal(content["intervals"], expected)
    assert content["coverage"] == 0.5
    for coverage, text in [(2, "between 0 and 1"), (0.9999, "ask for less")]:
        answer = clients[1].post({"rows": rows, "coverage": coverage})
        assert answer.status == 422
        assert text in answer.json()["error"]
    answer = clients[0].post({"rows": rows, "coverage": 0.5})
    assert answer.status == 422
    assert "no intervals" in answer.json()["error"]


def served(model, frame):
    answer = Client(serve_app(model)).post({"rows": rows_of(frame)})
    assert answer.status == 200, answer.body
    return answer.json()


@pytest.mark.slow
def test_an_ensemble_and_a_threshold():
    search = classifier(ensemble_size=3).fit(X, labels(0.4))
    assert_classes(search, X, served(search, X))
    search.set_threshold(0.3)
    assert_classes(search, X, served(search, X))


@pytest.mark.slow
@pytest.mark.parametrize("options", [{"refit": "bagged"}, {"scoring": TunedThreshold("f1")}])
def test_other_predictors_of_classes(options):
    search = classifier(ensemble_size=1, **options).fit(X, labels(0.4))
    assert_classes(search, X, served(search, X))


@pytest.mark.slow
def test_three_classes_of_numbers():
    y = pd.qcut(NUMBERS, 3, labels=False)
    search = classifier().fit(X, y)
    assert_classes(search, X, served(search, X))


@pytest.mark.slow
def test_several_quantiles():
    search = regressor("quantile_regressor", scoring=Quantile([0.1, 0.5])).fit(X, NUMBERS)
    content = served(search, X)
    assert set(content) == {"predictions"}
    expected = [{"0.1": low, "0.5": high} for low, high in search.predict(X).tolist()]
    assert content["predictions"] == expected
    assert Client(serve_app(search)).get("/schema").json()["quantiles"] == [0.1, 0.5]


@pytest.mark.slow
def test_several_targets_of_classes():
    y = pd.DataFrame({"sold": labels(0.4), "big": np.where(X["a"] > 0, "1", "0")}, X.index)
    search = classifier("k_neighbors_classifier").fit(X, y)
    client = Client(serve_app(search))
    content = client.post({"rows": rows_of(X)}).json()
    assert [list(row.values()) for row in content["predictions"]] == search.predict(X).tolist()
    assert list(content["probabilities"][0]) == ["sold", "big"]
    assert list(content["probabilities"][0]["big"]) == ["0", "1"]
    big = [list(row["big"].values()) for row in content["probabilities"]]
    np.testing.assert_array_equal(big, search.predict_proba(X)[1])
    assert set(client.get("/schema").json()["classes"]) == {"sold", "big"}


@pytest.mark.slow
def test_columns_without_names():
    array = X[["a", "b", "c"]].to_numpy()
    search = regressor("ridge").fit(array, NUMBERS)
    rows = [{str(place): cell for place, cell in enumerate(row)} for row in array.tolist()]
    content = Client(serve_app(search)).post({"rows": rows}).json()
    np.testing.assert_allclose(content["predictions"], search.predict(array), rtol=1e-12)


@pytest.mark.slow
def test_a_loaded_model(of_classes, tmp_path, frame):
    of_classes.save(tmp_path / "model")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AutoMLWarning)  # of parameters that no file holds
        model = load(tmp_path / "model")
    assert served(model, frame) == served(of_classes, frame)


def test_predictions_that_are_no_numbers(of_numbers, frame, monkeypatch):
    client = Client(serve_app(of_numbers))
    last = client.app._predictions._last

    def predict(values):
        return np.array([np.nan, np.inf, 1.0])

    monkeypatch.setattr(type(last), "predict", lambda self, values: predict(values))
    content = client.post({"rows": rows_of(frame.head(3))}).json()
    assert content["predictions"] == [None, None, 1.0]
    assert content["intervals"][:2] == [[None, None], [None, None]]
