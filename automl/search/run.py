"""The cost of a fit."""

from dataclasses import dataclass

from automl.search.result import SearchResult


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


def make_run(
    result: SearchResult, seconds: float, final_estimator_seconds: float, workers: int
) -> Run:
    """Return the cost of a fit.

    Parameters
    ----------
    result : SearchResult
    seconds : float
        Wall seconds of the whole fit.
    final_estimator_seconds : float
        Seconds inside estimators after the search.
    workers : int
    """
    return Run(
        seconds=seconds,
        first_model_seconds=result.first_model_seconds,
        pipelines=len(result.evaluated),
        evaluations=sum(evaluated.score is not None for evaluated in result.evaluated),
        estimator_seconds=result.estimator_seconds + final_estimator_seconds,
        workers=workers,
    )
