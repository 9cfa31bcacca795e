"""The verdict of the out-of-fold bank: the choice, and its score once its members are fitted."""

import logging
from collections.abc import Sequence
from math import inf

import numpy as np
from numpy.typing import NDArray

from automl.errors import warn
from automl.outcome import Outcome, State
from automl.pipelines import Genome, Rescaling
from automl.pipelines.spaces.portfolio import baseline_pipeline
from automl.problem import Problem
from automl.randomness import generator
from automl.search.bank import Candidate
from automl.search.evaluated import Evaluated
from automl.search.result import SearchResult
from automl.selection import (
    NO_GROWTH,
    Choice,
    Chooser,
    FittedMember,
    Growth,
    HonestScore,
    LearningCurve,
    SlowScorerError,
    check_scorer,
    honest_score,
    rescaled,
)
from automl.winner.held_out import HeldOutRows, held_out_rows
from automl.winner.intervals import residuals

logger = logging.getLogger("automl.winner")

CHOICE_BIRTH = 2**32  # of the generator that resamples: no pipeline has that number
FOREST, CONSTANT = "a random forest", "a constant prediction"


class Verdict:
    """Chooses the predictor by the held-out predictions of a search, and tells its score.

    Parameters
    ----------
    problem : Problem
    result : SearchResult
    best : Genome
        The pipeline that every choice contains.
    size : int
        The number of pipelines that may predict together.
    seconds : float
        The seconds that a scorer of the user may take.
    """

    def __init__(
        self,
        problem: Problem,
        result: SearchResult,
        best: Genome,
        size: int,
        seconds: float = inf,
    ) -> None:
        self._problem = problem
        self._best = best
        self._size = size
        self._seconds = seconds
        self._bank = result.bank
        self._chooser: Chooser | None = None
        self.choice: Choice | None = None
        self._choose()

    def _choose(self) -> None:
        """Make the choice; none is made where the scorer looks at more than predictions."""
        baseline = self._bank.baseline
        candidates = [
            candidate for candidate in self._bank.candidates() if candidate.genome != baseline
        ]
        if not candidates:
            return
        # Ablation may have put a pipeline first that is not the first of the bank.
        candidates.sort(key=lambda candidate: candidate.genome != self._best)
        # The same seed makes the same choice, however many draws the search took.
        rng = generator(self._problem.seed, CHOICE_BIRTH)
        try:
            check_scorer(self._problem, candidates, self._seconds)
            chooser = Chooser(self._problem, candidates, self._size, rng)
            self.choice = chooser.choose()
        except SlowScorerError as error:
            warn(f"{error}, so there is no honest score and no ensemble")
        except Exception as error:  # noqa: BLE001 a user's scorer may ask for anything
            warn(
                f"scoring={self._problem.metric.name} cannot be applied to predictions that were "
                f"kept ({type(error).__name__}: {error}), so there is no honest score and no "
                "ensemble; a scorer that only predicts can be"
            )
        else:
            self._chooser = chooser

    def fitted(self, members: Sequence[FittedMember]) -> tuple[Choice | None, Rescaling | None]:
        """Return the choice with the members that could be fitted, and a scale that helps it."""
        if self._chooser is None or self.choice is None:
            return None, None
        # A named tuner gives a member other settings in the final fit; the bank knows the old ones.
        weights = {member.evaluated.genome: member.weight for member in members}
        candidates = [
            candidate for candidate in self._chooser.candidates if candidate.genome in weights
        ]
        # The bank dropped a member's predictions, so nobody knows the score of all.
        if len(candidates) < len(members):
            return None, None
        choice = self._chooser.with_members(
            candidates,
            [weights[candidate.genome] for candidate in candidates],
            self.choice.correction,
        )
        return rescaled(choice, self._chooser.evidence)

    def growth(
        self, choice: Choice | None, rescaling: Rescaling | None, curve: LearningCurve
    ) -> Growth:
        """Return the gain by more rows; an error there costs no winner.

        Parameters
        ----------
        choice : Choice or None
        rescaling : Rescaling or None
            Of its probabilities.
        curve : LearningCurve
        """
        if choice is None or self._chooser is None:
            return NO_GROWTH
        try:
            return curve.growth(choice, rescaling, self._chooser.evidence)
        except Exception as error:  # noqa: BLE001 such as a pool that broke
            logger.warning("the gain by more rows is unknown: %s", error)
            return NO_GROWTH

    def honest_score(self, choice: Choice | None, growth: Growth = NO_GROWTH) -> HonestScore | None:
        """Return the score to expect of a choice, beside a forest or else the constant."""
        if choice is None or self._chooser is None:
            return None
        genomes = [member.genome for member in choice.members]
        for name, reference in self._references().items():
            if reference is not None and genomes != [reference.genome]:
                evidence, grows = self._chooser.evidence, name != CONSTANT
                return honest_score(evidence, choice, reference, name, growth, grows=grows)
        return None

    def _references(self) -> dict[str, Candidate | None]:
        """Return the pipelines that a winner is compared with, the first that there is."""
        baseline = self._bank.find(self._bank.baseline) or _most_frequent(self._problem)
        return {FOREST: self._bank.find(self._bank.reference), CONSTANT: baseline}

    def residuals(self, choice: Choice | None) -> NDArray[np.float64]:
        """Return the absolute errors of a choice on held-out rows, sorted."""
        if choice is None or self._chooser is None:
            return np.empty(0)
        return residuals(choice, self._chooser.evidence)

    def fold_scores(self, choice: Choice | None) -> tuple[float, ...]:
        """Return the scores of a choice by fold; none without a choice.

        A pipeline alone has those of all draws, an ensemble those of the first.
        """
        if choice is None or self._chooser is None:
            return ()
        if len(choice.members) == 1 and choice.rescaled is None:
            return tuple(choice.members[0].evaluated.outcome.scores)
        return self._chooser.evidence.fold_scores(choice.held_out(self._chooser.evidence))

    def held_out(self, choice: Choice | None) -> HeldOutRows | None:
        """Return what a choice predicts for held-out rows; None without a choice."""
        if choice is None or self._chooser is None:
            return None
        return held_out_rows(choice, self._chooser.evidence)


def _most_frequent(problem: Problem) -> Candidate | None:
    """Return the constant prediction where a threshold is tuned, for which it has no score."""
    data = problem.dataset
    if problem.metric.threshold is None or not isinstance(data.classes, np.ndarray):
        return None
    held_out = {}
    for fold in range(problem.folds_per_repeat):
        labels, counts = np.unique(data.y[problem.splits[fold][0]], return_counts=True)
        always = (data.classes == labels[counts.argmax()]).astype(np.float32)
        held_out[fold] = np.tile(always, (len(problem.held_out(fold)), 1))
    genome = baseline_pipeline(data.task, data.columns)
    return Candidate(Evaluated(genome, Outcome(State.REFUSED), number=0), held_out)
