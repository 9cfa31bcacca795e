"""The race: the best pipelines so far, and the scores that the others have to reach.

::

    leaders, best first     0.81  0.80  0.79  0.78  0.77   baseline 0.50
                             │                       └── hurdle: fold scores of the last that may
                             └── rival: fold scores of      still be a member of the ensemble
                                 the best

A pipeline that falls behind the hurdle is raced out on its first folds. A pipeline that is not
worse than the rival sees the folds drawn once more.
"""

from collections.abc import Sequence

from automl.search.evaluated import Evaluated
from automl.search.trial import Trial


class Race:
    """Ranks evaluated pipelines, and sets the hurdles of those under way.

    Parameters
    ----------
    size : int
        The number of pipelines that may predict together. Others are raced against the last of
        these.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._leaders: list[Evaluated] = []

    @property
    def leaders(self) -> Sequence[Evaluated]:
        """The best pipelines so far, the best first."""
        return self._leaders

    @property
    def best(self) -> Evaluated | None:
        """The best pipeline so far; the baseline only while it is alone."""
        return self._leaders[0] if self._leaders else None

    def enter(self, evaluated: Evaluated) -> None:
        """Rank a pipeline; of equals, the first stays ahead."""
        if evaluated.score is None:
            return
        self._leaders.append(evaluated)
        self._leaders.sort(key=lambda leader: leader.standing, reverse=True)
        del self._leaders[self.size + 1 :]  # one more than the size, for it may be the baseline

    def set_hurdles(self, trial: Trial) -> None:
        """Tell a trial the scores that it has to reach."""
        scores = [leader.outcome.scores for leader in self._leaders if not leader.is_baseline]
        trial.rival = scores[0] if scores else []
        trial.hurdle = scores[self.size - 1] if len(scores) >= self.size else []
