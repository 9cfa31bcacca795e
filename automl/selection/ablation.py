"""The best pipeline without each of its steps: what is worth less than its noise is left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, sqrt
from statistics import fmean, stdev

from automl.outcome import Outcome
from automl.pipelines import Genome
from automl.search.trial import Pair


@dataclass(frozen=True)
class Ablation:
    """What a step of a pipeline is worth, by the same pipeline without it."""

    step: str
    """The operator that was left out."""
    worth: float
    """The score of the best pipeline less the score without the step, on the folds that both have
    seen; steps that were dropped before are not there either."""
    error: float
    """The standard error of that; infinite after a single fold."""
    pipeline: Genome
    """The pipeline without the step."""
    dropped: bool = False
    """Whether that is taken instead, for the step is worth no more than its noise."""

    @property
    def is_noise(self) -> bool:
        """Whether the step is worth no more than its standard error, as far as that is known."""
        return self.worth <= self.error < inf


def simplify(
    ranked: Sequence[Pair], outcomes: Mapping[Genome, Outcome]
) -> tuple[list[Pair], list[Ablation]]:
    """Put the best pipeline without its useless steps in the first place.

    Of the steps that are worth no more than their standard error the least useful is left out,
    then the same is done with what is left. Only pipelines that the search evaluated count.

    Parameters
    ----------
    ranked : sequence of (Genome, Outcome)
        The pipelines that may be taken, the best first; one or more.
    outcomes : mapping of Genome to Outcome
        All pipelines, those that were raced out among them.

    Returns
    -------
    list of (Genome, Outcome)
        All of `ranked`.
    list of Ablation
        What was looked at.
    """
    (genome, best), looked_at, kept = ranked[0], [], dict(ranked)
    while found := _ablations(best, genome, outcomes):
        useless = [one for one in found if one.pipeline in kept and one.is_noise]
        least = min(useless, key=lambda one: one.worth, default=None)
        looked_at += [replace(one, dropped=one is least) for one in found]
        if least is None:
            break
        genome = least.pipeline
    return sorted(ranked, key=lambda pair: pair[0] != genome), looked_at


def _ablations(best: Outcome, genome: Genome, outcomes: Mapping[Genome, Outcome]) -> list[Ablation]:
    found = []
    for step, shorter in genome.shortened():
        scores = outcomes[shorter].scores if shorter in outcomes else []
        leads = [more - less for more, less in zip(best.scores, scores, strict=False)]
        if leads:
            error = stdev(leads) / sqrt(len(leads)) if len(leads) > 1 else inf
            found.append(Ablation(step, fmean(leads), error, shorter))
    return found
