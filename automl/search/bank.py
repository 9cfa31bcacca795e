"""The out-of-fold bank: what every finished pipeline predicted for rows that were held out."""

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from automl.outcome import FoldOutcome, Outcome
from automl.pipelines import Genome
from automl.search.history import History
from automl.search.trial import Trial, standing

MEBIBYTES = 256.0  # 500 pipelines of two classes on 65,000 rows

Held = NDArray[np.float32]


@dataclass(frozen=True)
class Candidate:
    """A finished pipeline with its held-out predictions."""

    genome: Genome
    """The pipeline."""
    outcome: Outcome
    """What it was worth on the outer folds."""
    held: dict[int, Held] = field(repr=False)
    """Its predictions by fold, shape (n_rows, n_classes) or (n_rows, n_outputs)."""


class Bank:
    """Keeps held-out predictions, in memory and in the history, and forgets the least useful.

    Parameters
    ----------
    history : History
    mebibytes : float
        What all predictions may take.
    spared : collection of Genome
        Pipelines whose predictions are never forgotten, because others are compared with them.
    """

    def __init__(
        self,
        history: History,
        mebibytes: float = MEBIBYTES,
        spared: Collection[Genome | None] = (),
    ) -> None:
        self._history = history
        self._spared = spared
        self._limit = mebibytes * 2**20
        self._held: dict[int, dict[int, Held]] = {}
        self._finished: dict[int, tuple[Trial, Outcome]] = {}
        self._taken = 0  # bytes of those that are finished

    def put(self, number: int, fold: int, outcome: FoldOutcome) -> None:
        """Take the predictions of a pipeline for a fold."""
        if outcome.predictions is not None:
            self._held.setdefault(number, {})[fold] = outcome.predictions

    def settle(self, trial: Trial, outcome: Outcome) -> None:
        """Keep what was put of a pipeline that is done, and forget what was put of others.

        Of pipelines that others are compared with, the folds are kept that they came through.
        """
        if outcome.score is None and trial.genome not in self._spared:
            self._forget(trial.number)
            return
        if trial.number in self._held:
            self._finished[trial.number] = trial, outcome
            self._taken += self._bytes(trial.number)
        while self._taken > self._limit and (useless := self._least_useful()) is not None:
            self._forget(useless)

    def __len__(self) -> int:
        return len(self._finished)

    def candidates(self) -> list[Candidate]:
        """Return the pipelines that are done, the best first."""
        done = [pair for pair in self._finished.values() if pair[1].score is not None]
        return [self._candidate(*pair) for pair in sorted(done, key=standing, reverse=True)]

    def find(self, genome: Genome | None) -> Candidate | None:
        """Return a pipeline with what it predicted, if any of that was kept."""
        found = (pair for pair in self._finished.values() if pair[0].genome == genome)
        return next((self._candidate(*pair) for pair in found), None)

    def _candidate(self, trial: Trial, outcome: Outcome) -> Candidate:
        return Candidate(trial.genome, outcome, self._held[trial.number])

    def _forget(self, number: int) -> None:
        if self._finished.pop(number, None) is not None:
            self._taken -= self._bytes(number)
        if self._held.pop(number, None) is not None:
            self._history.drop_predictions(number)

    def _least_useful(self) -> int | None:
        """Return the worst pipeline that may be forgotten; the best may not."""
        ranked = sorted(self._finished, key=lambda one: standing(self._finished[one]))
        droppable = (n for n in ranked[:-1] if self._finished[n][0].genome not in self._spared)
        return next(droppable, None)

    def _bytes(self, number: int) -> int:
        return sum(part.nbytes for part in self._held[number].values())
