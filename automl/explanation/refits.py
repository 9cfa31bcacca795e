"""Refits of what predicts, each on the training part of an outer fold."""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace

from sklearn.base import BaseEstimator

from automl.execution import Evaluator, FinalAnswer
from automl.pipelines import Genome
from automl.problem.labels import Classes, parts_of
from automl.search.budget import Budget
from automl.winner.fitted import Fitted

Jobs = list[Future[FinalAnswer]]


class Refits:
    """Fits what predicts on every training part of the first draw of the folds, by the workers.

    Parameters
    ----------
    fitted : Fitted
        Its members keep their settings, rounds and weights.
    evaluator : Evaluator
    clock : Budget
        What takes longer is given up.
    """

    def __init__(self, fitted: Fitted, evaluator: Evaluator, clock: Budget) -> None:
        self._fitted = fitted
        self._evaluator = evaluator
        self._clock = clock
        # All are asked for at once: workers fit while the main process looks at the first of them.
        self._jobs = [self._asked(fold) for fold in range(evaluator.problem.folds_per_repeat)]

    def _asked(self, fold: int) -> Jobs:
        assert self._fitted.script is not None  # there is a final fit
        genomes, rounds = self._fitted.members["pipeline"], self._fitted.script.rounds
        return [
            self._evaluator.final(Genome.parse(genome), number, 1, self._clock.remaining(), fold)
            for genome, number in zip(genomes, rounds, strict=True)
        ]

    def __len__(self) -> int:
        return len(self._jobs)

    def predictor(self, fold: int) -> BaseEstimator:
        """Return what predicts, fitted on the training part of a fold.

        Parameters
        ----------
        fold : int

        Raises
        ------
        TimeoutError
            If it is not done in time.
        ValueError
            If its training part lacks a class; any error of a pipeline is raised as it is.
        """
        jobs = self._jobs[fold]
        self._clock.wait(jobs)
        pipelines = [self._evaluator.final_fit(job).pipeline for job in jobs]
        classes = self._fitted.classes
        if classes is not None and _sizes(pipelines[0].classes_) != _sizes(classes):
            raise ValueError("the training part of the fold lacks a class")
        return replace(self._fitted, pipelines=tuple(pipelines)).predictor

    def stop(self) -> None:
        """Give up the fits that nobody waits for any more."""
        for job in (job for jobs in self._jobs for job in jobs):
            job.cancel()


def _sizes(classes: Classes) -> Sequence[int]:
    return [len(labels) for labels in parts_of(classes)]
