"""The history returns the rows that were written, and never costs a search."""

import os
import shutil
import sqlite3
import stat
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.errors import AutoMLWarning, HistoryError, SettingsError
from automl.outcome import FoldOutcome, State
from automl.search import history_file
from automl.search.history import History
from automl.search.history_file import check_path

scores = st.floats(-1e300, 1e300)
seconds = st.floats(0, 1e9)
outcomes = st.builds(
    FoldOutcome,
    state=st.sampled_from(State),
    score=st.none() | scores,
    fit_seconds=seconds,
    predict_seconds=seconds,
    rounds=st.none() | st.integers(0, 10**6),
    cause=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
)


@given(st.lists(st.lists(outcomes, max_size=4), max_size=5))
def test_rows_come_back_as_they_were_written(tmp_path_factory, trials):
    path = tmp_path_factory.mktemp("history") / "run.db"
    with History(path) as history:
        history.open_run({"random_state": 1}, resume=False)
        for number, folds in enumerate(trials):
            history.add_trial(number, f"genome {number}", tells_before=number // 2)
            for fold, outcome in enumerate(folds):
                history.add_fold(number, fold, outcome)
            if number % 2:
                history.set_told(number, number // 2)
        table = history.table()
    with History(path) as history:
        assert history.settings() == {"random_state": 1}
        assert history.seed() == 1
        past = history.trials()
        assert [dict(trial.folds) for trial in past] == [dict(enumerate(folds)) for folds in trials]
        assert [trial.tell_number for trial in past] == [
            number // 2 if number % 2 else None for number in range(len(trials))
        ]
        for trial in past:
            history.recall(trial)
        assert history.table().equals(table)
        assert len(table) == sum(map(len, trials))


def test_a_cause_without_unicode_is_written(tmp_path):
    with History(tmp_path / "run.db") as history:
        history.add_trial(0, "genome", tells_before=0)
        history.add_fold(0, 0, FoldOutcome(State.REFUSED, cause="no \ud800"))
        assert history.trials()[0].folds[0].cause == r"no \ud800"


def test_a_history_without_a_path_is_in_memory():
    with History() as history:
        history.open_run({"random_state": 1}, resume=False)
        history.add_trial(0, "genome", tells_before=0)
        history.add_fold(0, 0, FoldOutcome(State.DONE, 0.5, predictions=np.ones((2, 1))))
        history.set_told(0, 0)
        history.drop_predictions(0)
        assert history.trials() == []
        assert history.settings() == {}
        assert history.table()[["number", "told", "score"]].to_numpy().tolist() == [[0, 0, 0.5]]


def test_a_database_of_something_else(tmp_path):
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE mine (value TEXT)")
    with pytest.raises(HistoryError, match="of something else"):
        History(path)
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT count(*) FROM sqlite_master").fetchone() == (1,)


@pytest.mark.parametrize("text", ["x", "a note", "a longer note\n" * 100])
def test_a_text_is_left_alone(tmp_path, text):
    path = tmp_path / "notes.txt"
    path.write_text(text)
    with pytest.raises(HistoryError, match=r"notes\.txt is not a history"):
        History(path)
    assert path.read_text() == text


def open_and_close(path):
    with History(path) as history:
        return history.settings()


@pytest.mark.slow
def test_a_new_file_is_made_once(tmp_path):
    with ProcessPoolExecutor(4, get_context("spawn")) as processes:
        paths = [tmp_path / f"run{number // 4}.db" for number in range(400)]
        assert list(processes.map(open_and_close, paths)) == [{}] * 400


def test_a_new_file_is_for_its_owner_alone(tmp_path):
    path = tmp_path / "run.db"
    with History(path) as history:
        history.open_run({"random_state": 0}, resume=False)
        history.add_trial(0, "genome", tells_before=0)
        files = sorted(tmp_path.iterdir())
        assert [file.name for file in files] == [
            *("run.db", "run.db-owner", "run.db-shm", "run.db-wal")
        ]
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert list(tmp_path.iterdir()) == [path]
    path.chmod(0o640)
    with History(path) as history:
        history.open_run({"random_state": 0}, resume=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def open_new(path):
    with History(path) as history:
        history.open_run({"random_state": 0}, resume=False)


class Paths:
    """Makes paths that cannot be those of a file."""

    def folder(self, folder):
        return folder

    def fifo(self, folder):
        os.mkfifo(folder / "fifo")
        return folder / "fifo"

    def dangling_link(self, folder):
        (folder / "link").symlink_to(folder / "none" / "run.db")
        return folder / "link"

    def link_to_itself(self, folder):
        (folder / "link").symlink_to(folder / "link")
        return folder / "link"

    def below_a_file(self, folder):
        (folder / "file").touch()
        return folder / "file" / "run.db"


@pytest.mark.parametrize("kind", [name for name in vars(Paths) if not name.startswith("_")])
def test_paths_that_are_no_files(tmp_path, kind):
    path = getattr(Paths(), kind)(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(HistoryError, match=r"expected history|cannot be written"):
        History(path)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "name",
    [
        *("", " ", "\0", "a\0b", b"run.db", 3, True, ["run.db"], "none/run.db", "none/", "x/"),
        *("a" * 300, "a" * 253, "a/" * 3_000 + "a", "\ud800", "/dev/null", "."),
    ],
)
def test_names_of_no_file(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(HistoryError, match=r"expected history|cannot be (written|kept)") as caught:
        open_new(name)
    assert len(str(caught.value)) < 500


def test_a_link_is_followed(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "run.db")
    with History(tmp_path / "link") as history:
        history.open_run({"random_state": 0}, resume=False)
    assert (tmp_path / "link").is_symlink()
    with History(tmp_path / "run.db") as history:
        assert history.seed() == 0


def test_a_name_that_sqlite_reads_otherwise_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in (":memory:", "file:run.db?mode=memory"):
        with History(name):
            assert Path(name).is_file()


def test_a_run_to_resume_has_a_file(tmp_path):
    with pytest.raises(HistoryError, match=r"no file .*typo\.db"):
        check_path(tmp_path / "typo.db", resume=True)
    with pytest.raises(SettingsError, match="history="):
        check_path(None, resume=True)
    assert check_path(None, resume=False) is None


def fill(history, first=0, end=3):
    for number in range(first, end):
        history.add_trial(number, f"genome {number}", tells_before=first)
        outcome = FoldOutcome(State.DONE, 0.5, predictions=np.ones((200 + 200 * first, 4)))
        history.add_fold(number, 0, outcome)
        history.set_told(number, number)
        history.drop_predictions(number - 1)


class Troubles:
    """Keeps an open history from being written."""

    def removed(self, path, monkeypatch):
        path.unlink()

    def replaced(self, path, monkeypatch):
        os.replace(shutil.copy(path, path.with_name("copy")), path)

    def full_disk(self, path, monkeypatch):
        # SQLite reports a full disk in the same way as a database that has all of its pages.
        connect_again(path, monkeypatch, "PRAGMA max_page_count = 1")

    def read_only(self, path, monkeypatch):
        connect_again(path, monkeypatch, "PRAGMA query_only = ON")

    def other_rows(self, path, monkeypatch):
        with sqlite3.connect(path) as database:
            database.execute("INSERT INTO trials VALUES (4, 'genome', 0, NULL, 0)")

    def other_tables(self, path, monkeypatch):
        with sqlite3.connect(path) as database:
            database.execute("DROP TABLE predictions")


def connect_again(path, monkeypatch, statement):
    """Run a statement in the connection before the next transaction."""
    find = history_file.HistoryFile._find

    def run(self):
        self._database.execute(statement)
        return find(self)

    monkeypatch.setattr(history_file.HistoryFile, "_find", run)


@pytest.mark.parametrize("kind", [name for name in vars(Troubles) if not name.startswith("_")])
def test_a_file_that_cannot_be_written_is_left_behind(tmp_path, monkeypatch, kind):
    path = tmp_path / "run.db"
    with History(path) as history:
        history.open_run({"random_state": 0}, resume=False)
        fill(history)
        getattr(Troubles(), kind)(path, monkeypatch)
        with pytest.warns(AutoMLWarning, match=r"run\.db cannot be written any more") as warned:
            fill(history, 3, 30)
        assert len(warned) == 1
        table = history.table()
    assert table["number"].tolist() == table["told"].tolist() == list(range(30))
    monkeypatch.undo()
    if kind in ("full_disk", "read_only"):
        with History(path) as again:  # the rows before are those of a run
            assert len(again.trials()) in (3, 4)
    if kind != "other_tables":
        with History(tmp_path / "run.db") as free:
            free.open_run({"random_state": 0}, resume=kind != "removed")


def locked(path):
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    return database


def test_another_program_that_writes_is_waited_for(tmp_path):
    path = tmp_path / "run.db"
    with History(path, seconds=1.0) as history:
        history.open_run({"random_state": 0}, resume=False)
        other = locked(path)
        with pytest.warns(AutoMLWarning, match="database is locked"):
            fill(history)
        other.close()
        assert len(history.table()) == 3


def test_a_locked_file_is_refused_before_the_search(tmp_path):
    path = tmp_path / "run.db"
    with History(path, seconds=0.5) as history:
        other = locked(path)
        with pytest.raises(HistoryError, match="database is locked"):
            history.open_run({"random_state": 0}, resume=False)
        other.close()


def test_a_reader_disturbs_nobody(tmp_path):
    path = tmp_path / "run.db"
    with History(path, seconds=0.5) as history:
        history.open_run({"random_state": 0}, resume=False)
        reader = sqlite3.connect(path, isolation_level=None)
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM trials").fetchone() == (0,)
        fill(history)
        assert reader.execute("SELECT count(*) FROM trials").fetchone() == (0,)
        reader.execute("COMMIT")
        assert reader.execute("SELECT count(*) FROM trials").fetchone() == (3,)
        reader.close()
        with History(path) as another:
            assert len(another.trials()) == 3


@pytest.mark.parametrize("call", ["open", "access"])
def test_a_folder_or_a_file_that_may_only_be_read_is_refused(tmp_path, monkeypatch, call):
    path = tmp_path / "run.db"
    if call == "access":
        History(path).close()
        monkeypatch.setattr("os.access", lambda path, mode: False)
    else:

        def refuse(path, *_):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("os.open", refuse)
    with pytest.raises(HistoryError, match=r"run\.db cannot be written"):
        open_new(path)
