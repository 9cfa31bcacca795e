"""What the tests of the suite share."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.running import provenance
from benchmarks.running.journal import Costs, Key, Row
from benchmarks.running.provenance import Provenance
from benchmarks.tasks.task import make_task

ROW = Row(
    key=Key(task="iris", split=0, adapter="dummy", seed=0, budget=10.0),
    metric="log_loss",
    score=0.5,
    constant=1.0,
    costs=Costs(
        fit_seconds=5.0,
        predict_seconds=0.1,
        wall_seconds=8.0,
        cpu_seconds=4.0,
        peak_mib=200.0,
        overrun_seconds=0.0,
    ),
    provenance=Provenance(
        versions={"automl": "0.1.0+12345678", "sklearn": "1.9.1", "python": "3.11.7"},
        commit="abc",
        machine={"cpu": "a processor", "cores": 2},
        jobs=2,
    ),
    digest="d1",
)


@pytest.fixture
def make_row():
    """Return a function that changes the fields of a row, those of its key and costs too."""

    def make(version="0.1.0+12345678", jobs=2, **changes):
        def part(record):
            fields = {name: changes.pop(name) for name in list(changes) if hasattr(record, name)}
            return replace(record, **fields)

        versions = {**ROW.provenance.versions, "automl": version}
        origin = replace(ROW.provenance, versions=versions, jobs=jobs)
        key, costs = part(ROW.key), part(ROW.costs)
        return replace(ROW, key=key, costs=costs, provenance=origin, **changes)

    return make


def mixed_frame(n_rows=90):
    """Return numbers and texts with gaps, booleans and integers that stand for categories."""
    random = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "number": random.normal(size=n_rows),
            "text": random.choice(["red", "green", "NA"], size=n_rows),
            "nominal": pd.Categorical(random.choice([3, 5, 7], size=n_rows)),
            "flag": random.choice([True, False], size=n_rows),
            "empty": np.full(n_rows, np.nan),
        }
    )
    frame.loc[::7, "number"] = np.nan
    frame.loc[::5, "text"] = None
    return frame


@pytest.fixture
def mixed_task():
    """Return a task of three classes with names, which the texts tell apart."""
    X = mixed_frame()
    y = X["text"].fillna("none").map({"red": "a", "green": "b", "NA": "b", "none": "c"})
    return make_task("mixed", X, y.rename("class"), "made up", is_classification=True)


@pytest.fixture
def binary_task():
    """Return a task of two classes that a single column tells apart."""
    X = pd.DataFrame({"a": np.linspace(0, 1, 60), "b": np.arange(60) % 5})
    y = pd.Series(np.where(X["a"] > 0.5, "yes", "no"), name="target")
    return make_task("binary", X, y, "made up", is_classification=True)


@pytest.fixture
def regression_task():
    """Return a regression."""
    X = mixed_frame()
    y = pd.Series(X["number"].fillna(0.0) * 2 + 1, name="y")
    return make_task("line", X, y, "made up", is_classification=False)


@pytest.fixture(autouse=True)
def one_version(monkeypatch):
    """Let nobody who edits the package while the tests run make them refuse their own journals."""
    monkeypatch.setattr(provenance, "package_version", lambda: "0.1.0+tests")


@pytest.fixture
def own_adapters(monkeypatch):
    """Let adapters' processes find the modules of this folder."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
