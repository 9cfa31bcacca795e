"""Tables of pipelines print their short columns, and hold all of them."""

import pickle

import pandas as pd
import pytest

from automl.report.pipeline_table import PipelineTable

ROW = {
    "rank": 1,
    "score": 0.987654321,
    "deviation": 0.0123456,
    "state": "raced out",
    "folds": 15,
    "size": 12,
    "fit_seconds": 0.1234567,
    "predict_seconds": 0.001234,
    "model": "logistic_regression on simple_imputer, standard_scaler, pca, select_percentile",
    "pipeline": "logistic_regression(" + "x" * 500 + ")",
    "cause": "ValueError: " + "y" * 500,
}


@pytest.fixture
def table():
    return PipelineTable([ROW | {"rank": rank} for rank in range(1, 51)])


@pytest.mark.parametrize("part", [lambda table: table, lambda table: table.head(3)])
def test_it_prints_in_80_columns(table, part):
    lines = repr(part(table)).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0].split() == ["rank", "score", "deviation", "state", "folds", "model"]
    assert "0.9877" in lines[1]
    assert len(lines) <= 24


def test_a_notebook_shows_the_same_columns(table):
    page = table._repr_html_()
    assert "<th>model</th>" in page
    assert "x" * 20 not in page
    assert "<b>" not in PipelineTable([ROW | {"model": "<b>"}])._repr_html_()


def test_all_columns_are_there(table):
    assert list(table) == list(ROW)
    assert table["pipeline"][0] == ROW["pipeline"]
    pd.testing.assert_frame_equal(pickle.loads(pickle.dumps(table)), table)


def test_a_part_without_models_prints_as_pandas_does(table):
    part = table[["rank", "score"]]
    assert repr(part) == repr(pd.DataFrame(part))
    assert part._repr_html_() == pd.DataFrame(part)._repr_html_()


def test_many_scores_leave_the_model_some_room():
    wide = PipelineTable([ROW | {f"score {n}": 0.123456 for n in range(9)}])
    assert repr(wide).splitlines()[1].endswith("logistic_regressi...")
    assert repr(PipelineTable(columns=list(ROW))).startswith("Empty")
