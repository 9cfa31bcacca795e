"""What runs inside a worker process."""

import os
import signal
import sys
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import cloudpickle
import joblib
from sklearn.base import BaseEstimator
from threadpoolctl import threadpool_limits

from automl.data import Dataset
from automl.evaluation import Problem, evaluate_fold, fit_final
from automl.outcome import FoldOutcome, State
from automl.pipelines import Genome

if sys.platform != "win32":  # which has no limits of this kind
    import resource

PROBLEM_FILE = "problem"


def write_problem(problem: Problem, folder: Path) -> str:
    """Write a problem where workers can map it into their memory; returns the path."""
    path = folder / PROBLEM_FILE
    # Texts cannot be mapped: every worker would read each of them, pandas' codes of them not.
    joblib.dump(_with_frame(problem.dataset, from_type=object, to_type="category"), path)
    # What the user wrote, such as a scorer of the main module, is pickled by value.
    rest = cloudpickle.dumps((problem.catalogue, problem.splits, problem.metric, problem.seed))
    path.with_suffix(".rest").write_bytes(rest)
    return str(path)


def start_worker(mebibytes: float) -> None:
    """Prepare a process: die at once when told to, one thread, bounded memory."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # compiled code never gets to a Python handler
    threadpool_limits(limits=1)
    if sys.platform != "win32":
        _limit_memory(mebibytes)


def run_fold(path: str, genome: str, fold: int) -> FoldOutcome:
    """Evaluate a pipeline on a fold; an error becomes an outcome."""
    try:
        return evaluate_fold(_problem(path), Genome.parse(genome), fold)
    except MemoryError as error:
        return FoldOutcome(State.OUT_OF_MEMORY, cause=_cause(error))
    except Exception as error:  # noqa: BLE001 whatever an estimator raises is its own business
        out_of_memory = "bad_alloc" in str(error) or "llocate" in str(error)
        state = State.OUT_OF_MEMORY if out_of_memory else State.REFUSED
        return FoldOutcome(state, cause=_cause(error))


def run_final(path: str, genome: str, rounds: int | None, n_jobs: int) -> BaseEstimator:
    """Fit a pipeline on all rows."""
    return fit_final(_problem(path), Genome.parse(genome), rounds, n_jobs)


def warm_up() -> int:
    """Do nothing but be there."""
    return os.getpid()


@lru_cache(maxsize=1)
def _problem(path: str) -> Problem:
    dataset = _with_frame(joblib.load(path, mmap_mode="r"), from_type="category", to_type=object)
    rest = Path(path).with_suffix(".rest").read_bytes()
    catalogue, splits, metric, seed = cloudpickle.loads(rest)
    return Problem(dataset, catalogue, splits, metric, seed)


def _with_frame(dataset: Dataset, from_type: Any, to_type: Any) -> Dataset:
    """Return the data with columns of one type as another."""
    names = dataset.frame.columns[(dataset.frame.dtypes == from_type).to_numpy()]
    return replace(dataset, frame=dataset.frame.astype(dict.fromkeys(names, to_type)))


def _cause(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".strip()[:1000]


def _limit_memory(mebibytes: float) -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if Path("/proc").exists() else 0
    limit = pages * resource.getpagesize() + int(mebibytes * 2**20)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
