"""What nested fitness costs is measured of all that a search evaluated, and nothing else."""

import re

import pytest

from benchmarks.__main__ import main
from benchmarks.studies import nested_cost as command
from benchmarks.studies.nested_cost import (
    Cost,
    Fits,
    Seconds,
    nested_cost,
    nested_cost_report,
    tuner_fits,
)
from benchmarks.tasks.bundled import bundled_tasks


def test_every_fold_of_a_search_is_done_both_ways():
    (reference,) = bundled_tasks(["diabetes"])
    cost = nested_cost(reference.load(), evaluations=3)
    assert (cost.task, cost.n_rows, cost.failed) == ("diabetes", 442, 0)
    assert cost.n_pipelines == 2
    assert len(cost.folds) == 30  # born before there was a best, both see all draws of the folds
    assert len({one.operator for one in cost.folds}) == 2
    assert all(one.nested > 0 and one.plain > 0 for one in cost.folds)
    assert cost.searched > 0
    assert cost.tunings == []


def test_the_ratio_has_all_that_a_search_spends():
    folds = [Seconds("ridge", 3.0, 2.0), Seconds("lasso", 1.0, 2.0)]
    cost = Cost("a", 10, 1, 4.0, folds, tunings=[2.0], failed=0)
    assert (cost.nested, cost.plain, cost.ratio) == (4.0, 4.0, 1.5)


def test_a_tuner_does_the_fits_that_it_promises():
    found = tuner_fits("random", evaluations=3)
    assert [one.promised for one in found] == [31, 31]
    assert all(one.is_kept for one in found)
    assert not Fits("random", "ridge", promised=31, counted=27).is_kept


def test_the_report(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    def report(tasks, evaluations):
        return nested_cost_report(tasks, evaluations, [Fits("random", "ridge", 31, 31.0)])

    monkeypatch.setattr(command, "nested_cost_report", report)
    assert main("nested-cost --tasks diabetes --evaluations 2".split()) == 0
    out, err = capsys.readouterr()
    assert err.startswith("diabetes: ratio ")
    assert "| diabetes | 442 | 1 | 15 | 0 | " in out
    assert "Median ratio over 1 tasks: **" in out
    assert re.search(r"\| \w+ \| 15 \| ", out)
    assert "| random | ridge | 31 | 31 | yes |" in out
