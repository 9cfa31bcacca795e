"""Every measure of the engine gives numbers that can be true, and the report has all of them."""

import math
from dataclasses import replace

import pytest

from benchmarks.__main__ import main
from benchmarks.errors import BenchmarkError
from benchmarks.running.provenance import read_provenance
from benchmarks.studies.cost import serving
from benchmarks.studies.cost.measures import MEASURES
from benchmarks.studies.cost.study import Cost, CostKey, show_number
from benchmarks.studies.study import StudyRow

UNITS = {
    *("%", "MB", "MiB", "models", "s", "ms", "µs", "1/s", "1/min"),
    *("s of CPU", "ms of CPU", "µs of CPU"),
}
MAY_BE_0 = ("past its limit", "memory grown", "a bank", "a row beyond")


@pytest.mark.slow
@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_gives_numbers_that_can_be_true(name, monkeypatch):
    for requests in ("WARM_REQUESTS", "LARGE_REQUESTS"):
        monkeypatch.setattr(serving, requests, 3)
    numbers = MEASURES[name].read(2)
    assert {label.rpartition(", ")[2] for label in numbers} <= UNITS
    for label, value in numbers.items():
        assert math.isfinite(value)
        # A limit that is checked a little early leaves nothing after it, and memory is reused. Of
        # three requests on a busy machine, the prediction alone may take longer.
        assert value > 0 or label.startswith(MAY_BE_0) or "idle" in label
        assert value <= 100 or "share" not in label


def test_reasons_are_single_sentences():
    reasons = [measure.why for measure in MEASURES.values()]
    assert all(why.endswith(".") and why.count(". ") == 0 for why in reasons)


def test_the_report_has_every_measure_with_its_reason():
    origin = replace(read_provenance(2), commit="abc")
    rows = [
        StudyRow(CostKey(name, repeat, 100), origin, {"a call, ms": value, "a start, s": 1.0})
        for repeat, value in enumerate((3.0, 1.0))
        for name in MEASURES
    ]
    report = Cost.report(rows)
    for name, measure in MEASURES.items():
        assert f"| {name} | a call | 2 ms | 1 – 3 | {measure.why} |" in report
        assert f"| {name} | a start | 1 s | 1 – 1 |  |" in report
        assert f"- **{name}**: {measure.how}\n" in report
    assert "- commit abc\n- machine " in report
    assert "Medians of 2 repeats" in report
    assert Cost.report([]) == "The journal is empty.\n"


@pytest.mark.slow
def test_every_repeat_is_measured_in_another_process():
    cost = Cost(["history"], repeats=2, tasks=2)
    rows = list(cost.rows(cost.keys()))
    assert [row.key.repeat for row in rows] == [0, 1]
    assert all(row.result and row.result["add_trial, a pipeline, µs"] > 0 for row in rows)


@pytest.mark.slow
def test_a_measure_that_fails_tells_its_cause():
    with pytest.raises(BenchmarkError, match="none, repeat 0 ended with status 1: KeyError: 'non"):
        Cost([], 1).measure(CostKey("none", 0, 2))


def test_unknown_measures_are_refused(capsys):
    assert main("speed --only task,speeed".split()) == 2
    assert (
        "expected --only out of ['reading', 'model_file', 'task', 'worker',"
        in capsys.readouterr().err
    )


def test_numbers_have_three_digits():
    assert [show_number(value) for value in (0.01234, 12.34, 1234.5)] == ["0.0123", "12.3", "1,234"]
