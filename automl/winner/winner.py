"""What a search comes to: one pipeline or an ensemble, fitted, with the score to expect of it."""

import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.ensemble import VotingClassifier, VotingRegressor
from sklearn.frozen import FrozenEstimator

from automl.errors import AutoMLWarning, SettingsError
from automl.execution import Limits, LocalExecutor
from automl.execution.worker import write_problem
from automl.files import temporary_folder
from automl.outcome import Outcome, State
from automl.pipelines import Genome, Member, Rescaling
from automl.pipelines.building.build import make, member_names
from automl.pipelines.carried.rescaling import RescaledClassifier
from automl.pipelines.spaces.portfolio import baseline_pipeline
from automl.problem import Problem
from automl.randomness import generator
from automl.search.bank import Candidate
from automl.search.budget import Budget
from automl.search.search import Search
from automl.search.trial import Pair
from automl.selection import (
    NO_GROWTH,
    Choice,
    Chooser,
    Growth,
    HonestScore,
    LearningCurve,
    Refit,
    Refitted,
    rescaled,
)

logger = logging.getLogger("automl.winner")

CHOICE_BIRTH = 2**32  # of the generator that resamples: no pipeline has that number
FOREST, CONSTANT = "a random forest", "a constant prediction"


@dataclass(frozen=True)
class Winner:
    """What predicts, and what that is worth."""

    members: tuple[Refitted, ...]
    """Its pipelines with their weights, the best first."""
    predictor: BaseEstimator
    """The pipeline, or the ensemble of several."""
    honest: HonestScore | None
    """The score to expect; None if the scorer looks at more than predictions."""
    residuals: NDArray[np.float64]
    """How far predictions for held-out rows are off, sorted; none for classes."""
    rescaling: Rescaling | None = None
    """How the probabilities are changed."""

    @property
    def best(self) -> Refitted:
        """The best pipeline."""
        return self.members[0]

    def table(self) -> pd.DataFrame:
        """Return a row for every member: weight, score and pipeline."""
        return pd.DataFrame(
            {
                "weight": [one.weight for one in self.members],
                "score": [one.outcome.score for one in self.members],
                "pipeline": [one.genome.text for one in self.members],
            }
        )


def find_winner(search: Search, refit: Refit, ranked: Sequence[Pair], size: int) -> Winner:
    """Choose what predicts, fit it on all rows, and say what it is worth.

    Parameters
    ----------
    search : Search
        Which has ended.
    refit : Refit
    ranked : sequence of (Genome, Outcome)
        The pipelines with a score, best first, the baseline last.
    size : int
        Members that an ensemble may have.
    """
    verdict = _Verdict(search, ranked[0][0], size)
    choice = verdict.choice
    members: list[Refitted] = []
    if choice is not None and len(choice.members) > 1:
        pairs = [(one.genome, one.outcome) for one in choice.members]
        members = refit.ensemble_of(pairs, choice.weights)
    members = members or [refit.best_of(ranked)]
    fitted, rescaling = verdict.fitted(members)
    return Winner(
        members=tuple(members),
        predictor=_predictor(members, search.problem, rescaling),
        honest=verdict.honest_score(fitted, verdict.growth(fitted, rescaling, refit.curve)),
        residuals=verdict.residuals(fitted),
        rescaling=rescaling,
    )


def best_unfitted(search: Search, refit: Refit, ranked: Sequence[Pair]) -> Winner:
    """Return the best pipeline as it would be fitted, and what it is worth."""
    genome, outcome = ranked[0]
    verdict = _Verdict(search, genome, size=1)
    rounds = refit.rounds(genome, outcome)
    pipeline = search.problem.build(genome, rounds=rounds, final=True)
    member = Refitted(genome, outcome, pipeline, rounds)
    return Winner((member,), pipeline, verdict.honest_score(verdict.choice), np.empty(0))


def fit_alone(
    problem: Problem, executor: LocalExecutor, genome: Genome, outcome: Outcome
) -> Winner:
    """Fit a pipeline that was chosen by hand on all rows.

    Parameters
    ----------
    problem : Problem
    executor : LocalExecutor
    genome : Genome
    outcome : Outcome
        What it was worth on the outer folds.
    """
    with temporary_folder() as folder:
        path = write_problem(problem, Path(folder))
        refit = Refit(problem, path, executor, Budget(seconds=None, evaluations=1), Limits())
        member = refit.best_of([(genome, outcome)])
    return Winner((member,), member.pipeline, None, np.empty(0))


def half_width(residuals: NDArray[np.float64], coverage: float) -> float:
    """Return the distance within which a share of new targets should be predicted.

    Parameters
    ----------
    residuals : ndarray of shape (n_rows,)
        How far predictions for held-out rows are off, sorted.
    coverage : float

    Raises
    ------
    SettingsError
        If there are no residuals, or too few for the coverage.
    """
    if not 0 < coverage < 1:
        raise SettingsError(f"expected a coverage between 0 and 1, got {coverage!r}")
    if not len(residuals):
        raise SettingsError(
            "intervals need one target, whose mean is predicted, and the predictions of a search; "
            "for quantiles fit AutoMLRegressor(scoring=Quantile(...)) for each end"
        )
    place = ceil((len(residuals) + 1) * coverage)
    if place > len(residuals):
        raise SettingsError(
            f"a coverage of {coverage} needs {ceil(coverage / (1 - coverage))} rows or more that "
            f"were held out, got {len(residuals)}; ask for less"
        )
    return float(residuals[place - 1])


class _Verdict:
    """What the out-of-fold bank says of a choice, before and after its members are fitted."""

    def __init__(self, search: Search, best: Genome, size: int) -> None:
        self._problem = search.problem
        baseline = next((one.genome for one, _ in search.evaluated if one.is_baseline), None)
        found = search.bank.candidates()
        known = [one for one in found if one.genome != baseline]
        self._candidates = sorted(known, key=lambda one: one.genome != best)
        self._references = {
            FOREST: search.bank.find(search.reference),
            CONSTANT: search.bank.find(baseline) or _most_frequent(search.problem),
        }
        self._size = size

    @cached_property
    def _chosen(self) -> tuple[Chooser | None, Choice | None]:
        if not self._candidates:
            return None, None
        rng = generator(self._problem.seed, CHOICE_BIRTH)
        try:
            chooser = Chooser(self._problem, self._candidates, self._size, rng)
            return chooser, chooser.choose()
        except Exception as error:  # noqa: BLE001 a scorer of the user's may want anything
            warnings.warn(
                f"scoring={self._problem.metric.name} cannot be applied to predictions that were "
                f"kept ({type(error).__name__}: {error}), so there is no honest score and no "
                "ensemble; a scorer that only predicts can be",
                AutoMLWarning,
                stacklevel=6,
            )
            return None, None

    @property
    def _chooser(self) -> Chooser | None:
        return self._chosen[0]

    @property
    def choice(self) -> Choice | None:
        """What predicts best on new rows, as far as can be told."""
        return self._chosen[1]

    def fitted(self, members: Sequence[Refitted]) -> tuple[Choice | None, Rescaling | None]:
        """Return the choice with the members that could be fitted, and a scale that helps it."""
        if self._chooser is None or self.choice is None:
            return None, None
        weights = {id(one.outcome): one.weight for one in members}
        kept = [one for one in self._chooser.candidates if id(one.outcome) in weights]
        if len(kept) < len(members):
            return None, None
        choice = self._chooser.with_members(
            kept, [weights[id(one.outcome)] for one in kept], self.choice.correction
        )
        return rescaled(choice, self._chooser.evidence)

    def growth(
        self, choice: Choice | None, rescaling: Rescaling | None, curve: LearningCurve
    ) -> Growth:
        """Return what more rows are worth; whatever goes wrong there costs no winner."""
        if choice is None or self._chooser is None:
            return NO_GROWTH
        try:
            return curve.growth(choice, rescaling, self._chooser.evidence)
        except Exception as error:  # noqa: BLE001 such as a pool that broke
            logger.warning("what more rows are worth is unknown: %s", error)
            return NO_GROWTH

    def honest_score(self, choice: Choice | None, growth: Growth = NO_GROWTH) -> HonestScore | None:
        """Return what a choice is worth, with what more rows are worth to it."""
        if choice is None or self._chooser is None:
            return None
        chosen = [one.genome for one in choice.members]
        for name, reference in self._references.items():
            if reference is not None and chosen != [reference.genome]:
                return self._chooser.honest_score(choice, reference, name, growth)
        return None

    def residuals(self, choice: Choice | None) -> NDArray[np.float64]:
        """Return how far the average of a choice is off on held-out rows, sorted."""
        data = self._problem.dataset
        is_mean = data.task == "regression" and self._problem.metric.quantile is None
        if choice is None or self._chooser is None or not is_mean or not self._problem.averages:
            return np.empty(0)
        evidence = self._chooser.evidence
        held = evidence.average(choice.members, np.array(choice.weights))
        predicted = np.concatenate([held[fold] for fold in range(len(evidence.folds))])
        return np.sort(np.abs(data.y[evidence.rows] - predicted[:, 0]))


def _most_frequent(problem: Problem) -> Candidate | None:
    """Return the constant prediction where a threshold is tuned, which it cannot be of that."""
    data = problem.dataset
    if problem.metric.threshold is None or data.classes is None:
        return None
    held = {}
    for fold in range(problem.folds_per_repeat):
        labels, counts = np.unique(data.y[problem.splits[fold][0]], return_counts=True)
        always = (data.classes == labels[counts.argmax()]).astype(np.float32)
        held[fold] = np.tile(always, (len(problem.held_out(fold)), 1))
    genome = baseline_pipeline(data.task, data.columns)
    return Candidate(genome, Outcome(State.REFUSED), held)


def _predictor(
    members: Sequence[Refitted], problem: Problem, rescaling: Rescaling | None
) -> BaseEstimator:
    """Return the only pipeline or the ensemble of several, its probabilities rescaled."""
    predictor = _average(members, problem)
    data = problem.dataset
    if rescaling is None or data.classes is None:
        return predictor
    rescaled = make(rescaling.around(FrozenEstimator(predictor)))
    return rescaled.fit(data.frame.iloc[: len(data.classes)], data.classes)


def _average(members: Sequence[Refitted], problem: Problem) -> BaseEstimator:
    """Return the only pipeline, or the ensemble of several that are fitted already."""
    if len(members) == 1:
        return members[0].pipeline
    names = member_names([Member(one.genome) for one in members], problem.catalogue)
    frozen = [FrozenEstimator(one.pipeline) for one in members]
    parts = list(zip(names, frozen, strict=True))
    weights = [one.weight for one in members]
    data = problem.dataset
    if data.classes is None:
        return VotingRegressor(parts, weights=weights).fit(data.frame.iloc[:1], data.y[:1])
    ensemble = VotingClassifier(parts, voting="soft", weights=weights)
    return ensemble.fit(data.frame.iloc[: len(data.classes)], data.classes)


def best_pipeline(predictor: BaseEstimator) -> BaseEstimator:
    """Return the best pipeline of what predicts, which may be an ensemble."""
    if isinstance(predictor, RescaledClassifier):
        return best_pipeline(predictor.estimator.estimator)
    if isinstance(predictor, VotingClassifier | VotingRegressor):
        return predictor.estimators[0][1].estimator
    return predictor
