"""The history of a run: written to a file at each event, read to resume.

::

    event ──► rows in memory ──► history_
        └───► the file, if there is one and it can be written ──► a resumed run

The order of asking and telling is all that a strategy depends on. A resumed run asks and tells a
new strategy in this order, which brings it to the state of the old one.

Once a run has begun, no error of the file ends it. The search goes on without the file, whose rows
up to then stay as they are.

Pipelines are text and settings are JSON: opening a stranger's file runs no code.
"""

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd

from automl.errors import HistoryError, warn
from automl.outcome import FoldOutcome
from automl.problem.thrift import Thrift
from automl.randomness import SEEDS
from automl.search.fingerprint import differences
from automl.search.history_file import (
    ADVICE,
    FAILURES,
    PATIENCE,
    HistoryFile,
    check_path,
    reason_of,
)
from automl.search.past import FIELDS, NUMBERS, PastTrial, Row

COLUMNS = ("number", "genome", "tells_before", "told", "fold", *FIELDS)
SETTINGS = "settings"  # the name of the fact that a resumed run has to share
RUN, PHASE, RESULT = "run", "phase", "result"  # of those that only people need
SEARCHING = "searching"  # the phase before those of `Phase`
SHARE = 0.1  # of a budget of seconds: the most to wait for another program


class History:
    """The history of one run.

    Parameters
    ----------
    path : path or None
        The file, which is made if it does not exist. With None, the history is in memory only.
    seconds : float or None
        The budget of the fit. A tenth of it is the most to wait for a program that has locked the
        file.

    Raises
    ------
    HistoryError
        If the file is no history, or cannot be opened.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from automl.outcome import State
    >>> with tempfile.TemporaryDirectory() as folder, History(Path(folder) / "run.db") as history:
    ...     history.open_run({"random_state": 0}, resume=False)
    ...     history.add_trial(0, "ridge(numeric, alpha=1.0)", tells_before=0)
    ...     history.add_fold(0, 0, FoldOutcome(State.DONE, score=0.5))
    ...     [trial.genome for trial in history.trials()]
    ['ridge(numeric, alpha=1.0)']
    """

    def __init__(
        self, path: str | os.PathLike[str] | None = None, seconds: float | None = None
    ) -> None:
        target = check_path(path, resume=False)
        patience = PATIENCE if seconds is None else min(PATIENCE, SHARE * seconds)
        self._file = None if target is None else HistoryFile(target, patience)
        self._trials: dict[int, list[Any]] = {}
        self._folds: dict[tuple[int, int], Row] = {}

    def open_run(self, settings: Mapping[str, Any], *, resume: bool) -> None:
        """Begin a run, or make sure that the run in the file has the same settings.

        Raises
        ------
        HistoryError
            If another run writes to the file. If there is a run in the file and `resume` is false,
            or its settings differ.
        """
        if self._file is None:
            return
        self._file.own()
        stored, name = self.settings(), self._file.path.name
        if not stored:
            _begin(self._file, settings)
        elif not resume:
            raise HistoryError(
                f"{name} holds a run already; pass resume=True, or call `automl resume`, to "
                "continue it, or name another file"
            )
        elif differing := differences(stored, settings):
            raise HistoryError(
                f"{name} holds a run with other settings ({'; '.join(differing)}); resume it with "
                "the data and settings that it began with, or name another file"
            )

    def settings(self) -> dict[str, Any]:
        """Return the settings of the run in the file; empty before a run began.

        Raises
        ------
        HistoryError
            If they cannot be read.
        """
        if self._file is None:
            return {}
        settings = self._file.facts().get(SETTINGS, {})
        if not isinstance(settings, dict):
            raise self._file.damaged("its settings are no table")
        return settings

    def note(self, name: str, value: Any) -> None:
        """Write what is true of the run, for those who read the file.

        Parameters
        ----------
        name : str
        value : object
            JSON can hold it. It replaces an earlier value.
        """
        text = json.dumps(value, ensure_ascii=True)
        self._write(("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, text)))

    def thrift(self) -> Thrift | None:
        """Return the folds and rows that the run does without; None before a run began.

        Raises
        ------
        HistoryError
            If they cannot be read.
        """
        settings = self.settings()
        if not settings or self._file is None:
            return None
        n_learnt = settings.get("learnt_rows")
        is_count = isinstance(n_learnt, int) and not isinstance(n_learnt, bool) and n_learnt > 0
        if n_learnt is not None and not is_count:
            raise self._file.damaged(f"its learnt_rows are {str(n_learnt)[:80]}")
        return Thrift(settings.get("held_out") is True, n_learnt)

    def seed(self) -> int | None:
        """Return the seed of the run in the file; None before a run began.

        Raises
        ------
        HistoryError
            If there is a run without a seed.
        """
        settings = self.settings()
        if not settings or self._file is None:
            return None
        seed = settings.get("random_state")
        if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < SEEDS:
            raise self._file.damaged(f"its random_state is {str(seed)[:80]}")
        return seed

    def add_trial(
        self, number: int, genome: str, tells_before: int, *, is_tuning: bool = False
    ) -> None:
        """Write that a pipeline was asked for.

        Parameters
        ----------
        number : int
            Its place in the order of asking, from 0.
        genome : str
        tells_before : int
            The number of outcomes that the strategy had been told.
        is_tuning : bool
            Whether a leader is tuned.
        """
        self._trials[number] = [number, genome, tells_before, None]
        row = (number, genome, tells_before, None, is_tuning)
        self._write(("INSERT INTO trials VALUES (?, ?, ?, ?, ?)", row))

    def add_fold(self, number: int, fold: int, outcome: FoldOutcome) -> None:
        """Write the outcome of a pipeline on a fold.

        Parameters
        ----------
        number : int
            The place of the pipeline in the order of asking.
        fold : int
        outcome : FoldOutcome
        """
        values = _values(outcome)
        self._folds[number, fold] = values
        places = ", ".join("?" * (2 + len(values)))
        statements: list[tuple[str, Row]] = [
            (f"INSERT INTO folds VALUES ({places})", (number, fold, *values))
        ]
        held_out = outcome.predictions
        if held_out is not None and self._file is not None:
            n_bytes = held_out.itemsize
            cells = held_out.astype(NUMBERS[n_bytes]).tobytes()
            row = (number, fold, held_out.shape[1], n_bytes, cells)
            statements.append(("INSERT INTO predictions VALUES (?, ?, ?, ?, ?)", row))
        self._write(*statements)  # a fold without its predictions could not be resumed

    def drop_predictions(self, number: int) -> None:
        """Remove the predictions of a pipeline; its outcomes stay."""
        self._write(("DELETE FROM predictions WHERE number = ?", (number,)))

    def set_told(self, number: int, tell_number: int) -> None:
        """Write that the strategy was told the outcome of a pipeline, and as which outcome."""
        self._trials[number][-1] = tell_number
        self._write(("UPDATE trials SET told = ? WHERE number = ?", (tell_number, number)))

    def trials(self) -> list[PastTrial]:
        """Return the pipelines in the file, in the order of asking.

        Raises
        ------
        HistoryError
            If the file is damaged.
        """
        return [] if self._file is None else self._file.trials()

    def recall(self, past: PastTrial) -> None:
        """Take a pipeline of an earlier fit into the table."""
        self._trials[past.number] = [past.number, past.genome, past.tells_before, past.tell_number]
        for fold, outcome in past.folds.items():
            self._folds[past.number, fold] = _values(outcome)

    def table(self, further: Sequence[str] = ()) -> pd.DataFrame:
        """Return a row for every pipeline and fold of this fit, those recalled among them.

        Parameters
        ----------
        further : sequence of str
            The names of the further scores, which have a column each.
        """
        rows = [
            (*self._trials[number], fold, *values)
            for (number, fold), values in sorted(self._folds.items(), key=lambda item: item[0])
        ]
        table = pd.DataFrame.from_records(rows, columns=list(COLUMNS), coerce_float=True)
        lists = [json.loads(scores) for scores in table.pop("further")]
        for place, name in enumerate(further):  # a fold without a score has no further ones
            cells = [scores[place] if scores else None for scores in lists]
            table[name] = np.array(cells, dtype=np.float64)
        return table

    def _write(self, *statements: tuple[str, Row]) -> None:
        """Write rows to the file; go on without it if that fails."""
        if self._file is None:
            return
        try:
            self._file.write(*statements)
        except Exception as error:  # noqa: BLE001 whatever it is, the search has its rows
            file, self._file = self._file, None
            file.close()
            warn(
                f"{file.path.name} cannot be written any more ({reason_of(error)}), so the search "
                "goes on without it: the file keeps the evaluations before, history_ has all; "
                f"{ADVICE} for the next run"
            )

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _values(outcome: FoldOutcome) -> Row:
    """Return the cells of a fold, in the order of the columns."""
    # SQLite stores Unicode only, and a message of an estimator may hold halves of characters.
    cause = outcome.cause.encode(errors="backslashreplace").decode()
    further = json.dumps(outcome.further)
    changed = {"state": outcome.state.value, "cause": cause, "further": further}
    return tuple(changed.get(name, getattr(outcome, name)) for name in FIELDS)


def _begin(file: HistoryFile, settings: Mapping[str, Any]) -> None:
    """Write the settings of a run."""
    if file.trials():
        raise file.damaged("it holds pipelines, but not the settings of their run")
    try:
        file.write(("INSERT INTO facts VALUES (?, ?)", (SETTINGS, json.dumps(settings))))
    except FAILURES as error:
        raise file.closed(error) from error
