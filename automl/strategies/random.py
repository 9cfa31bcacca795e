"""Random search."""

from collections.abc import Sequence

import numpy as np

from automl.outcome import Outcome
from automl.pipelines import Genome
from automl.pipelines.spaces.space import Space


class RandomStrategy:
    """Draws structures and settings at random, whatever the outcomes of earlier pipelines.

    Parameters
    ----------
    space : Space
    starts : sequence of Genome
        Not used: `Proposals` proposes them before it asks this strategy.

    References
    ----------
    Bergstra, J. and Bengio, Y. (2012). Random search for hyper-parameter optimization. Journal of
    Machine Learning Research 13.
    """

    def __init__(self, space: Space, starts: Sequence[Genome]) -> None:
        self._space = space

    def ask(self, rng: np.random.Generator) -> Genome | None:
        """Return a random pipeline."""
        return self._space.grow(rng)

    def tell(self, genome: Genome, outcome: Outcome) -> None:
        """Ignore the outcome."""
