"""The out-of-fold bank: the predictions of evaluated pipelines for rows that were held out.

::

    fold done ──put──► predictions ──settle, when the pipeline is done──► kept, up to 256 MiB
                                                   └──► the worst pipelines are dropped

With these, ensembles and honest scores are computed without a further fit.
"""

from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any

from automl.outcome import FoldOutcome, HeldOut
from automl.pipelines import Genome
from automl.search.evaluated import Evaluated
from automl.search.history import History

MEBIBYTES = 256.0  # room for 500 pipelines of two classes on 65,000 rows


@dataclass(frozen=True)
class Candidate:
    """An evaluated pipeline with its predictions for held-out rows."""

    evaluated: Evaluated
    """The pipeline with its outcome."""
    held_out: dict[int, HeldOut] = field(repr=False)
    """Its predictions by fold, shape (n_rows, n_classes) or (n_rows, n_outputs)."""

    @property
    def genome(self) -> Genome:
        """The pipeline."""
        return self.evaluated.genome


class Bank:
    """Keeps held-out predictions, in memory and in the history, and drops the least useful.

    Parameters
    ----------
    history : History
    baseline : Genome or None
        The constant predictor. The winner is compared with it and with the reference, so their
        predictions are never dropped.
    reference : Genome or None
        A random forest.
    mebibytes : float
        The most that all predictions may take, in MiB.
    """

    def __init__(
        self,
        history: History,
        baseline: Genome | None = None,
        reference: Genome | None = None,
        mebibytes: float = MEBIBYTES,
    ) -> None:
        self.baseline = baseline
        self.reference = reference
        self._history = history
        self._limit = mebibytes * 2**20
        self._held_out: dict[int, dict[int, HeldOut]] = {}
        self._settled: dict[int, Evaluated] = {}
        # The worst first, by a heap, for a long search has a hundred thousand pipelines.
        self._worst_first: list[tuple[Any, int, int]] = []
        self._n_ranked = 0
        self._n_bytes = 0  # of the settled pipelines

    def put(self, number: int, fold: int, outcome: FoldOutcome) -> None:
        """Take the predictions of a pipeline for a fold.

        Parameters
        ----------
        number : int
            The place of the pipeline in the order of asking.
        fold : int
        outcome : FoldOutcome
        """
        if outcome.predictions is not None:
            self._held_out.setdefault(number, {})[fold] = outcome.predictions

    def settle(self, evaluated: Evaluated) -> None:
        """Keep the predictions of a pipeline that is done, and drop others beyond the limit.

        The baseline and the reference keep theirs even if they were raced out: the winner is
        compared with them on the folds that they came through.
        """
        # Without a score, a pipeline cannot be chosen, so its predictions are of no use.
        number = evaluated.number
        if evaluated.score is None and not self._is_compared_with(evaluated.genome):
            self._drop(number)
            return
        # A scorer of the user's may give a score without predictions.
        if number in self._held_out:
            self._settled[number] = evaluated
            if not self._is_compared_with(evaluated.genome):
                # Of equals, the one that was done first is the worst.
                self._n_ranked += 1
                heappush(self._worst_first, (evaluated.standing, self._n_ranked, number))
            self._n_bytes += self._size(number)
        while self._n_bytes > self._limit and (worst := self._worst()) is not None:
            self._drop(worst)

    def __len__(self) -> int:
        return len(self._settled)

    @property
    def n_ranked(self) -> int:
        """The pipelines that had a place here so far, those that were dropped among them."""
        return self._n_ranked

    def candidates(self) -> list[Candidate]:
        """Return the pipelines with a score, the best first."""
        scored = [evaluated for evaluated in self._settled.values() if evaluated.score is not None]
        scored.sort(key=lambda evaluated: evaluated.standing, reverse=True)
        return [self._candidate(evaluated) for evaluated in scored]

    def find(self, genome: Genome | None) -> Candidate | None:
        """Return a pipeline with its predictions, or None if these were not kept."""
        for evaluated in self._settled.values():
            if evaluated.genome == genome:
                return self._candidate(evaluated)
        return None

    def _candidate(self, evaluated: Evaluated) -> Candidate:
        return Candidate(evaluated, self._held_out[evaluated.number])

    def _is_compared_with(self, genome: Genome) -> bool:
        return genome in (self.baseline, self.reference)

    def _drop(self, number: int) -> None:
        # From the history, too, so that a resumed run has the same bank and makes the same choice.
        if self._settled.pop(number, None) is not None:
            self._n_bytes -= self._size(number)
        if self._held_out.pop(number, None) is not None:
            self._history.drop_predictions(number)

    def _worst(self) -> int | None:
        """Return the number of the worst pipeline that may be dropped; the best never is."""
        # The best pipeline is a member of every choice, so it is never dropped.
        return heappop(self._worst_first)[-1] if len(self._worst_first) > 1 else None

    def _size(self, number: int) -> int:
        """Return the bytes of a pipeline's predictions."""
        return sum(predictions.nbytes for predictions in self._held_out[number].values())
