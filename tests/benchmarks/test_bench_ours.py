"""The adapter of this project, from the search to the exported script."""

import pytest

from benchmarks.running.journal import Journal
from benchmarks.running.run import Plan, run_plan
from benchmarks.scores.report import render_report
from benchmarks.tasks.bundled import bundled_tasks

pytestmark = pytest.mark.usefixtures("own_adapters")


def measure(adapter, task, folder):
    journal = Journal(folder / "journal.jsonl")
    # The budget is not used up: searches end after a few pipelines, however busy the machine is.
    plan = Plan((f"own_searches:{adapter}",), budget=600.0, jobs=2, winners=folder / "winners")
    run_plan(bundled_tasks([task]), plan, journal)
    (row,) = journal.rows
    assert row.failure == ""
    assert row.extra["export_matches"] is True, row.extra
    return row


@pytest.mark.slow
def test_automl(tmp_path):
    row = measure("FewPipelines", "breast_cancer", tmp_path)
    assert row.score is not None
    assert row.score > 0.9
    extra = row.extra
    assert extra["export_max_abs_difference"] <= 1e-9
    assert 1 <= extra["pipelines"] <= 3
    assert 0 < extra["estimator_share"] <= 1
    assert 0 < extra["first_model_seconds"] < extra["whole_fit_seconds"]
    assert extra["best_pipeline"]
    assert 1 <= extra["members"] <= 3
    low, high = extra["honest_interval"]
    assert low < extra["honest_score"] <= high <= 1
    (script,) = (tmp_path / "winners").iterdir()
    assert script.name == "breast_cancer-own_searches.FewPipelines-600s-split0-seed0.py"
    assert "### Our searches" in render_report([row])


@pytest.mark.slow
def test_the_best_pipeline_alone(tmp_path):
    assert measure("FewPipelinesSingle", "wine", tmp_path).extra["members"] == 1
