"""What happened in a run, in one SQLite file: written the moment it happens, read to resume.

Two kinds of rows: a trial is a pipeline that was asked for, with how many outcomes the strategy
had been told before; a fold is what came of it on one outer fold. From these the strategy can be
asked and told again in the same order, which brings it to where it was. Predictions for held-out
rows stand beside the folds, as raw 32-bit numbers. Pipelines are text and settings are JSON:
opening a stranger's file runs nothing.
"""

import json
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from automl.errors import HistoryError
from automl.outcome import FoldOutcome, State

SCHEMA = (
    "CREATE TABLE run (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    """CREATE TABLE trials (
    number INTEGER PRIMARY KEY,
    genome TEXT NOT NULL,
    tells_before INTEGER NOT NULL,
    told INTEGER UNIQUE
)""",
    """CREATE TABLE folds (
    number INTEGER NOT NULL REFERENCES trials,
    fold INTEGER NOT NULL,
    state TEXT NOT NULL,
    score REAL,
    fit_seconds REAL NOT NULL,
    predict_seconds REAL NOT NULL,
    rounds INTEGER,
    cause TEXT NOT NULL,
    tuned TEXT,
    inner_score REAL,
    n_fits INTEGER NOT NULL,
    tune_seconds REAL NOT NULL,
    PRIMARY KEY (number, fold)
)""",
    """CREATE TABLE predictions (
    number INTEGER NOT NULL,
    fold INTEGER NOT NULL,
    n_columns INTEGER NOT NULL,
    cells BLOB NOT NULL,
    PRIMARY KEY (number, fold)
)""",
)
APPLICATION_ID = 0x41_4D_4C_33  # marks the file as a history of this project
PATIENCE = 5.0  # seconds in which others who open a new file are waited for
CELLS = np.dtype("<f4")  # of predictions, row by row
TABLE = "SELECT * FROM trials JOIN folds USING (number) ORDER BY number, fold"


@dataclass(frozen=True)
class PastTrial:
    """A pipeline that an earlier fit asked for."""

    number: int
    """Its place in the order of asking, from 0."""
    genome: str
    """Its text."""
    tells_before: int
    """How many outcomes the strategy had been told when it was asked for."""
    told: int | None
    """Its place in the order of telling, from 0; None if it was under way."""
    folds: Mapping[int, FoldOutcome]
    """What came of it on the folds that had ended."""


class History:
    """The history file of one run.

    Parameters
    ----------
    path : path
        The file; it is made if it does not exist.

    Raises
    ------
    HistoryError
        If the file is something else.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, History(Path(folder) / "run.db") as history:
    ...     history.open_run({"seed": 0}, resume=False)
    ...     history.add_trial(0, "ridge(numeric, alpha=1.0)", tells_before=0)
    ...     history.add_fold(0, 0, FoldOutcome(State.DONE, score=0.5))
    ...     [trial.genome for trial in history.trials()]
    ['ridge(numeric, alpha=1.0)']
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        if not self.path.parent.is_dir():
            raise HistoryError(f"expected history in a folder that exists, got {str(path)!r}")
        self._database = sqlite3.connect(self.path, isolation_level=None)
        try:
            self._prepare()
        except sqlite3.DatabaseError as error:
            self._database.close()
            raise HistoryError(
                f"{self.path.name} is not a history ({error}); name another file"
            ) from error

    def _prepare(self) -> None:
        self._check()
        self._write_ahead()
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.execute("BEGIN IMMEDIATE")  # another process may be making it, too
        if not self._check():
            for statement in (*SCHEMA, f"PRAGMA application_id = {APPLICATION_ID}"):
                self._database.execute(statement)
        self._database.execute("COMMIT")

    def _write_ahead(self) -> None:
        """Let others read while this writes; for this one switch SQLite waits for nobody."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                self._database.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.01)

    def _check(self) -> bool:
        """Tell whether the file is a history yet; raise if it is something else."""
        tables = self._database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        application = self._database.execute("PRAGMA application_id").fetchone()[0]
        if tables and application != APPLICATION_ID:
            raise sqlite3.DatabaseError("it is a database of something else")
        return bool(tables)

    def open_run(self, settings: Mapping[str, Any], *, resume: bool) -> None:
        """Begin a run, or make sure that the one in the file is the same.

        Raises
        ------
        HistoryError
            If there is a run in the file and `resume` is false, or its settings differ.
        """
        found = self.settings()
        if not found:
            rows = [(name, json.dumps(value)) for name, value in settings.items()]
            self._database.execute("BEGIN")  # all of them or none
            self._database.executemany("INSERT INTO run VALUES (?, ?)", rows)
            self._database.execute("COMMIT")
            return
        if not resume:
            raise HistoryError(
                f"{self.path.name} holds a run already; pass resume=True to continue it, or name "
                "another file"
            )
        differing = sorted(name for name in settings if found.get(name) != settings[name])
        if differing:
            raise HistoryError(
                f"{self.path.name} holds a run with other {', '.join(differing)}; resume it with "
                "the data and settings that it began with, or name another file"
            )

    def settings(self) -> dict[str, Any]:
        """Return the settings of the run in the file; none before it began."""
        rows = self._database.execute("SELECT name, value FROM run")
        return {name: json.loads(value) for name, value in rows}

    def add_trial(self, number: int, genome: str, tells_before: int) -> None:
        """Write that a pipeline was asked for."""
        row = (number, genome, tells_before)
        self._database.execute("INSERT INTO trials VALUES (?, ?, ?, NULL)", row)

    def add_fold(self, number: int, fold: int, outcome: FoldOutcome) -> None:
        """Write what came of a pipeline on a fold."""
        row = (
            number,
            fold,
            outcome.state.value,
            outcome.score,
            outcome.fit_seconds,
            outcome.predict_seconds,
            outcome.rounds,
            outcome.cause,
            outcome.tuned,
            outcome.inner_score,
            outcome.n_fits,
            outcome.tune_seconds,
        )
        places = ", ".join("?" * len(row))
        held = outcome.predictions
        with self._database:  # both or none
            self._database.execute("BEGIN")
            self._database.execute(f"INSERT INTO folds VALUES ({places})", row)
            if held is not None:
                cells = (number, fold, held.shape[1], held.astype(CELLS).tobytes())
                self._database.execute("INSERT INTO predictions VALUES (?, ?, ?, ?)", cells)

    def drop_predictions(self, number: int) -> None:
        """Forget what a pipeline predicted."""
        self._database.execute("DELETE FROM predictions WHERE number = ?", (number,))

    def set_told(self, number: int, told: int) -> None:
        """Write that the strategy was told the outcome of a pipeline."""
        self._database.execute("UPDATE trials SET told = ? WHERE number = ?", (told, number))

    def trials(self) -> Iterator[PastTrial]:
        """Yield the pipelines in the order of asking."""
        folds: dict[int, dict[int, FoldOutcome]] = {}
        held = {
            (number, fold): np.frombuffer(cells, CELLS).astype(np.float32).reshape(-1, n_columns)
            for number, fold, n_columns, cells in self._database.execute(
                "SELECT * FROM predictions"
            )
        }
        for number, fold, state, *rest in self._database.execute("SELECT * FROM folds"):
            outcome = FoldOutcome(State(state), *rest)
            held_out = held.get((number, fold))
            folds.setdefault(number, {})[fold] = replace(outcome, predictions=held_out)
        rows = self._database.execute("SELECT * FROM trials ORDER BY number").fetchall()
        for number, genome, tells_before, told in rows:
            yield PastTrial(number, genome, tells_before, told, folds.get(number, {}))

    def table(self) -> pd.DataFrame:
        """Return a row for every pipeline and fold."""
        return pd.read_sql_query(TABLE, self._database)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
