"""A pipeline on its way through a search."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf
from statistics import fmean

from automl.outcome import FoldOutcome, Outcome, State
from automl.pipelines import Genome

Pair = tuple[Genome, Outcome]  # a pipeline and what came of it

BEATEN = 3  # folds in a row on which a pipeline is worse than the last leader, and so is out


@dataclass
class Trial:
    """A pipeline on its way through the outer folds, one repeat of them after the other."""

    number: int
    """Its place in the order of asking, from 0."""
    genome: Genome
    """The pipeline."""
    n_folds: int
    """The number of outer folds; 1 if its settings are tuned."""
    folds_per_repeat: int
    """Those that it sees before it is compared with the best."""
    rival: Sequence[float] = ()
    """The scores of the best so far, fold by fold; none if there is none."""
    hurdle: Sequence[float] = ()
    """Those of the worst pipeline that may still be a member of the ensemble."""
    is_tuning: bool = False
    """Whether better settings are looked for, which become a pipeline of its own."""
    folds: dict[int, FoldOutcome] = field(default_factory=dict)
    """What came of it so far."""

    @property
    def is_baseline(self) -> bool:
        """Whether it is the constant predictor, which every other trial has to beat."""
        return self.number == 0

    @property
    def threshold(self) -> float:
        """The mean below which it is raced out: the worst fold of what it has to reach."""
        return min(self.hurdle[: self.folds_per_repeat], default=-inf)

    def outcome(self) -> Outcome | None:
        """Return what came of it, once that is known.

        Folds are looked at in order, whatever the order in which they ended: a pipeline is out
        when one has no score; when its running mean is worse than the worst fold of the last
        leader (the "forgiving" rule of Bergman et al., 2024, arXiv:2405.03389, for ensembles); or
        when it is worse than the last leader on each of the first folds. After each repeat of the
        folds it is done if it is worse there than the best.
        """
        seen: list[FoldOutcome] = []
        for fold in range(self.n_folds):
            if fold not in self.folds:
                return None
            seen.append(self.folds[fold])
            if not seen[-1].state.has_score():
                return Outcome(seen[-1].state, tuple(seen))
            scores = Outcome(State.DONE, tuple(seen)).scores
            mean = fmean(scores)
            is_early = len(seen) < self.folds_per_repeat
            if is_early and (mean < self.threshold or self._is_beaten(scores)):
                return Outcome(State.RACED_OUT, tuple(seen))
            is_repeat = len(seen) % self.folds_per_repeat == 0
            if is_repeat and self.rival and mean < fmean(self.rival[: len(seen)]):
                break
        return Outcome(State.DONE, tuple(seen))

    def whole_repeats(self) -> Outcome | None:
        """Return what came of it as far as it got, if that is a whole repeat or more."""
        n_whole = 0
        while n_whole in self.folds:
            n_whole += 1
        n_whole -= n_whole % self.folds_per_repeat
        if self.is_tuning or not n_whole:
            return None
        return Outcome(State.DONE, tuple(self.folds[fold] for fold in range(n_whole)))

    def _is_beaten(self, scores: Sequence[float]) -> bool:
        pairs = list(zip(scores, self.hurdle, strict=False))
        return len(pairs) >= BEATEN and all(own < other for own, other in pairs)

    def to_start(self, n_running: int) -> int:
        """Return how many folds of its repeat did not start yet, or of the next if all have ended.

        Parameters
        ----------
        n_running : int
            Its folds that are being evaluated.
        """
        in_repeat = -(len(self.folds) + n_running) % self.folds_per_repeat
        return in_repeat if in_repeat or n_running else self.folds_per_repeat

    def next_folds(self) -> list[int]:
        """Return the folds that may be evaluated now: the first, then the others of a repeat."""
        if 0 not in self.folds:
            return [0]
        missing = [fold for fold in range(self.n_folds) if fold not in self.folds]
        repeat = missing[0] // self.folds_per_repeat if missing else 0
        return [fold for fold in missing if fold // self.folds_per_repeat == repeat]


def standing(finished: tuple[Trial, Outcome]) -> tuple[bool, int, float]:
    """Return the key by which finished trials are ranked.

    The baseline is the last with a score. A pipeline that has seen more repeats of the folds was
    not worse than the best of its time on those before.
    """
    trial, outcome = finished
    if outcome.score is None:
        return False, 0, -inf
    return not trial.is_baseline, len(outcome.folds) // trial.folds_per_repeat, outcome.score
