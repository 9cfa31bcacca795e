"""The SQLite file of a history: its path, its tables, and the transactions on it.

::

    facts        what is true of the whole run, as JSON by name: the settings, ...
    trials       a pipeline that was asked for ── number of outcomes told before it, its own place
      └─ folds          its outcome on an outer fold, the further scores as a list of JSON
      └─ predictions    for the held-out rows of that fold, as raw numbers of 32 or 64 bits

Rows are written ahead to a log (WAL). A process that is killed leaves all rows but those of its
last transaction, and others may read the file meanwhile.
"""

import json
import os
import sqlite3
import stat
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from automl.errors import HistoryError, SettingsError
from automl.search.owner import Owner
from automl.search.past import DamageError, PastTrial, Row, read_trials

SCHEMA = {
    "facts": "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "trials": """CREATE TABLE trials (
    number INTEGER PRIMARY KEY,
    genome TEXT NOT NULL,
    tells_before INTEGER NOT NULL,
    told INTEGER UNIQUE,
    is_tuning INTEGER NOT NULL
)""",
    "folds": """CREATE TABLE folds (
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
    further TEXT NOT NULL,
    PRIMARY KEY (number, fold)
)""",
    "predictions": """CREATE TABLE predictions (
    number INTEGER NOT NULL,
    fold INTEGER NOT NULL,
    n_columns INTEGER NOT NULL, n_bytes INTEGER NOT NULL,
    cells BLOB NOT NULL,
    PRIMARY KEY (number, fold)
)""",
}
TABLES = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
APPLICATION_ID = 0x41_4D_4C_33  # marks the file as a history of this project
VERSION = 3  # of the tables: another number stands for other tables
MODE = 0o600  # of a new file: it holds predictions for rows of the user
LEAST_BYTES = 512  # of a database: the smallest page
PATIENCE = 5.0  # seconds to wait for another program that has locked the file
# Where a damaged file is named in a message of SQLite, its bytes may be no text.
FAILURES = (OSError, sqlite3.Error, UnicodeError)
ADVICE = "free some space, close other programs that write to the file, or name another file"
RESTORE = "name another file, or restore a copy of this one"
SHOWN = 80  # characters of a path or a value in a message


def check_path(path: Any, *, resume: bool) -> Path | None:
    """Return the path of a history without links on the way; None if there is to be no file.

    Raises
    ------
    HistoryError
        If no history can be there; with `resume`, if there is no file.
    SettingsError
        If a run without a file is to be resumed.
    """
    if path is None:
        if resume:
            raise SettingsError("resume=True needs history= to name the file of the run")
        return None
    # A path of bytes is none that `pathlib` takes.
    text = os.fspath(path) if isinstance(path, str | os.PathLike) else None
    if not isinstance(text, str) or not text.strip() or "\0" in text:
        raise HistoryError(
            "expected history to be the path of a file, such as 'run.db', or None, got "
            f"{path!r:.{SHOWN}}"
        )
    shown = repr(text[:SHOWN])
    try:
        target = Path(os.path.realpath(text))  # writing follows links
        if not target.parent.is_dir() or text.endswith(("/", os.sep)):
            raise HistoryError(f"expected history in a folder that exists, got {shown}")
        mode = target.stat().st_mode if target.exists() else None
    except (OSError, ValueError) as error:  # too long, too many links, or no Unicode
        raise HistoryError(
            f"expected history to be the path of a file, got {shown}: {reason_of(error)}"
        ) from error
    if mode is None and resume:
        raise HistoryError(f"there is no file {shown} with a run")
    if mode is not None and not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "a device, a pipe or a socket"
        raise HistoryError(f"expected history to be the path of a file, but {shown} is {kind}")
    return target


class HistoryFile:
    """The file of a history, which is made if it does not exist.

    Parameters
    ----------
    path : Path
        As `check_path` returns it.
    patience : float
        Seconds to wait for another program that has locked the file.
    is_read_only : bool
        Whether nothing is written to it, and no file is made.

    Raises
    ------
    HistoryError
        If the file is no history, or cannot be opened.
    """

    def __init__(
        self, path: Path, patience: float = PATIENCE, *, is_read_only: bool = False
    ) -> None:
        self.path = path
        self._patience = patience
        self._is_read_only = is_read_only
        self._owner: Owner | None = None
        try:
            if not is_read_only:
                self._make()
            self._database = self._connect()
        except FAILURES as error:
            raise self.closed(error) from error
        try:
            self._prepare()
            self._place = self._find()
        except FAILURES as error:
            self._database.close()
            raise self._unreadable(error) from error
        except HistoryError:
            self._database.close()
            raise

    def _connect(self) -> sqlite3.Connection:
        mode = "rwc"
        if self._is_read_only and not os.access(self.path.parent, os.W_OK):
            mode = "ro&immutable=1"  # no log can be there
        elif self._is_read_only:  # SQLite removes a log with the last connection that may write
            mode = "rw" if os.access(self.path, os.W_OK) else "ro"
        # `isolation_level=None`: no transaction begins but those that are begun below.
        address = f"{self.path.as_uri()}?mode={mode}"
        database = sqlite3.connect(address, self._patience, isolation_level=None, uri=True)
        if self._is_read_only:
            database.execute("PRAGMA query_only = ON")
        return database

    def own(self) -> None:
        """Become the only process that writes to the file, until it is closed.

        Raises
        ------
        HistoryError
            If another run writes to it, or it cannot be written.
        """
        self._owner = Owner(self.path)
        try:
            if not os.access(self.path, os.W_OK):
                raise PermissionError("it may only be read")
            self._write_ahead()
            # It changes nothing, and fails where a later write would.
            self.write((f"PRAGMA user_version = {VERSION}", ()))
        except FAILURES as error:
            raise self.closed(error) from error

    def write(self, *statements: tuple[str, Row]) -> None:
        """Write rows, all or none of them.

        Raises
        ------
        sqlite3.Error, OSError
            If they cannot be written.
        """
        if self._find() != self._place:  # SQLite goes on in a file that has no name any more
            raise FileNotFoundError("it was removed or replaced")
        self._database.execute("BEGIN IMMEDIATE")
        try:
            for statement, row in statements:
                self._database.execute(statement, row)
            self._database.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # some errors have rolled back already
                self._database.execute("ROLLBACK")
            raise

    def facts(self) -> dict[str, Any]:
        """Return what is true of the whole run, by name.

        Raises
        ------
        HistoryError
            If it cannot be read.
        """
        try:
            rows = self._database.execute("SELECT name, value FROM facts").fetchall()
            return {name: json.loads(value) for name, value in rows}
        except FAILURES as error:
            raise self._unreadable(error) from error
        except (TypeError, ValueError, RecursionError) as error:
            raise self.damaged(f"its facts are no JSON: {error}") from error

    def trials(self, *, with_predictions: bool = True) -> list[PastTrial]:
        """Return the pipelines in the order of asking.

        Parameters
        ----------
        with_predictions : bool
            Without them, which are nearly all of a file, reading takes no time to speak of.

        Raises
        ------
        HistoryError
            If the file is damaged.
        """
        try:
            self._database.execute("BEGIN")  # one state of the file, while others write
            try:
                if with_predictions:
                    self._check_pages()
                read = self._database.execute
                return read_trials(
                    read("SELECT * FROM trials ORDER BY number"),
                    read("SELECT * FROM folds"),
                    read("SELECT * FROM predictions") if with_predictions else (),
                )
            finally:
                with suppress(sqlite3.Error):  # some errors have ended the transaction
                    self._database.execute("COMMIT")
        except FAILURES as error:
            raise self._unreadable(error) from error
        except DamageError as error:
            raise self.damaged(str(error)) from error

    def _check_pages(self) -> None:
        # A page that fits nowhere may hold any rows, or the same rows twice.
        state = self._database.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if state != "ok":
            raise DamageError(str(state).replace("\n", " "))

    def damaged(self, reason: str) -> HistoryError:
        """Return the error of a file whose rows no run writes."""
        return HistoryError(f"{self.path.name} is damaged ({reason}); {RESTORE}")

    def copy(self, path: Path) -> None:
        """Write one state of the file to another one, while others may write to it.

        Parameters
        ----------
        path : Path
            The copy; no file yet.

        Raises
        ------
        HistoryError
            If it cannot be read or written.
        """
        try:
            with closing(sqlite3.connect(path)) as copy:
                self._database.backup(copy)
        except FAILURES as error:
            raise self._unreadable(error) from error

    def closed(self, error: Exception) -> HistoryError:
        """Return the error of a file that cannot be opened or written."""
        reason = f"({reason_of(error)})"
        if self._is_read_only:
            return HistoryError(f"{self.path.name} cannot be read {reason}")
        return HistoryError(f"{self.path.name} cannot be written {reason}; {ADVICE}")

    def close(self) -> None:
        """Close the file, and let others write to it."""
        with suppress(sqlite3.Error):
            self._database.close()
        if self._owner is not None:
            self._owner.release()

    def _make(self) -> None:
        """Make the file where there is none, for its owner alone."""
        with suppress(FileExistsError):
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, MODE))

    def _find(self) -> tuple[int, int] | None:
        """Return the device and the number of the file at the path."""
        try:
            place = os.stat(self.path)
        except FileNotFoundError:
            return None
        return place.st_dev, place.st_ino

    def _prepare(self) -> None:
        if 0 < os.stat(self.path).st_size < LEAST_BYTES:  # SQLite would write over a few bytes
            raise HistoryError(f"{self.path.name} is not a history; name another file")
        # Triggers and views of a stranger's file run nothing but plain SQL.
        self._database.execute("PRAGMA trusted_schema = OFF")
        self._database.execute("PRAGMA cell_size_check = ON")
        # With a log, no row is lost when a process is killed. A power cut may take the last rows,
        # which a resumed run evaluates again; waiting for the disk at each fold costs more.
        self._database.execute("PRAGMA synchronous = NORMAL")
        has_tables = self._check()  # before anything is written to a database of somebody else
        if self._is_read_only and not has_tables:
            raise HistoryError(f"{self.path.name} holds no run yet")
        if not has_tables:
            self._write_ahead()
            self._database.execute("BEGIN IMMEDIATE")  # another process may be making it, too
            if not self._check():
                for statement in SCHEMA.values():
                    self._database.execute(statement)
                self._database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                self._database.execute(f"PRAGMA user_version = {VERSION}")
            self._database.execute("COMMIT")

    def _write_ahead(self) -> None:
        """Switch to a log, so that others can read while this writes.

        SQLite waits for locks by itself, but not at this switch.
        """
        end = time.monotonic() + self._patience
        while True:
            try:
                self._database.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if _code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                    raise
                time.sleep(0.01)

    def _check(self) -> bool:
        """Tell whether the file is a history yet; raise an error if it is something else."""
        self._database.execute("SAVEPOINT look")  # one state of the file: another may be making it
        rows = self._database.execute(TABLES).fetchall()
        application = self._database.execute("PRAGMA application_id").fetchone()[0]
        version = self._database.execute("PRAGMA user_version").fetchone()[0]
        self._database.execute("RELEASE look")
        tables = dict(rows)
        if not tables and not application:
            return False
        if application != APPLICATION_ID:
            raise HistoryError(
                f"{self.path.name} is not a history (it is a database of something else); name "
                "another file"
            )
        if version != VERSION:
            raise HistoryError(
                f"{self.path.name} is a history of version {version}, but this version of automl "
                f"reads version {VERSION}; resume it with the automl that began it, or name "
                "another file"
            )
        # Columns that differ in their names, types or keys are found here, and so are triggers.
        names = {*tables, *SCHEMA}
        if differing := [name for name in names if tables.get(name) != SCHEMA.get(name)]:
            shown = sorted(map(str, differing))
            raise self.damaged(f"its tables are not those of a history: {shown!s:.{SHOWN}}")
        return True

    def _unreadable(self, error: Exception) -> HistoryError:
        """Return the error of what is no database, of a damaged one, or of a closed one."""
        if isinstance(error, OSError) or _code(error) in OF_THE_MACHINE:
            return self.closed(error)
        return HistoryError(f"{self.path.name} is not a history, or damaged ({error}); {RESTORE}")


def reason_of(error: Exception) -> str:
    """Return the message of an error, without the number and the path of an `OSError`."""
    return str(getattr(error, "strerror", None) or error)


def _code(error: Exception) -> int:
    """Return the kind of an error of SQLite, without its details."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


# Errors that say nothing of the content of a file.
OF_THE_MACHINE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
}
