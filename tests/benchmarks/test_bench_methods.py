"""Every method gets the same seconds, folds and ranges, and the report follows from the journal."""

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.errors import JournalError, TaskError
from benchmarks.running.provenance import Provenance
from benchmarks.scores.plots import plot_curves
from benchmarks.studies.methods.contest import Clock, Contest, TimeUp, make_contest
from benchmarks.studies.methods.loop import MethodPlan, run_methods
from benchmarks.studies.methods.peers import PEERS
from benchmarks.studies.methods.report import best_after, groups, methods_curves, methods_report
from benchmarks.studies.methods.rows import Found, MethodJournal, MethodKey, MethodRow
from benchmarks.studies.methods.settings import METHODS, find_settings
from benchmarks.tasks.bundled import bundled_tasks
from benchmarks.tasks.split import Split, split_task

ORIGIN = Provenance({"automl": "0.1.0"}, "abc", {"cpu": "a processor", "cores": 2}, 1)


def split_of(name: str) -> Split:
    (reference,) = bundled_tasks([name])
    return split_task(reference.load(), 0)


@pytest.fixture(scope="module")
def contest() -> Contest:
    return make_contest(split_of("diabetes"), 0)


def test_only_the_model_and_its_kernel_are_tuned(contest: Contest) -> None:
    assert sorted(contest.domains) == [
        "columns__numeric__kernel_scaler__gamma",
        "svr_rbf__regressor__C",
        "svr_rbf__regressor__epsilon",
    ]
    settings = contest.settings(contest.genome)
    assert list(settings.values()) == [1.0, 1.0, 0.1]
    assert {name: contest.build().get_params()[name] for name in settings} == settings


def test_settings_mean_the_same_by_both_names(contest: Contest) -> None:
    settings = {**contest.settings(contest.genome), "svr_rbf__regressor__C": 30.0}
    genome = contest.genome.with_settings({"C": 30.0, "epsilon": 0.1})
    assert contest.settings(genome) == settings
    train, test = contest.splits[0]
    by_name = contest.fold_score(contest.build().set_params(**settings), train, test)
    assert by_name == contest.fold_score(contest.build(genome), train, test)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_settings_in_time(method: str, contest: Contest) -> None:
    found = find_settings(method, split_of("diabetes"), 0, 0.6)
    assert found.evaluations > 0 or method == "sklearn_halving"
    assert found.seconds < 2
    assert found.score > -90
    assert set(json.loads(found.winner)) == set(contest.domains)
    scores = [score for _, score in found.trace]
    assert scores == sorted(scores)
    if found.trace:
        # The yardstick is the same for all, but for the order of rows in scikit-learn's halving.
        again = contest.evaluate(json.loads(found.winner), Clock(60.0))
        assert found.inner_score == scores[-1] == pytest.approx(again, rel=1e-3)


def test_the_clock_counts_what_is_evaluated_on_all_folds_in_time() -> None:
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


def row(method: str, task: str, trace: list[tuple[float, float]], **changes: object) -> MethodRow:
    inner = trace[-1][1] if trace else None
    found = Found(inner or 0.0, inner, 10.0, 5, 15, trace, "{}")
    key = MethodKey("settings", method, task, 0, 10.0)
    return replace(MethodRow(key, "roc_auc", "d", ORIGIN, found), **changes)


ROWS = [
    row("fast", "a", [(0.5, 0.7), (2.0, 0.8)]),
    row("slow", "a", [(4.0, 0.9)]),
    row("none", "a", [], found=None, failure="ValueError: no"),
    row("fast", "b", [(0.5, 0.7)]),
    row("slow", "b", [(9.0, 0.6)]),
    row("none", "b", [(11.0, 0.5)]),
]


def test_the_report_follows_from_the_rows() -> None:
    (group,) = groups(ROWS)
    assert [best_after(ROWS[0], share) for share in (0.01, 0.1, 1.0)] == [-np.inf, 0.7, 0.8]
    assert group.ranks() == [
        {"fast": 2, "slow": 1, "none": 3},
        {"fast": 1, "slow": 2, "none": 3},
    ]
    assert group.normalized(0.1) == {"fast": 1.0, "slow": 0.25, "none": 0.25}
    assert group.normalized(1.0) == {"fast": 0.75, "slow": 0.75, "none": 0.0}
    page = methods_report(ROWS, "plot.svg")
    assert "| fast | 1.50 | 1.00 | 1.00 | 0.75 | 0.75 | 5 | 15 | 10.0 | 0/2 |" in page
    assert "| a | roc_auc | 0.8000 | **0.9000** | failed |" in page
    assert "- a, seed 0, none: ValueError: no" in page
    assert "](plot.svg)" in page
    assert methods_report([]) == "The journal is empty.\n"


def test_what_is_not_complete_is_not_ranked() -> None:
    (group,) = groups(ROWS[:5])
    assert group.ranks() == [{"fast": 2, "slow": 1, "none": 3}]
    assert group.normalized(1.0)["slow"] == 1.0
    assert "| b | roc_auc | **0.7000** | 0.6000 | – |" in methods_report(ROWS[:5])
    with pytest.raises(JournalError, match="same data in all rows of a"):
        groups([*ROWS, replace(ROWS[0], digest="other")])


def test_curves_are_a_picture() -> None:
    panels = methods_curves(ROWS)
    (title,) = [title for title in panels if "Settings" in title]
    text = plot_curves({"<all>": panels[title]}, "time", "rank")
    words = {node.text for node in ElementTree.fromstring(text).iter() if node.text}
    assert {"<all>", "time", "rank", *panels[title]} <= words
    assert plot_curves({"<all>": panels[title]}, "time", "rank") == text


def test_a_journal_gives_its_rows_back(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    for one in ROWS:
        MethodJournal(path).append(one)
    assert MethodJournal(path).rows == ROWS
    whole = path.read_text()
    path.write_text(whole[:-20])  # killed while it wrote
    journal = MethodJournal(path)
    assert journal.rows == ROWS[:-1]
    assert not journal.has(ROWS[-1].key)
    journal.append(ROWS[-1])
    assert path.read_text() == whole
    path.write_text("[]\n")
    with pytest.raises(JournalError, match="expected line 1"):
        MethodJournal(path)


def test_what_is_there_is_not_measured_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, journal = tmp_path / "docs" / "page.md", tmp_path / "rows.jsonl"
    command = f"methods --tasks iris --seconds 0.4 --journal {journal} --out {out} --levels "
    methods = ["settings", "--methods", "random,optuna,genetic"]
    assert main([*command.split(), *methods]) == 0
    assert len(capsys.readouterr().err.splitlines()) == 3
    page = out.read_text()
    assert main([*command.split(), *methods]) == 0
    assert capsys.readouterr().err == ""
    assert main([*command.split(), "settings", "--report"]) == 0
    assert out.read_text() == page
    assert (out.parent / f"{out.stem}_anytime.svg").exists()
    assert set(PEERS) & {row.key.method for row in MethodJournal(journal).rows} == {"optuna"}


def test_whole_pipelines_leave_a_trace(tmp_path: Path) -> None:
    journal = MethodJournal(tmp_path / "rows.jsonl")
    plan = MethodPlan(6.0, 1, ("pipelines",), ("random",))
    run_methods(bundled_tasks(["iris"]), plan, journal)
    (found,) = [row.found for row in journal.rows]
    assert found is not None
    assert found.trace[-1][1] == found.inner_score
    assert found.trace[-1][0] < found.seconds < 8
    assert found.fits >= found.evaluations > 1
    assert MethodJournal(journal.path).rows == journal.rows


def test_mistakes() -> None:
    with pytest.raises(TaskError, match="expected --levels"):
        MethodPlan(1.0, 1, ("all",))
    with pytest.raises(TaskError, match="got \\['luck'\\]"):
        MethodPlan(1.0, 1, methods=("luck",))
