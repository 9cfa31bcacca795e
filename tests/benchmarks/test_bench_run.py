"""Real jobs in real processes: what goes well, what goes wrong, and what is there already."""

import os
from dataclasses import replace

import pytest

from benchmarks.errors import JournalError
from benchmarks.running.journal import Journal
from benchmarks.running.run import Plan, run_plan
from benchmarks.tasks.task import TaskReference

pytestmark = pytest.mark.usefixtures("own_adapters")


def measure(task, journal, *adapters, **options):
    """Measure adapters of the module `own_adapters`."""
    names = tuple(f"own_adapters:{name}" for name in adapters)
    plan = Plan(names, budget=1.0, jobs=1, **options)
    run_plan([TaskReference(task.name, lambda: task)], plan, Journal(journal))
    rows = Journal(journal).rows
    return {row.key.adapter.removeprefix("own_adapters:"): row for row in rows}


def test_a_good_job(binary_task, tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    row = measure(binary_task, tmp_path / "journal.jsonl", "Peeking")["Peeking"]
    assert (row.score, row.constant, row.metric) == (0.5, 0.5, "roc_auc")
    assert (row.failure, row.preparation) == ("", "none")
    assert row.costs.fit_seconds is not None
    assert row.costs.fit_seconds < row.costs.wall_seconds
    assert row.costs.cpu_seconds > 0.1
    assert row.costs.peak_mib > 50
    assert row.costs.overrun_seconds == max(0.0, row.costs.fit_seconds - 1)
    assert set(row.provenance.versions) == {"automl", "sklearn", "python"}
    assert row.extra == {
        "files": [
            "test_X.parquet",
            "train_X.parquet",
            "train_y.parquet",
        ],  # no held-out target anywhere
        "columns": ["a", "b"],
        "n_rows": 40,
        "threads": None,
        "infinity": None,
    }


@pytest.mark.slow
def test_failures_are_rows(binary_task, tmp_path):
    rows = measure(binary_task, tmp_path / "journal.jsonl", "Crashing", "Infinite", "Late")
    assert [row.score for row in rows.values()] == [None, None, 0.5]
    crash = rows["Crashing"].failure.splitlines()
    assert crash[0] == "ended with status 1"
    assert crash[-1] == "RuntimeError: it went wrong"
    assert rows["Crashing"].costs.fit_seconds is None
    assert "expected predictions of shape" in rows["Infinite"].failure
    assert rows["Late"].failure == ""
    assert rows["Late"].extra["failure"].endswith("RuntimeError: too late")


@pytest.mark.slow
def test_a_hanging_job_is_ended(binary_task, tmp_path):
    path = tmp_path / "journal.jsonl"
    row = measure(binary_task, path, "Hanging", kill_seconds=1.0)["Hanging"]
    assert row.score is None
    assert row.failure == "ended at its limit of 1 s"
    assert row.costs.overrun_seconds == pytest.approx(row.costs.wall_seconds - 1)
    assert measure(binary_task, path, "Hanging", "Constant")["Constant"].score == 0.5


def test_the_limit():
    assert Plan((), budget=60, jobs=2).limits.seconds == 240


@pytest.mark.slow
def test_nothing_is_measured_twice(binary_task, tmp_path):
    path = tmp_path / "journal.jsonl"
    measure(binary_task, path, "Constant")
    new_rows = []

    def load():
        raise AssertionError("there is nothing to do on this task")

    plan = Plan(("own_adapters:Constant",), budget=1.0, jobs=1)
    run_plan([TaskReference("binary", load)], plan, Journal(path), new_rows.append)
    assert new_rows == []
    plan = replace(plan, splits=2)
    run_plan([TaskReference("binary", lambda: binary_task)], plan, Journal(path), new_rows.append)
    assert [row.key.split for row in new_rows] == [1]
    assert len(Journal(path).rows) == 2


def test_another_version_is_refused_before_any_work(binary_task, tmp_path, make_row):
    path = tmp_path / "journal.jsonl"
    Journal(path).append(make_row(adapter="own_adapters:Constant", jobs=1))
    with pytest.raises(JournalError, match="one journal holds one version"):
        measure(binary_task, path, "Constant")


@pytest.mark.slow
def test_an_exported_script_is_run_and_kept(binary_task, tmp_path):
    winners = tmp_path / "winners"
    path = tmp_path / "journal.jsonl"
    row = measure(binary_task, path, "Exporting", winners=winners)["Exporting"]
    assert row.extra["export_matches"] is True
    assert row.extra["export_max_abs_difference"] == 0.0
    assert row.extra["export_seconds"] > 0
    assert os.listdir(winners) == ["binary-own_adapters.Exporting-1s-split0-seed0.py"]
