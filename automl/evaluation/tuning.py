"""The inner loop: the settings of one pipeline, chosen on folds of one training part.

::

    nine settings, each on a ninth of the rows      ■ ■ ■ ■ ■ ■ ■ ■ ■
                                                          │ best third
    three settings, each on a third of the rows     ■■■ ■■■ ■■■
                                                          │ best third
    the last one and the first, on all rows         ■■■■■■■■■ ■■■■■■■■■ ──► the better of the two

A tuner is a strategy whose space is the settings of the pipeline. The picture shows halving: it
compares the settings that random search proposes, and each rung costs about the same.
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

# A rung of halving has three times the rows of the rung below, and a third of its candidates. Three
# is near e, which theory recommends, and the default of scikit-learn.
FACTOR = 3
LEAST_ROWS = 100  # of a training part; with fewer, halving would compare noise

Evaluate = Callable[[Genome, NDArray[np.intp], NDArray[np.intp]], FoldOutcome]


@dataclass(frozen=True)
class Tuned:
    """The settings that were chosen for a pipeline."""

    genome: Genome
    """The pipeline with these settings."""
    outcome: Outcome
    """Its outcome on the inner folds."""
    n_fits: int
    """The number of fits of all settings that were compared."""


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
        The pipeline. Its own settings are tried first.
    splits : list of (training rows, validation rows)
        The inner folds. No other row is used.
    method : {"halving", "random", "grid", "bayesian", "hyperopt", "genetic"}
    trials : int
        The number of settings to try.
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
    # A pipeline draws the same settings in any worker, and after any other pipeline.
    rng = generator(seed, zlib.crc32(skeleton.pattern.text.encode()))
    strategy = "random" if method == "halving" else method
    proposals = make_strategy(strategy, skeleton, [skeleton.pattern])
    if method == "halving":
        proposed = (proposals.ask(rng) for _ in range(trials))
        candidates = [genome for genome in proposed if genome is not None]
        return _halve(candidates, splits, evaluate, rng)
    outcomes: dict[Genome, Outcome] = {}
    while len(outcomes) < trials and (genome := proposals.ask(rng)) is not None:
        outcomes[genome] = _outcome(genome, splits, evaluate)
        proposals.tell(genome, outcomes[genome])
    return _best(outcomes, n_fits=_fits(outcomes))


def _halve(
    candidates: list[Genome], splits: list[Split], evaluate: Evaluate, rng: np.random.Generator
) -> Tuned:
    """Compare candidates on more and more rows; the first one, the incumbent, is always a finalist.

    Parameters
    ----------
    candidates : list of Genome
        The pipeline with its own settings first, then with others.
    splits : list of (training rows, validation rows)
    evaluate : callable
    rng : Generator
    """
    # Few rows favor simple settings. So the incumbent needs no victory there, and new settings are
    # chosen only if they are better on all rows.
    incumbent = candidates[0]
    # The rows of a rung are a random part of those of the next, so that ranks are comparable.
    splits = [(rng.permutation(train), test) for train, test in splits]
    fewest = min(len(train) for train, _ in splits)
    n_fits = 0
    for rung in range(_rungs(len(candidates), fewest), 0, -1):
        few = [(train[: math.ceil(len(train) / FACTOR**rung)], test) for train, test in splits]
        outcomes = {genome: _outcome(genome, few, evaluate) for genome in candidates}
        n_fits += _fits(outcomes)
        scores = {genome: _score_or_worst(outcome) for genome, outcome in outcomes.items()}
        candidates = sorted(candidates, key=lambda genome: scores[genome])
        candidates = candidates[-math.ceil(len(candidates) / FACTOR) :]
    finalists = dict.fromkeys([incumbent, *candidates])
    outcomes = {genome: _outcome(genome, splits, evaluate) for genome in finalists}
    return _best(outcomes, n_fits + _fits(outcomes))


def _score_or_worst(outcome: Outcome) -> float:
    """Return the score; settings that fail on few rows come last."""
    return -math.inf if outcome.score is None else outcome.score


def _rungs(n_candidates: int, n_rows: int) -> int:
    """Return the number of rungs below that of all rows: to a single candidate, if rows allow."""
    by_candidates = math.ceil(math.log(n_candidates, FACTOR)) if n_candidates > 1 else 0
    by_rows = int(math.log(max(n_rows / LEAST_ROWS, 1), FACTOR))
    return min(by_candidates, by_rows)


def _outcome(genome: Genome, splits: list[Split], evaluate: Evaluate) -> Outcome:
    """Evaluate settings on folds, up to the first that fails."""
    folds: list[FoldOutcome] = []
    for train, test in splits:
        try:
            folds.append(evaluate(genome, train, test))
        except Exception as error:  # noqa: BLE001 an estimator may raise any error
            folds.append(failure(error))
            break
    return Outcome(folds[-1].state, tuple(folds))


def _fits(outcomes: dict[Genome, Outcome]) -> int:
    return sum(len(outcome.folds) for outcome in outcomes.values())


def _best(outcomes: dict[Genome, Outcome], n_fits: int) -> Tuned:
    scores = {
        genome: outcome.score for genome, outcome in outcomes.items() if outcome.score is not None
    }
    if not scores:
        cause = next(iter(outcomes.values())).cause
        raise ValueError(f"none of {len(outcomes)} settings could be fitted: {cause}")
    best = max(scores, key=lambda genome: scores[genome])  # the first of equals: the incumbent
    return Tuned(best, outcomes[best], n_fits)
