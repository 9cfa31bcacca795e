"""A run as its history file tells it, for those who only read the file.

No strategy is asked again, so that no data are needed. Whether a pipeline was raced out follows
from its folds: it was told with fewer than a draw of them.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count, takewhile
from pathlib import Path
from typing import Any

from automl.errors import HistoryError
from automl.outcome import Outcome, State
from automl.pipelines import Genome
from automl.search.evaluated import Evaluated
from automl.search.history_file import HistoryFile, check_path
from automl.search.owner import SUFFIX, is_owned
from automl.search.past import PastTrial
from automl.search.trial import Trial


@dataclass(frozen=True)
class StoredRun:
    """A run as its history file tells it."""

    path: Path
    """The file."""
    facts: Mapping[str, Any]
    """What is true of the whole run, as JSON by name."""
    trials: tuple[PastTrial, ...]
    """The pipelines in the order of asking, without their predictions."""
    is_running: bool
    """Whether a process on this machine writes to the file."""

    @property
    def n_told(self) -> int:
        """The number of pipelines that ended."""
        return sum(past.tell_number is not None for past in self.trials)

    def evaluated(self, n_folds: int, folds_per_repeat: int) -> list[Evaluated]:
        """Return the pipelines that ended, in the order in which they did, without tunings.

        Parameters
        ----------
        n_folds : int
            The outer folds over all draws.
        folds_per_repeat : int
            The folds of one draw.

        Raises
        ------
        HistoryError
            If the text of a pipeline is none.
        """
        ended = [past for past in self.trials if past.tell_number is not None]
        ended.sort(key=lambda past: past.tell_number or 0)
        return [
            _evaluated(past, self.genome(past), n_folds, folds_per_repeat)
            for past in ended
            if not past.is_tuning
        ]

    def under_way(self) -> list[PastTrial]:
        """Return the pipelines that were asked for and have not ended."""
        return [past for past in self.trials if past.tell_number is None]

    def genome(self, past: PastTrial) -> Genome:
        """Return a pipeline.

        Raises
        ------
        HistoryError
            If its text is none.
        """
        try:
            return Genome.parse(past.genome)
        except ValueError as error:
            raise HistoryError(
                f"{self.path.name} is damaged (pipeline {past.number}: {error}); restore a copy"
            ) from error


def read_run(path: str | os.PathLike[str]) -> StoredRun:
    """Return the run in a history file, which a fit may be writing.

    Parameters
    ----------
    path : path

    Raises
    ------
    HistoryError
        If there is no history, or it is damaged.
    """
    file = open_to_read(path)
    try:
        facts, trials = file.facts(), file.trials(with_predictions=False)
    finally:
        file.close()
    return StoredRun(file.path, facts, tuple(trials), is_owned(file.path))


def open_to_read(path: str | os.PathLike[str]) -> HistoryFile:
    """Return a history file to which nothing is written.

    Raises
    ------
    HistoryError
        If there is none.
    """
    target = check_path(path, resume=True)
    assert target is not None  # a path was given
    return HistoryFile(target, is_read_only=True)


def stamp_of(path: str | os.PathLike[str]) -> str:
    """Return a text that changes whenever a run has written to a history, or was killed.

    Parameters
    ----------
    path : path
    """
    target = os.path.realpath(path)  # a log stands beside the file, not beside a link to it
    stamps = []
    for name in (target, f"{target}-wal", f"{target}{SUFFIX}"):
        try:
            facts = os.stat(name)
        except (OSError, ValueError):  # none of them has to be there
            stamps.append("-")
        else:
            stamps.append(f"{facts.st_ino:x}.{facts.st_size:x}.{facts.st_mtime_ns:x}")
    # A process that is killed changes no file.
    stamps.append("owned" if is_owned(Path(target)) else "free")
    return f'"{":".join(stamps)}"'


def _evaluated(past: PastTrial, genome: Genome, n_folds: int, folds_per_repeat: int) -> Evaluated:
    trial = Trial(past.number, genome, n_folds, folds_per_repeat, folds=dict(past.folds))
    leading = takewhile(past.folds.__contains__, count())
    outcome = trial.decided() or Outcome(
        State.RACED_OUT, tuple(past.folds[fold] for fold in leading)
    )
    return trial.evaluated(outcome)
