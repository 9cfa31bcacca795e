"""Parameters as JSON, and back."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl import FileError, Limits, NestedCV, Quantile, TunedThreshold, catalogue
from automl.winner.parameters import StoredParameters

SHIPPED = catalogue("default")
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
RECORDS = (
    st.builds(Limits, seconds=st.floats(1, 100), mebibytes=st.just("auto") | st.integers(1, 9))
    | st.builds(NestedCV, outer=st.integers(2, 9), repeats=st.none() | st.integers(1, 3))
    | st.builds(Quantile, st.floats(0.1, 0.9))
    | st.builds(TunedThreshold, st.sampled_from(["f1", "recall"]))
    | st.builds(Path, st.text("abc/.", min_size=1))
)
VALUES = st.recursive(
    PLAIN | RECORDS,
    lambda items: (
        st.lists(items)
        | st.lists(items).map(tuple)
        | st.dictionaries(st.text(), items)
        | st.builds(NestedCV, inner=items)
    ),
    max_leaves=8,
)


def through_json(parameters):
    stored = StoredParameters.from_parameters(parameters)
    texts = json.dumps([dict(stored.values), dict(stored.omitted)])
    return StoredParameters(*json.loads(texts))


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_values_come_back(parameters):
    stored = through_json(parameters)
    restored, omitted = stored.restore(dict.fromkeys(parameters), SHIPPED)
    assert not omitted
    assert restored == parameters
    assert list(map(type, restored.values())) == list(map(type, parameters.values()))


@pytest.mark.parametrize(
    "value", [print, object(), [1, object()], {"a": len}, {1: 2}, NestedCV(outer=[object()]), b"a"]
)
def test_what_json_cannot_hold_is_omitted_as_a_whole(value):
    stored = through_json({"value": value, "number": 1})
    restored, omitted = stored.restore({"value": "default", "number": 0}, SHIPPED)
    assert restored == {"value": "default", "number": 1}
    assert list(omitted) == ["value"]


def test_a_subclass_of_a_record_is_no_record():
    class Tighter(Limits):
        pass

    assert StoredParameters.from_parameters({"limits": Tighter()}).omitted == {"limits": "Tighter"}


def test_a_catalogue_keeps_its_order_and_template():
    few = SHIPPED.only("ridge", "lasso", "simple_imputer")
    turned = few.without("ridge").with_operator(few["ridge"]).with_template("imputer > regressor")
    restored, _ = through_json({"catalogue": turned}).restore({"catalogue": ""}, SHIPPED)
    assert restored["catalogue"] == turned
    assert list(restored["catalogue"]) == list(turned)
    assert restored["catalogue"].template == ("imputer", "regressor")
    assert restored["catalogue"] != turned.with_template("regressor")
    assert restored["catalogue"] != few.with_template("imputer > regressor")
    assert restored["catalogue"] != dict(turned)
    assert restored["catalogue"]["ridge"] is SHIPPED["ridge"]


@pytest.mark.parametrize(
    "stored",
    [
        [1],
        {},
        {"path": 3},
        {"list": 3},
        {"dict": []},
        {"os.system": "ls"},
        {"Limits": {"seconds": -1, "mebibytes": "auto"}},
        {"Limits": {"patience": 3}},
        {"Limits": 3},
        {"NestedCV": {"tuner": "magic"}},
        {"path": "a", "list": []},
        {"catalogue": {"operators": {}}},
        {"catalogue": {"operators": ["ridge"], "template": []}},
        {"catalogue": {"operators": {}, "template": ["nonsense"]}},
        {"tuple": [{"catalogue": 3}]},
    ],
)
def test_what_no_parameter_is_stored_as_is_refused(stored):
    with pytest.raises(FileError):
        StoredParameters({"value": stored}, {}).restore({"value": None}, SHIPPED)


def test_parameters_are_those_of_the_estimator():
    stored = StoredParameters({"a": 1}, {"b": "a function"})
    with pytest.raises(FileError, match=r"expected \['c'\] among the parameters"):
        stored.restore({"a": 0, "b": 0, "c": 0}, SHIPPED)
    with pytest.raises(FileError, match=r"got \['b'\] besides"):
        stored.restore({"a": 0}, SHIPPED)
