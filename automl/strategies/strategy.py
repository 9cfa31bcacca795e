"""The protocol between a search and whoever proposes its pipelines."""

from typing import Protocol

import numpy as np

from automl.outcome import Outcome
from automl.pipelines import Genome


class Strategy(Protocol):
    """Proposes pipelines and learns from what came of them.

    A strategy owns no process, no clock and no random state: what it proposes depends on what it
    was told and on the generator that comes with each question.
    """

    def ask(self, rng: np.random.Generator) -> Genome | None:
        """Return a pipeline that was not proposed before, or None if there is none left."""

    def tell(self, genome: Genome, outcome: Outcome) -> None:
        """Take note of what came of a pipeline."""
