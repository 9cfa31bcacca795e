"""The winner of a search: one pipeline or an ensemble, fitted, with the score to expect of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from automl.pipelines import Rescaling
from automl.search.evaluated import Evaluated
from automl.search.observer import Phase
from automl.search.result import SearchResult
from automl.selection import FinalFits, FittedMember, HonestScore
from automl.selection.structure_check import StructureCost, warn_of_costs
from automl.winner.held_out import HeldOutRows
from automl.winner.predictor import make_predictor
from automl.winner.verdict import Verdict


@dataclass(frozen=True)
class Winner:
    """The predictor, and the score to expect of it."""

    members: tuple[FittedMember, ...]
    """Its pipelines with their weights, the best first."""
    predictor: BaseEstimator
    """The pipeline, or the ensemble of several."""
    honest: HonestScore | None = None
    """The score to expect; None if the scorer looks at more than predictions."""
    residuals: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    """The absolute errors of predictions for held-out rows, sorted; none for classes."""
    rescaling: Rescaling | None = None
    """The change of its probabilities."""
    structure: tuple[StructureCost, ...] = ()
    """What it costs to ignore the structure of the data."""
    held_out: HeldOutRows | None = None
    """What it predicts for held-out rows; None if nobody knows."""
    fold_scores: tuple[float, ...] = ()
    """Its scores by fold."""
    correction: float = 0.0
    """The change of its score for having been chosen, 0 or less."""

    @property
    def best(self) -> FittedMember:
        """The best pipeline."""
        return self.members[0]

    def table(self) -> pd.DataFrame:
        """Return a row for every member: weight, score and pipeline."""
        return pd.DataFrame(
            {
                "weight": [member.weight for member in self.members],
                "score": [member.outcome.score for member in self.members],
                "pipeline": [member.genome.text for member in self.members],
            }
        )


def find_winner(
    final_fits: FinalFits,
    result: SearchResult,
    ranked: Sequence[Evaluated],
    enter: Callable[[Phase], None],
) -> Winner:
    """Choose the predictor, fit it on all rows, and tell the score to expect of it.

    Parameters
    ----------
    final_fits : FinalFits
    result : SearchResult
    ranked : sequence of Evaluated
        The pipelines with a score, best first, the baseline last.
    enter : callable
        Is told of the final fits.
    """
    problem = final_fits.problem
    spare = final_fits.spare_seconds(ranked)
    verdict = Verdict(problem, result, ranked[0].genome, final_fits.size, spare)
    choice = verdict.choice
    enter(Phase.FITTING)
    members: list[FittedMember] = []
    if choice is not None and len(choice.members) > 1:
        chosen = [member.evaluated for member in choice.members]
        members = final_fits.ensemble_of(chosen, choice.weights)
    # If no member of an ensemble can be fitted, there is still a winner.
    members = members or [final_fits.best_of(ranked)]
    # The score is that of the members that were fitted, not of those that were chosen.
    fitted_choice, rescaling = verdict.fitted(members)
    growth = verdict.growth(fitted_choice, rescaling, final_fits.curve)
    structure = final_fits.check.costs(ranked[0])
    warn_of_costs(structure, problem.metric.name)
    return Winner(
        members=tuple(members),
        predictor=make_predictor(members, problem, rescaling),
        honest=verdict.honest_score(fitted_choice, growth),
        residuals=verdict.residuals(fitted_choice),
        rescaling=rescaling,
        structure=tuple(structure),
        held_out=verdict.held_out(fitted_choice),
        fold_scores=verdict.fold_scores(fitted_choice) or tuple(members[0].outcome.scores),
        correction=0.0 if fitted_choice is None else min(fitted_choice.correction, 0.0),
    )


def best_unfitted(
    final_fits: FinalFits, result: SearchResult, ranked: Sequence[Evaluated]
) -> Winner:
    """Return the best pipeline as it would be fitted, and the score to expect of it.

    Parameters
    ----------
    final_fits : FinalFits
    result : SearchResult
    ranked : sequence of Evaluated
        The pipelines with a score, best first.
    """
    best, problem = ranked[0], final_fits.problem
    verdict = Verdict(problem, result, best.genome, 1, final_fits.spare_seconds([]))
    rounds = final_fits.rounds(best)
    pipeline = problem.build(best.genome, rounds=rounds, final=True)
    member = FittedMember(best, best.genome, pipeline, rounds)
    return Winner(
        members=(member,),
        predictor=pipeline,
        honest=verdict.honest_score(verdict.choice),
        held_out=verdict.held_out(verdict.choice),
    )


def fit_alone(final_fits: FinalFits, evaluated: Evaluated) -> Winner:
    """Fit a pipeline that was chosen by hand on all rows."""
    member = final_fits.best_of([evaluated])
    # A choice by hand was no choice of the search, so its correction says nothing of this pipeline.
    return Winner((member,), member.pipeline)
