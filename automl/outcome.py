"""The outcome of an evaluation: a value with a state, and with a cause if there is no score.

A failure is no exception here. A search meets thousands of them, and each has its row in the
history and the leaderboard.
"""

from dataclasses import dataclass, field
from enum import Enum
from statistics import fmean, pstdev
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

# Probabilities in 32 bits, numbers of a regression in 64.
HeldOut: TypeAlias = NDArray[np.floating[Any]]

CAUSE_LENGTH = 1_000  # characters: a message may hold a whole array, and the history keeps it


class State(Enum):
    """How an evaluation ended."""

    DONE = "done"
    TUNED = "tuned"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    CRASHED = "crashed"
    REFUSED = "refused"
    RACED_OUT = "raced out"
    CANCELLED = "cancelled"

    def has_score(self) -> bool:
        """Whether the evaluation gave the score that it was meant to give."""
        return self is State.DONE


@dataclass(frozen=True)
class FoldOutcome:
    """The outcome of a pipeline on an outer fold."""

    state: State
    """How it ended."""
    score: float | None = None
    """The score on the held-out part; greater is better."""
    fit_seconds: float = 0.0
    """Seconds inside `fit`, also if that was stopped."""
    predict_seconds: float = 0.0
    """Seconds inside prediction and scoring."""
    rounds: int | None = None
    """The rounds that early stopping chose inside the training part."""
    cause: str = ""
    """The reason if there is no score, or a further one is missing."""
    tuned: str | None = None
    """The text of the pipeline with the settings that a tuner chose inside the training part."""
    inner_score: float | None = None
    """The mean score of these settings on the inner folds; greater is better."""
    n_fits: int = 1
    """The number of fits, those of the tuner among them."""
    tune_seconds: float = 0.0
    """Seconds of the tuner."""
    further: tuple[float | None, ...] = ()
    """The further scores on the held-out part; None where a scorer failed."""
    predictions: HeldOut | None = field(default=None, repr=False, compare=False)
    """The predictions for the held-out rows: probabilities of shape (n_rows, n_classes) in 32 bits,
    or numbers of shape (n_rows, n_outputs) in 64 bits."""
    left_device: bool = False
    """Whether the CPU made a fit that was too large for the GPU."""

    @property
    def estimator_seconds(self) -> float:
        """All seconds inside estimators."""
        return self.tune_seconds + self.fit_seconds + self.predict_seconds


def failure(error: BaseException) -> FoldOutcome:
    """Return the outcome that stands for an error of an estimator."""
    cause = cause_of(error)
    # Compiled code reports a lack of memory by other errors than Python's, but in like words.
    out_of_memory = isinstance(error, MemoryError) or any(
        word in cause for word in ("bad_alloc", "llocate")
    )
    state = State.OUT_OF_MEMORY if out_of_memory else State.REFUSED
    return FoldOutcome(state, cause=cause)


def cause_of(error: BaseException) -> str:
    """Return an error of an estimator as a text that any file can hold.

    The message of an error is made by its class, which may fail, too.
    """
    try:
        text = f"{type(error).__name__}: {error}".strip()[:CAUSE_LENGTH]
    except BaseException:  # noqa: BLE001 the class of an estimator's author may do anything
        text = type(error).__name__
    return text.encode("utf-8", "replace").decode()


@dataclass(frozen=True)
class Outcome:
    """The outcome of a pipeline on its outer folds."""

    state: State
    """How it ended; the first fold without a score decides."""
    folds: tuple[FoldOutcome, ...] = field(default=())
    """The outcomes of its folds in order, up to the one that ended it."""

    @property
    def scores(self) -> list[float]:
        """The scores of the folds that have one."""
        return [fold.score for fold in self.folds if fold.score is not None]

    @property
    def score(self) -> float | None:
        """The mean score, if every fold has one."""
        return fmean(self.scores) if self.state.has_score() else None

    @property
    def further(self) -> tuple[float | None, ...]:
        """The means of the further scores, if there is a score; None where a fold lacks one."""
        columns = zip(*(fold.further for fold in self.folds), strict=True)
        if not self.state.has_score():
            return ()
        return tuple(None if None in scores else fmean(scores) for scores in columns)

    @property
    def deviation(self) -> float | None:
        """The standard deviation of the scores over the folds; None for the one of a hold-out."""
        return pstdev(self.scores) if self.state.has_score() and len(self.scores) > 1 else None

    @property
    def fit_seconds(self) -> float:
        """The mean seconds of a fit."""
        return fmean([fold.fit_seconds for fold in self.folds]) if self.folds else 0.0

    @property
    def predict_seconds(self) -> float:
        """The mean seconds of a prediction with its score."""
        return fmean([fold.predict_seconds for fold in self.folds]) if self.folds else 0.0

    @property
    def tune_seconds(self) -> float:
        """The mean seconds of a tuner."""
        return fmean([fold.tune_seconds for fold in self.folds]) if self.folds else 0.0

    @property
    def estimator_seconds(self) -> float:
        """The sum of all seconds inside estimators."""
        return sum(fold.estimator_seconds for fold in self.folds)

    @property
    def rounds(self) -> int | None:
        """The mean of the rounds that early stopping chose."""
        rounds = [fold.rounds for fold in self.folds if fold.rounds is not None]
        return round(fmean(rounds)) if rounds else None

    @property
    def cause(self) -> str:
        """The reason if there is no score, or a further one is missing."""
        # Where there is no score, the last fold has the reason.
        return next((fold.cause for fold in reversed(self.folds) if fold.cause), "")
