"""The settings of one pipeline: our tuners against those of others, one process and thread each."""

import contextlib
import warnings
from collections.abc import Callable
from functools import partial
from itertools import count

import numpy as np
from threadpoolctl import threadpool_limits

from automl.evaluation import FoldOutcome, State, tune
from automl.pipelines import Genome, Skeleton
from benchmarks.adapters.plain import predictions_of
from benchmarks.studies.methods.contest import (
    Clock,
    Contest,
    Rows,
    TimeUp,
    describe,
    make_contest,
)
from benchmarks.studies.methods.peers import PEERS
from benchmarks.studies.methods.rows import Found, held_out_score
from benchmarks.tasks.split import Split

TUNERS = ("grid", "random", "bayesian", "genetic", "halving")
TRIALS = 1_000_000  # more than there is time for
CANDIDATES = 27  # of a round of halving: three rungs below all rows


def tune_by(method: str, contest: Contest, clock: Clock) -> None:
    """Tune by one of our methods until the time is up, or it has nothing more to propose.

    Parameters
    ----------
    method : {"grid", "random", "bayesian", "genetic", "halving"}
        Halving goes round after round, each from the best of the one before.
    contest : Contest
    clock : Clock
    """
    whole = min(len(train) for train, _ in contest.splits)

    def evaluate(genome: Genome, train: Rows, test: Rows) -> FoldOutcome:
        clock.check()
        is_whole = len(train) >= whole  # halving looks at parts of a fold, too
        rows = np.sort(train) if is_whole else train  # whose rows it shuffles
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


def find_settings(method: str, split: Split, seed: int, seconds: float) -> Found:
    """Tune the settings of the hand-made pipeline and score the winner on the held-out rows.

    Parameters
    ----------
    method : str
        One of `METHODS`.
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
        taken = clock.elapsed()
        inner, settings = clock.best or (None, contest.settings(contest.genome))
        estimator = contest.build().set_params(**settings)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            estimator.fit(contest.cells, contest.y)
        found = predictions_of(estimator, contest.columns.read(split.test_X), split.task.kind)
        score = held_out_score(split, found.values, found.classes)
    return Found(
        score=score,
        inner_score=inner,
        seconds=taken,
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
