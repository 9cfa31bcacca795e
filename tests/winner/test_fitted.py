"""What a fitted estimator knows, as JSON and back."""

import json
import math
from dataclasses import fields
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import TypeAliasType

from automl import FileError, catalogue
from automl.pipelines import Columns, Genome
from automl.pipelines.building.build import build_pipeline
from automl.pipelines.columns.reading import Reading
from automl.report import structure_table
from automl.search.result import Run
from automl.selection import HonestScore
from automl.winner.digests import digests
from automl.winner.facts import plain, read_as
from automl.winner.fitted import Fitted, Names, SearchRecord
from automl.winner.price import Price
from automl.winner.restore import restore_fitted
from automl.winner.script_facts import ScriptFacts

SHIPPED = catalogue("linear").only("ridge")
X = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": ["low", "high"] * 2, "d": ["1.2.2024", "2.3.2024"] * 2})
COLUMNS = Columns(
    numeric=("a",),
    ordered=("b",),
    dates=("d",),
    dropped={"c": "constant"},
    orders={"b": ("low", "high")},
    readings={"d": Reading(formats=("%d.%m.%Y",))},
)
PIPELINE = "ridge(numeric, alpha=2.0)"
LEADERBOARD = pd.DataFrame(
    {
        "rank": [1, 2],
        "score": [0.5, math.nan],
        "deviation": [0.1, math.nan],
        "state": ["done", "raced out"],
        "folds": [2, 1],
        "size": [1, 1],
        "fit_seconds": [0.1, 0.2],
        "predict_seconds": [0.1, 0.2],
        "pipeline": [PIPELINE, "lasso(numeric)"],
        "cause": ["", "too bad"],
    }
)
FITTED = Fitted(
    task="regression",
    pipelines=(
        build_pipeline(Genome.parse(PIPELINE), SHIPPED, COLUMNS, random_state=0, final=True).fit(
            X, [1, 2, 3, 4]
        ),
    ),
    catalogue=SHIPPED,
    classes=None,
    metric="r2",
    best_score=0.1 + 0.2,
    best_genome=PIPELINE,
    honest_score=HonestScore(0.5, 0.4, 0.6, 0.55, 0.1, 0.99, "r2", "a constant prediction"),
    residuals=np.array([0.1, 1 / 3]),
    members=pd.DataFrame({"weight": [1.0], "score": [0.5], "pipeline": [PIPELINE]}),
    structure=structure_table([]),
    nested_results=pd.DataFrame(
        {
            "fold": [0, 1],
            "score": [0.5, 0.5],
            "inner_score": [None, None],
            "pipeline": [PIPELINE, PIPELINE],
            "rounds": pd.Series([None, 7], dtype=object),
            "fit_seconds": [0.1, 0.1],
        }
    ),
    columns=COLUMNS,
    names=Names(columns=("a", "b", "c", "d"), has_names=True, target="price"),
    script=ScriptFacts(
        operators=digests([SHIPPED["ridge"]]),
        names=("ridge",),
        rounds=(None,),
        rescaling=None,
        seed=7,
        quantile=None,
        tunes_threshold=False,
        bags=None,
        is_weighted=False,
        n_rows=4,
        check_rows=(0, 3),
        check_values=((1.0,), (0.1 + 0.2,)),
        tuner=None,
        trials=20,
    ),
    search=SearchRecord(
        leaderboard=LEADERBOARD,
        ablation=pd.DataFrame(
            {
                "step": ["ridge"],
                "worth": [0.1],
                "error": [math.inf],
                "dropped": [True],
                "pipeline": [PIPELINE],
            }
        ),
        run=Run(1.5, None, 2, 1, 0.5, 4),
    ),
    price=Price("r2", 0.4, 0.3, 0.5, 0.45, 0.5, 0.05, -0.01, 0.11, 5),
    has_other_rows=True,
)
UNSTORED = ("held_out", "pipelines", "catalogue", "classes")


def facts():
    """The facts of `FITTED`, as a file has them."""
    return json.loads(json.dumps(FITTED.to_facts()))


def read(content, pipelines=(FITTED.predictor,), classes=None):
    return restore_fitted(content, pipelines, classes, SHIPPED)


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


FREE = (
    "operators",
    "orders",
    "readings",
    "dropped",
    "members",
    "leaderboard",
    "nested_results",
    "ablation",
    "structure",
)


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


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (("price", "cost"), math.inf, "finite numbers in the price"),
        (("price", "metric"), "f1", "one metric"),
        (("price", "folds"), 0, "folds of the price"),
        (
            ("threshold",),
            {"value": 0.3, "label": "b", "metric": None, "score": None, "at_half": None},
            "a threshold between two classes",
        ),
    ],
    ids=str,
)
def test_prices_and_thresholds_are_those_of_a_model(place, value, message):
    with pytest.raises(FileError, match=message):
        read(changed(place, lambda owner, key: owner.update({key: value})))


@pytest.mark.parametrize(
    ("pipelines", "message"),
    [
        ([], "a pipeline for each row of members"),
        ([FITTED.predictor] * 2, "a pipeline for each row of members"),
        ([[1]], "pipelines of steps"),
        ([FITTED.predictor[:1]], "pipelines of steps"),
        ([FITTED.predictor[1:]], "a first step that reads the cells"),
    ],
)
def test_only_pipelines_of_the_facts_are_members(pipelines, message):
    with pytest.raises(FileError, match=message):
        read(facts(), pipelines)


@pytest.mark.parametrize("classes", [[0, 1], np.array([1, 0]), np.array([0]), np.array([[0, 1]])])
def test_classes_are_those_of_a_classification(classes):
    with pytest.raises(FileError, match="classes of a classification"):
        read(facts(), classes=classes)
    with pytest.raises(FileError, match="classes"):
        read({**facts(), "task": "classification", "residuals": []}, classes=classes)


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


def test_an_array_is_read_by_an_alias_for_its_type():
    """With Python 3.12 and NumPy 2.5, `NDArray` is such an alias."""
    number = TypeVar("number", bound=np.generic)
    array = np.ndarray[tuple[Any, ...], np.dtype[number]]
    alias = TypeAliasType("alias", array, type_params=(number,))
    read = read_as(alias[np.float64], [1, 2.5], "numbers")
    assert read.dtype == np.float64
    np.testing.assert_array_equal(read, [1.0, 2.5])
