"""The history returns the rows that were written."""

import sqlite3
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl.errors import HistoryError
from automl.outcome import FoldOutcome, State
from automl.search.history import History

finite = st.floats(allow_nan=False, allow_infinity=False)
outcomes = st.builds(
    FoldOutcome,
    state=st.sampled_from(State),
    score=st.none() | finite,
    fit_seconds=finite,
    predict_seconds=finite,
    rounds=st.none() | st.integers(0, 10**6),
    cause=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
)


@given(st.lists(st.lists(outcomes, max_size=4), max_size=5))
def test_rows_come_back_as_they_were_written(tmp_path_factory, trials):
    path = tmp_path_factory.mktemp("history") / "run.db"
    with History(path) as history:
        history.open_run({"seed": 1}, resume=False)
        for number, folds in enumerate(trials):
            history.add_trial(number, f"genome {number}", tells_before=number // 2)
            for fold, outcome in enumerate(folds):
                history.add_fold(number, fold, outcome)
            if number % 2:
                history.set_told(number, number // 2)
    with History(path) as history:
        assert history.settings() == {"seed": 1}
        past = list(history.trials())
        assert [dict(trial.folds) for trial in past] == [dict(enumerate(folds)) for folds in trials]
        assert [trial.tell_number for trial in past] == [
            number // 2 if number % 2 else None for number in range(len(trials))
        ]
        assert len(history.table()) == sum(map(len, trials))


def test_a_row_is_written_once(tmp_path):
    with History(tmp_path / "run.db") as history:
        history.add_trial(0, "genome", tells_before=0)
        with pytest.raises(sqlite3.IntegrityError):
            history.add_trial(0, "another", tells_before=0)


def test_a_database_of_something_else(tmp_path):
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE mine (value TEXT)")
    with pytest.raises(HistoryError, match="of something else"):
        History(path)
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT count(*) FROM sqlite_master").fetchone() == (1,)


def open_and_close(path):
    with History(path) as history:
        return history.settings()


@pytest.mark.slow
def test_a_new_file_is_made_once(tmp_path):
    with ProcessPoolExecutor(4, get_context("spawn")) as processes:
        paths = [tmp_path / f"run{number // 4}.db" for number in range(400)]
        assert list(processes.map(open_and_close, paths)) == [{}] * 400
