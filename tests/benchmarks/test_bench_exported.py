"""Exported scripts are run for good, and differences are found."""

import json

import numpy as np
import pytest

from benchmarks.adapters import LABELS, SCRIPT, Predictions, Settings
from benchmarks.running.exported import check_script
from benchmarks.running.job import Job, Result
from benchmarks.running.supervisor import Limits
from benchmarks.tasks.split import split_task
from benchmarks.tasks.task import Kind

LIMITS = Limits(seconds=600, cores=1)  # what takes them hangs, also on a busy machine
ARGUMENTS = """
import argparse, csv, os, sys
parser = argparse.ArgumentParser()
for name in ("train", "--target", "--predict", "--out"):
    parser.add_argument(name)
args = parser.parse_args()
"""
WRITE = """
rows = list(csv.DictReader(open(args.predict)))
with open(args.out, "w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(HEADER)
    writer.writerows([CELLS] * (len(rows) - MISSING))
"""
SHARE = 0.1 + 0.2  # needs all of its 17 digits


def script(cells, header="'prediction'", missing=0):
    constants = f"HEADER, CELLS, MISSING = [{header}], [{cells}], {missing}\n"
    return ARGUMENTS + constants + WRITE


def check(text, split, predictions, folder, *, with_labels=True):
    job = Job(folder / "job", folder / "data")
    job.write_settings("dummy", Settings(split.task.kind, budget=1, jobs=1, seed=0))
    job.write_result(Result(0.1, 0.1, "none", predictions.classes), predictions)
    (job.artifacts / SCRIPT).write_text(text)
    if with_labels:
        (job.artifacts / LABELS).write_text(json.dumps(["yes"] * len(split.test_y)))
    return check_script(job, split, LIMITS)


@pytest.fixture
def line(regression_task):
    return split_task(regression_task, 0)


def constant(split):
    if split.task.kind is Kind.REGRESSION:
        return Predictions(np.full(len(split.test_y), SHARE), [])
    return Predictions(np.tile([1 - SHARE, SHARE], (len(split.test_y), 1)), ["no", "yes"])


@pytest.mark.parametrize(
    ("cells", "matches", "difference"),
    [
        (repr(SHARE), True, 0.0),
        (repr(SHARE + 1e-10), True, 1e-10),
        (repr(SHARE + 1e-3), False, 1e-3),
    ],
)
def test_numbers(cells, matches, difference, line, tmp_path):
    facts = check(script(cells), line, constant(line), tmp_path)
    assert facts["export_matches"] is matches
    assert facts["export_max_abs_difference"] == pytest.approx(difference, abs=1e-15)
    assert ("export_problem" in facts) is not matches


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("raise SystemExit('no such module')", "ended with status 1\nno such module"),
        ("", "found none"),
        (script("1", "'guess'"), r"30 rows with the columns ['prediction'], got 30 rows with"),
        (script("1", missing=1), "got 29 rows"),
        (script("'nan'"), "expected finite numbers"),
        (script("'one'"), "expected numbers in ['prediction']"),
    ],
)
def test_problems(text, problem, line, tmp_path):
    facts = check(text, line, constant(line), tmp_path)
    assert facts["export_matches"] is False
    assert problem in str(facts["export_problem"])


HEADER = "'prediction', 'probability_yes', 'probability_no'"


@pytest.mark.parametrize(("label", "matches"), [("yes", True), ("no", False)])
def test_classes(label, matches, binary_task, tmp_path):
    split = split_task(binary_task, 0)
    cells = f"{label!r}, {SHARE!r}, {1 - SHARE!r}"
    facts = check(script(cells, HEADER), split, constant(split), tmp_path)
    assert facts["export_matches"] is matches
    assert facts["export_max_abs_difference"] == 0.0
    if not matches:
        assert facts["export_problem"] == "20 of 20 labels differ"


def test_the_script_stands_alone(line, tmp_path):
    alone = "assert sorted(os.listdir()) == ['best.py', 'test.csv', 'train.csv']\n"
    alone += "assert 'PYTHONPATH' not in os.environ\n"
    alone += "header = next(csv.reader(open(args.train)))\n"
    alone += "assert header == ['number', 'text', 'nominal', 'flag', 'empty', 'y'], header\n"
    alone += "assert args.target == 'y'\n"
    facts = check(ARGUMENTS + alone + script(repr(SHARE)), line, constant(line), tmp_path)
    assert facts["export_matches"] is True, facts


def test_an_adapter_that_forgets_the_labels(binary_task, tmp_path):
    split = split_task(binary_task, 0)
    text = script(f"'yes', {SHARE!r}, {1 - SHARE!r}", HEADER)
    facts = check(text, split, constant(split), tmp_path, with_labels=False)
    assert str(facts["export_problem"]).endswith("the predicted labels as labels.json")


def test_a_search_that_predicts_infinity(line, tmp_path):
    infinite = Predictions(np.full(len(line.test_y), np.inf), [])
    facts = check(script(repr(SHARE)), line, infinite, tmp_path)
    assert facts["export_problem"] == "expected finite predictions of the search, got others"
