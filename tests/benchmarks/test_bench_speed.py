"""Every measure of the engine gives numbers that can be true, and the report has all of them."""

import json
import math
from dataclasses import replace

import pytest

from benchmarks.__main__ import main
from benchmarks.errors import BenchmarkError
from benchmarks.running.provenance import read_provenance
from benchmarks.studies.cost import command, repeats
from benchmarks.studies.cost.measure import Measure, Reading, Scale
from benchmarks.studies.cost.registry import ALL, MEASURES
from benchmarks.studies.cost.report import show_number, speed_report

SMALLEST = Scale(tasks=2, pipelines=3, half=15, resumed=15, exports=1, proposals=3)
MAY_BE_NEGATIVE = {  # where two numbers that are nearly equal are taken from each other
    "memory of 10,000 pipelines",
    "of this workers outside fit and prediction",
    "past its limit, until the next task is answered",
    "share of a fit on breast_cancer",  # seconds in fits are wall time, which others may take
}


@pytest.mark.parametrize("measure", ALL, ids=lambda measure: measure.name)
def test_a_measure_gives_numbers_that_can_be_true(measure: Measure):
    readings = measure.read(SMALLEST)
    assert len({one.what for one in readings}) == len(readings) > 0
    for one in readings:
        assert math.isfinite(one.value)
        assert one.value > 0 or one.what in MAY_BE_NEGATIVE
        assert one.unit in ("%", "s", "ms", "µs", "MiB")
        assert one.value <= 100 or "share" not in one.what


def test_reasons_are_one_sentence_each():
    assert len(MEASURES) == len(ALL)
    assert all(one.why.endswith(".") and one.why.count(". ") == 0 for one in ALL)


def test_the_report_has_every_measure_with_its_reason():
    found = {
        name: [[Reading("a thing", value, "ms"), Reading("another", 1.0, "s")] for value in (3, 1)]
        for name in MEASURES
    }
    origin = replace(read_provenance(2), commit="abc")
    report = speed_report(found, origin)
    for one in ALL:
        assert f"| {one.name} | a thing | 2 ms | 1 – 3 | {one.why} |" in report
        assert f"| {one.name} | another | 1 s | 1 – 1 |  |" in report
        assert f"- **{one.name}**: {one.how}\n" in report
    assert "- commit abc\n- machine " in report
    assert "Medians of 2 repeats" in report


def test_the_command_measures_in_other_processes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(command, "SCALE", SMALLEST)
    assert main("speed --only history --repeats 1".split()) == 0
    out, err = capsys.readouterr()
    assert err.startswith("history: add_trial, a pipeline ")
    assert "| history | resume 15 pipelines | " in out
    assert "| start |" not in out


def test_a_repeat_prints_what_it_read(capsys: pytest.CaptureFixture[str]):
    repeats.main("proposals", json.dumps({"proposals": 2}))
    (first, *_) = [Reading(**one) for one in json.loads(capsys.readouterr().out)]
    assert (first.what, first.unit) == ("genetic, ask and tell", "ms")


def test_unknown_measures_are_refused(capsys: pytest.CaptureFixture[str]):
    assert main("speed --only task,speeed".split()) == 2
    assert "expected --only out of ['task', 'start'," in capsys.readouterr().err


def test_a_measure_that_fails_is_told_with_its_cause():
    unknown = replace(ALL[0], name="none")
    with pytest.raises(BenchmarkError, match="measure 'none' ended with 1: KeyError: 'none'"):
        repeats.read_apart(unknown, SMALLEST)


def test_numbers_have_three_digits():
    assert [show_number(value) for value in (0.01234, 12.34, 1234.5)] == ["0.0123", "12.3", "1,234"]
