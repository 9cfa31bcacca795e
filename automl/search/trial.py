"""A pipeline on its way through the outer folds.

::

    fold 0 ──► folds 1 to 4, side by side ──► the next draw of the folds ──► done
      │                  │                               │
      └─ raced out?      └─ raced out?                   └─ worse than the best: done

Outcomes are looked at in the order of the folds, never in the order in which workers return them.
So the verdict is the same for any number of workers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf
from statistics import fmean

from automl.outcome import FoldOutcome, Outcome, State
from automl.pipelines import Genome
from automl.search.evaluated import Evaluated

# A pipeline that is worse than the hurdle on each of so many folds is out. With two folds, one in
# four equally good pipelines would be out by chance; with three, one in eight.
BEATEN = 3


@dataclass
class Trial:
    """A pipeline on its way through the outer folds, one draw of them after the other."""

    number: int
    """Its place in the order of asking, from 0."""
    genome: Genome
    """The pipeline."""
    n_folds: int
    """The number of outer folds over all draws; 1 for a tuning."""
    folds_per_repeat: int
    """The folds of one draw, after which it is compared with the best."""
    rival: Sequence[float] = ()
    """The scores of the best pipeline so far, fold by fold; empty if there is none."""
    hurdle: Sequence[float] = ()
    """The scores of the worst pipeline that may still be a member of the ensemble."""
    is_tuning: bool = False
    """Whether it looks for better settings, which become a pipeline of their own."""
    folds: dict[int, FoldOutcome] = field(default_factory=dict)
    """The outcomes so far, by fold."""

    @property
    def is_baseline(self) -> bool:
        """Whether it is the constant predictor, which every other trial has to beat."""
        return self.number == 0

    @property
    def threshold(self) -> float:
        """The worst fold of the hurdle; a trial whose mean falls below it is raced out."""
        return min(self.hurdle[: self.folds_per_repeat], default=-inf)

    def outcome(self) -> Outcome | None:
        """Return the outcome, or None as long as the folds so far do not decide it.

        A pipeline is out when a fold has no score. It is out when its running mean is below the
        worst fold of the hurdle (the "forgiving" rule, for ensembles), or when it is worse than the
        hurdle on each of the first folds. After a draw of the folds it is done if the best pipeline
        is better on them.

        References
        ----------
        Bergman, E. and others (2024). Don't waste your time: early stopping cross-validation.
        arXiv:2405.03389.
        """
        outcomes: list[FoldOutcome] = []
        for fold in range(self.n_folds):
            if fold not in self.folds:
                return None
            outcomes.append(self.folds[fold])
            if not outcomes[-1].state.has_score():
                return Outcome(outcomes[-1].state, tuple(outcomes))
            scores = Outcome(State.DONE, tuple(outcomes)).scores
            if self._is_raced_out(scores):
                return Outcome(State.RACED_OUT, tuple(outcomes))
            # More draws tell good pipelines apart; for a worse one they are a waste.
            if self._is_behind_the_best(scores):
                break
        return Outcome(State.DONE, tuple(outcomes))

    def _is_raced_out(self, scores: Sequence[float]) -> bool:
        """Tell whether the first folds are so bad that it cannot be a member of the ensemble."""
        if len(scores) >= self.folds_per_repeat:  # a whole draw is evidence worth keeping
            return False
        return fmean(scores) < self.threshold or self._is_beaten(scores)

    def _is_beaten(self, scores: Sequence[float]) -> bool:
        pairs = list(zip(scores, self.hurdle, strict=False))
        return len(pairs) >= BEATEN and all(score < least for score, least in pairs)

    def _is_behind_the_best(self, scores: Sequence[float]) -> bool:
        """Tell whether a draw of the folds is through, and the best is better on them so far."""
        is_draw = len(scores) % self.folds_per_repeat == 0
        return is_draw and bool(self.rival) and fmean(scores) < fmean(self.rival[: len(scores)])

    def whole_repeats(self) -> Outcome | None:
        """Return the outcome of the whole draws that it came through, or None before the first."""
        n_folds = 0
        while n_folds in self.folds:
            n_folds += 1
        n_folds -= n_folds % self.folds_per_repeat
        if self.is_tuning or not n_folds:
            return None
        return Outcome(State.DONE, tuple(self.folds[fold] for fold in range(n_folds)))

    def decided(self) -> Outcome | None:
        """Return the outcome, or that of the whole draws if the next draw is not through."""
        return self.outcome() or self.whole_repeats()

    def evaluated(self, outcome: Outcome) -> Evaluated:
        """Return the record of the pipeline with its outcome."""
        n_repeats = len(outcome.folds) // self.folds_per_repeat
        return Evaluated(self.genome, outcome, self.number, n_repeats)

    def to_start(self, n_running: int) -> int:
        """Return the number of folds of this draw that did not start yet.

        If all of them have ended, those of the next draw are counted.

        Parameters
        ----------
        n_running : int
            Its folds that are being evaluated.
        """
        in_draw = -(len(self.folds) + n_running) % self.folds_per_repeat
        return in_draw if in_draw or n_running else self.folds_per_repeat

    def next_folds(self) -> list[int]:
        """Return the folds that may be evaluated now.

        The first fold is alone, since many pipelines fail or are raced out on it.
        """
        if 0 not in self.folds:
            return [0]
        # The next draw begins after the last: its folds are only for those that came through.
        missing = [fold for fold in range(self.n_folds) if fold not in self.folds]
        draw = missing[0] // self.folds_per_repeat if missing else 0
        return [fold for fold in missing if fold // self.folds_per_repeat == draw]
