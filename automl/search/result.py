"""The result of a search, from which the winner is chosen."""

from dataclasses import dataclass
from functools import cached_property

from automl.errors import BudgetError, DataError, warn
from automl.outcome import Outcome
from automl.pipelines import Genome
from automl.problem import Problem
from automl.search.bank import Bank
from automl.search.evaluated import Evaluated

CAUSES_SHOWN = 3  # in an error message: a few are telling, all of them are a page
LEAST_ADVICE = 10.0  # seconds of a budget: workers need some 3 s for their imports alone


@dataclass(frozen=True)
class Run:
    """The cost of a fit."""

    seconds: float
    """Wall seconds of the whole fit."""
    first_model_seconds: float | None
    """Wall seconds until the first pipeline other than the baseline had a score."""
    pipelines: int
    """Pipelines that were evaluated, with or without a score."""
    evaluations: int
    """Pipelines that have a score."""
    estimator_seconds: float
    """Seconds inside estimators, summed over the workers, those of the final fits among them."""
    workers: int
    """Worker processes."""


@dataclass(frozen=True)
class SearchResult:
    """The result of a search."""

    evaluated: tuple[Evaluated, ...]
    """The pipelines that were evaluated, in the order in which they ended."""
    bank: Bank
    """Their predictions for held-out rows."""
    seconds: float
    """Wall seconds from the start of the fit to the end of the search."""
    estimator_seconds: float
    """Seconds inside estimators, summed over the workers."""
    first_model_seconds: float | None
    """Wall seconds until the first pipeline other than the baseline had a score."""
    advice: str
    """How the search would come to more pipelines."""
    was_stopped: bool = False
    """Whether an observer or the user ended the search, and not the budget."""

    @cached_property
    def outcomes(self) -> dict[Genome, Outcome]:
        """The outcome of every evaluated pipeline."""
        return {evaluated.genome: evaluated.outcome for evaluated in self.evaluated}

    @property
    def causes(self) -> list[str]:
        """The different causes for which pipelines have no score, in alphabetical order."""
        failed = [ended.outcome.cause for ended in self.evaluated if ended.score is None]
        return sorted(set(failed) - {""})

    def run(self, seconds: float, final_estimator_seconds: float, workers: int) -> Run:
        """Return the cost of the fit.

        Parameters
        ----------
        seconds : float
            Wall seconds of the whole fit.
        final_estimator_seconds : float
            Seconds inside estimators after the search.
        workers : int
        """
        return Run(
            seconds=seconds,
            first_model_seconds=self.first_model_seconds,
            pipelines=len(self.evaluated),
            evaluations=sum(evaluated.score is not None for evaluated in self.evaluated),
            estimator_seconds=self.estimator_seconds + final_estimator_seconds,
            workers=workers,
        )

    def ranked(self, problem: Problem) -> list[Evaluated]:
        """Return the pipelines with a score, best first, the baseline last.

        Raises
        ------
        DataError, BudgetError
            If there is none, with the causes.
        """
        scored = [evaluated for evaluated in self.evaluated if evaluated.score is not None]
        if not scored:
            raise self._nothing_scored(problem)
        # Sorting is stable: of equals, the pipeline that ended first stands first.
        scored.sort(key=lambda evaluated: evaluated.standing, reverse=True)
        self._warn_of_constant(scored, problem)
        _warn_of_missing(scored, problem)
        return scored

    def _nothing_scored(self, problem: Problem) -> DataError | BudgetError:
        # With a cause, more time would not help; without one, time is all that is missing.
        causes = self.causes[:CAUSES_SHOWN]
        if causes:
            return DataError(
                f"no pipeline could be fitted and scored by {problem.metric.name}: {causes}"
            )
        if self.was_stopped:
            return BudgetError(
                f"the search was stopped after {self.seconds:.1f} s, before one pipeline was "
                "evaluated; let it run until the first pipeline has a score"
            )
        return BudgetError(
            f"the time budget ended after {self.seconds:.1f} s, before one pipeline was evaluated; "
            f"give it {max(LEAST_ADVICE, 2 * self.seconds):.0f} s or more"
        )

    def _warn_of_constant(self, scored: list[Evaluated], problem: Problem) -> None:
        """Warn if nothing is better than the constant baseline."""
        best, last = scored[0], scored[-1]
        if best.is_baseline:
            causes = [str(self.causes[:CAUSES_SHOWN])] if self.causes else []
            message = f"only the constant baseline has a score after {self.seconds:.1f} s: "
            message += "; ".join([*causes, self.advice])
            if problem.cv.tunes_inside:
                message += ", fewer trials or Limits(seconds=...): a tuner fits a fold many times"
            warn(message)
        elif last.is_baseline and (last.score or 0.0) >= (best.score or 0.0):
            warn(f"no pipeline is better than the constant baseline ({last.score:.4g})")


def _warn_of_missing(scored: list[Evaluated], problem: Problem) -> None:
    """Warn of further scores that pipelines lack."""
    for place, name in enumerate(problem.objectives.scores):
        if lacking := [ended for ended in scored if ended.outcome.further[place] is None]:
            warn(
                f"{len(lacking)} of {len(scored)} pipelines have no {name}, and count as the worst "
                f"on that axis ({lacking[0].outcome.cause})"
            )
