"""What a fitted estimator knows, as JSON and back."""

import json
import math
from dataclasses import fields

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from automl import FileError, catalogue
from automl.pipelines import Columns
from automl.search.result import Run
from automl.selection import HonestScore
from automl.winner.facts import plain, read_as
from automl.winner.fitted import Fitted, Names, SearchRecord

SHIPPED = catalogue("linear")
X = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [0.0, 1, 0, 1]})
LEADERBOARD = pd.DataFrame(
    {
        "rank": [1, 2],
        "score": [0.5, math.nan],
        "state": ["done", "raced out"],
        "rounds": pd.Series([None, 7], dtype=object),
        "predict_seconds": [0.1, 0.2],
        "size": [1, 1],
    }
)
FITTED = Fitted(
    task="regression",
    predictor=make_pipeline(StandardScaler(), Ridge()).fit(X, [1, 2, 3, 4]),
    catalogue=SHIPPED,
    classes=None,
    metric="r2",
    best_score=0.1 + 0.2,
    best_genome="ridge(numeric)",
    honest_score=HonestScore(0.5, 0.4, 0.6, 0.55, 0.1, 0.99, "r2", "a constant prediction"),
    residuals=np.array([0.1, 1 / 3]),
    members=pd.DataFrame({"weight": [1.0], "score": [0.5], "pipeline": ["ridge(numeric)"]}),
    nested_results=pd.DataFrame({"fold": [0, 1], "inner_score": [None, None]}),
    columns=Columns(
        numeric=("a",),
        ordered=("b",),
        dropped={"c": "constant"},
        orders={"b": ("low", "high")},
        formats={"d": "%d.%m.%Y"},
    ),
    names=Names(columns=("a", "b"), has_names=True, target="price"),
    script="print()",
    search=SearchRecord(
        leaderboard=LEADERBOARD,
        ablation=pd.DataFrame({"worth": [0.1], "error": [math.inf], "dropped": [True]}),
        run=Run(1.5, None, 2, 1, 0.5, 4),
    ),
)
UNSTORED = ("predictor", "catalogue", "classes")


def facts():
    """The facts of `FITTED`, as a file has them."""
    return json.loads(json.dumps(FITTED.to_facts()))


def read(content, predictor=FITTED.predictor):
    return Fitted.from_facts(content, predictor, SHIPPED)


def assert_same(value, expected):
    if isinstance(expected, pd.DataFrame):
        pd.testing.assert_frame_equal(value, expected, check_exact=True)
    elif isinstance(expected, np.ndarray):
        np.testing.assert_array_equal(value, expected)
        assert value.dtype == expected.dtype
    elif isinstance(expected, SearchRecord):
        for field in fields(expected):
            assert_same(getattr(value, field.name), getattr(expected, field.name))
    else:
        assert value == expected
        assert type(value) is type(expected)


@pytest.mark.parametrize("name", [field.name for field in fields(Fitted)])
def test_a_fact_comes_back(name):
    assert_same(getattr(read(facts()), name), getattr(FITTED, name))


def test_the_predictor_and_the_operators_are_no_facts():
    assert set(facts()) == {field.name for field in fields(Fitted)} - set(UNSTORED)
    assert "origin" not in facts()["search"]


def places(content, place=()):
    """Yield the place of every fact; a column of a table is a single fact."""
    for key, value in content.items():
        yield (*place, key)
        if isinstance(value, dict) and "dtype" not in value:
            yield from places(value, (*place, key))


def changed(place, change):
    content = facts()
    owner = content
    for key in place[:-1]:
        owner = owner[key]
    change(owner, place[-1])
    return content


FREE = ("orders", "formats", "dropped", "members", "leaderboard", "nested_results", "ablation")


@pytest.mark.parametrize("place", list(places(facts())), ids=".".join)
def test_a_fact_of_another_type_is_refused(place):
    wrong = changed(place, lambda owner, key: owner.update({key: [{"wrong": 1}]}))
    with pytest.raises(FileError, match=place[-1]):
        read(wrong)


@pytest.mark.parametrize(
    "place", [place for place in places(facts()) if not set(place[:-1]) & set(FREE)], ids=".".join
)
def test_a_fact_that_is_missing_or_unknown_is_refused(place):
    with pytest.raises(FileError, match=rf"expected \['{place[-1]}'\] in .*, which lacks them"):
        read(changed(place, lambda owner, key: owner.pop(key)))
    with pytest.raises(FileError, match=r"\['unknown'\] besides"):
        read(changed(place, lambda owner, key: owner.update(unknown=1)))


@pytest.mark.parametrize(
    "column",
    [
        {"dtype": "int64", "cells": [1.5, None]},
        {"dtype": "float64", "cells": ["a", "b"]},
        {"dtype": "os.system", "cells": [1, 2]},
        {"dtype": "datetime64[ns]", "cells": [1, 2]},
        {"dtype": 3, "cells": [1, 2]},
        {"dtype": "float64", "cells": [1.0]},
        {"dtype": "object", "cells": [[1], 2]},
        {"dtype": "object", "cells": "ab"},
        {"dtype": "object"},
    ],
)
def test_a_column_that_no_table_has_is_refused(column):
    content = facts()
    content["search"]["leaderboard"]["score"] = column
    with pytest.raises(FileError, match="leaderboard"):
        read(content)


def test_a_number_of_truth_values_is_no_number():
    with pytest.raises(FileError, match=r"expected int as the facts\.search\.run\.workers"):
        read(changed(("search", "run", "workers"), lambda run, key: run.update({key: True})))


def test_only_what_predicts_is_a_predictor():
    with pytest.raises(FileError, match=r"fitted pipeline, got a list without \['predict'\]"):
        read(facts(), predictor=[1])
    content = {**facts(), "task": "classification"}
    with pytest.raises(FileError, match=r"without \['classes_'\]"):
        read(content)
    model = LogisticRegression().fit(X, ["x", "y", "x", "y"])
    assert read(content, predictor=model).classes.tolist() == ["x", "y"]


def test_several_targets_have_names():
    names = Names(columns=("a",), has_names=False, target=["x", "y"])
    assert read_as(Names, json.loads(json.dumps(plain(names))), "names") == names


CELLS = {
    "int64": st.integers(-(2**63), 2**63 - 1),
    "float64": st.floats(),
    "bool": st.booleans(),
    "object": st.none() | st.floats(allow_nan=False) | st.text() | st.integers(),
    "str": st.text(st.characters(codec="utf-8")),
}


@given(st.data(), st.integers(0, 4), st.lists(st.sampled_from(list(CELLS)), max_size=4))
def test_every_table_comes_back(data, length, dtypes):
    columns = {
        f"{number}": pd.Series(data.draw(st.lists(CELLS[dtype], min_size=length, max_size=length)))
        .astype(dtype)
        .copy()
        for number, dtype in enumerate(dtypes)
    }
    table = pd.DataFrame(columns, index=pd.RangeIndex(length if columns else 0))
    stored = json.loads(json.dumps(plain(table)))
    again = read_as(pd.DataFrame, stored, "table")
    pd.testing.assert_frame_equal(again, table, check_exact=True, check_column_type=bool(columns))
    assert again.dtypes.to_dict() == table.dtypes.to_dict()
