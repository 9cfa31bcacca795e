"""The history of a run in one SQLite file: written at each event, read to resume.

::

    run          settings of the run, which a resumed run has to share
    trials       a pipeline that was asked for ── number of outcomes told before it, its own place
      └─ folds          its outcome on an outer fold
      └─ predictions    for the held-out rows of that fold, as raw 32-bit numbers

The order of asking and telling is all that a strategy depends on. A resumed run asks and tells a
new strategy in this order, which brings it to the state of the old one.

Pipelines are text and settings are JSON: opening a stranger's file runs no code. Rows are written
ahead to a log (WAL). A process that is killed leaves all rows but those of its last transaction,
and others may read the file meanwhile.
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
PATIENCE = 5.0  # seconds to wait for another process that opens the same new file
CELLS = np.dtype("<f4")  # little-endian on any machine, for files travel
TABLE = "SELECT * FROM trials JOIN folds USING (number) ORDER BY number, fold"


@dataclass(frozen=True)
class PastTrial:
    """A pipeline that an earlier fit asked for."""

    number: int
    """Its place in the order of asking, from 0."""
    genome: str
    """Its text."""
    tells_before: int
    """The number of outcomes that the strategy had been told when it was asked for."""
    tell_number: int | None
    """Its place in the order of telling, from 0; None if it was still under way."""
    folds: Mapping[int, FoldOutcome]
    """Its outcomes on the folds that had ended."""


class History:
    """The history file of one run.

    Parameters
    ----------
    path : path or None
        The file, which is made if it does not exist. None stands for a file that only this process
        sees, and that is gone when the history is closed.

    Raises
    ------
    HistoryError
        If the file is no history.

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

    def __init__(self, path: str | os.PathLike[str] | None = None) -> None:
        self.path = Path(path or "temporary history")
        if not self.path.parent.is_dir():
            raise HistoryError(f"expected history in a folder that exists, got {str(path)!r}")
        # SQLite keeps a database without a name in memory, and in a file of its own if it gets too
        # large. `isolation_level=None`: no transaction begins but those that are begun below.
        self._database = sqlite3.connect("" if path is None else path, isolation_level=None)
        try:
            self._prepare()
        except sqlite3.DatabaseError as error:
            self._database.close()
            raise HistoryError(
                f"{self.path.name} is not a history ({error}); name another file"
            ) from error

    def _prepare(self) -> None:
        self._check()  # before anything is written to a database of somebody else
        self._write_ahead()
        # With a log, no row is lost when a process is killed. A power cut may take the last rows,
        # which a resumed run evaluates again; waiting for the disk at each fold costs more.
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.execute("BEGIN IMMEDIATE")  # another process may be making the file, too
        if not self._check():
            for statement in (*SCHEMA, f"PRAGMA application_id = {APPLICATION_ID}"):
                self._database.execute(statement)
        self._database.execute("COMMIT")

    def _write_ahead(self) -> None:
        """Switch to a log, so that others can read while this writes.

        SQLite waits for locks by itself, but not at this switch.
        """
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
        """Tell whether the file is a history yet; raise an error if it is something else."""
        tables = self._database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        application = self._database.execute("PRAGMA application_id").fetchone()[0]
        if tables and application != APPLICATION_ID:
            raise sqlite3.DatabaseError("it is a database of something else")
        return bool(tables)

    def open_run(self, settings: Mapping[str, Any], *, resume: bool) -> None:
        """Begin a run, or make sure that the run in the file has the same settings.

        Raises
        ------
        HistoryError
            If there is a run in the file and `resume` is false, or its settings differ.
        """
        stored = self.settings()
        if not stored:
            rows = [(name, json.dumps(value)) for name, value in settings.items()]
            self._database.execute("BEGIN")  # half of the settings would be another run
            self._database.executemany("INSERT INTO run VALUES (?, ?)", rows)
            self._database.execute("COMMIT")
            return
        if not resume:
            raise HistoryError(
                f"{self.path.name} holds a run already; pass resume=True to continue it, or name "
                "another file"
            )
        differing = sorted(name for name in settings if stored.get(name) != settings[name])
        if differing:
            raise HistoryError(
                f"{self.path.name} holds a run with other {', '.join(differing)}; resume it with "
                "the data and settings that it began with, or name another file"
            )

    def settings(self) -> dict[str, Any]:
        """Return the settings of the run in the file; empty before a run began."""
        rows = self._database.execute("SELECT name, value FROM run")
        return {name: json.loads(value) for name, value in rows}

    def add_trial(self, number: int, genome: str, tells_before: int) -> None:
        """Write that a pipeline was asked for.

        Parameters
        ----------
        number : int
            Its place in the order of asking, from 0.
        genome : str
        tells_before : int
            The number of outcomes that the strategy had been told.
        """
        row = (number, genome, tells_before)
        self._database.execute("INSERT INTO trials VALUES (?, ?, ?, NULL)", row)

    def add_fold(self, number: int, fold: int, outcome: FoldOutcome) -> None:
        """Write the outcome of a pipeline on a fold.

        Parameters
        ----------
        number : int
            The place of the pipeline in the order of asking.
        fold : int
        outcome : FoldOutcome
        """
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
        held_out = outcome.predictions
        with self._database:  # a fold without its predictions could not be resumed
            self._database.execute("BEGIN")
            self._database.execute(f"INSERT INTO folds VALUES ({places})", row)
            if held_out is not None:
                cells = (number, fold, held_out.shape[1], held_out.astype(CELLS).tobytes())
                self._database.execute("INSERT INTO predictions VALUES (?, ?, ?, ?)", cells)

    def drop_predictions(self, number: int) -> None:
        """Remove the predictions of a pipeline; its outcomes stay."""
        self._database.execute("DELETE FROM predictions WHERE number = ?", (number,))

    def set_told(self, number: int, tell_number: int) -> None:
        """Write that the strategy was told the outcome of a pipeline, and as which outcome."""
        row = (tell_number, number)
        self._database.execute("UPDATE trials SET told = ? WHERE number = ?", row)

    def trials(self) -> Iterator[PastTrial]:
        """Yield the pipelines in the order of asking."""
        folds: dict[int, dict[int, FoldOutcome]] = {}
        held_out = {
            (number, fold): np.frombuffer(cells, CELLS).astype(np.float32).reshape(-1, n_columns)
            for number, fold, n_columns, cells in self._database.execute(
                "SELECT * FROM predictions"
            )
        }
        # The columns stand in the order of the fields of `FoldOutcome`.
        for number, fold, state, *fields in self._database.execute("SELECT * FROM folds"):
            outcome = FoldOutcome(State(state), *fields)
            predictions = held_out.get((number, fold))
            folds.setdefault(number, {})[fold] = replace(outcome, predictions=predictions)
        # All at once, for a resumed run writes to the file while it goes through them.
        rows = self._database.execute("SELECT * FROM trials ORDER BY number").fetchall()
        for number, genome, tells_before, tell_number in rows:
            yield PastTrial(number, genome, tells_before, tell_number, folds.get(number, {}))

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
