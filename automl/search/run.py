"""The cost of a fit."""

from dataclasses import dataclass


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
