"""A fold that a worker computes now."""

import time
from dataclasses import dataclass, field

from automl.pipelines import Genome
from automl.search.trial import Trial


@dataclass(frozen=True)
class RunningFold:
    """A pipeline on an outer fold, or its tuning, in a worker."""

    trial: Trial
    """The pipeline on its way through the folds."""
    fold: int
    """The outer fold, from 0."""
    started: float = field(default_factory=time.monotonic)
    """The start on the monotonic clock."""

    @property
    def number(self) -> int:
        """The place of the pipeline in the order of asking."""
        return self.trial.number

    @property
    def genome(self) -> Genome:
        """The pipeline."""
        return self.trial.genome

    @property
    def is_tuning(self) -> bool:
        """Whether better settings are looked for, which become a pipeline of their own."""
        return self.trial.is_tuning

    @property
    def seconds(self) -> float:
        """The seconds since the start."""
        return time.monotonic() - self.started
