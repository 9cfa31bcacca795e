"""Evaluations of the pipelines of one problem, as jobs for workers.

::

    Evaluator ──writes once──► problem file ◄──maps into memory── worker
        │                                                           ▲
        └──fold, fewer, tune, final──► executor ──job───────────────┘

This is the only place that knows by which functions workers evaluate. An executor on other machines
takes along the files that jobs read, and brings back those that they write (`JobFile`).
"""

import logging
from concurrent.futures import CancelledError, Future
from contextlib import ExitStack
from pathlib import Path
from typing import Self
from weakref import WeakKeyDictionary

from automl.errors import warn
from automl.evaluation import (
    FinalFit,
    evaluate_fewer,
    evaluate_fold,
    evaluate_structured,
    tune_fold,
)
from automl.execution.executor import Executor
from automl.execution.job import DEVICE, JobFile, JobTimeoutError, outcome_of
from automl.execution.limits import Limits
from automl.execution.worker import (
    Evaluate,
    FinalAnswer,
    Stamp,
    read_final,
    run_final,
    run_on_fold,
    stamps_of,
    write_problem,
)
from automl.outcome import FoldOutcome
from automl.pipelines import Genome
from automl.problem import Problem
from automl.temporary import explained, temporary_folder

logger = logging.getLogger("automl.execution")


class Evaluator:
    """A context manager that hands the evaluations of a problem's pipelines to workers.

    Inside of the context, the problem lies in a temporary folder, from which workers read it. To
    enter it is a `FileError` where that folder cannot be written.

    Parameters
    ----------
    problem : Problem
    executor : Executor
    limits : Limits
    budget_seconds : float or None
        The wall seconds of the whole fit, of which "auto" limits are a share.
    """

    def __init__(
        self,
        problem: Problem,
        executor: Executor,
        limits: Limits,
        budget_seconds: float | None = None,
    ) -> None:
        self.problem = problem
        # One limit for all folds: a pipeline that misses it on one fold would miss it on others.
        self.limit = limits.seconds_of(budget_seconds)
        self._executor = executor
        self._has_told = False
        self._stack = ExitStack()
        self._path = JobFile()
        self._stamps: tuple[Stamp, ...] = ()
        self._read: WeakKeyDictionary[Future[FoldOutcome], tuple[str, tuple[Stamp, ...]]] = (
            WeakKeyDictionary()
        )

    def __enter__(self) -> Self:
        self._write()
        return self

    def _write(self) -> None:
        """Write the problem to a folder of its own."""
        # The data are written once and mapped: sent with each job, they would be copied each time.
        with explained(), ExitStack() as stack:
            folder = stack.enter_context(temporary_folder())
            self._path = write_problem(self.problem, Path(folder))
            self._stamps = stamps_of(self._path)
            self._stack.push(stack.pop_all())  # it is not reached if writing fails

    def _sound_path(self) -> JobFile:
        """Return the path of the problem; it is written again if a job has harmed its files."""
        if stamps_of(self._path) != self._stamps:
            logger.warning("a pipeline has changed the files of the fit; they are written again")
            self._write()
        return self._path

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def workers(self) -> int:
        """The number of jobs that are computed side by side."""
        return self._executor.workers

    @property
    def capacity(self) -> int:
        """The number of jobs to hand out at once."""
        return self._executor.capacity

    @property
    def threads(self) -> int:
        """The most threads that a single job may use."""
        return self._executor.threads

    def fold(self, genome: Genome, fold: int, seconds: float) -> "Future[FoldOutcome]":
        """Evaluate a pipeline on an outer fold.

        Parameters
        ----------
        genome : Genome
        fold : int
        seconds : float
            The worker is killed after so many.
        """
        return self._submit(evaluate_fold, genome, fold, seconds)

    def fewer(self, genome: Genome, fold: int, seconds: float) -> "Future[FoldOutcome]":
        """Evaluate a pipeline on an outer fold after learning from fewer rows.

        Parameters
        ----------
        genome : Genome
        fold : int
        seconds : float
        """
        return self._submit(evaluate_fewer, genome, fold, seconds)

    def structured(self, genome: Genome, fold: int, seconds: float) -> "Future[FoldOutcome]":
        """Evaluate a pipeline on a fold that respects the structure of the data.

        Parameters
        ----------
        genome : Genome
        fold : int
        seconds : float
        """
        return self._submit(evaluate_structured, genome, fold, seconds)

    def tune(self, genome: Genome, fold: int, seconds: float) -> "Future[FoldOutcome]":
        """Tune the settings of a pipeline inside the training part of an outer fold.

        Parameters
        ----------
        genome : Genome
        fold : int
        seconds : float
        """
        return self._submit(tune_fold, genome, fold, seconds)

    def _submit(
        self, evaluate: Evaluate, genome: Genome, fold: int, seconds: float
    ) -> "Future[FoldOutcome]":
        arguments = self._sound_path(), evaluate, genome.text, fold
        traces = self._traces(genome)
        job = self._executor.submit(run_on_fold, *arguments, timeout=seconds, traces=traces)
        # Code of the user is the only one that harms files, so its outcome counts.
        if not self.problem.own_classes(genome):
            self._read[job] = self._path, self._stamps
        return job

    def _traces(self, genome: Genome) -> str:
        own = self.problem.own_classes(genome)
        return f"{own} {DEVICE}".strip() if self.problem.uses_device(genome) else own

    def is_void(self, job: "Future[FoldOutcome]") -> bool:
        """Whether a class of the user has harmed the files that an innocent job read.

        Its outcome, even a score, then says nothing: the job has to be done again.

        Parameters
        ----------
        job : Future
            As `fold` or `tune` returned it.
        """
        path, stamps = self._read.get(job, ("", ()))
        return bool(path) and stamps_of(path) != stamps

    def outcome(self, job: "Future[FoldOutcome]") -> FoldOutcome:
        """Return the outcome of a job that is done, or the end of its worker as one."""
        outcome = outcome_of(job)
        self._tell_of_device(outcome.left_device)
        return outcome

    def _tell_of_device(self, left_device: bool) -> None:
        """Warn once of a fit that was too large for the GPU."""
        if left_device and not self._has_told:
            self._has_told = True
            warn(
                "the memory of the GPU was too small for a fit, which the CPU made instead; "
                "further ones are not told"
            )

    def final(
        self,
        genome: Genome,
        rounds: int | None,
        n_jobs: int,
        seconds: float | None,
        fold: int | None = None,
    ) -> "Future[FinalAnswer]":
        """Fit a pipeline on all rows; `final_fit` reads the result of the job.

        Parameters
        ----------
        genome : Genome
        rounds : int or None
            The rounds of the fit, where the model has such.
        n_jobs : int
            The threads that the model may use.
        seconds : float or None
            The worker is killed after so many; None is no limit.
        fold : int, optional
            The outer fold whose training part takes the place of all rows.
        """
        arguments = self._sound_path(), genome.text, rounds, n_jobs, fold
        # The result is the path of a file: a large forest takes seconds through a socket.
        traces = self._traces(genome)
        return self._executor.submit(run_final, *arguments, timeout=seconds, traces=traces)

    def final_fit(self, job: "Future[FinalAnswer]") -> FinalFit:
        """Return the fitted pipeline of a job from `final`.

        Raises
        ------
        TimeoutError
            If the job took too long, was cancelled, or is not done.
        JobMemoryError, WorkerDiedError
            If its worker was stopped or died.
        Exception
            Any error of the pipeline.
        """
        try:
            final = read_final(job.result(timeout=0))
            self._tell_of_device(final.left_device)
            return final
        except (JobTimeoutError, CancelledError, TimeoutError) as error:
            raise TimeoutError("not done within the budget") from error
        finally:
            job.cancel()  # an interrupted fit would go on in its worker
