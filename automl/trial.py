"""A pipeline on its way through a search."""

from dataclasses import dataclass, field
from math import inf

from automl.outcome import FoldOutcome, Outcome, State
from automl.pipelines import Genome


@dataclass
class Trial:
    """A pipeline on its way through the outer folds."""

    number: int
    """Its place in the order of asking, from 0."""
    genome: Genome
    """The pipeline."""
    threshold: float
    """The mean below which it is raced out: the worst fold of the best so far."""
    n_folds: int
    """The number of outer folds; 1 if its settings are tuned."""
    is_tuning: bool = False
    """Whether better settings are looked for, which become a pipeline of its own."""
    folds: dict[int, FoldOutcome] = field(default_factory=dict)
    """What came of it so far."""

    @property
    def is_baseline(self) -> bool:
        """Whether it is the constant predictor, which every other trial has to beat."""
        return self.number == 0

    def outcome(self) -> Outcome | None:
        """Return what came of it, once that is known.

        Folds are looked at in order, whatever the order in which they ended: a pipeline is out
        when one has no score, or when its running mean is worse than the worst fold of the best
        (the "forgiving" rule of Bergman et al., 2024, arXiv:2405.03389).
        """
        seen: list[FoldOutcome] = []
        for fold in range(self.n_folds):
            if fold not in self.folds:
                return None
            seen.append(self.folds[fold])
            if not seen[-1].state.has_score():
                return Outcome(seen[-1].state, tuple(seen))
            running = Outcome(State.DONE, tuple(seen))
            if fold < self.n_folds - 1 and (running.score or 0.0) < self.threshold:
                return Outcome(State.RACED_OUT, tuple(seen))
        return Outcome(State.DONE, tuple(seen))

    def next_folds(self) -> list[int]:
        """Return the folds that may be evaluated now: the first, then all others."""
        if 0 not in self.folds:
            return [0]
        return [fold for fold in range(self.n_folds) if fold not in self.folds]


def standing(finished: tuple[Trial, Outcome]) -> tuple[bool, float]:
    """Return the key by which finished trials are ranked: the baseline is the last with a score."""
    trial, outcome = finished
    return not trial.is_baseline, -inf if outcome.score is None else outcome.score
