"""The adapter of this project, from the search to the exported script."""

from pathlib import Path

from benchmarks.running.journal import Journal
from benchmarks.running.run import Plan, run_plan
from benchmarks.scores.report import render_report
from benchmarks.tasks.bundled import bundled_tasks


def test_automl(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    # A third of it is enough on an idle machine; workers start slowly on a busy one.
    plan = Plan(("automl",), budget=8.0, jobs=2, winners=tmp_path / "winners")
    run_plan(bundled_tasks(["breast_cancer"]), plan, journal)
    (row,) = journal.rows
    assert row.failure == ""
    assert row.score is not None
    assert row.score > 0.9
    extra = row.extra
    assert extra["export_matches"] is True, extra
    assert extra["export_max_abs_difference"] <= 1e-9
    assert extra["pipelines"] >= 1
    assert 0 < extra["estimator_share"] <= 1
    assert 0 < extra["first_model_seconds"] < extra["whole_fit_seconds"]
    assert extra["best_pipeline"]
    assert 1 <= extra["members"] <= 5
    low, high = extra["honest_interval"]
    assert low < extra["honest_score"] <= high <= 1
    assert (tmp_path / "winners" / "breast_cancer-automl-8s-split0-seed0.py").exists()
    assert "### Our searches" in render_report(journal.rows)


def test_the_best_pipeline_alone(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl")
    run_plan(bundled_tasks(["wine"]), Plan(("automl_single",), budget=8.0, jobs=2), journal)
    (row,) = journal.rows
    assert row.failure == ""
    assert row.extra["members"] == 1
    assert row.extra["export_matches"] is True, row.extra
