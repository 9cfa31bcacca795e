"""A file that no run wrote is resumed, or refused with a reason: nothing else happens."""

import json
import re
import shutil
import sqlite3
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_iris

from automl import AutoMLClassifier, HistoryError, NestedCV, catalogue
from automl.outcome import FoldOutcome, State
from automl.problem.dataset import read_dataset
from automl.problem.pose import pose_problem
from automl.search.budget import Budget
from automl.search.fingerprint import fingerprint
from automl.search.history import History
from automl.search.make import make_grammar, make_search
from automl.search.resume import replay

X, Y = load_iris(as_frame=True, return_X_y=True)
OPERATORS = catalogue("default", include=["standard_scaler", "logistic_regression", "gaussian_nb"])
CV = NestedCV(outer=3, repeats=1)
PARAMETERS = {"ensemble_size": 5, "refit": True, "limits": None}
N_PIPELINES = 30
OF_MANY = {"evaluations": 20, "strategy": "random"}  # of the file that is damaged hundreds of times
PROBLEM = pose_problem(
    read_dataset(X, Y, "classification"), catalogue=OPERATORS, cv=CV, scoring=None, seed=0
)


def search_in(history, evaluations=N_PIPELINES, strategy="genetic"):
    budget = Budget(seconds=None, evaluations=evaluations)
    parameters = {**PARAMETERS, "strategy": strategy}
    history.open_run(fingerprint(PROBLEM, budget, list(X), [], parameters), resume=True)
    evaluator = SimpleNamespace(problem=PROBLEM)
    grammar = make_grammar(PROBLEM)
    return make_search(evaluator, grammar, budget, history, None, strategy=strategy, size=5)


def replayed(path, evaluations=N_PIPELINES, strategy="genetic"):
    with History(path) as history:
        search = search_in(history, evaluations, strategy)
        return list(replay(history, search.trials)), history.table()


def outcome_of(trial, fold):
    """Return an outcome as a worker would."""
    if trial.is_tuning:
        return FoldOutcome(State.TUNED, tuned=trial.genome.text, inner_score=0.5, n_fits=9)
    predictions = np.full((len(PROBLEM.held_out(fold)), 3), 1 / 3, dtype=np.float32)
    score = -1 / (1 + trial.number) if trial.number % 5 else -2.0
    return FoldOutcome(State.DONE, score, fit_seconds=0.1, predictions=predictions)


def write_run(path, evaluations, strategy):
    """Write the file of a run whose outcomes are made up."""
    with History(path) as history:
        search = search_in(history, evaluations, strategy)
        while search._ask() or search.trials.open:
            for trial in list(search.trials.open.values()):
                for fold in range(trial.n_folds):
                    outcome = outcome_of(trial, fold)
                    history.add_fold(trial.number, fold, outcome)
                    search.trials.take(trial, fold, outcome)
            search._tell()
    return path


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return write_run(tmp_path_factory.mktemp("written") / "run.db", N_PIPELINES, "genetic")


@pytest.fixture(scope="module")
def short(tmp_path_factory):
    """Return the file of a run that is resumed in milliseconds: its strategy learns nothing."""
    path = write_run(tmp_path_factory.mktemp("short") / "run.db", **OF_MANY)
    evaluated, table = replayed(path, **OF_MANY)
    assert len(evaluated) == OF_MANY["evaluations"]
    assert (table["state"] == "tuned").any()  # so that tunings are damaged, too
    return path


@pytest.fixture
def copied(written, tmp_path):
    return shutil.copy(written, tmp_path / "run.db")


def execute(path, *statements):
    with sqlite3.connect(path) as database:
        for statement in statements:
            database.execute(*([statement] if isinstance(statement, str) else statement))
    database.close()


def is_resumed(path, **options):
    """Tell whether a file is resumed; anything but a refusal in words is an error."""
    reason = ""
    try:
        replayed(path, **options)
    except HistoryError as error:
        reason = str(error)
    assert len(reason) < 3_000
    assert not reason or "name another file" in reason
    return not reason


def test_the_run_is_resumed(copied):
    evaluated, table = replayed(copied)
    assert len(evaluated) == N_PIPELINES
    assert (table["state"] == "tuned").any()  # so that tunings are damaged, too


ROWS = {
    "facts": ["name", "value"],
    "trials": ["number", "genome", "tells_before", "told", "is_tuning"],
    "folds": [
        *("number", "fold", "state", "score", "fit_seconds", "predict_seconds", "rounds"),
        *("cause", "tuned", "inner_score", "n_fits", "tune_seconds", "further"),
    ],
    "predictions": ["number", "fold", "n_columns", "n_bytes", "cells"],
}
values = st.one_of(
    st.sampled_from(
        [
            *(None, -1, 0, 1, 2, 10**9, 2**62, -0.5, float("inf"), float("nan"), 1e308, 1e-320),
            *("", "text", "done", "tuned", "raced out", "numeric", "[[[", '{"random_state": 0}'),
            *("NaN", "[" * 5_000, "9" * 5_000, "\0", "gaussian_nb(numeric, a=1)"),
            *(b"", b"\xff", b"\0" * 12, b"\0" * 600),
        ]
    ),
    st.integers(-3, 40),
    st.floats(),
    st.binary(max_size=20),
    st.text(max_size=5),
)
cells = st.sampled_from([(table, name) for table, names in ROWS.items() for name in names])


@pytest.mark.slow
@settings(max_examples=200)
@given(cell=cells, place=st.integers(0, 100), value=values)
@example(cell=("folds", "tuned"), place=0, value="gaussian_nb(numeric)")
@example(cell=("facts", "value"), place=0, value='{"settings": 3}')
def test_cells_with_other_values(short, tmp_path_factory, cell, place, value):
    path = shutil.copy(short, tmp_path_factory.mktemp("cell") / "run.db")
    table, name = cell
    with sqlite3.connect(path) as database:
        n_rows = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        row = f"(SELECT rowid FROM {table} LIMIT 1 OFFSET ?)"
        change = f"UPDATE OR REPLACE {table} SET {name} = ? WHERE rowid = {row}"
        try:
            database.execute(change, (value, place % n_rows))
        except sqlite3.IntegrityError:  # NULL where the table allows none
            return
    database.close()
    is_resumed(path, **OF_MANY)


@pytest.mark.slow
@settings(max_examples=300)
@given(data=st.data())
def test_bytes_with_other_values(short, tmp_path_factory, data):
    content = bytearray(short.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        # The first pages have the schema and the roots of the tables.
        page = data.draw(st.sampled_from([0, 0, 1, 2, 3, 4, 5, len(content) // 4096 - 1]))
        place = page * 4096 + data.draw(st.integers(0, 4095))
        content[place % len(content)] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content))) :]
    path = tmp_path_factory.mktemp("bytes") / "run.db"
    path.write_bytes(content)
    is_resumed(path, **OF_MANY)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("DROP TABLE facts", r"tables .*\['facts'\]"),
        ("DROP TABLE folds", r"tables .*\['folds'\]"),
        ("ALTER TABLE folds RENAME TO creases", r"\['creases', 'folds'\]"),
        ("ALTER TABLE folds DROP COLUMN cause", r"tables .*\['folds'\]"),
        ("ALTER TABLE trials ADD COLUMN more INTEGER", r"tables .*\['trials'\]"),
        ("CREATE TRIGGER t INSERT ON folds BEGIN DELETE FROM trials; END", r"tables .*\['t'\]"),
        ("CREATE VIEW v AS SELECT 1", r"tables .*\['v'\]"),
        ("PRAGMA user_version = 7", "history of version 7, but .* reads version 3"),
        ("PRAGMA application_id = 7", "database of something else"),
        ("DELETE FROM facts", "holds pipelines, but not the settings"),
        ("UPDATE facts SET value = 'x'", "no JSON"),
        ("UPDATE facts SET value = '3'", "settings are no table"),
        ("DELETE FROM trials WHERE number = 4", "expected pipeline 4 next .* got pipeline 5"),
        ("DELETE FROM trials WHERE number > 4", "order of telling|no such pipeline"),
        ("UPDATE trials SET told = NULL WHERE number = 4", "order of telling has holes"),
        ("UPDATE trials SET told = told + 1000", "order of telling has holes"),
        ("UPDATE trials SET tells_before = 900 WHERE number = 9", "more outcomes than there are"),
        ("UPDATE trials SET tells_before = 20 WHERE number = 9", "was told before it was asked"),
        ("UPDATE trials SET genome = 'ridge(' WHERE number = 9", "pipeline 9 is ridge"),
        ("UPDATE trials SET is_tuning = 1 - is_tuning", "pipeline 0 is"),
        ("UPDATE folds SET fold = 7 WHERE fold = 2", "beyond the 3 folds|lacks folds|no outcome"),
        ("DELETE FROM folds WHERE fold = 1", "has predictions for fold 1"),
        ("UPDATE folds SET state = 'dnoe'", "state='dnoe'"),
        ("UPDATE folds SET score = NULL", "'done' with a score of None"),
        ("UPDATE folds SET score = 9e999", "score=inf"),
        ("UPDATE folds SET score = 'good'", "score='good'"),
        ("UPDATE folds SET fit_seconds = -1", r"fit_seconds=-1\.0"),
        ("UPDATE folds SET rounds = 9999999", "rounds=9999999"),
        ("UPDATE folds SET rounds = 3", "has 3 rounds, more than its model may have"),
        ("UPDATE folds SET further = 'x'", "further='x'"),
        ("UPDATE folds SET further = '[NaN]'", r"further='\[NaN\]'"),
        ("UPDATE folds SET further = '[[0.5]]'", r"further='\[\[0.5\]\]'"),
        ("UPDATE folds SET further = '[0.5]'", "has 1 further scores, expected 0"),
        ("UPDATE folds SET state = 'tuned', score = NULL", "is 'tuned'"),
        ("UPDATE folds SET tuned = 'ridge(' WHERE state = 'tuned'", "no tuner gives: 'ridge"),
        ("UPDATE folds SET tuned = 'ridge(numeric)' WHERE state = 'tuned'", "no tuner gives"),
        ("UPDATE folds SET tuned = NULL", "lacks the settings that the tuner"),
        ("UPDATE predictions SET n_columns = 0", "for 0 columns"),
        ("UPDATE predictions SET n_columns = 2", r"shape \(75, 2\), expected \(50, 3\)"),
        ("UPDATE predictions SET n_bytes = 5", "n_bytes=5"),
        ("UPDATE predictions SET n_bytes = 8", r"shape \(25, 3\), expected \(50, 3\)"),
        ("UPDATE predictions SET cells = x'00'", "1 bytes for 3 columns"),
        ("UPDATE predictions SET cells = zeroblob(24)", r"shape \(2, 3\), expected \(50, 3\)"),
        ("UPDATE predictions SET cells = replace(hex(zeroblob(300)), '00', char(0))", "cells="),
        ("DELETE FROM predictions WHERE fold = 1", "lacks predictions of pipeline 0"),
    ],
)
def test_the_damage_is_named(copied, statement, reason):
    execute(copied, statement)
    with pytest.raises(HistoryError, match=reason):
        replayed(copied)


def test_predictions_that_are_not_finite_are_named(copied):
    cells = np.full((50, 3), np.nan, dtype="<f4").tobytes()
    execute(copied, ("UPDATE predictions SET cells = ?", (cells,)))
    with pytest.raises(HistoryError, match="predictions that are not finite"):
        replayed(copied)


def test_a_table_with_the_rows_of_another(copied):
    """Two roots that are exchanged, as in a file that was put together of two."""
    with sqlite3.connect(copied) as database:
        roots = dict(database.execute("SELECT name, rootpage FROM sqlite_master WHERE sql <> ''"))
        database.execute("PRAGMA writable_schema = ON")
        for name, other in (("folds", "predictions"), ("predictions", "folds")):
            change = "UPDATE sqlite_master SET rootpage = ? WHERE name = ?"
            database.execute(change, (roots[other], name))
    database.close()
    with pytest.raises(HistoryError, match=r"run\.db is"):
        replayed(copied)


def test_a_log_of_another_file(written, tmp_path):
    """What SQLite makes of it is checked as every other content."""
    other = tmp_path / "other.db"
    with History(other) as history:
        history.open_run({"random_state": 1}, resume=False)
        for number in range(50):
            history.add_trial(number, f"gaussian_nb(numeric, a={number})", tells_before=0)
        log = other.with_name("other.db-wal").read_bytes()
    path = tmp_path / "run.db"
    shutil.copy(written, path)
    path.with_name("run.db-wal").write_bytes(log)
    assert not is_resumed(path)


@pytest.mark.parametrize("word", [b"trials", b"number", b"TABLE"])
def test_names_of_tables_that_are_no_text(copied, word):
    """SQLite names them in its message, which Python cannot read then."""
    with sqlite3.connect(copied) as database:
        database.execute("PRAGMA journal_mode = DELETE")
    database.close()
    content = Path(copied).read_bytes()
    for place in [match.start() for match in re.finditer(re.escape(word), content)][:20]:
        Path(copied).write_bytes(content[:place] + b"\xd5" + content[place + 1 :])
        is_resumed(copied)


@pytest.mark.parametrize("size", [0, 1, 15, 16, 99, 100, 4095, 4096, 10_000])
def test_the_beginning_of_a_file(written, tmp_path, size):
    path = tmp_path / "run.db"
    path.write_bytes(written.read_bytes()[:size])
    if size == 0:
        assert is_resumed(path)  # as a run that has not begun
    else:
        assert not is_resumed(path)


@pytest.mark.parametrize("evaluations", [1, 3, 10, 29])
def test_fewer_evaluations_are_the_first_of_the_run(copied, evaluations):
    whole, table = replayed(copied)
    first, shorter = replayed(copied, evaluations)
    assert first == whole[:evaluations]
    assert set(shorter["genome"]) < set(table["genome"])


def test_more_evaluations_continue_a_run_that_tuned_fewer_leaders(copied):
    """The last leaders are not tuned, since their successors had no budget; now they would."""
    whole, _ = replayed(copied)
    again, _ = replayed(copied, 10 * N_PIPELINES)
    assert again == whole


@pytest.mark.slow
def test_a_fit_refuses_a_damaged_file_before_it_fits(tmp_path):
    path = tmp_path / "run.db"
    options = {"max_evaluations": 3, "n_jobs": 1, "verbose": 0, "random_state": 0}
    options |= {"history": path, "catalogue": OPERATORS, "cv": CV}
    AutoMLClassifier(**options).fit(X, Y)
    content = path.read_bytes()
    for statement in (
        "UPDATE folds SET score = NULL",
        "UPDATE predictions SET cells = zeroblob(12)",
        "DROP TABLE trials",
        "UPDATE facts SET value = '{}'",
    ):
        path.write_bytes(content)
        execute(path, statement)
        with pytest.raises(HistoryError, match=r"damaged|settings of their run"):
            AutoMLClassifier(**options).fit(X, Y, resume=True)


def test_settings_are_json(copied):
    with sqlite3.connect(copied) as database:
        ((value,),) = database.execute("SELECT value FROM facts WHERE name = 'settings'")
    database.close()
    names = list(json.loads(value))
    assert names[0] == "random_state"
    assert all(first != second for first, second in pairwise(names))
