"""The inner loop: the settings of one pipeline, chosen on folds of one training part.

A tuner is a strategy whose space is the settings of the pipeline; halving compares the settings
that random search proposes on few rows first, and only the better third on three times as many.
"""

import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from automl.outcome import FoldOutcome, Outcome, failure
from automl.pipelines import Genome, Skeleton
from automl.problem.splits import Split
from automl.randomness import generator
from automl.strategies import make_strategy

FACTOR = 3  # rows that a rung of halving has more than the one below, and candidates less
LEAST_ROWS = 100  # of a training part; with fewer, halving would compare noise

Evaluate = Callable[[Genome, NDArray[np.intp], NDArray[np.intp]], FoldOutcome]


@dataclass(frozen=True)
class Tuned:
    """The settings that were chosen for a pipeline."""

    genome: Genome
    """The pipeline with these settings."""
    outcome: Outcome
    """What came of it on the inner folds."""
    n_fits: int
    """The fits of all settings that were compared."""


def tune(
    skeleton: Skeleton,
    splits: list[Split],
    method: str,
    trials: int,
    evaluate: Evaluate,
    seed: int,
) -> Tuned:
    """Choose the settings of a pipeline on inner folds.

    Parameters
    ----------
    skeleton : Skeleton
        The pipeline; its own settings are the first that are tried.
    splits : list of (training rows, validation rows)
        The inner folds; no other row is looked at.
    method : {"halving", "random", "grid", "bayesian", "hyperopt", "genetic"}
    trials : int
        The settings that are tried.
    evaluate : callable
        Fits a pipeline on rows and scores it on others.
    seed : int

    Raises
    ------
    ValueError
        If no settings have a score, with the cause.

    References
    ----------
    Jamieson, K. and Talwalkar, A. (2016). Non-stochastic best arm identification and
    hyperparameter optimization. AISTATS 19 (successive halving).
    """
    rng = generator(seed, zlib.crc32(skeleton.pattern.text.encode()))
    strategy = "random" if method == "halving" else method
    proposals = make_strategy(strategy, skeleton, [skeleton.pattern])
    if method == "halving":
        asked = (proposals.ask(rng) for _ in range(trials))
        return _halve([one for one in asked if one is not None], splits, evaluate, rng)
    outcomes: dict[Genome, Outcome] = {}
    while len(outcomes) < trials and (genome := proposals.ask(rng)) is not None:
        outcomes[genome] = _outcome(genome, splits, evaluate)
        proposals.tell(genome, outcomes[genome])
    return _best(outcomes, n_fits=_fits(outcomes))


def _halve(
    candidates: list[Genome], splits: list[Split], evaluate: Evaluate, rng: np.random.Generator
) -> Tuned:
    """Race candidates on more and more rows; the first, which is the incumbent, has a bye."""
    incumbent = candidates[0]
    splits = [(rng.permutation(train), test) for train, test in splits]
    fewest = min(len(train) for train, _ in splits)
    n_fits = 0
    for rung in range(_rungs(len(candidates), fewest), 0, -1):
        few = [(train[: math.ceil(len(train) / FACTOR**rung)], test) for train, test in splits]
        outcomes = {one: _outcome(one, few, evaluate) for one in candidates}
        n_fits += _fits(outcomes)
        scored = {one: outcome.score for one, outcome in outcomes.items()}
        ranked = sorted(candidates, key=lambda one: -math.inf if (s := scored[one]) is None else s)
        candidates = ranked[-math.ceil(len(candidates) / FACTOR) :]
    finalists = dict.fromkeys([incumbent, *candidates])
    outcomes = {one: _outcome(one, splits, evaluate) for one in finalists}
    return _best(outcomes, n_fits + _fits(outcomes))


def _rungs(n_candidates: int, n_rows: int) -> int:
    """Return the rungs below that of all rows: down to one candidate, while rows allow."""
    by_candidates = math.ceil(math.log(n_candidates, FACTOR)) if n_candidates > 1 else 0
    by_rows = int(math.log(max(n_rows / LEAST_ROWS, 1), FACTOR))
    return min(by_candidates, by_rows)


def _outcome(genome: Genome, splits: list[Split], evaluate: Evaluate) -> Outcome:
    folds: list[FoldOutcome] = []
    for train, test in splits:
        try:
            folds.append(evaluate(genome, train, test))
        except Exception as error:  # noqa: BLE001 whatever an estimator raises is its own business
            folds.append(failure(error))
            break
    return Outcome(folds[-1].state, tuple(folds))


def _fits(outcomes: dict[Genome, Outcome]) -> int:
    return sum(len(outcome.folds) for outcome in outcomes.values())


def _best(outcomes: dict[Genome, Outcome], n_fits: int) -> Tuned:
    scored = {one: outcome.score for one, outcome in outcomes.items() if outcome.score is not None}
    if not scored:
        cause = next(iter(outcomes.values())).cause
        raise ValueError(f"none of {len(outcomes)} settings could be fitted: {cause}")
    best = max(scored, key=lambda one: scored[one])
    return Tuned(best, outcomes[best], n_fits)
