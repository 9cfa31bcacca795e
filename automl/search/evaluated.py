"""A pipeline with its outcome on the outer folds."""

from dataclasses import dataclass
from math import inf

from automl.outcome import Outcome
from automl.pipelines import Genome


@dataclass(frozen=True)
class Evaluated:
    """A pipeline with its outcome on the outer folds.

    Examples
    --------
    >>> from automl.outcome import FoldOutcome, State
    >>> fold = FoldOutcome(State.DONE, score=0.9)
    >>> outcome = Outcome(State.DONE, (fold,))
    >>> evaluated = Evaluated(Genome.parse("ridge(numeric)"), outcome, number=3)
    >>> evaluated.score, evaluated.is_baseline
    (0.9, False)
    """

    genome: Genome
    """The pipeline."""
    outcome: Outcome
    """Its outcome on the outer folds."""
    number: int
    """Its place in the order of asking, from 0."""
    n_repeats: int = 1
    """The whole draws of the outer folds that it came through."""

    @property
    def is_baseline(self) -> bool:
        """Whether it is the constant predictor, which is asked for first."""
        return self.number == 0

    @property
    def score(self) -> float | None:
        """The mean score over its folds; None if it was raced out or failed."""
        return self.outcome.score

    @property
    def standing(self) -> tuple[bool, int, float]:
        """The key by which pipelines are ranked, greatest first.

        The baseline is the last with a score. More draws of the folds count before the score: a
        pipeline sees the next draw only if it was as good as the best of its time on those before.
        """
        if self.score is None:
            return False, 0, -inf
        return not self.is_baseline, self.n_repeats, self.score
