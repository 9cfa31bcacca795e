"""The functions that run inside a worker process.

::

    main process                         folder                           worker
    write_problem ──► data, readable as memory map ──────────────► run_on_fold
                  └─► settings, pickled by value ────────────────►     │ outcome, small: by socket
    read_final ◄──────────── final fit, of up to some hundred MiB ◄────┘ run_final: by file
"""

import io
import os
import tempfile
from collections.abc import Callable
from dataclasses import fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import cloudpickle
import joblib

from automl.evaluation import FinalFit, fit_final
from automl.execution.job import JobFile
from automl.files import PRIVATE
from automl.outcome import FoldOutcome, cause_of, failure
from automl.pipelines import Genome
from automl.problem import Problem
from automl.problem.dataset import Dataset

Evaluate = Callable[[Problem, Genome, int], FoldOutcome]
FinalAnswer = JobFile | bytes
"""A final fit on its way back: the path of its file, or its content where the disk is full."""
Stamp = tuple[int, int, int]
"""The place, the size and the last change of a file."""

PROBLEM_FILE = "problem"
SETTINGS_SUFFIX = ".settings"  # of the file beside it, with all but the data


def write_problem(problem: Problem, folder: Path) -> JobFile:
    """Write a problem to a file that workers can map into their memory, and return its path."""
    problem = problem.compact()
    path = folder / PROBLEM_FILE
    # Texts cannot be mapped, so that every worker would read each of them. As categories they are
    # codes, which can, and each different text is read once.
    path.touch(mode=PRIVATE)
    joblib.dump(_with_frame(problem.dataset, from_type=object, to_type="category"), path)
    # Code of the user, such as a scorer of the main module, is pickled by value.
    settings = {field.name: getattr(problem, field.name) for field in fields(problem)}
    del settings["dataset"]
    path.with_suffix(SETTINGS_SUFFIX).write_bytes(cloudpickle.dumps(settings))
    return JobFile(path)


def files_of(path: str) -> tuple[str, ...]:
    """Return the paths of the files of a problem.

    Parameters
    ----------
    path : str
        As `write_problem` returns it.
    """
    return path, f"{path}{SETTINGS_SUFFIX}"


def stamps_of(path: str) -> tuple[Stamp, ...]:
    """Return what shows whether the files of a problem are as they were written.

    Parameters
    ----------
    path : str
        As `write_problem` returns it.
    """
    return tuple(_stamp(file) for file in files_of(path))


def _stamp(path: str) -> Stamp:
    try:
        facts = os.stat(path)
    except OSError:  # it was removed
        return (-1, -1, -1)
    return facts.st_ino, facts.st_size, facts.st_mtime_ns


def run_on_fold(path: str, evaluate: Evaluate, genome: str, fold: int) -> FoldOutcome:
    """Evaluate a pipeline on a fold; an error becomes an outcome.

    Parameters
    ----------
    path : str
        The file of the problem.
    evaluate : callable
        `evaluate_fold`, `evaluate_fewer` or `tune_fold`.
    genome : str
        The text of the pipeline.
    fold : int
    """
    try:
        return evaluate(_problem(path), Genome.parse(genome), fold)
    except BaseException as error:  # noqa: BLE001 an estimator may raise anything, or exit
        return failure(error)


def run_final(
    path: str, genome: str, rounds: int | None, n_jobs: int, fold: int | None = None
) -> FinalAnswer:
    """Fit a pipeline, and write the fit to a file beside the problem.

    Forests of many rows are hundreds of MiB, which take many seconds through a socket. Where the
    disk is full they do so: a fit that is lost would cost the winner.

    Parameters
    ----------
    path : str
    genome : str
    rounds : int or None
        The rounds of the fit, where the model has such.
    n_jobs : int
        The threads that the model may use.
    fold : int, optional
        The outer fold whose training part takes the place of all rows.

    Returns
    -------
    JobFile or bytes
        The path of the file, or its content, for `read_final`.
    """
    problem, pipeline = _problem(path), Genome.parse(genome)
    final = fit_final(problem, pipeline, rounds, n_jobs, fold)
    try:
        result: FinalAnswer = _written(final, Path(path).parent)
    except OSError:
        result = _dumped(final)
    if problem.own_classes(pipeline):
        _loaded(result)  # code of the user, which here may hang or exit without harm
    return result


def _written(final: FinalFit, folder: Path) -> JobFile:
    """Write a final fit to a new file, of which nothing stays if the disk is full."""
    handle, name = tempfile.mkstemp(prefix="final-", dir=folder)
    try:
        with open(handle, "wb") as file:
            joblib.dump(final, file)
    except BaseException:
        Path(name).unlink()
        raise
    return JobFile(name)


def _dumped(final: FinalFit) -> bytes:
    content = io.BytesIO()
    joblib.dump(final, content)
    return content.getvalue()


def _loaded(result: FinalAnswer) -> Any:
    return joblib.load(io.BytesIO(result) if isinstance(result, bytes) else result)


def read_final(result: FinalAnswer) -> FinalFit:
    """Read the fit that `run_final` returned, and remove its file."""
    try:
        final = _loaded(result)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # reading runs code of the estimators' authors
        raise RuntimeError(cause_of(error)) from error
    finally:
        if not isinstance(result, bytes):
            Path(result).unlink()
    assert isinstance(final, FinalFit)
    return final


@lru_cache(maxsize=1)
def _problem(path: str) -> Problem:
    """Read a problem, or return the one that this worker read last."""
    dataset = _with_frame(joblib.load(path, mmap_mode="r"), from_type="category", to_type=object)
    settings = Path(path).with_suffix(SETTINGS_SUFFIX).read_bytes()
    return Problem(dataset=dataset, **cloudpickle.loads(settings))


def _with_frame(dataset: Dataset, from_type: Any, to_type: Any) -> Dataset:
    """Return the data with columns of one type as another."""
    frame = dataset.frame.copy(deep=False)
    for name in frame.columns[(frame.dtypes == from_type).to_numpy()]:
        frame[name] = frame[name].astype(to_type)  # for all at once, each number is a table alone
    return replace(dataset, frame=frame)
