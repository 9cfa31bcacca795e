"""The evaluation of pipelines in a process that can be killed, the same for every strategy."""

import time
import warnings
from collections.abc import Sequence
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pebble import ProcessPool
from sklearn.model_selection import KFold, StratifiedKFold
from threadpoolctl import threadpool_limits

from automl.outcome import FoldOutcome, Outcome, State
from automl.pipelines import (
    Genome,
    Grammar,
    build_pipeline,
    load_catalogue,
    read_columns,
)
from automl.problem.dataset import has_gaps
from automl.selection.ensemble import greedy_weights
from benchmarks.adapters import Predictions
from benchmarks.adapters.plain import predictions_of
from benchmarks.scores.scoring import align_probabilities, gain_score
from benchmarks.studies.honesty.study import draw_split
from benchmarks.studies.traits import traits_of
from benchmarks.tasks.folder import folder_tasks
from benchmarks.tasks.split import cut

FOLDS = 3
SECONDS = 10.0  # of the fits of a pipeline; on so few rows nearly all take less
TEST_ROWS = 4_000  # enough to tell pipelines apart, and quick for slow kernels to predict
MEMBERS = 5
POOL = 25

Table = NDArray[np.float64]


@dataclass(frozen=True)
class Evaluation:
    """The outcome of a pipeline with its predictions."""

    outcome: Outcome
    """Its scores on the folds."""
    held_out: Table | None = None
    """What it predicts for the rows that were held out, in their order."""
    tested: Table | None = None
    """What its fits on the folds predict for the test rows, averaged."""
    seconds: float = 0.0
    """Seconds of its fits."""

    @property
    def score(self) -> float:
        """The mean over the folds."""
        return -np.inf if self.outcome.score is None else self.outcome.score


@dataclass(frozen=True)
class Place:
    """Where pipelines are evaluated: rows of a set that a seed draws."""

    folder: Path
    """The folder of the set."""
    task: str
    """The name of the set."""
    seed: int
    """The seed of the draw."""
    rows: int
    """Rows to search on."""


class Ground:
    """A place with its data, read once in a process.

    Parameters
    ----------
    place : Place
    """

    def __init__(self, place: Place) -> None:
        (reference,) = folder_tasks(place.folder, [place.task])
        self.split = draw_split(reference.load(), place.seed, place.rows, TEST_ROWS)
        self.columns = read_columns(self.split.train_X)
        catalogue = load_catalogue()  # as a search offers its operators
        self.grammar = Grammar(
            catalogue if has_gaps(self.cells[0], self.columns) else catalogue.without_gaps(),
            self.columns,
            traits_of(self.split, self.columns),
        )
        splitter = StratifiedKFold if self.split.task.kind.is_classification else KFold
        folds = splitter(FOLDS, shuffle=True, random_state=place.seed)
        self.folds = list(folds.split(self.split.train_X, self.split.train_y))

    @cached_property
    def cells(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The cells of the training and of the test rows, as pipelines take them."""
        return self.columns.read(self.split.train_X), self.columns.read(self.split.test_X)

    def evaluated(self, genome: Genome) -> Evaluation:
        """Return the scores and the predictions of a pipeline."""
        train_X, test_X = self.cells
        kind, y = self.split.task.kind, self.split.train_y
        started = time.process_time()
        folds, held_out, tested = [], [], []
        for train, test in self.folds:
            pipeline = build_pipeline(genome, load_catalogue(), self.columns, random_state=0)
            pipeline.fit(train_X.iloc[train], y.iloc[train].to_numpy())
            part = cut(replace(self.split.task, X=self.split.train_X, y=y), 0, train, test)
            predictions = predictions_of(pipeline, train_X.iloc[test], kind)
            folds.append(FoldOutcome(State.DONE, score=gain_score(part, predictions)))
            held_out.append(self._table(predictions))
            tested.append(self._table(predictions_of(pipeline, test_X, kind)))
        order = np.argsort(np.concatenate([test for _, test in self.folds]))
        return Evaluation(
            Outcome(State.DONE, tuple(folds)),
            np.concatenate(held_out)[order],
            np.mean(tested, axis=0),
            time.process_time() - started,
        )

    def _table(self, predictions: Predictions) -> Table:
        if not self.split.task.kind.is_classification:
            return predictions.values[:, None]
        return align_probabilities(predictions, self.split.task.classes)

    def test_score(self, table: Table) -> float:
        """Return the score of predictions for the test rows."""
        return gain_score(self.split, self._predictions(table))

    def _predictions(self, table: Table) -> Predictions:
        if not self.split.task.kind.is_classification:
            return Predictions(table[:, 0], [])
        return Predictions(table, list(self.split.task.classes))

    def ensemble(self, evaluations: Sequence[Evaluation]) -> float:
        """Return the test score of the greedy ensemble of the best pipelines."""
        pool = sorted(evaluations, key=lambda evaluation: evaluation.score, reverse=True)[:POOL]
        held_out = np.array([pipe.held_out for pipe in pool], dtype=np.float32)
        tested = np.array([pipe.tested for pipe in pool])
        weights = greedy_weights(held_out, self._losses, MEMBERS)
        return self.test_score(np.tensordot(weights, tested, axes=1))

    def _losses(self, tables: NDArray[np.float32]) -> Table:
        split = replace(self.split, test_y=self.split.train_y)
        predictions = map(self._predictions, tables.astype(np.float64))
        return np.array([-gain_score(split, prediction) for prediction in predictions])


ground = lru_cache(maxsize=1)(Ground)
"""The ground of a place. Searches come place by place, so that one at a time is enough to hold."""


def _evaluate(place: Place, text: str) -> Evaluation:
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ground(place).evaluated(Genome.parse(text))
        except Exception as error:  # noqa: BLE001 its class may not be there where it is read
            return _failed(State.REFUSED, f"{type(error).__name__}: {error}"[:200])


def _failed(state: State, cause: str) -> Evaluation:
    seconds = SECONDS if state is State.TIMED_OUT else 0.0
    return Evaluation(Outcome(state, (FoldOutcome(state, cause=cause),)), seconds=seconds)


class Arena:
    """Evaluates pipelines at a place, each of them once.

    Parameters
    ----------
    place : Place
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self._evaluations: dict[Genome, Evaluation] = {}
        self._pool = ProcessPool(1, context=get_context("forkserver"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def evaluate(self, genome: Genome) -> Evaluation:
        """Return the outcome of a pipeline, with predictions where it has a score."""
        if genome not in self._evaluations:
            self._evaluations[genome] = self._evaluated(genome)
        return self._evaluations[genome]

    def _evaluated(self, genome: Genome) -> Evaluation:
        try:
            return self._pool.schedule(
                _evaluate, [self.place, genome.text], timeout=SECONDS
            ).result()
        except FutureTimeout:
            return _failed(State.TIMED_OUT, f"more than {SECONDS:g} s")
        except Exception as error:  # noqa: BLE001 a worker may die of anything
            return _failed(State.CRASHED, f"{type(error).__name__}: {error}"[:200])
