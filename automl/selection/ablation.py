"""Ablations: the best pipeline without each of its steps.

A step that is worth no more than its noise is left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, sqrt
from statistics import fmean, stdev

from automl.outcome import Outcome
from automl.pipelines import Genome
from automl.search.evaluated import Evaluated


@dataclass(frozen=True)
class Ablation:
    """The worth of a step of a pipeline, by the same pipeline without it."""

    step: str
    """The operator that was left out."""
    worth: float
    """The score of the best pipeline less the score without the step, on the folds that both have
    seen; steps that were dropped before are in neither."""
    error: float
    """The standard error of the worth; infinite after a single fold."""
    pipeline: Genome
    """The pipeline without the step."""
    dropped: bool = False
    """Whether that pipeline is taken instead, for the step is worth no more than its noise."""

    @property
    def is_noise(self) -> bool:
        """Whether the step is worth no more than its standard error, as far as that is known."""
        return self.worth <= self.error < inf


def simplify(
    ranked: Sequence[Evaluated], outcomes: Mapping[Genome, Outcome]
) -> tuple[list[Evaluated], list[Ablation]]:
    """Put the best pipeline without its useless steps in the first place.

    Of the steps that are worth no more than their standard error, the least useful is left out.
    Then the same is done with the rest. Only pipelines that the search evaluated count.

    Parameters
    ----------
    ranked : sequence of Evaluated
        The pipelines that may be taken, the best first; one or more.
    outcomes : mapping of Genome to Outcome
        All pipelines, those that were raced out among them.

    Returns
    -------
    list of Evaluated
        All of `ranked`.
    list of Ablation
        The steps that were compared.
    """
    # A pipeline that was raced out shows the worth of a step, but has no score to be chosen by.
    allowed = {evaluated.genome for evaluated in ranked}
    genome, best = ranked[0].genome, ranked[0].outcome
    compared: list[Ablation] = []
    while ablations := _ablations(best, genome, outcomes):
        useless = [step for step in ablations if step.pipeline in allowed and step.is_noise]
        least = min(useless, key=lambda step: step.worth, default=None)
        compared += [replace(step, dropped=step is least) for step in ablations]
        if least is None:
            break
        genome = least.pipeline
    # Sorting is stable, so all pipelines but the first keep their order.
    return sorted(ranked, key=lambda evaluated: evaluated.genome != genome), compared


def _ablations(best: Outcome, genome: Genome, outcomes: Mapping[Genome, Outcome]) -> list[Ablation]:
    """Return an ablation for every step of a pipeline that was left out on trial.

    The worth is always the lead of the best pipeline. So steps that are noise one by one stay if
    they matter together.
    """
    ablations = []
    for step, shorter in genome.shortened():
        scores = outcomes[shorter].scores if shorter in outcomes else []
        # The shorter pipeline may have seen fewer folds; the pairs end with the shorter list.
        leads = [with_step - less for with_step, less in zip(best.scores, scores, strict=False)]
        if leads:
            # A single fold has no spread, and so no evidence against a step.
            error = stdev(leads) / sqrt(len(leads)) if len(leads) > 1 else inf
            ablations.append(Ablation(step, fmean(leads), error, shorter))
    return ablations
