"""The shape that studies share, on a study of squares."""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from benchmarks.errors import JournalError, TaskError
from benchmarks.running.provenance import Provenance
from benchmarks.studies.study import (
    Study,
    StudyRow,
    add_command,
    check_digests,
    data_folder,
    failures,
)


@dataclass(frozen=True)
class Place:
    task: str
    seed: int

    def __str__(self):
        return f"{self.task}, seed {self.seed}"


@dataclass(frozen=True)
class Square:
    value: int


class Squares(Study[Place, Square]):
    journal = Path("squares.jsonl")
    key_type = Place
    result_type = Square

    def __init__(self, seeds):
        self.seeds = seeds

    @classmethod
    def add_options(cls, parser):
        parser.add_argument("--seeds", type=int)

    @classmethod
    def from_options(cls, options):
        return cls(options.seeds)

    def keys(self):
        return (Place("numbers", seed) for seed in range(self.seeds))

    def measure(self, key):
        if key.seed == 1:
            raise ValueError("it went\nwrong\nin the end")
        return Square(key.seed**2)

    def digest(self, key):
        return f"d{key.seed}"

    @staticmethod
    def describe(result):
        return f"is {result.value}"

    @staticmethod
    def report(rows):
        return f"{len(rows)} squares\n"


FAILURE = "ValueError: it went in the end (measure, line "


def run(folder, words):
    parser = argparse.ArgumentParser()
    add_command(Squares, parser)
    options = parser.parse_args([*words.split(), "--journal", str(folder / "rows.jsonl")])
    options.run(options)


def test_a_command_measures_what_the_journal_lacks(tmp_path, capsys):
    run(tmp_path, "--seeds 3")
    out, err = capsys.readouterr()
    assert out == "3 squares\n"
    first, second, third = err.splitlines()
    assert (first, third) == ("numbers, seed 0: is 0", "numbers, seed 2: is 4")
    assert second.startswith(f"numbers, seed 1: failed, {FAILURE}")
    run(tmp_path, "--seeds 4")
    assert capsys.readouterr() == ("4 squares\n", "numbers, seed 3: is 9\n")
    run(tmp_path, "--seeds 5 --report")
    assert capsys.readouterr() == ("4 squares\n", "")


def test_a_journal_gives_its_rows_back(tmp_path):
    journal = Squares.open(tmp_path / "rows.jsonl")
    Squares(3).run(journal)
    again = Squares.open(journal.path)
    assert again.rows == journal.rows
    assert [row.result for row in again.rows] == [Square(0), None, Square(4)]
    assert [row.digest for row in again.rows] == ["d0", "d1", "d2"]
    complete = journal.path.read_text()
    journal.path.write_text(complete[:-20])  # killed while it wrote
    Squares(3).run(Squares.open(journal.path))
    assert Squares.open(journal.path).rows[:2] == journal.rows[:2]
    assert len(Squares.open(journal.path).rows) == 3


@pytest.mark.parametrize("line", ["[]", "{}", '{"key": 1}', "nothing"])
def test_a_damaged_line_is_an_error(line, tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text(f"{line}\n")
    with pytest.raises(JournalError, match=r"expected line 1 of .*rows\.jsonl"):
        Squares.open(path)


def test_failures_are_listed():
    rows = list(Squares(3).rows(Squares(3).keys()))
    assert failures(rows).startswith(f"### Failures\n\n- numbers, seed 1: {FAILURE}")
    assert failures(rows[:1]) == ""


def test_results_on_other_data_are_not_compared():
    origin = Provenance({}, "abc", {}, 1)
    row = StudyRow(Place("numbers", 0), origin, Square(0), digest="d")
    check_digests([row, row])
    with pytest.raises(JournalError, match="the same data in all rows of numbers, seed 0"):
        check_digests([row, replace(row, digest="e")])


def test_measuring_needs_data():
    with pytest.raises(TaskError, match="expected --data FOLDER"):
        data_folder(argparse.Namespace(data=None))
