"""The report on a history file: what a run tells that goes on, has ended, or was killed."""

import json
import sqlite3
import threading
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from automl import AutoMLClassifier, AutoMLRegressor, HistoryError, Observer, Patience, catalogue
from automl.estimators import ESTIMATORS
from automl.page.facts import report_facts
from automl.page.history_facts import history_facts, run_note
from automl.page.write import as_json, as_markdown, as_page
from automl.search.history_file import HistoryFile
from automl.search.stored_run import read_run, stamp_of

RNG = np.random.default_rng(0)
SCRIPT = "<script>alert(1)</script>"
X = pd.DataFrame(RNG.normal(size=(90, 3)), columns=["a", SCRIPT, "c"])
Y = pd.Series(np.where(X["a"] + RNG.normal(size=90) > 0, "yes", "no"), name=SCRIPT)
FEW = catalogue(
    "default", include=["logistic_regression", "gaussian_nb", "simple_imputer", "standard_scaler"]
)
QUICK = {
    "time_budget": None,
    "max_evaluations": 6,
    "cv": 3,
    "catalogue": FEW,
    "n_jobs": 1,
    "verbose": 0,
    "random_state": 0,
}


class Looks(Observer):
    """Reads the history while the run goes on, as another process would."""

    def __init__(self, path):
        self.path, self.runs = path, []

    def on_evaluated(self, search, evaluated):
        thread = threading.Thread(target=self._look)  # SQLite's locks are of a connection
        thread.start()
        thread.join()

    def on_phase(self, search, phase):
        self._look()

    def _look(self):
        self.runs.append(read_run(self.path))


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("history") / "run.db"


@pytest.fixture(scope="module")
def looks(path):
    return Looks(path)


@pytest.fixture(scope="module")
def search(path, looks):
    return AutoMLClassifier(**QUICK, history=path, callbacks=[looks]).fit(X, Y)


def facts_of(path):
    return history_facts(read_run(path), ESTIMATORS)


def test_a_history_tells_what_the_estimator_tells(search, path):
    facts, whole = facts_of(path), report_facts(search)
    same = ["title", "metric", "verdict", "columns", "structure", "states", "failures", "members"]
    for name in same:
        assert getattr(facts, name) == getattr(whole, name), name
    assert facts.course.scores == whole.course.scores
    assert {row[1] for row in facts.leaderboard.rows} == {row[1] for row in whole.leaderboard.rows}
    assert facts.leaderboard.n_rows == len(search.leaderboard_)
    assert facts.diagrams == whole.diagrams
    stable, expected = facts.quality.robustness, whole.quality.robustness
    for name in ("steps", "on_steps", "folds", "on_folds", "on_leaders", "on_settings"):
        assert getattr(stable, name) == getattr(expected, name), name
    # Some checks need rows; the others are the same.
    checks = set(facts.quality.checks.rows)
    assert checks < set(whole.quality.checks.rows)
    assert {"Selection bias", "Sample size", "Convergence"} <= {row[0] for row in checks}
    assert "held-out rows" in facts.missing[0]
    assert "ended at" in facts.progress[0]


def test_the_lines_repeat_the_run(search, path):
    lines = facts_of(path).fingerprint.lines
    assert "max_evaluations=6" in lines
    assert "random_state=0" in lines
    assert "callbacks" not in lines


def test_states_follow_from_the_folds(search, path):
    run = read_run(path)
    note = run_note(run)
    stored = {row.genome: row for row in run.evaluated(note.n_folds, note.folds_per_repeat)}
    origin = search._fitted.search.origin.evaluated
    assert set(stored) <= set(origin)
    for genome, evaluated in stored.items():
        assert evaluated.outcome.state is origin[genome].outcome.state
        assert evaluated.score == origin[genome].score


def test_a_run_is_seen_while_it_goes_on(search, looks):
    running = [run for run in looks.runs if run.facts.get("phase") != "done"]
    assert len(running) >= 6
    counts = [run.n_told for run in running]
    assert counts == sorted(counts)
    assert any(run.under_way() for run in running)
    # A report takes long: the first pipeline, and the two phases after the last one.
    first, choosing, fitting = (history_facts(running[n], ESTIMATORS) for n in (0, -2, -1))
    assert first.course.n_pipelines < choosing.course.n_pipelines
    assert "being chosen" in choosing.progress[-1]
    assert "being fitted" in fitting.progress[-1]
    for facts in (first, choosing, fitting):
        assert facts.under_way is not None
        assert "goes on" in facts.progress[0]
        # Nothing has converged before the end.
        assert [row[0] for row in facts.quality.checks.rows] == ["Sample size"]
        assert facts.members.rows == ()
    assert choosing.quality.robustness is not None


def test_a_run_that_was_killed_is_stopped(search, path, tmp_path):
    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT name, value FROM facts").fetchall()
    copy = tmp_path / "killed.db"
    HistoryFile(path, is_read_only=True).copy(copy)
    with sqlite3.connect(copy) as database:
        database.execute("UPDATE facts SET value = '\"searching\"' WHERE name = 'phase'")
    facts = facts_of(copy)
    assert "stopped before its end" in facts.progress[0]
    assert "automl resume" in facts.progress[0]
    assert "not corrected" in facts.verdict.sentences[0]
    assert dict(rows)["phase"] == '"done"'


def test_the_twins_agree_and_names_stay_text(search, path):
    facts = facts_of(path)
    page, text, plain = as_page(facts), as_markdown(facts), json.loads(as_json(facts))
    assert SCRIPT not in page
    assert SCRIPT not in text
    assert plain["progress"] == list(facts.progress)
    assert facts.progress[0] in page
    assert "No pipeline was fitted" not in page


def test_reading_changes_nothing_and_leaves_nothing(search, path):
    before, files = path.read_bytes(), sorted(path.parent.iterdir())
    facts_of(path)
    assert path.read_bytes() == before
    assert sorted(path.parent.iterdir()) == files


def test_a_history_without_notes_says_so(search, path, tmp_path):
    copy = tmp_path / "old.db"
    HistoryFile(path, is_read_only=True).copy(copy)
    with sqlite3.connect(copy) as database:
        database.execute("DELETE FROM facts WHERE name = 'run'")
    with pytest.raises(HistoryError, match=r"old.db does not tell what its run was for"):
        facts_of(copy)


NOTES = ["run", "result", "phase"]
VALUES = ["null", "3", "[]", "{}", '"x"', '{"task": "classification"}', "1e999", "[[[[]]]]"]


@pytest.mark.parametrize("name", NOTES)
@pytest.mark.parametrize("value", VALUES)
def test_a_note_of_a_stranger_is_refused_or_left_out(search, path, tmp_path, name, value):
    copy = tmp_path / "odd.db"
    HistoryFile(path, is_read_only=True).copy(copy)
    with sqlite3.connect(copy) as database:
        database.execute("UPDATE facts SET value = ? WHERE name = ?", (value, name))
    try:
        facts = facts_of(copy)
    except HistoryError:
        return
    assert name != "run"
    assert as_page(facts)


def test_every_field_of_a_note_is_checked(search, path):
    run = read_run(path)
    run = replace(run, trials=run.trials[:1])
    note, refused = run.facts["run"], set()
    for field in note:
        for value in (None, "x", {}, 1e300):
            changed = run.facts | {"run": note | {field: value}}
            try:
                history_facts(replace(run, facts=changed), ESTIMATORS)
            except HistoryError:
                refused.add(field)
    assert refused == set(note)


def test_there_is_no_history(tmp_path):
    with pytest.raises(HistoryError, match="there is no file"):
        read_run(tmp_path / "run.db")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "empty.db").touch()
    with pytest.raises(HistoryError, match="holds no run yet"):
        read_run(tmp_path / "empty.db")


def test_a_stamp_changes_with_the_file(search, path, tmp_path):
    assert stamp_of(path) == stamp_of(path)
    copy = tmp_path / "copy.db"
    HistoryFile(path, is_read_only=True).copy(copy)
    stamp = stamp_of(copy)
    with sqlite3.connect(copy) as database:
        database.execute("DELETE FROM facts WHERE name = 'phase'")
    database.close()
    assert stamp_of(copy) != stamp
    assert stamp_of(tmp_path / "none.db") != stamp


def test_a_regression_with_patience_and_without_refit(tmp_path):
    path = tmp_path / "run.db"
    settings = QUICK | {"catalogue": "linear", "max_evaluations": 2, "refit": False}
    search = AutoMLRegressor(**settings, history=path, callbacks=[Patience(60)])
    search.fit(X.rename(columns={SCRIPT: "b"}), (X["a"] + RNG.normal(size=90)).rename("price"))
    facts = facts_of(path)
    assert facts.title == "Regression of price"
    assert "refit=False" in facts.fingerprint.lines


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE folds SET score = NULL",
        "UPDATE trials SET genome = 'join(numeric, numeric)'",
        "UPDATE folds SET further = '[null]' WHERE number = 1 AND fold = 0",
        "UPDATE facts SET value = replace(value, '\"size\"', '\"float64\"') WHERE name = 'run'",
    ],
)
def test_rows_that_no_run_writes_are_an_error_of_the_history(search, path, tmp_path, statement):
    copy = tmp_path / "odd.db"
    HistoryFile(path, is_read_only=True).copy(copy)
    with sqlite3.connect(copy) as database:
        assert database.execute(statement).rowcount > 0
    with pytest.raises(HistoryError, match="odd"):
        facts_of(copy)


def test_a_stamp_follows_a_link(search, path, tmp_path):
    link = tmp_path / "link.db"
    link.symlink_to(path)
    assert stamp_of(link) == stamp_of(path)
