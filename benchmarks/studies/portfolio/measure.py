"""The evaluation of candidates on sets, in processes that can be killed."""

import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from statistics import fmean
from typing import Any, TypeAlias

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
    Traits,
    build_pipeline,
    load_catalogue,
    read_columns,
    starting_pipeline,
)
from benchmarks.adapters.plain import predictions_of
from benchmarks.running.provenance import read_provenance
from benchmarks.studies.methods.rows import held_out_score
from benchmarks.studies.portfolio.candidates import candidates
from benchmarks.studies.portfolio.rows import CandidateJournal, CandidateKey, CandidateRow
from benchmarks.tasks.folder import folder_tasks
from benchmarks.tasks.split import Split, split_task

MOST_TEST_ROWS = 4_000  # so many that more would not tell candidates better apart
SECONDS = 10.0  # of one fit: nobody waits longer for a start
BETWEEN = 5_000  # rows below which a set says nothing about many rows
WIDE = 1_000  # columns: one such set would take as long as all others


Found: TypeAlias = tuple[float | None, float, str]  # score, seconds and failure
Result: TypeAlias = "Future[Found]"


@dataclass(frozen=True)
class Size:
    """A class of sets by their rows."""

    name: str
    """As the portfolio knows it."""
    rows: int
    """The most rows that a fit learns from."""
    splits: int
    """Hold-outs."""
    least: int
    """Sets with fewer rows are no part of it."""


SIZES = (Size("few", 1_000, 2, 0), Size("many", 5_000, 1, BETWEEN))


@dataclass(frozen=True)
class Prepared:
    """A hold-out as pipelines take it; of the set itself, only these rows are kept."""

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


def measure(
    folder: Path,
    names: Sequence[str],
    journal: CandidateJournal,
    jobs: int,
    on_row: Callable[[CandidateRow], object] = lambda row: None,
) -> None:
    """Measure what the journal does not have yet, one candidate after the other on all sets.

    Parameters
    ----------
    folder : path
        Of the sets.
    names : sequence of str
        The sets.
    journal : CandidateJournal
    jobs : int
        Processes.
    on_row : callable
        Is told every new row.
    """
    provenance = read_provenance(1)
    there = {row.key for row in journal.rows}
    tasks = (item for item in _plan(folder, names) if item[0] not in there)
    running: dict[Result, tuple[CandidateKey, str]] = {}
    with ProcessPool(jobs, context=get_context("forkserver")) as pool:
        while True:
            for key, kind, size in islice(tasks, 2 * jobs - len(running)):
                future: Result = pool.schedule(
                    evaluate, [folder, key, size.splits], timeout=SECONDS * size.splits
                )
                running[future] = key, kind
            if not running:
                return
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                key, kind = running.pop(done)
                row = CandidateRow(key, kind, provenance, *_result(done))
                journal.append(row)
                on_row(row)


def _result(future: Result) -> Found:
    try:
        return future.result()
    except FutureTimeout:
        return None, SECONDS, f"stopped after {SECONDS:g} s a fit"
    except Exception as error:  # noqa: BLE001 a worker may die of anything
        return None, SECONDS, f"{type(error).__name__}: {error}"


def _plan(folder: Path, names: Sequence[str]) -> Iterator[tuple[CandidateKey, str, Size]]:
    references = folder_tasks(folder, names)
    tasks = [task for task in (one.load() for one in references) if task.X.shape[1] < WIDE]
    sets = [(task.name, len(task.X), task.kind.word) for task in tasks]
    known = {kind: candidates(kind) for kind in {kind for _, _, kind in sets}}
    for place in range(max(map(len, known.values()), default=0)):
        for size in SIZES:
            for name, rows, kind in sets:
                if rows >= size.least and place < len(known[kind]):
                    yield CandidateKey(name, size.rows, known[kind][place].to_json()), kind, size


def evaluate(folder: Path, key: CandidateKey, splits: int) -> Found:
    """Return score, seconds and failure of a candidate on a set.

    Parameters
    ----------
    folder : path
    key : CandidateKey
    splits : int
        Hold-outs.
    """
    scores, seconds = [], []
    start = Start.from_json(key.start)
    for number in range(splits):
        prepared = _prepare(folder, key.task, number, key.rows)
        started = time.perf_counter()
        try:
            scores.append(_score(prepared, start))
        except Exception as error:  # noqa: BLE001 a candidate that fails is a result
            return None, time.perf_counter() - started, f"{type(error).__name__}: {error}"[:200]
        seconds.append(time.perf_counter() - started)
    return fmean(scores), fmean(seconds), ""


@cache
def _prepare(folder: Path, name: str, number: int, rows: int) -> Prepared:
    (reference,) = folder_tasks(folder, [name])
    whole = split_task(reference.load(), number)
    train = _few(whole.train_y, rows, whole.task.kind.is_classification)
    split = Split(
        replace(whole.task, X=whole.task.X.iloc[:0]),
        number,
        whole.train_X.iloc[train].reset_index(drop=True),
        whole.train_y.iloc[train].reset_index(drop=True),
        whole.test_X.iloc[:MOST_TEST_ROWS],
        whole.test_y.iloc[:MOST_TEST_ROWS],
    )
    columns, kind = read_columns(split.train_X), split.task.kind
    traits = Traits(
        task=kind.word,
        n_rows=len(train),
        n_columns=len(columns.names),
        least_target=-np.inf if kind.is_classification else float(split.train_y.min()),
    )
    return Prepared(
        split,
        columns,
        Grammar(load_catalogue(), columns, traits),
        columns.read(split.train_X),
        columns.read(split.test_X),
    )


def _few(y: "pd.Series[Any]", rows: int, is_classification: bool) -> NDArray[np.intp]:
    """Return some of the rows, with a row of every class at least."""
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
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pipeline.fit(prepared.train, split.train_y.to_numpy())
        found = predictions_of(pipeline, prepared.test, split.task.kind)
    return held_out_score(split, found.values, found.classes)
