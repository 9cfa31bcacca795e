"""The parts of a search that measures drive, and one that stands in for workers."""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any
from zlib import crc32

import numpy as np

from automl.evaluation import FoldOutcome, State
from automl.execution import Limits
from automl.execution.worker import run_tuning
from automl.pipelines import Genome, Grammar, load_catalogue, starting_pipelines
from automl.problem import NestedCV, Problem
from automl.problem.dataset import read_dataset
from automl.problem.pose import pose_problem
from automl.search.budget import Budget
from automl.search.history import History
from automl.search.make import make_search
from automl.search.observer import Observer
from automl.search.search import Search
from automl.selection import make_reserve
from benchmarks.tasks.bundled import bundled_tasks
from benchmarks.tasks.task import Task

SEED = 0
MEBIBYTES = 1024.0  # of a task: far more than a fold of a bundled set takes
QUALITY, LUCK = 0.1, 0.2  # parts of a made-up score: as in real searches, few are raced out


def load_task(name: str) -> Task:
    """Return a bundled classification.

    Parameters
    ----------
    name : str
    """
    (reference,) = bundled_tasks([name])
    return reference.load()


def pose(name: str) -> Problem:
    """Return the problem that a fit makes of a bundled classification.

    Parameters
    ----------
    name : str
    """
    task = load_task(name)
    dataset = read_dataset(task.X, task.y, "classification")
    return pose_problem(dataset, catalogue="default", cv=NestedCV(), scoring=None, seed=SEED)


def grammar_of(problem: Problem) -> Grammar:
    """Return the pipelines that a search of a problem without gaps goes through.

    Parameters
    ----------
    problem : Problem
    """
    catalogue = load_catalogue("default").without_gaps()
    return Grammar(catalogue, problem.dataset.columns, problem.traits)


def starts_of(grammar: Grammar) -> list[Genome]:
    """Return the pipelines that a search starts from.

    Parameters
    ----------
    grammar : Grammar
    """
    return starting_pipelines(grammar, np.random.default_rng(SEED))


def made_up_score(pipeline: str, fold: int) -> float:
    """Return a score that depends on nothing but its arguments.

    Parameters
    ----------
    pipeline : str
    fold : int
    """
    quality, luck = crc32(pipeline.encode()), crc32(f"{fold} {pipeline}".encode())
    return (QUALITY * quality + LUCK * luck) / 2**32


class InstantExecutor:
    """Knows every outcome at once, without a process or a fit."""

    workers = 1

    def submit(
        self, function: Any, path: str, pipeline: str, fold: int, *, timeout: float | None
    ) -> "Future[FoldOutcome]":
        """Return what would come of a pipeline on a fold; a tuner finds nothing better."""
        future: Future[FoldOutcome] = Future()
        if function is run_tuning:
            future.set_result(FoldOutcome(State.TUNED, tuned=pipeline))
        else:
            future.set_result(FoldOutcome(State.DONE, score=made_up_score(pipeline, fold)))
        return future


def instant_search(
    problem: Problem, history: History, pipelines: int, observers: Sequence[Observer] = ()
) -> Search:
    """Return a whole search, with strategy and history, whose executor fits nothing.

    Parameters
    ----------
    problem : Problem
    history : History
    pipelines : int
        How many it evaluates.
    observers : sequence of Observer
    """
    executor: Any = InstantExecutor()  # a `LocalExecutor` is nothing but its pool
    return make_search(
        problem,
        path="",
        strategy="genetic",
        executor=executor,
        budget=Budget(evaluations=pipelines),
        limits=Limits(),
        history=history,
        reserve=make_reserve(problem, None),
        keep=1,
        observers=observers,
    )
