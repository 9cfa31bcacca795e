"""Every method gets the same seconds, folds and ranges, and the report follows from the journal."""

import json
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.errors import JournalError, TaskError
from benchmarks.running.provenance import Provenance
from benchmarks.studies.methods.contest import Clock, TimeUp, make_contest
from benchmarks.studies.methods.peers import PEERS
from benchmarks.studies.methods.report import best_after, make_groups, methods_report
from benchmarks.studies.methods.study import MethodKey, Methods
from benchmarks.studies.methods.tuners import METHODS, Tuned, find_settings
from benchmarks.studies.study import StudyRow
from benchmarks.tasks.bundled import bundled_tasks
from benchmarks.tasks.split import split_task

ORIGIN = Provenance({"automl": "0.1.0"}, "abc", {"cpu": "a processor", "cores": 2}, 1)


def split_of(name):
    (reference,) = bundled_tasks([name])
    return split_task(reference.load(), 0)


@pytest.fixture(scope="module")
def contest():
    return make_contest(split_of("diabetes"), 0)


def test_only_the_model_and_its_kernel_are_tuned(contest):
    assert sorted(contest.domains) == [
        "columns__numeric__kernel_scaler__gamma",
        "svr_rbf__regressor__C",
        "svr_rbf__regressor__epsilon",
    ]
    settings = contest.settings(contest.genome)
    assert list(settings.values()) == [1.0, 1.0, 0.1]
    assert {name: contest.build().get_params()[name] for name in settings} == settings


def test_settings_mean_the_same_by_both_names(contest):
    settings = {**contest.settings(contest.genome), "svr_rbf__regressor__C": 30.0}
    genome = contest.genome.with_settings({"C": 30.0, "epsilon": 0.1})
    assert contest.settings(genome) == settings
    train, test = contest.splits[0]
    by_name = contest.fold_score(contest.build().set_params(**settings), train, test)
    assert by_name == contest.fold_score(contest.build(genome), train, test)


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_settings_in_time(method, contest):
    has_time = False
    for seconds in (0.6, 6.0, 60.0):  # a slow machine needs more of them
        tuned = find_settings(method, split_of("diabetes"), 0, seconds)
        has_time = tuned.evaluations > 0 or method == "sklearn_halving"
        if has_time:
            break
    assert has_time
    assert tuned.score > -90
    assert set(json.loads(tuned.winner)) == set(contest.domains)
    scores = [score for _, score in tuned.trace]
    assert scores == sorted(scores)
    if tuned.trace:
        # The yardstick is the same for all, but for the order of rows in scikit-learn's halving.
        again = contest.evaluate(json.loads(tuned.winner), Clock(60.0))
        assert tuned.inner_score == scores[-1] == pytest.approx(again, rel=1e-3)


def test_the_clock_counts_what_is_evaluated_on_all_folds_in_time():
    clock = Clock(60.0)
    clock.note({"C": 1.0}, 0.5)
    assert clock.best is None
    clock.note({"C": 2.0}, 0.1)
    clock.note({"C": 1.0}, 0.6)
    clock.note({"C": 1.0}, 0.7)
    assert clock.best == (pytest.approx(0.6), {"C": 1.0})
    clock.check()
    clock.seconds = 0.0
    for _ in range(3):
        clock.note({"C": 3.0}, 0.9)
    assert (clock.evaluations, clock.best[1]) == (2, {"C": 1.0})
    with pytest.raises(TimeUp):
        clock.check()


def row(method, task, trace, **changes):
    inner = trace[-1][1] if trace else None
    tuned = Tuned("roc_auc", inner or 0.0, inner, 10.0, 5, 15, trace, "{}")
    key = MethodKey(method, task, 0, 10.0)
    return replace(StudyRow(key, ORIGIN, tuned, digest="d"), **changes)


ROWS = [
    row("fast", "a", [[0.5, 0.7], [2.0, 0.8]]),
    row("slow", "a", [[4.0, 0.9]]),
    row("none", "a", [], result=None, failure="ValueError: no"),
    row("fast", "b", [[0.5, 0.7]]),
    row("slow", "b", [[9.0, 0.6]]),
    row("none", "b", [[11.0, 0.5]]),
]


def test_the_report_follows_from_the_rows():
    (group,) = make_groups(ROWS)
    assert [best_after(ROWS[0], share) for share in (0.01, 0.1, 1.0)] == [-np.inf, 0.7, 0.8]
    assert group.ranks() == [
        {"fast": 2, "slow": 1, "none": 3},
        {"fast": 1, "slow": 2, "none": 3},
    ]
    assert group.normalized(0.1) == {"fast": 1.0, "slow": 0.25, "none": 0.25}
    assert group.normalized(1.0) == {"fast": 0.75, "slow": 0.75, "none": 0.0}
    page = methods_report(ROWS)
    assert "| fast | 1.50 | 1.00 | 1.00 | 0.75 | 0.75 | 5 | 15 | 10.0 | 0/2 |" in page
    assert "| a | roc_auc | 0.8000 | **0.9000** | failed |" in page
    assert "- a, seed 0, none: ValueError: no" in page
    assert methods_report([]) == "The journal is empty.\n"


def test_what_is_not_complete_is_not_ranked():
    (group,) = make_groups(ROWS[:5])
    assert group.ranks() == [{"fast": 2, "slow": 1, "none": 3}]
    assert group.normalized(1.0)["slow"] == 1.0
    assert "| b | roc_auc | **0.7000** | 0.6000 | – |" in methods_report(ROWS[:5])
    with pytest.raises(JournalError, match="same data in all rows of a"):
        make_groups([*ROWS, replace(ROWS[0], digest="other")])


@pytest.mark.slow
def test_what_is_in_the_journal_is_not_measured_again(tmp_path, capsys):
    journal = tmp_path / "rows.jsonl"
    command = f"methods --tasks iris --seconds 0.4 --journal {journal}".split()
    methods = ["--methods", "random,optuna,genetic"]
    assert main([*command, *methods]) == 0
    page, err = capsys.readouterr()
    assert len(err.splitlines()) == 3
    assert "| genetic | " in page
    assert main([*command, *methods]) == 0
    assert capsys.readouterr() == (page, "")
    assert main([*command, "--report"]) == 0
    assert capsys.readouterr() == (page, "")
    assert set(PEERS) & {run.key.method for run in Methods.open(journal).rows} == {"optuna"}


def test_mistakes():
    with pytest.raises(TaskError, match="got \\['luck'\\]"):
        Methods(bundled_tasks(["iris"]), 1.0, 1, methods=("luck",))
