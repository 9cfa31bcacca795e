"""The costs of a fold beyond its fit, of workers, of the history and of model files."""

import os
import pickle
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
from sklearn.datasets import make_classification

from automl import AutoMLClassifier, load
from automl.evaluation import FoldOutcome, State
from automl.execution import Evaluator, Limits, LocalExecutor, borrow_executor
from automl.pipelines import Genome, Grammar, load_catalogue, starting_pipelines
from automl.problem import NestedCV, Problem, pose_problem, read_dataset
from automl.search.history import History
from benchmarks.running.provenance import usable_cores
from benchmarks.studies.cost.clock import cpu_seconds
from benchmarks.studies.cost.cluster import cluster_cost
from benchmarks.studies.cost.memory import memory_cost
from benchmarks.studies.cost.reading import reading_cost
from benchmarks.studies.cost.scaling import bank_cost, scaling_cost
from benchmarks.studies.cost.serving import serving_cost
from benchmarks.studies.cost.views import view_cost
from benchmarks.tasks.bundled import bundled_tasks

SEED = 0
FOLD = 0
FOLDS = 5  # of a pipeline
MEBIBYTES = 1024.0  # of a task: far beyond what a fold of a bundled set takes
LIMIT = 0.5  # seconds of a task that is to be stopped
HANG = 600.0  # seconds that a task would take
ROWS = 50  # of the data of large models, for each task of a repeat
LARGE_MODELS = (
    "random_forest_classifier",
    "extra_trees_classifier",
    "hist_gradient_boosting_classifier",
    "xgb_classifier",
)
OUTCOME = FoldOutcome(State.DONE, score=0.5, fit_seconds=0.1, predict_seconds=0.01, rounds=100)

Numbers = dict[str, float]
"""Numbers by what they say, with the unit after the last comma."""


@dataclass(frozen=True)
class Measure:
    """A cost that is measured."""

    why: str
    """The reason to measure it, in a sentence."""
    how: str
    """The way in which it is measured."""
    read: Callable[[int], Numbers]
    """Measures, with so many tasks or pipelines."""


def fold_cost(n: int) -> Numbers:
    """Return the cost of a fold beyond its fit and its prediction."""
    problem = _pose("iris")
    genome = _starts(problem)[0]
    with _pool(1) as executor, Evaluator(problem, executor, Limits()) as evaluator:
        # The first task of a worker reads the problem, later ones do not.
        evaluator.fold(genome, FOLD, HANG).result()
        folds = [_fold_seconds(evaluator, genome) for _ in range(n)]
        empty = [_seconds(lambda: _answer(executor)) for _ in range(n)]
    return {
        "a fold beyond its fit and prediction, ms": 1e3 * median(beyond for beyond, _ in folds),
        "of this an empty task: there and back, ms": 1e3 * median(empty),
        f"share of a fold of iris by {genome.operator}, %": 100
        * median(beyond / (beyond + estimator) for beyond, estimator in folds),
    }


def worker_cost(n: int) -> Numbers:
    """Return the seconds to start workers, and to replace a worker that was killed or stopped."""
    starts = [_start_seconds(usable_cores()), _start_seconds(usable_cores() + 1)]
    with _pool(1) as executor:
        killed = _seconds_after_kill(executor)
        stopped = _seconds_after_limit(executor)
    return {
        "the first executor of a process, s": starts[0],
        "the next, of another size, s": starts[1],
        "killed, until the next task is answered, s": killed,
        "past its limit, until the next task is answered, s": stopped,
    }


def history_cost(n: int) -> Numbers:
    """Return the cost of writing pipelines and folds, and of reading them for a resumed search."""
    text = max((start.text for start in _starts(_pose("breast_cancer"))), key=len)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.db"
        with History(path) as history:
            trials = _seconds(lambda: _write_trials(history, text, n))
            folds = _seconds(lambda: _write_folds(history, n))
        with History(path) as history:
            read = _seconds(lambda: list(history.trials()))
    return {
        "add_trial, a pipeline, µs": 1e6 * trials / n,
        "add_fold, an outcome, µs": 1e6 * folds / (n * FOLDS),
        "trials, a pipeline that is read again, µs": 1e6 * read / n,
    }


def model_file_cost(n: int) -> Numbers:
    """Return the cost of saving and loading four large models, beside a pickle of them."""
    X, y = make_classification(ROWS * n, 20, n_informative=8, flip_y=0.1, random_state=SEED)
    search = AutoMLClassifier(
        catalogue=load_catalogue().only(*LARGE_MODELS, "simple_imputer"),
        time_budget=None,
        max_evaluations=len(LARGE_MODELS) + 1,  # and the baseline
        ensemble_size=len(LARGE_MODELS),
        tuner=None,
        cv=2,
        random_state=SEED,
        verbose=0,
    ).fit(X, y)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        search.save(path)  # the first call imports packages
        pickled = pickle.dumps(search.ensemble_)
        seconds = {
            "save": cpu_seconds(lambda: search.save(path)),
            "load": cpu_seconds(lambda: load(path)),
            "pickle.dumps": cpu_seconds(lambda: pickle.dumps(search.ensemble_)),
            "pickle.loads": cpu_seconds(lambda: pickle.loads(pickled)),
        }
        n_bytes = path.stat().st_size
    return {
        "members, models": len(search.members_),
        "a model file, MB": n_bytes / 1e6,
        "a pickle, MB": len(pickled) / 1e6,
        **{f"{call}, s of CPU": value for call, value in seconds.items()},
    }


MEASURES = {
    "reading": Measure(
        "Each fit and each prediction begins with it, however small the model is.",
        "A CSV file of 48,800 rows with 6 columns of numbers and 8 of texts, read by pandas as "
        "texts and by the command line, whose table is then described. New rows: the cells of "
        "100,000 with prices, days, numbers with `?`, booleans and codes, as they are read before "
        "a prediction. The import is that of a new process.",
        reading_cost,
    ),
    "model_file": Measure(
        "Models are saved and loaded more often than they are fitted, and nothing is unpickled.",
        "An ensemble of two forests, histogram boosting and XGBoost on 5,000 rows of 20 columns, "
        "saved and loaded once more after a first time; seconds of the process, also those of a "
        "pickle of the same ensemble.",
        model_file_cost,
    ),
    "task": Measure(
        "Every fold of every pipeline pays it, so it bounds how many small ones a search sees.",
        "Seconds from `Evaluator.fold` to its outcome, one fold after the "
        "other in one warm worker, less the fold's own `estimator_seconds`; the first start on a "
        "fold of iris; median of the tasks of a repeat.",
        fold_cost,
    ),
    "worker": Measure(
        "The first fit of a process waits for workers, and a pipeline that hangs costs a new one.",
        "Seconds from the request for an executor for all cores to its first answer, and for one "
        "worker more after that: the imports are made once. Then one worker: SIGKILL is sent while "
        "it has nothing to do, or "
        "the limit of half a second ends a task that sleeps; from then until the next task is "
        "answered.",
        worker_cost,
    ),
    "history": Measure(
        "Every outcome is written before anything else happens, and a killed run is resumed by it.",
        "The longest start and an outcome, each row its own transaction; then all are read.",
        history_cost,
    ),
    "scaling": Measure(
        "It is the limit of one search on a cluster, whatever its workers are.",
        "A search on breast_cancer whose workers are simulated: their jobs sleep, and come back "
        "with made-up scores and predictions. Loop, strategy, bank and history are real.",
        lambda n: scaling_cost(_pose("breast_cancer"), n),
    ),
    "bank": Measure(
        "Predictions for held-out rows are kept in memory, of a long search for many pipelines.",
        "Pipelines with one held-out part of 1,000 rows of two classes, 8 KB each, put into a bank "
        "one by one. Beyond 256 MiB the worst are dropped.",
        bank_cost,
    ),
    "cluster": Measure(
        "A job crosses the scheduler of Dask twice, which may cost the search what workers bring.",
        "Two clusters on the loopback, of two workers and of one, each with one thread. A search "
        "on breast_cancer for 100 pipelines with a seed, so that it is the same by Dask and by "
        "the local pool, one after the other; a small search before makes the imports. Then 20 "
        "jobs that take from 0.1 to 2 s of the processor each, by one worker and by two.",
        cluster_cost,
    ),
    "serving": Measure(
        "A prediction over HTTP should cost little more than the prediction.",
        "`automl serve` with a model of breast_cancer on loopback: requests of a row over one "
        "connection, in turns with predict_proba of the same row in this process, then requests "
        "of 1,000 rows. The memory is that of the server after 200 requests, and after all.",
        serving_cost,
    ),
    "memory": Measure(
        "A million rows should be predicted where they fit, not where all steps fit with them.",
        "`automl predict` in a process of its own, by a linear model with one-hot categories, of a "
        "made set of 50 columns in Parquet: the peak of its memory for all rows, and for 2,000.",
        memory_cost,
    ),
    "views": Measure(
        "People look at a search while it needs the processor, and at a report more than once.",
        "Seconds of the thread that draws on a pseudo-terminal, beside the wall seconds of a "
        "search on breast_cancer times the cores. The report is one on 48,000 rows, as adult has, "
        "without explanations; its pipelines are ten of a search, repeated.",
        view_cost,
    ),
}


def _pose(name: str) -> Problem:
    (reference,) = bundled_tasks([name])
    task = reference.load()
    dataset = read_dataset(task.X, task.y, "classification")
    return pose_problem(dataset, catalogue="default", cv=NestedCV(), scoring=None, seed=SEED)


def _starts(problem: Problem) -> list[Genome]:
    """Return the pipelines that a search of a problem without gaps starts from."""
    catalogue = load_catalogue("default").without_gaps()
    grammar = Grammar(catalogue, problem.dataset.columns, problem.traits)
    return list(starting_pipelines(grammar, np.random.default_rng(SEED)))


@contextmanager
def _pool(workers: int) -> Iterator[LocalExecutor]:
    executor = LocalExecutor(workers, MEBIBYTES)
    try:
        _answer(executor)
        yield executor
    finally:
        executor.close()


def _answer(executor: LocalExecutor) -> int:
    """Send an empty task and return its answer: the number of the worker's process."""
    pid: int = executor.submit(os.getpid, timeout=None).result()
    return pid


def _seconds(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def _fold_seconds(evaluator: Evaluator, genome: Genome) -> tuple[float, float]:
    """Return the seconds of a fold outside and inside of its estimator."""
    started = time.perf_counter()
    outcome = evaluator.fold(genome, FOLD, HANG).result()
    elapsed = time.perf_counter() - started
    return elapsed - outcome.estimator_seconds, outcome.estimator_seconds


def _start_seconds(workers: int) -> float:
    """Return the seconds until a fit has workers."""
    started = time.perf_counter()
    with borrow_executor(workers, MEBIBYTES) as executor:
        _answer(executor)
        return time.perf_counter() - started


def _seconds_after_kill(executor: LocalExecutor) -> float:
    os.kill(_answer(executor), signal.SIGKILL)
    return _seconds(lambda: _answer(executor))


def _seconds_after_limit(executor: LocalExecutor) -> float:
    _answer(executor)  # the worker is there, and has nothing to do
    started = time.perf_counter()
    wait([executor.submit(time.sleep, HANG, timeout=LIMIT)])
    _answer(executor)
    return time.perf_counter() - started - LIMIT


def _write_trials(history: History, text: str, n: int) -> None:
    for number in range(n):
        history.add_trial(number, text, tells_before=0)


def _write_folds(history: History, n: int) -> None:
    for number in range(n):
        for fold in range(FOLDS):
            history.add_fold(number, fold, OUTCOME)
