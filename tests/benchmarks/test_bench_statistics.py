"""Statistics agree with worked examples."""

import pytest

from benchmarks.scores.report import render_report
from benchmarks.scores.standings import anytime_curves, compute_standings
from benchmarks.scores.statistics import compare_ranks, paired_differences


def test_the_critical_difference_of_the_paper(make_row):
    """Demšar (2006) compares four methods on fourteen sets: 1.25 at 5 %."""
    rows = [
        make_row(task=f"t{task}", adapter=f"a{adapter}", score=0.1 * adapter + 0.01 * task)
        for task in range(14)
        for adapter in range(4)
    ]
    significance = compare_ranks(compute_standings(rows))
    assert significance is not None
    assert significance.critical_difference == pytest.approx(1.25, abs=0.005)
    assert significance.p_value < 1e-8  # always in the same order


def test_few_adapters_or_tasks_are_not_compared(make_row):
    rows = [make_row(adapter=name, score=score) for name, score in (("a", 1), ("b", 2), ("c", 3))]
    assert compare_ranks(compute_standings(rows)) is None
    fewer = [make_row(task="two", adapter=name) for name in "ab"]
    assert compare_ranks(compute_standings(rows[:2] + fewer)) is None


def scored(make_row, adapter, drawn, **changes):
    score = sum(drawn) / len(drawn)
    return make_row(adapter=adapter, score=score, resampled=drawn, **changes)


def test_differences_are_paired_and_point_to_ours(make_row):
    noise = [0.01 * (n % 40) for n in range(200)]
    rows = [  # log loss: less is better
        scored(make_row, "automl", [0.5 + x for x in noise]),
        scored(make_row, "forest", [0.6 + x for x in noise]),
        scored(make_row, "equal", [0.5 + x for x in reversed(noise)]),
        make_row(adapter="failed", score=None),
    ]
    differences = paired_differences(rows, "automl")["iris"]
    assert set(differences) == {"forest", "equal"}
    assert differences["forest"].gain == pytest.approx(0.1)
    assert (differences["forest"].low, differences["forest"].high) == pytest.approx((0.1, 0.1))
    assert differences["forest"].is_clear
    assert differences["equal"].low < 0 < differences["equal"].high
    text = render_report(rows)
    assert "**+0.1 [+0.1, +0.1]**" in text
    assert "| iris | log_loss | **+0.1" in text


def test_budgets_make_a_curve(make_row):
    rows = [
        make_row(adapter=adapter, budget=budget, score=score)
        for adapter, scores in {"a": (0.8, 0.5), "b": (1.0, 0.75)}.items()
        for budget, score in zip((10.0, 60.0), scores, strict=True)
    ]
    curves = anytime_curves(rows)
    assert curves["a"] == pytest.approx({10.0: 0.4, 60.0: 1.0})
    assert curves["b"] == pytest.approx({10.0: 0.0, 60.0: 0.5})
    assert "| a | 0.400 | 1.000 |" in render_report(rows)
    assert "By budget" not in render_report(rows[::2])
