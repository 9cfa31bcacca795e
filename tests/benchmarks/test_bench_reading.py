"""Cells as people write them are scored beside plain ones."""

import pandas as pd
import pytest

from benchmarks.running.provenance import read_provenance
from benchmarks.studies.reading.cases import CASES, rows
from benchmarks.studies.reading.study import ReadingKey, Readings, Scores
from benchmarks.studies.study import StudyRow


@pytest.mark.parametrize("name", CASES)
def test_a_case_writes_each_row(name):
    frame, case = rows(), CASES[name]
    column = frame[case.column].iloc[::2]
    for write in (case.train, case.new or case.train):
        cells = write(column)
        assert isinstance(cells, pd.Series)
        assert cells.index.equals(column.index)


@pytest.mark.slow
def test_written_numbers_are_as_good_as_plain_ones_and_unreadable_ones_are_refused():
    study = Readings()
    assert list(study.keys()) == [ReadingKey(name) for name in CASES]
    scores = study.measure(ReadingKey("$1,200.50"))
    assert scores.written == pytest.approx(scores.plain, abs=0.001)
    scores = study.measure(ReadingKey("10377, then 10,377.00"))
    assert scores.written is None
    assert "none can be read" in scores.messages[0]
    assert Readings.describe(scores).startswith("an error, plain 0.9")


def test_the_report_has_a_line_for_each_case():
    origin = read_provenance(1)
    results = [Scores(0.9, 0.8, ["a warning"]), Scores(0.9, None, ["error: no"])]
    names = ["45%", "12,5"]
    report = Readings.report(
        [
            StudyRow(ReadingKey(name), origin, result)
            for name, result in zip(names, results, strict=True)
        ]
    )
    assert "| `45%` | 0.66 to 0.78 (0.945) | 0.800 | 0.900 | a warning |" in report
    assert "| `12,5` | 0.66 to 0.78 (0.945) | an error | 0.900 | error: no |" in report
    assert Readings.report([]) == "The journal is empty.\n"
