"""What strategies cost."""

import time
from contextlib import suppress

import numpy as np

from automl import SettingsError
from automl.outcome import FoldOutcome, Outcome, State
from automl.pipelines import Genome, Grammar
from automl.strategies import STRATEGIES, make_strategy
from benchmarks.studies.cost.measure import Reading, Scale
from benchmarks.studies.cost.parts import SEED, grammar_of, made_up_score, pose, starts_of

FOLDS = 5


def proposal_cost(scale: Scale) -> list[Reading]:
    """Measure what a proposal costs each strategy; those whose package is missing are left out.

    Parameters
    ----------
    scale : Scale
    """
    grammar = grammar_of(pose("breast_cancer"))
    readings = []
    for name in STRATEGIES:
        with suppress(SettingsError):
            seconds = _seconds_each(name, grammar, scale.proposals)
            readings.append(Reading(f"{name}, ask and tell", 1e3 * seconds, "ms"))
    return readings


def _seconds_each(name: str, grammar: Grammar, proposals: int) -> float:
    strategy = make_strategy(name, grammar, starts_of(grammar))
    while strategy.has_starts:  # which nobody has to come up with
        start = strategy.ask(np.random.default_rng(SEED))
        if start is not None:
            strategy.tell(start, _outcome(start))
    started = time.perf_counter()
    for birth in range(proposals):
        genome = strategy.ask(np.random.default_rng([SEED, birth]))
        if genome is not None:
            strategy.tell(genome, _outcome(genome))
    return (time.perf_counter() - started) / proposals


def _outcome(genome: Genome) -> Outcome:
    folds = [
        FoldOutcome(State.DONE, score=made_up_score(genome.text, fold)) for fold in range(FOLDS)
    ]
    return Outcome(State.DONE, tuple(folds))
