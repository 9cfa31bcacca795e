"""Whole pipelines: our strategies at equal time on equal cores."""

import time
import warnings
from typing import Any

from automl import AutoMLClassifier, AutoMLRegressor
from benchmarks.adapters.course import Course
from benchmarks.adapters.plain import predictions_of
from benchmarks.studies.methods.rows import Found, held_out_score
from benchmarks.tasks.split import Split

STRATEGIES = ("genetic", "random", "grid", "bayesian", "hyperopt")
JOBS = 2  # worker processes


def find_pipeline(strategy: Any, split: Split, seed: int, seconds: float) -> Found:
    """Search whole pipelines and score the winner on the held-out rows.

    Parameters
    ----------
    strategy : str
        One of `STRATEGIES`.
    split : Split
    seed : int
    seconds : float
        Wall seconds of the whole fit.
    """
    course = Course()
    kind = AutoMLClassifier if split.task.kind.is_classification else AutoMLRegressor
    search = kind(
        strategy=strategy,
        time_budget=seconds,
        n_jobs=JOBS,
        random_state=seed,
        callbacks=[course],
        verbose=0,
    )
    started = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search.fit(split.train_X, split.train_y)
    taken = time.perf_counter() - started
    found = predictions_of(search, split.test_X, split.task.kind)
    return Found(
        score=held_out_score(split, found.values, found.classes),
        inner_score=search.best_score_,
        seconds=taken,
        evaluations=search.run_.evaluations,
        fits=int(search.history_["n_fits"].sum()),
        trace=course.points,
        winner=search.best_genome_,
    )
