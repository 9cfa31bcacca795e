"""History files that were changed: a resumed fit goes on, or refuses them."""

import contextlib
import os
import shutil
import sqlite3
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from automl import AutoMLClassifier, NestedCV, catalogue
from benchmarks.torture.attempts import Attempt, run_attempts, serve
from benchmarks.torture.fitting import GOOD, STEPS, made_up
from benchmarks.torture.mutations import ODD_VALUES, change_bytes
from benchmarks.torture.part import Batch, Part, Try

CASES = {"bytes": 400, "cells": 400, "tables": 150, "odd paths": 50}
N_ROWS = 60
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"


def search(path: object, evaluations: int) -> AutoMLClassifier:
    """Return a small search with a history."""
    return AutoMLClassifier(
        catalogue=catalogue("default").only(*STEPS, *GOOD),
        cv=NestedCV(outer=3, repeats=1),
        max_evaluations=evaluations,
        time_budget=None,
        n_jobs=1,
        history=path,  # type: ignore[arg-type]
        random_state=0,
        verbose=0,
    )


def prepare(case: str, folder: Path) -> Attempt:
    """Write a history, and return what resumes changed copies of it."""
    warnings.simplefilter("ignore")
    frame, target = made_up(N_ROWS)
    original, changed = folder / "original.db", folder / "changed.db"
    search(original, 5).fit(frame, target)

    def attempt(rng: np.random.Generator) -> None:
        for path in folder.glob(f"{changed.name}*"):  # with the logs of SQLite
            path.unlink()
        path = change(case, original, changed, rng)
        search(path, 6).fit(frame, target, resume=bool(rng.integers(8)))

    return attempt


def change(case: str, original: Path, changed: Path, rng: np.random.Generator) -> Any:
    """Write a changed copy of a history, and return its path.

    Parameters
    ----------
    case : str
    original, changed : path
    rng : generator
    """
    if case == "odd paths":
        return odd_path(changed.parent, rng)
    if case == "bytes":
        changed.write_bytes(change_bytes(original.read_bytes(), rng))
        return changed
    shutil.copy(original, changed)
    with contextlib.closing(sqlite3.connect(changed, isolation_level=None)) as database:
        database.execute("PRAGMA foreign_keys = OFF")
        statements = change_cell if case == "cells" else change_table
        with contextlib.suppress(sqlite3.Error):  # of a change that the tables do not allow
            database.execute(*statements(database, rng))
    return changed


def change_cell(
    database: sqlite3.Connection, rng: np.random.Generator
) -> tuple[str, tuple[Any, ...]]:
    """Return a statement that makes a cell odd."""
    table = _pick(rng, [name for (name,) in database.execute(TABLES)])
    column = _pick(rng, _columns(database, table))
    (row,) = database.execute(f"SELECT rowid FROM {table} ORDER BY random() LIMIT 1").fetchone()
    cells = [cell for cell in ODD_VALUES if not isinstance(cell, list | dict)]
    cells = [min(cell, 2**62) if type(cell) is int else cell for cell in cells]
    value = _pick(rng, [*cells, b"\x00\xff", b"", float("inf"), '{"a": [1]}', "NaN", "done"])
    return f'UPDATE {table} SET "{column}" = ? WHERE rowid = ?', (value, row)


def change_table(database: sqlite3.Connection, rng: np.random.Generator) -> tuple[str, ...]:
    """Return a statement that changes tables, or what the file says of itself."""
    table = _pick(rng, [name for (name,) in database.execute(TABLES)])
    column = _pick(rng, _columns(database, table))
    number = int(rng.integers(-(2**31), 2**31))
    statements = [
        f"DROP TABLE {table}",
        f"DELETE FROM {table}",
        f"DELETE FROM {table} WHERE random() % 2",
        f'ALTER TABLE {table} RENAME COLUMN "{column}" TO "renamed"',
        f'ALTER TABLE {table} DROP COLUMN "{column}"',
        f"ALTER TABLE {table} ADD COLUMN added BLOB",
        f"ALTER TABLE {table} RENAME TO renamed",
        f"CREATE TABLE another_{abs(number)} (cell BLOB)",
        f"CREATE TRIGGER stop BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'no'); END",
        f"PRAGMA application_id = {number}",
        f"PRAGMA user_version = {number}",
        f"UPDATE {table} SET rowid = rowid + 1000",
        f'UPDATE {table} SET "{column}" = (SELECT max("{column}") FROM {table})',
    ]
    return (_pick(rng, statements),)


def odd_path(folder: Path, rng: np.random.Generator) -> Any:
    """Return a path that no history can have, or hardly."""
    place = folder / f"odd {rng.integers(10**6)}"
    match rng.choice(["folder", "link", "loop", "NUL", "long", "empty", "device", "pipe", "none"]):
        case "folder":
            place.mkdir()
        case "link":
            place.symlink_to(folder / "nowhere" / "at all")
        case "loop":
            place.symlink_to(place)
        case "NUL":
            return f"{place}\x00"
        case "long":
            return folder / ("x" * 300)
        case "empty":
            return ""
        case "device":
            return "/dev/null"
        case "pipe":
            os.mkfifo(place)
        case _:
            return place / "nowhere" / "run.db"
    return place


def _columns(database: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in database.execute(f"PRAGMA table_info({table})")]


def _pick(rng: np.random.Generator, values: list[Any]) -> Any:
    return values[int(rng.integers(len(values)))]


def run(batch: Batch) -> Iterator[Try]:
    """Resume changed histories."""
    return run_attempts(["-m", "benchmarks.torture.histories"], batch)


HISTORIES = Part(
    "histories",
    "A changed history file, or a path that can be none, is continued or refused by an error of "
    "this project.",
    CASES,
    run,
    batch_size=50,
)

if __name__ == "__main__":
    serve(prepare)
