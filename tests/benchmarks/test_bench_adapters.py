"""Adapters keep the protocol on frames with texts, gaps and categories."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier

from benchmarks.adapters import ADAPTERS, Settings, check_adapter, load_adapter
from benchmarks.adapters.random_forest import RandomForest
from benchmarks.errors import AdapterError
from benchmarks.running.peers import read_needs
from benchmarks.scores.scoring import constant_predictions, score_predictions
from benchmarks.tasks.split import split_task
from benchmarks.tasks.task import Kind

ROOT = Path(__file__).parents[2]
HIDDEN = """
import sys
sys.meta_path[:] = [finder for finder in sys.meta_path if "editable" not in repr(finder)]
sys.path.insert(0, {!r})
from benchmarks.__main__ import main
sys.exit(main(["run", "--suite", "small", "--adapters", "automl", "--journal", "none.jsonl"]))
"""
OURS = ("automl", "automl_single")  # tested in test_bench_ours.py
PLAIN = [name for name in ADAPTERS if name not in OURS and read_needs(name) is None]


def predict(name, split, folder):
    settings = Settings(split.task.kind, budget=10, jobs=1, seed=0)
    adapter = load_adapter(name)(settings)
    adapter.fit(split.train_X, split.train_y)
    assert set(adapter.extras(split.test_X, folder)) <= {"pipelines", "best_pipeline"}
    assert adapter.preparation
    return adapter.predict(split.test_X)


@pytest.mark.slow
@pytest.mark.parametrize("name", PLAIN)
def test_classes(name, mixed_task, tmp_path):
    split = split_task(mixed_task, 0)
    predictions = predict(name, split, tmp_path)
    assert predictions.classes == ["a", "b", "c"]
    assert all(type(label) is str for label in predictions.classes)
    assert predictions.values.shape == (30, 3)
    constant = score_predictions(split, constant_predictions(split))
    score = score_predictions(split, predictions)
    assert score == pytest.approx(constant) if name == "dummy" else score < constant / 2


@pytest.mark.slow
@pytest.mark.parametrize("name", PLAIN)
def test_numbers(name, regression_task, tmp_path):
    split = split_task(regression_task, 0)
    predictions = predict(name, split, tmp_path)
    assert predictions.classes == []
    constant = score_predictions(split, constant_predictions(split))
    score = score_predictions(split, predictions)
    assert score == pytest.approx(constant) if name == "dummy" else score < constant


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in PLAIN if name != "dummy"])
def test_new_categories(name, mixed_task, tmp_path):
    split = split_task(mixed_task, 0)
    split.test_X["text"] = "violet"
    assert np.isfinite(predict(name, split, tmp_path).values).all()


def test_the_forest_is_the_one_of_the_literature():
    settings = Settings(Kind.BINARY, budget=1, jobs=2, seed=3)
    forest = RandomForest(settings).make_estimator(pd.DataFrame({"a": [1]}))[-1]
    changed = {"n_estimators": 500, "n_jobs": 2, "random_state": 3}
    assert forest.get_params() == {**RandomForestClassifier().get_params(), **changed}


def test_finding():
    check_adapter("somebodys.module:Class")
    with pytest.raises(AdapterError, match=r"out of .*'dummy'.* or module:Class, got 'tpott'"):
        check_adapter("tpott")
    with pytest.raises(AdapterError, match="expected a class Nothing in module"):
        load_adapter("benchmarks.errors:Nothing")


@pytest.mark.slow
def test_a_hidden_package_is_told_before_anything_is_measured(tmp_path):
    """Where links are not supported, `automl` lacks its pipelines in a plain checkout."""
    for name in ("automl", "benchmarks"):
        without_link = shutil.ignore_patterns("pipelines")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=without_link)
    command = [sys.executable, "-I", "-c", HIDDEN.format(str(tmp_path))]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert "pip install -e ." in done.stderr
    assert "Traceback" not in done.stderr
