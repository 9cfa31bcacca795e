"""What is measured of preparation is there for every way of it, and nothing else."""

from benchmarks.studies.preparing import preparations, preparing_report
from benchmarks.tasks.bundled import bundled_tasks


def test_every_way_of_a_start_is_measured_once():
    (reference,) = bundled_tasks(["iris"])
    found = preparations(reference.load())
    assert {one.steps.partition("(")[0] for one in found} == {"numeric", "simple_imputer"}
    assert all(one.seconds > 0 and one.few_columns_seconds for one in found)


def test_the_report_has_a_line_for_each():
    (reference,) = bundled_tasks(["diabetes"])
    task = reference.load()
    lines = preparing_report([task]).splitlines()
    assert lines[0] == "# Preparing a fold"
    assert sum(line.startswith("| diabetes | 442 × 10 |") for line in lines) == len(
        preparations(task)
    )
