"""What runs inside a worker process."""

import os
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import cloudpickle
import joblib
from threadpoolctl import threadpool_limits

from automl.evaluation import FinalFit, evaluate_fewer, evaluate_fold, fit_final, tune_fold
from automl.outcome import FoldOutcome, failure
from automl.pipelines import Genome
from automl.problem import Problem
from automl.problem.dataset import Dataset

if sys.platform != "win32":  # which has no limits of this kind
    import resource

Evaluate = Callable[[Problem, Genome, int], FoldOutcome]

PROBLEM_FILE = "problem"


def write_problem(problem: Problem, folder: Path) -> str:
    """Write a problem where workers can map it into their memory; returns the path."""
    path = folder / PROBLEM_FILE
    # Texts cannot be mapped: every worker would read each of them, pandas' codes of them not.
    joblib.dump(_with_frame(problem.dataset, from_type=object, to_type="category"), path)
    # What the user wrote, such as a scorer of the main module, is pickled by value.
    rest = {field.name: getattr(problem, field.name) for field in fields(problem)}
    del rest["dataset"]
    path.with_suffix(".rest").write_bytes(cloudpickle.dumps(rest))
    return str(path)


def start_worker(mebibytes: float) -> None:
    """Prepare a process: die at once when told to, one thread, bounded memory."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # compiled code never gets to a Python handler
    threadpool_limits(limits=1)
    if sys.platform != "win32":
        _limit_memory(mebibytes)


def run_fold(path: str, genome: str, fold: int) -> FoldOutcome:
    """Evaluate a pipeline on a fold; an error becomes an outcome."""
    return _outcome(evaluate_fold, path, genome, fold)


def run_fewer(path: str, genome: str, fold: int) -> FoldOutcome:
    """Evaluate a pipeline on a fold after learning from fewer rows; an error is an outcome."""
    return _outcome(evaluate_fewer, path, genome, fold)


def run_tuning(path: str, genome: str, fold: int) -> FoldOutcome:
    """Tune the settings of a pipeline inside an outer training part; an error is an outcome."""
    return _outcome(tune_fold, path, genome, fold)


def run_final(path: str, genome: str, rounds: int | None, n_jobs: int) -> str:
    """Fit a pipeline on all rows.

    Returns the path of a file beside the problem: forests of many rows are hundreds of MiB, which
    take many seconds through the pipe that all workers share.
    """
    final = fit_final(_problem(path), Genome.parse(genome), rounds, n_jobs)
    handle, name = tempfile.mkstemp(prefix="final-", dir=Path(path).parent)
    with open(handle, "wb") as file:
        joblib.dump(final, file)
    return name


def take_final(path: str) -> FinalFit:
    """Return what `run_final` wrote, and remove the file."""
    final = joblib.load(path)
    Path(path).unlink()
    assert isinstance(final, FinalFit)
    return final


def warm_up() -> int:
    """Do nothing but be there."""
    return os.getpid()


def _outcome(evaluate: Evaluate, path: str, genome: str, fold: int) -> FoldOutcome:
    try:
        return evaluate(_problem(path), Genome.parse(genome), fold)
    except Exception as error:  # noqa: BLE001 whatever an estimator raises is its own business
        return failure(error)


@lru_cache(maxsize=1)
def _problem(path: str) -> Problem:
    dataset = _with_frame(joblib.load(path, mmap_mode="r"), from_type="category", to_type=object)
    rest = Path(path).with_suffix(".rest").read_bytes()
    return Problem(dataset=dataset, **cloudpickle.loads(rest))


def _with_frame(dataset: Dataset, from_type: Any, to_type: Any) -> Dataset:
    """Return the data with columns of one type as another."""
    names = dataset.frame.columns[(dataset.frame.dtypes == from_type).to_numpy()]
    return replace(dataset, frame=dataset.frame.astype(dict.fromkeys(names, to_type)))


def _limit_memory(mebibytes: float) -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0]) if Path("/proc").exists() else 0
    limit = pages * resource.getpagesize() + int(mebibytes * 2**20)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
