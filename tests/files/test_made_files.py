"""Files of every kind, each with the values that are right, by four ways that must agree."""

import re
import runpy
import sys
import tomllib
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl import AutoMLClassifier, AutoMLRegressor, DataError, load
from automl.cli import main
from automl.cli.table import read_table

FOLDER = Path(__file__).parent
CASES = tomllib.loads((FOLDER / "expected.toml").read_text("utf-8"))
NEW = ["no", "yes", "no", "yes"]
CATALOGUE = str(FOLDER / "catalogue.toml")
SETTINGS = {"random_state": 0, "n_jobs": 1, "max_evaluations": 2, "ensemble_size": 1, "cv": 2}
OPTIONS = "--seed 0 --jobs 1 --evaluations 2 --ensemble 1 --folds 2 --target y".split()


def parameter(name):
    marks = pytest.mark.slow if CASES[name].get("quick") else [pytest.mark.slow, pytest.mark.files]
    return pytest.param(name, marks=marks)


def in_python(frame, facts):
    """Fit in Python on what pandas reads."""
    frame = frame[frame["y"].notna()]
    estimator = AutoMLRegressor if facts.get("task") == "regression" else AutoMLClassifier
    search = estimator(catalogue=CATALOGUE, time_budget=None, verbose=0, **SETTINGS)
    return search.fit(frame.drop(columns="y"), frame["y"], kinds=facts.get("kinds"))


def on_the_command_line(path, facts):
    """Fit by the command line, with a model and a script."""
    options = [*OPTIONS, "--catalogue", CATALOGUE, "--save", "model", "--export", "best.py"]
    options += facts.get("options", [])
    options += [] if facts.get("strict") else ["--drop-rows-without-target"]
    options += ["--task", facts["task"]] if "task" in facts else []
    kinds = facts.get("kinds", {}).items()
    options += [part for pair in kinds for part in ("--kind", "=".join(pair))]
    return main(["fit", str(path), *options])


def by_script(monkeypatch, *arguments):
    """Run the script and return what it exits with."""
    monkeypatch.setattr(sys, "argv", ["best.py", *map(str, arguments)])
    try:
        runpy.run_path("best.py", run_name="__main__")
    except SystemExit as stop:
        return stop.code
    return None


def assert_cells(estimator, frame, facts):
    """Compare the cells of a file, as the estimator reads them, with those that are right."""
    name = facts.get("column", "x")
    assert name in estimator.columns_.kinds()[facts.get("kind", "numeric")]
    cells = estimator.columns_.read(frame)[name]
    assert cells.isna().sum() == facts["missing"]
    for cell, expected in zip(cells, facts["cells"], strict=False):
        if expected == "missing":
            assert pd.isna(cell)
        elif isinstance(expected, float):
            assert cell == pytest.approx(expected)
        else:
            assert str(cell) == expected
    for column, reason in facts.get("dropped", {}).items():
        assert estimator.columns_.dropped[column].startswith(reason)


def values(table):
    """Return the numbers that are predicted: probabilities of labels, or a target."""
    names = [name for name in table if name.startswith("probability")] or ["prediction"]
    return table[names].to_numpy()


def values_of(estimator, frame):
    is_regression = isinstance(estimator, AutoMLRegressor)
    return estimator.predict(frame)[:, None] if is_regression else estimator.predict_proba(frame)


def assert_predictions(table, facts):
    expected = facts.get("new", NEW)
    predictions = table["prediction"].tolist()[-len(expected) :]
    assert [x for x, y in zip(predictions, expected, strict=True) if y != "any"] == [
        y for y in expected if y != "any"
    ]


@pytest.mark.parametrize("name", [parameter(name) for name in CASES])
def test_a_file_by_all_ways(name, make, read, monkeypatch, capsys):
    facts = CASES[name]
    source = facts.get("fit", name)
    path = make(name, facts)
    train = make(source, CASES[source])
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        if "refused" in facts and "fit" not in facts:
            assert on_the_command_line(path, facts) == 1
            assert re.search(facts["refused"], capsys.readouterr().err)
            return
        assert on_the_command_line(train, CASES[source]) == 0
        fitted = in_python(read(train, CASES[source]), CASES[source])
        fitted.save("of_python")
        check = assert_refused if "refused" in facts else assert_equal
        check(fitted, read(path, facts), path, train, facts, monkeypatch, capsys)


def assert_refused(fitted, frame, path, train, facts, monkeypatch, capsys):
    words = facts["refused"]
    for estimator in (fitted, load("of_python")):
        with pytest.raises(DataError, match=words):
            estimator.predict(frame)
    capsys.readouterr()
    assert main(["predict", "model", str(path)]) == 1
    assert words in capsys.readouterr().err
    assert words in by_script(monkeypatch, train, "--predict", path)


def assert_equal(fitted, frame, path, train, facts, monkeypatch, capsys):
    loaded = load("of_python")
    if "cells" in facts:
        assert_cells(fitted, frame, facts)
        of_command = load("model")
        table = read_table(str(path), fitted=of_command._form)
        assert_cells(of_command, table.frame(of_command.columns_), facts)
    assert main(["predict", "model", str(path), "--out", "predictions.csv"]) == 0
    assert facts.get("says", "") in capsys.readouterr().err
    table = pd.read_csv("predictions.csv")
    assert_predictions(table, facts)
    for estimator in (fitted, loaded):
        np.testing.assert_allclose(values_of(estimator, frame), values(table), atol=1e-9)
        assert estimator.predict(frame).tolist() == table["prediction"].tolist()
    if "script" not in facts:
        assert by_script(monkeypatch, train, "--predict", path, "--out", "of_script.csv") is None
        pd.testing.assert_frame_equal(table, pd.read_csv("of_script.csv"), atol=1e-9)
        assert by_script(monkeypatch, train, "--verify") is None


def test_there_are_enough_files():
    assert len(CASES) >= 80
    assert sum(facts.get("quick", False) for facts in CASES.values()) == 12
    tables = {path.name for path in (FOLDER / "tables").iterdir()}
    assert tables == {name for name, facts in CASES.items() if "from" not in facts}
