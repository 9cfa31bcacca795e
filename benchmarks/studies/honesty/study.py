"""The searches of the study: on few rows of a set, tested on its many others."""

import argparse
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import numpy as np
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from threadpoolctl import threadpool_limits

from automl import AutoMLClassifier, AutoMLRegressor
from benchmarks.adapters import Predictions
from benchmarks.adapters.ours import AutoML
from benchmarks.adapters.plain import predictions_of
from benchmarks.errors import TaskError
from benchmarks.options import count, names
from benchmarks.scores.scoring import align_probabilities, gain_score, resampled_scores
from benchmarks.studies.honesty.choices import compare, watched
from benchmarks.studies.honesty.promise import FEW_ROWS, INTERVAL, HonestyKey, Promise, read_promise
from benchmarks.studies.honesty.report import honesty_report
from benchmarks.studies.parts import variants
from benchmarks.studies.parts.variants import PARTS, Without
from benchmarks.studies.study import RESULTS, Study, data_folder
from benchmarks.tasks.folder import folder_tasks
from benchmarks.tasks.split import Split, cut
from benchmarks.tasks.task import Task, TaskReference

MAX_TEST_ROWS = 20_000  # the noise of a test score hardly falls beyond, its cost grows
SETS = (
    "adult",
    "phoneme",
    "churn",
    "bank_customer_churn",
    "phishing_websites",
    "mammography",
    "higgs_small",
    "covertype_15k",
    "steel_plates_fault",
    "kin8nm",
    "abalone",
    "elevators",
    "california_housing",
    "diamonds",
)
"""Sets of thousands of rows, so that a test score is nearly the truth; of several classes there are
few without rare ones, hence steel_plates_fault with 1,941 rows."""


class Honesty(Study[HonestyKey, Promise]):
    """Searches on a few rows of each set.

    Parameters
    ----------
    references : sequence of TaskReference
        The sets.
    seeds : int
        Searches of a set, each on rows of its own.
    settings : tuple of (int, int, str, str)
        Rows to search on, pipelines to evaluate, the catalogue that they are made of, and the part
        that is left out.
    jobs : int
        Worker processes of a search.
    """

    journal = RESULTS / "honesty.jsonl"
    key_type = HonestyKey
    result_type = staticmethod(read_promise)
    report = staticmethod(honesty_report)

    def __init__(
        self,
        references: Sequence[TaskReference],
        seeds: int,
        settings: tuple[int, int, str, str],
        jobs: int = 1,
    ) -> None:
        self.loaders = {reference.name: reference.load for reference in references}
        self.seeds, self.settings, self.jobs = seeds, settings, jobs
        # Keys come set by set, so that one set at a time is enough to hold.
        self._load = lru_cache(maxsize=1)(lambda name: self.loaders[name]())
        self._split = lru_cache(maxsize=1)(self._draw)

    @classmethod
    def add_options(cls, parser: argparse.ArgumentParser) -> None:
        """Add the options that say what to measure."""
        add = parser.add_argument
        add("--data", type=Path, help="folder of data sets with an index.json")
        add("--tasks", type=names, default=list(SETS), help=f"only these sets ({','.join(SETS)})")
        # Ten searches a set tell a coverage of 80 % from one of 95 %, and end overnight.
        add("--seeds", type=count, default=10, help="searches of a set (%(default)s)")
        add("--rows", type=count, default=500, help="rows of a search (%(default)s)")
        add("--evaluations", type=count, default=30, help="its pipelines (%(default)s)")
        add("--catalogue", default="fast", help="what they are made of (%(default)s)")
        add("--part", choices=PARTS, default="", help="the part that is left out (none)")
        add("--jobs", type=count, default=1, help="its worker processes (%(default)s)")

    @classmethod
    def from_options(cls, options: argparse.Namespace) -> Self:
        """Return the study that the options describe."""
        references = folder_tasks(data_folder(options), options.tasks)
        settings = (options.rows, options.evaluations, options.catalogue, options.part)
        return cls(references, options.seeds, settings, options.jobs)

    def keys(self) -> Iterator[HonestyKey]:
        """Yield the searches, set by set."""
        for name in self.loaders:
            for seed in range(self.seeds):
                yield HonestyKey(name, seed, *self.settings)

    def _draw(self, key: HonestyKey) -> Split:
        return draw_split(self._load(key.task), key.seed, key.rows)

    def digest(self, key: HonestyKey) -> str:
        """Return the fingerprint of the rows of a search."""
        return self._split(key).digest

    def measure(self, key: HonestyKey) -> Promise:
        """Search on the drawn rows and test on the others."""
        return find_promise(key, self._split(key), self.jobs)

    @staticmethod
    def describe(result: Promise) -> str:
        """Return the promise beside the test score."""
        interval = f"[{result.low:.4g}, {result.high:.4g}]"
        return (
            f"{result.metric} {result.estimate:.4g} {interval}, test {result.test:.4g}, "
            f"{result.seconds:.1f} s"
        )


def draw_split(task: Task, seed: int, rows: int, max_test_rows: int = MAX_TEST_ROWS) -> Split:
    """Draw rows to search on, stratified by class, and test on the others.

    Parameters
    ----------
    task : Task
    seed : int
    rows : int
        To search on.
    max_test_rows : int
        Rows to test on, at most.

    Raises
    ------
    TaskError
        If there are too few rows, in all or of a class.
    """
    labels = task.y if task.kind.is_classification else None
    rarest = 1 if labels is None else int(labels.value_counts().min() * rows / len(labels))
    # A class without a training row makes every promise wrong, whoever makes it.
    if len(task.X) <= rows or rarest < 1:
        raise TaskError(
            f"expected a set with more than {rows} rows and a row of every class among {rows}, "
            f"got {len(task.X)} rows of {task.name!r} in classes {task.classes}; "
            "give other --rows or --tasks"
        )
    # Different rows for every seed: searches on the same rows would share their luck.
    train, test = train_test_split(
        np.arange(len(task.X)),
        train_size=rows,
        test_size=min(max_test_rows, len(task.X) - rows),
        random_state=seed,
        stratify=labels,
    )
    return cut(task, seed, train, test)


def find_promise(key: HonestyKey, split: Split, jobs: int) -> Promise:
    """Search, and compare what is promised with what comes true.

    Parameters
    ----------
    key : HonestyKey
    split : Split
    jobs : int
        Worker processes.

    Raises
    ------
    TaskError
        If the search promises nothing.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search, chooser, seconds = _searched(key, split, jobs)
        # A regression has no such wrapper, and a classification only where it helps.
        is_rescaled = hasattr(search.ensemble_, "slope")
        # The same fits without the new scale, so that nothing else differs.
        plain = search.ensemble_.estimator_ if is_rescaled else search.ensemble_
        together, unscaled, alone = (
            predictions_of(estimator, split.test_X, split.task.kind)
            for estimator in (search.ensemble_, plain, search.best_pipeline_)
        )
        inside = _share_inside(search, split)
        honest = search.honest_score_
        if honest is None or search.best_score_ is None:
            raise TaskError(f"expected an honest score of {key}, got none")
        forest_test = _forest_score(search, split)
        with threadpool_limits(1):  # beside busy cores, the threads of a fit would spin
            alternatives = None if chooser is None else compare(search, chooser, split)
    return Promise(
        metric=honest.metric,
        naive=honest.naive,
        estimate=honest.estimate,
        low=honest.low,
        high=honest.high,
        baseline=honest.baseline,
        test=gain_score(split, together),
        test_error=float(np.std(resampled_scores(split, together), ddof=1)),
        single_naive=float(search.best_score_),
        single_test=gain_score(split, alone),
        members=len(search.members_),
        seconds=seconds,
        test_rows=len(split.test_X),
        growth=honest.growth,
        rescaled=is_rescaled,
        log_loss=_log_loss(split, together),
        plain_log_loss=_log_loss(split, unscaled),
        inside=inside,
        gain_probability=honest.gain_probability,
        forest_test=forest_test,
        few_low=honest.on(FEW_ROWS)[0],
        few_high=honest.on(FEW_ROWS)[1],
        few_test=_score_on_few(split, together),
        alternatives=alternatives,
    )


def _searched(key: HonestyKey, split: Split, jobs: int) -> tuple[Any, Any, float]:
    """Return a fitted search, what it chose by, and its wall seconds."""
    kind = AutoMLClassifier if split.task.kind.is_classification else AutoMLRegressor
    variant: type[AutoML] = getattr(variants, key.part, AutoML)
    settings = {
        "time_budget": None,
        "max_evaluations": key.evaluations,
        "catalogue": key.catalogue,
        "n_jobs": jobs,
        "random_state": key.seed,
        "verbose": 0,
        **variant.options,
    }
    absence = variant.absence() if issubclass(variant, Without) else nullcontext()
    started = time.perf_counter()
    with watched() as choosers, absence:
        search = kind(**settings).fit(split.train_X, split.train_y)
    return search, choosers[-1] if choosers else None, time.perf_counter() - started


def _score_on_few(split: Split, predictions: Predictions) -> float | None:
    """Return the score on the first rows of the test part, which is in an order of chance."""
    if len(split.test_X) < FEW_ROWS:
        return None
    part = replace(split, test_X=split.test_X[:FEW_ROWS], test_y=split.test_y[:FEW_ROWS])
    return gain_score(part, replace(predictions, values=predictions.values[:FEW_ROWS]))


def _forest_score(search: Any, split: Split) -> float | None:
    """Return the score of the forest that the winner is compared with; None without one."""
    history, board = search.history_, search.leaderboard_
    # The reference is the first forest of a search; later ones have other settings.
    forests = history[history["genome"].str.startswith("random_forest")].sort_values("number")
    done = board[
        (board["pipeline"] == next(iter(forests["genome"]), "")) & (board["state"] == "done")
    ]
    if done.empty:
        return None
    forest = search.select(int(done["rank"].iloc[0]), split.train_X, split.train_y)
    return gain_score(split, predictions_of(forest, split.test_X, split.task.kind))


def _log_loss(split: Split, predictions: Predictions) -> float | None:
    if not split.task.kind.is_classification:
        return None
    probabilities = align_probabilities(predictions, split.task.classes)
    return float(log_loss(split.test_y, probabilities, labels=split.task.classes))


def _share_inside(search: Any, split: Split) -> float | None:
    """Return how many test targets lie in the intervals that are predicted for them."""
    if split.task.kind.is_classification:
        return None
    low, high = search.predict_interval(split.test_X, coverage=INTERVAL).T
    return float(((low <= split.test_y) & (split.test_y <= high)).mean())
