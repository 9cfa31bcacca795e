"""The torture counts right, and its short form holds."""

import json
import sys
from collections import Counter
from dataclasses import replace

import numpy as np
import psutil
import pytest

from benchmarks.__main__ import main
from benchmarks.errors import BenchmarkError
from benchmarks.torture import faults, verdict
from benchmarks.torture.attempts import foreign_error, run_attempts
from benchmarks.torture.clusters import FAULTS
from benchmarks.torture.fitting import FitFacts, FitOrder, Row
from benchmarks.torture.misdeeds import MISDEEDS
from benchmarks.torture.monsters import FINAL
from benchmarks.torture.mutations import change_bytes, change_json
from benchmarks.torture.part import Batch, Part, Skipped, Try
from benchmarks.torture.parts import PARTS
from benchmarks.torture.report import render
from benchmarks.torture.sandbox import Ended, Sandbox
from benchmarks.torture.stage import Reference, Stage
from benchmarks.torture.study import Torture, TortureKey
from benchmarks.torture.surroundings import Surroundings
from benchmarks.torture.trees import reported_folds

PLENTY = 600.0  # seconds: what takes them hangs, also on a busy machine


def lose_every_third(batch):
    if batch.case == "skipped":
        raise Skipped("there is no such thing here")
    for number in range(batch.tries):
        yield Try("it was lost" if number % 3 == 2 else "", value=float(number))


PART = Part(
    "made up",
    "Nothing is lost.",
    {"a: first": 6, "a: second": 3, "skipped": 1},
    lose_every_third,
    batch_size=4,
    summary=lambda values: f"{sum(map(len, values.values()))} numbers",
)


def batches(cases, scale, rounds=1, size=1):
    part = Part("made up", "", cases, lose_every_third, batch_size=size)
    return [(batch.case, batch.number, batch.tries) for batch in part.batches(scale, rounds)]


def test_a_scale_takes_its_share_of_many_tries_and_of_many_cases():
    assert batches({"a": 100, "b": 50}, 0.1, size=4) == [
        ("a", 0, 4),
        ("a", 1, 4),
        ("a", 2, 2),
        ("b", 0, 4),
        ("b", 1, 1),
    ]
    cases = dict.fromkeys("abcdefgh", 1)
    assert batches(cases, 0.25) == [("a", 0, 1), ("e", 0, 1)]
    assert [case for case, *_ in batches(cases, 1)] == list(cases)
    assert len(batches(cases, 1e-9)) == 1


def test_rounds_have_other_numbers():
    assert batches({"a": 3}, 1, rounds=2, size=2) == [
        ("a", 0, 2),
        ("a", 1, 1),
        ("a", 2, 2),
        ("a", 3, 1),
    ]


def test_counts_add_up_over_rounds_and_a_stopped_run_goes_on(tmp_path):
    journal = Torture.open(tmp_path / "rows.jsonl")
    Torture({PART.name: PART}).run(journal)
    assert [(row.result.tried, row.result.held, row.result.lost) for row in journal.rows] == [
        (4, 3, 1),
        (2, 2, 0),
        (3, 2, 1),
        (0, 0, 0),
    ]
    Torture({PART.name: PART}, rounds=2).run(Torture.open(journal.path))
    rows = Torture.open(journal.path).rows
    assert len(rows) == 8
    assert rows[:4] == journal.rows
    page = render(rows, {PART.name: PART})
    assert "| made up | a | 18 | 14 | 4 |" in page
    assert "| all |  | 18 | 14 | 4 |" in page
    assert "- **made up**: 18 numbers" in page
    assert page.count("- made up, skipped: there is no such thing here") == 1
    assert "- made up, a: first: 1 of 4, `it was lost`" in page


def test_a_page_without_rows_has_all_promises():
    page = Torture.report([])
    assert "Nothing is measured yet" in page
    assert all(f"- **{name}**: {part.promise}" in page for name, part in PARTS.items())


def test_a_part_that_fails_is_no_try(tmp_path):
    def fail(batch):
        raise OSError("no more processes")

    journal = Torture.open(tmp_path / "rows.jsonl")
    Torture({"made up": replace(PART, cases={"a": 1}, run=fail)}).run(journal)
    assert "OSError: no more processes" in render(journal.rows, {"made up": PART})


def test_there_are_as_many_tries_as_were_promised():
    tries = {name: sum(part.cases.values()) for name, part in PARTS.items()}
    assert tries["monsters"] >= 60
    assert tries["final_fits"] >= 20
    assert tries["kills"] == 10_100
    assert (tries["trees"], tries["overrun"]) == (100, 100)
    assert tries["interrupts"] == 300
    assert [tries[name] for name in ("histories", "model_files", "toml")] == [1_000, 500, 400]
    assert tries["frames"] == 5_000
    assert set(FINAL) <= set(MISDEEDS)


@pytest.mark.parametrize("words", ["--part kils", "--scale 2"])
def test_unknown_parts_and_scales_are_refused(words, capsys):
    assert main(["torture", *words.split()]) == 2
    assert "benchmarks: expected --" in capsys.readouterr().err


FACTS = FitFacts(
    seconds=10.0,
    best="gaussian_nb(numeric)",
    predicts=True,
    board=[
        Row("gaussian_nb(numeric)", "done", ""),
        Row("monster(numeric)", "timed out", "stopped after its limit of 2 s"),
    ],
)
CRASHED = Row("logistic_regression(numeric)", "crashed", "the worker died")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({}, ""),
        ({"seconds": 11.5}, "overrun of 1.5 s"),
        ({"foreign": "foreign OSError: no"}, "no winner: foreign OSError: no"),
        ({"error": "BudgetError: too short"}, "no winner: BudgetError: too short"),
        ({"best": "dummy_classifier(numeric)"}, "no winner but the constant"),
        ({"predicts": False}, "no winner but the constant"),
        (
            {"board": [*FACTS.board, CRASHED]},
            "1 innocent: logistic_regression crashed (the worker died)",
        ),
        ({"board": [Row("monster(numeric)", "crashed", "")]}, "1 without a cause"),
    ],
)
def test_a_verdict_names_what_was_not_held(changes, problem):
    assert "; ".join(verdict.judge_facts(replace(FACTS, **changes), budget=10.0)) == problem


def test_a_process_that_hangs_or_prints_or_leaves_something_is_told():
    with Sandbox() as sandbox:
        order = FitOrder(report=str(sandbox.folder / "facts"))
        (sandbox.temporary / "automl-1a2b").mkdir()
        log = f"so\n{verdict.TRACEBACK}:\n  File x\n    line\nOSError: full\n"
        ended = Ended(status=None, seconds=1.0, log=log, n_printed=2**22)
        assert list(verdict.judge(order, ended, sandbox)) == [
            "the fit hung",
            "folders left: automl",
            "a foreign traceback: OSError: full",
            "4 MiB of output",
        ]


ORPHAN = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open("pid.part", "w").write(str(os.getpid()))
        os.rename("pid.part", "pid")
        time.sleep(600)
    os._exit(0)
while not os.path.exists("pid"):
    time.sleep(0.01)
print("done")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="environments are read on Linux")
def test_an_orphan_is_found_wherever_it_went_and_killed(monkeypatch):
    monkeypatch.setattr("benchmarks.torture.sandbox.GRACE", 0.0)
    with Sandbox() as sandbox:
        ended = sandbox.run([sys.executable, "-c", ORPHAN], PLENTY)
        pid = int((sandbox.folder / "pid").read_text())
        assert (ended.status, ended.log) == (0, "done\n")
        assert len(sandbox.orphans()) == 1
        assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == "zombie"
        assert sandbox.orphans() == []
        root = sandbox.folder.parent
    assert not root.exists()


def test_a_command_is_ended_at_its_limit_and_its_paths_are_left_out():
    with Sandbox() as sandbox:
        code = "import os, time; print(os.getcwd(), flush=True); time.sleep(600)"
        for limit in (0.5, 5.0, 50.0):  # on a slow machine it takes longer to print
            ended = sandbox.run([sys.executable, "-c", code], limit)
            if ended.log:
                break
        assert ended.status is None
        assert sandbox.without_paths(ended.log) == "work\n"


ATTEMPTS = """
import os, signal, sys, time
from benchmarks.torture.attempts import serve

def prepare(case, folder):
    numbers = iter(range(9))
    def attempt(rng):
        number = next(numbers)
        if number == 1 and case == "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        if number == 1 and case == "exits":
            sys.exit(3)
        if number == 1 and case == "hangs":
            time.sleep(600)
    return attempt

serve(prepare)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("case", "problems"),
    [
        ("exits", ["", "foreign SystemExit: 3 (<string>:attempt)", ""]),
        ("dies", ["", "the process ended with -9: ", ""]),
        ("hangs", ["", "it hung", ""]),
    ],
)
def test_attempts_go_on_after_one_that_ends_its_process(case, problems):
    patience = 3.0 if case == "hangs" else PLENTY
    tries = run_attempts(["-c", ATTEMPTS], Batch(case, 0, 3), patience)
    assert [attempt.problem for attempt in tries] == problems


def test_errors_of_this_project_are_none():
    def refuse(rng):
        raise BenchmarkError("not of the library")

    assert foreign_error(refuse, None).startswith("foreign BenchmarkError: not of the library")
    assert foreign_error(lambda rng: None, None) == ""


def test_changes_change_and_can_be_repeated():
    content = bytes(range(256)) * 40
    text = json.dumps({"a": [1, 2, {"b": None}], "c": {"d": "e"}})
    for number in range(50):
        first, second = (
            (change_bytes(content, rng), change_json(text, rng))
            for rng in (np.random.default_rng(number), np.random.default_rng(number))
        )
        assert first == second
        assert json.loads(first[1]) != json.loads(text)


def test_folds_count_as_reported_once_their_line_is_whole(tmp_path):
    path = tmp_path / "observed"
    assert reported_folds(path) == set()
    path.write_text("start\n0 2\n3 1\n4 ")
    assert reported_folds(path) == {(0, 0), (0, 1), (3, 0)}


def test_a_search_on_a_cluster_is_compared_with_that_at_home(monkeypatch):
    folds = {(0, 0): ("done", 0.5), (0, 1): ("done", 0.7)}
    home = Reference("a tree", folds, Counter(fit=1, other=2))
    monkeypatch.setattr("benchmarks.torture.stage.reference_of", lambda evaluations: home)
    with Sandbox() as sandbox:
        stage = Stage(sandbox, 2, np.random.default_rng(0), Surroundings(lambda name: None))
        noted = sandbox.folder / "noted"
        noted.write_text("fit\nother\nother\nahead\n")
        assert list(stage._differences("a tree", folds)) == []
        noted.write_text("fit\nfit\nother\nahead\nahead\n")
        changed = folds | {(0, 1): ("crashed", None)}
        assert list(stage._differences("a forest", changed)) == [
            "the winner is a forest, at home a tree",
            "1 of 2 folds differ from those at home",
            "2 fits were repeated, 0 were in flight",
        ]
        stage._reported = folds
        stage._checked({(0, 0): ("done", 0.5)})
        assert stage.problems == ["1 of 2 reported folds lost"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="processes are killed as on Linux")
def test_a_cluster_that_fails_changes_no_winner(monkeypatch):
    case = "killed: workers, and once the scheduler"
    monkeypatch.setattr(faults, "KILLS", 2)
    monkeypatch.setattr(faults, "EVERY", 2)
    monkeypatch.setitem(FAULTS, case, replace(FAULTS[case], evaluations=8))
    tally = Torture(PARTS).measure(TortureKey("clusters", case, 0, 1))
    if tally.skipped:
        pytest.skip(tally.skipped)
    assert (tally.tried, tally.held, tally.detail) == (1, 1, [])


SHORT = [
    ("kills", "answers of 1 KB", 10),
    ("monsters", "hanging: ignores SIGTERM in compiled code", 1),
    ("final_fits", "leaving: SIGKILL to itself", 1),
    ("trees", "main process only", 1),
    ("histories", "odd paths", 3),
    ("model_files", "bytes", 10),
    ("toml", "bytes", 10),
    ("names", "columns", 1),
]


@pytest.mark.slow
@pytest.mark.parametrize(("part", "case", "tries"), SHORT)
def test_the_short_form_holds(part, case, tries, monkeypatch):
    monkeypatch.setattr(verdict, "SECONDS", PLENTY)  # tests have no say about seconds
    monkeypatch.setattr("benchmarks.torture.trees.LATEST", 4.0)
    tally = Torture(PARTS).measure(TortureKey(part, case, 0, tries))
    if tally.skipped:
        pytest.skip(tally.skipped)
    assert (tally.tried, tally.held, tally.detail) == (tries, tries, [])
