"""The searches of the study: on few rows of a set, tested on its many others."""

import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

from automl import AutoMLClassifier, AutoMLRegressor
from benchmarks.adapters import Predictions
from benchmarks.adapters.plain import predictions_of
from benchmarks.errors import TaskError
from benchmarks.running.provenance import read_provenance
from benchmarks.scores.scoring import align_probabilities, resampled_scores
from benchmarks.studies.honesty.rows import (
    INTERVAL,
    HonestyJournal,
    HonestyKey,
    HonestyRow,
    Promise,
)
from benchmarks.studies.methods.rows import held_out_score
from benchmarks.tasks.split import Split, cut
from benchmarks.tasks.task import Task, TaskReference

MOST_TEST_ROWS = 20_000  # so many that more would not be less noisy, for what they cost


@dataclass(frozen=True)
class HonestyPlan:
    """What is measured, on every set."""

    seeds: int = 10
    """How many seeds, each with rows of its own."""
    rows: int = 500
    """Rows to search on."""
    evaluations: int = 30
    """Pipelines to evaluate."""
    catalogue: str = "fast"
    """What they are made of."""
    jobs: int = 1
    """Worker processes of a search."""

    def keys(self, task: str) -> Iterator[HonestyKey]:
        """Yield all that is to be measured on a set."""
        for seed in range(self.seeds):
            yield HonestyKey(task, seed, self.rows, self.evaluations, self.catalogue)


def run_study(
    references: Iterable[TaskReference],
    plan: HonestyPlan,
    journal: HonestyJournal,
    on_row: Callable[[HonestyRow], object] = lambda row: None,
) -> None:
    """Measure whatever the journal does not have yet, one search at a time.

    Parameters
    ----------
    references : iterable of TaskReference
    plan : HonestyPlan
    journal : HonestyJournal
    on_row : callable
        Is told every new row.
    """
    for reference in references:
        missing = [key for key in plan.keys(reference.name) if not journal.has(key)]
        if not missing:
            continue
        task = reference.load()
        for key in missing:
            row = measure_honesty(key, draw_split(task, key.seed, key.rows), plan.jobs)
            journal.append(row)
            on_row(row)


def draw_split(task: Task, seed: int, rows: int, most: int = MOST_TEST_ROWS) -> Split:
    """Draw rows to search on, stratified by class, and test on the others.

    Parameters
    ----------
    task : Task
    seed : int
    rows : int
        To search on.
    most : int
        Rows to test on, at most.

    Raises
    ------
    TaskError
        If there are too few rows, in all or of a class.
    """
    labels = task.y if task.kind.is_classification else None
    least = 0 if labels is None else int(labels.value_counts().min() * rows / len(labels))
    if len(task.X) <= rows or (labels is not None and least < 1):
        raise TaskError(
            f"expected a set with more than {rows} rows and a row of every class among {rows}, "
            f"got {len(task.X)} rows of {task.name!r} in classes {task.classes}; "
            "give other --rows or --tasks"
        )
    train, test = train_test_split(
        np.arange(len(task.X)),
        train_size=rows,
        test_size=min(most, len(task.X) - rows),
        random_state=seed,
        stratify=labels,
    )
    return cut(task, seed, train, test)


def measure_honesty(key: HonestyKey, split: Split, jobs: int = 1) -> HonestyRow:
    """Run one search and test it; whatever it raises is its failure.

    Parameters
    ----------
    key : HonestyKey
    split : Split
    jobs : int
        Worker processes.
    """
    promise, failure = None, ""
    try:
        promise = find_promise(key, split, jobs)
    except Exception as error:  # noqa: BLE001 a search that fails is a result
        place = traceback.extract_tb(error.__traceback__)[-1]
        failure = f"{type(error).__name__}: {error} ({place.name}, line {place.lineno})"
    return HonestyRow(key, split.digest, read_provenance(jobs), promise, failure)


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
    kind = AutoMLClassifier if split.task.kind.is_classification else AutoMLRegressor
    search = kind(
        time_budget=None,
        max_evaluations=key.evaluations,
        catalogue=key.catalogue,
        n_jobs=jobs,
        random_state=key.seed,
        verbose=0,
    )
    started = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search.fit(split.train_X, split.train_y)
        seconds = time.perf_counter() - started
        is_rescaled = hasattr(search.ensemble_, "slope")
        plain = search.ensemble_.estimator_ if is_rescaled else search.ensemble_
        together, unscaled, alone = (
            predictions_of(of, split.test_X, split.task.kind)
            for of in (search.ensemble_, plain, search.best_pipeline_)
        )
        inside = _share_inside(search, split)
    honest = search.honest_score_
    if honest is None or search.best_score_ is None:
        raise TaskError(f"expected an honest score of {key}, got none")
    return Promise(
        metric=honest.metric,
        naive=honest.naive,
        estimate=honest.estimate,
        low=honest.low,
        high=honest.high,
        baseline=honest.baseline,
        test=held_out_score(split, together.values, together.classes),
        test_error=float(np.std(resampled_scores(split, together), ddof=1)),
        single_naive=float(search.best_score_),
        single_test=held_out_score(split, alone.values, alone.classes),
        members=len(search.members_),
        seconds=seconds,
        test_rows=len(split.test_X),
        growth=honest.growth,
        rescaled=is_rescaled,
        log_loss=_log_loss(split, together),
        plain_log_loss=_log_loss(split, unscaled),
        inside=inside,
    )


def _log_loss(split: Split, found: Predictions) -> float | None:
    if not split.task.kind.is_classification:
        return None
    probabilities = align_probabilities(found, split.task.classes)
    return float(log_loss(split.test_y, probabilities, labels=split.task.classes))


def _share_inside(search: Any, split: Split) -> float | None:
    """Return how many test targets lie in the intervals that are predicted for them."""
    if split.task.kind.is_classification:
        return None
    low, high = search.predict_interval(split.test_X, coverage=INTERVAL).T
    return float(((low <= split.test_y) & (split.test_y <= high)).mean())
