"""Our tuners of the settings of one pipeline, in one process and one thread."""

import contextlib
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count

import numpy as np
from threadpoolctl import threadpool_limits

from automl.evaluation import FoldOutcome, State, tune
from automl.pipelines import Genome, Skeleton
from benchmarks.adapters.plain import predictions_of
from benchmarks.scores.scoring import gain_name, gain_score
from benchmarks.studies.methods.contest import (
    Clock,
    Contest,
    Rows,
    TimeUp,
    describe,
    make_contest,
)
from benchmarks.studies.methods.peers import PEERS
from benchmarks.tasks.split import Split

TUNERS = ("grid", "random", "bayesian", "genetic", "halving")
TRIALS = 1_000_000  # more than there is time for
CANDIDATES = 27  # of a round of halving: three rungs below all rows


@dataclass(frozen=True)
class Tuned:
    """The result of a method."""

    metric: str
    """The name of the score."""
    score: float
    """On the held-out rows; greater is better."""
    inner_score: float | None
    """The best mean score on the folds that the method saw; greater is better."""
    seconds: float
    """Wall seconds, without the fit of the winner."""
    evaluations: int
    """Settings with a score on all folds."""
    fits: int
    """Fits on a fold, or on a part of one."""
    trace: list[list[float]]
    """Pairs: seconds, and the best inner score from then on."""
    winner: str
    """The settings."""


def tune_by(method: str, contest: Contest, clock: Clock) -> None:
    """Tune by one of our methods until the time is up, or it has nothing new to propose.

    Parameters
    ----------
    method : {"grid", "random", "bayesian", "genetic", "halving"}
        Halving goes round after round, each from the best of the one before.
    contest : Contest
    clock : Clock
    """
    n_whole = min(len(train) for train, _ in contest.splits)

    def evaluate(genome: Genome, train: Rows, test: Rows) -> FoldOutcome:
        clock.check()
        # Halving looks at parts of a fold, too, whose scores compare with nobody else's. It
        # shuffles rows; in order, the same settings get the same score from every method.
        is_whole = len(train) >= n_whole
        rows = np.sort(train) if is_whole else train
        score = contest.fold_score(contest.build(genome), rows, test)
        clock.fits += 1
        if is_whole:
            clock.note(contest.settings(genome), score)
        return FoldOutcome(State.DONE, score=score)

    genome = contest.genome
    for number in count():
        skeleton = Skeleton(genome, contest.catalogue)
        if method != "halving":
            tune(skeleton, contest.splits, method, TRIALS, evaluate, contest.seed)
            return
        seed = contest.seed + number
        genome = tune(skeleton, contest.splits, method, CANDIDATES, evaluate, seed).genome


METHODS: dict[str, Callable[[Contest, Clock], None]] = {
    **{method: partial(tune_by, method) for method in TUNERS},
    **PEERS,
}


def find_settings(method: str, split: Split, seed: int, seconds: float) -> Tuned:
    """Tune the settings of the hand-made pipeline and score the winner on the held-out rows.

    Parameters
    ----------
    method : str
        A name out of `METHODS`.
    split : Split
    seed : int
    seconds : float
        Wall seconds of the tuning; the last fit comes on top.
    """
    contest = make_contest(split, seed)
    with threadpool_limits(limits=1):
        _warm_up(method, contest)
        clock = Clock(seconds)
        with contextlib.suppress(TimeUp):
            METHODS[method](contest, clock)
        elapsed = clock.elapsed()
        # Without any score in time, the defaults are what a user would be left with.
        inner, settings = clock.best or (None, contest.settings(contest.genome))
        estimator = contest.build().set_params(**settings)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            estimator.fit(contest.cells, contest.y)
        cells = contest.columns.read(split.test_X)
        predictions = predictions_of(estimator, cells, split.task.kind)
    return Tuned(
        metric=gain_name(split),
        score=gain_score(split, predictions),
        inner_score=inner,
        seconds=elapsed,
        evaluations=clock.evaluations,
        fits=clock.fits,
        trace=clock.trace,
        winner=describe(settings),
    )


def _warm_up(method: str, contest: Contest) -> None:
    """Import what a method needs and fit once, which nobody's time should include."""
    contest.fold_score(contest.build(), *contest.splits[0])
    if method not in PEERS:
        skeleton = Skeleton(contest.genome, contest.catalogue)
        tune(skeleton, contest.splits, method, 2, _no_fit, contest.seed)
    else:
        with contextlib.suppress(TimeUp):
            METHODS[method](contest, Clock(0.0))


def _no_fit(genome: Genome, train: Rows, test: Rows) -> FoldOutcome:
    return FoldOutcome(State.DONE, score=0.0)
