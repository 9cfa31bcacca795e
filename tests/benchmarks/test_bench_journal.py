"""The journal: what was written is read, nothing is measured twice, versions are not mixed."""

import json
from dataclasses import replace

import pytest

from benchmarks.errors import JournalError
from benchmarks.running.journal import Journal, Key


def test_rows_come_back(tmp_path, make_row):
    path = tmp_path / "new" / "journal.jsonl"
    rows = [
        make_row(),
        make_row(adapter="automl", extra={"pipelines": 3, "best": "a|b\nc"}),
        make_row(task="ü", score=None, failure="killed\nby", fit_seconds=None),
    ]
    for row in rows:
        Journal(path).append(row)
    assert Journal(path).rows == rows


def test_a_line_is_flat(make_row):
    content = json.loads(make_row().to_json())
    assert content["task"] == "iris"
    assert content["fit_seconds"] == 5.0
    assert content["machine"]["cores"] == 2


def test_has(tmp_path, make_row):
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append(make_row())
    assert journal.has(Key("iris", 0, "dummy", 0, 10))
    for change in ({"split": 1}, {"seed": 1}, {"budget": 20.0}, {"adapter": "x"}, {"task": "x"}):
        assert not journal.has(make_row(**change).key)


def test_an_unfinished_line_is_overwritten(tmp_path, make_row):
    path = tmp_path / "journal.jsonl"
    Journal(path).append(make_row())
    with path.open("a") as file:
        file.write(make_row(split=1).to_json()[:40])
    journal = Journal(path)
    assert len(journal.rows) == 1
    journal.append(make_row(split=2))
    journal.append(make_row(split=3))
    assert [row.key.split for row in Journal(path).rows] == [0, 2, 3]


@pytest.mark.parametrize("line", ["what?", "[]", "{}", '{"task": "iris"}'])
def test_a_damaged_line_is_an_error(tmp_path, make_row, line):
    path = tmp_path / "journal.jsonl"
    path.write_text(f"{make_row().to_json()}\n{line}\n")
    with pytest.raises(JournalError, match=r"line 2 of .*journal\.jsonl"):
        Journal(path)


def test_versions_are_not_mixed(tmp_path, make_row):
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append(make_row())
    with pytest.raises(
        JournalError, match=r"expected dummy with automl 0\.1\.0\+12345678, .*got automl 0\.2"
    ):
        journal.append(make_row(split=1, version="0.2.0"))
    with pytest.raises(JournalError, match=r"--jobs 2.*got 4"):
        journal.append(make_row(split=1, jobs=4))
    journal.append(make_row(adapter="random_forest", version="0.2.0"))
    assert len(Journal(journal.path).rows) == 2


def test_machines_are_not_mixed(tmp_path, make_row):
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append(make_row())
    row = make_row(adapter="random_forest")
    elsewhere = replace(row.provenance, machine={"cpu": "another", "cores": 2})
    with pytest.raises(JournalError, match=r"expected the machine of .*'another'"):
        journal.append(replace(row, provenance=elsewhere))
