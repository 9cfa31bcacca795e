"""The evaluation of candidates on sets, in processes that can be killed."""

import argparse
import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from statistics import fmean
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pebble import ProcessPool
from sklearn.model_selection import train_test_split
from threadpoolctl import threadpool_limits

from automl.pipelines import (
    Columns,
    Grammar,
    Start,
    build_pipeline,
    load_catalogue,
    read_columns,
    starting_pipeline,
)
from benchmarks.adapters.plain import predictions_of
from benchmarks.options import count, names
from benchmarks.running.provenance import read_provenance, usable_cores
from benchmarks.scores.scoring import gain_score
from benchmarks.studies.portfolio.candidates import candidates
from benchmarks.studies.portfolio.report import portfolio_report
from benchmarks.studies.portfolio.rows import SIZES, CandidateKey, CandidateRow, Fit
from benchmarks.studies.study import RESULTS, Study, StudyRow, data_folder
from benchmarks.studies.traits import traits_of
from benchmarks.tasks.folder import folder_tasks
from benchmarks.tasks.split import Split, split_task
from benchmarks.tasks.suite import PUBLIC, read_suite

MAX_TEST_ROWS = 4_000  # enough to tell candidates apart, and quick for slow kernels to predict
SECONDS = 10.0  # of a fit: nobody waits longer for a start
WIDE = 1_000  # columns: a single such set would take as long as all sets together

Attempt = tuple[Fit, str]
"""A fit, and the reason of its failure, empty otherwise."""


class Portfolio(Study[CandidateKey, Fit]):
    """All candidates on sets of a folder.

    Parameters
    ----------
    folder : path
        Of the sets.
    sets : sequence of str
        Their names.
    workers : int
        Processes that fit at the same time, a core each.
    """

    journal = RESULTS / "portfolio.jsonl"
    key_type = CandidateKey
    result_type = Fit
    report = staticmethod(portfolio_report)

    def __init__(self, folder: Path, sets: Sequence[str], workers: int) -> None:
        self.folder, self.sets, self.workers = folder, sets, workers

    @classmethod
    def add_options(cls, parser: argparse.ArgumentParser) -> None:
        """Add the options that say what to measure."""
        add = parser.add_argument
        add("--data", type=Path, help="folder of data sets with an index.json")
        add("--tasks", type=names, help=f"only these sets (all but those of the suite {PUBLIC})")
        add("--jobs", type=count, default=usable_cores(), help="processes (%(default)s)")

    @classmethod
    def from_options(cls, options: argparse.Namespace) -> Self:
        """Return the study that the options describe."""
        folder = data_folder(options)
        public = set(read_suite(PUBLIC).folder)
        sets = [task.name for task in folder_tasks(folder) if task.name not in public]
        return cls(folder, options.tasks or sets, options.jobs)

    def keys(self) -> Iterator[CandidateKey]:
        """Yield one candidate after the other on all sets, so that a run can end at any time."""
        tasks = [reference.load() for reference in folder_tasks(self.folder, self.sets)]
        sets = [
            (task.name, len(task.X), task.kind.word) for task in tasks if task.X.shape[1] < WIDE
        ]
        starts = {kind: candidates(kind) for kind in {kind for _, _, kind in sets}}
        for place in range(max(map(len, starts.values()), default=0)):
            for size in SIZES:
                for name, rows, kind in sets:
                    if rows >= size.min_rows and place < len(starts[kind]):
                        yield CandidateKey(name, kind, size.rows, starts[kind][place].to_json())

    def measure(self, key: CandidateKey) -> Fit:
        """Fit and score a candidate in this process."""
        return evaluate(self.folder, key)[0]

    def rows(self, keys: Iterable[CandidateKey]) -> Iterator[CandidateRow]:
        """Fit candidates in other processes, which end with them where they take too long."""
        origin = read_provenance(self.jobs)
        waiting = iter(keys)
        running: dict[Future[Attempt], CandidateKey] = {}
        with ProcessPool(self.workers, context=get_context("forkserver")) as pool:
            while True:
                # A second task for each worker, so that none waits for this process.
                for key in islice(waiting, 2 * self.workers - len(running)):
                    seconds = SECONDS * _splits(key)
                    running[pool.schedule(evaluate, [self.folder, key], timeout=seconds)] = key
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    yield StudyRow(running.pop(future), origin, *_attempt(future))

    @staticmethod
    def describe(result: Fit) -> str:
        """Return score and seconds."""
        return f"{result.score:.4g} in {result.seconds:.2f} s"


def _splits(key: CandidateKey) -> int:
    return next(size.splits for size in SIZES if size.rows == key.rows)


def _attempt(future: Future[Attempt]) -> Attempt:
    try:
        return future.result()
    except FutureTimeout:
        return Fit(None, SECONDS), f"stopped after {SECONDS:g} s a fit"
    except Exception as error:  # noqa: BLE001 a worker may die of anything
        return Fit(None, SECONDS), f"{type(error).__name__}: {error}"


def evaluate(folder: Path, key: CandidateKey) -> Attempt:
    """Return score and seconds of a candidate on a set, and the reason of a failure.

    Parameters
    ----------
    folder : path
    key : CandidateKey
    """
    scores, seconds = [], []
    start = Start.from_json(key.start)
    for number in range(_splits(key)):
        prepared = _prepare(folder, key.task, number, key.rows)
        started = time.process_time()
        try:
            scores.append(_score(prepared, start))
        except Exception as error:  # noqa: BLE001 a candidate that fails is a result
            failure = f"{type(error).__name__}: {error}"[:200]
            return Fit(None, time.process_time() - started), failure
        seconds.append(time.process_time() - started)
    return Fit(fmean(scores), fmean(seconds)), ""


@dataclass(frozen=True)
class Prepared:
    """A hold-out as pipelines take it; of the set itself, only these rows are held."""

    split: Split
    """Its rows."""
    columns: Columns
    """The kinds of its columns."""
    grammar: Grammar
    """The pipelines that it can have."""
    train: pd.DataFrame
    """Cells to fit on."""
    test: pd.DataFrame
    """Cells to predict from."""


# Candidates come set by set many times over: a worker reads each set once.
@cache
def _prepare(folder: Path, name: str, number: int, rows: int) -> Prepared:
    (reference,) = folder_tasks(folder, [name])
    full = split_task(reference.load(), number)
    train = _draw(full.train_y, rows, full.task.kind.is_classification)
    split = Split(
        replace(full.task, X=full.task.X.iloc[:0]),
        number,
        full.train_X.iloc[train].reset_index(drop=True),
        full.train_y.iloc[train].reset_index(drop=True),
        full.test_X.iloc[:MAX_TEST_ROWS],
        full.test_y.iloc[:MAX_TEST_ROWS],
    )
    columns = read_columns(split.train_X)
    return Prepared(
        split,
        columns,
        Grammar(load_catalogue(), columns, traits_of(split, columns)),
        columns.read(split.train_X),
        columns.read(split.test_X),
    )


def _draw(y: "pd.Series[Any]", rows: int, is_classification: bool) -> NDArray[np.intp]:
    """Return places of so many rows, with a row of every class at least."""
    places = np.arange(len(y))
    if len(y) <= rows:
        return places
    firsts = np.sort(np.unique(y, return_index=True)[1]) if is_classification else places[:0]
    drawn, _ = train_test_split(places, train_size=rows, random_state=0)
    return np.union1d(firsts, drawn)


def _score(prepared: Prepared, start: Start) -> float:
    genome = starting_pipeline(prepared.grammar, start)
    if genome is None:
        raise ValueError("the grammar does not have it")
    split = prepared.split
    pipeline = build_pipeline(genome, load_catalogue(), prepared.columns, random_state=0)
    # One thread, as in a search, so that seconds mean the same there; those of the processor, so
    # that a busy machine makes nothing dearer.
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pipeline.fit(prepared.train, split.train_y.to_numpy())
        predictions = predictions_of(pipeline, prepared.test, split.task.kind)
    return gain_score(split, predictions)
