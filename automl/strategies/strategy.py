"""The protocol between a search and whoever proposes its pipelines."""

from collections import deque
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from automl.outcome import Outcome
from automl.pipelines import Genome
from automl.pipelines.spaces.space import Space

ATTEMPTS = 50  # to hear of a pipeline that was not proposed before


class Strategy(Protocol):
    """Proposes pipelines and learns from what came of them.

    A strategy owns no process, no clock and no random state: what it proposes depends on what it
    was told and on the generator that comes with each question.
    """

    def ask(self, rng: np.random.Generator) -> Genome | None:
        """Return a pipeline, or None if there is none left."""

    def tell(self, genome: Genome, outcome: Outcome) -> None:
        """Take note of what came of a pipeline, whoever proposed it."""


class Proposals:
    """Starts first, then what a strategy proposes; nothing twice.

    Parameters
    ----------
    strategy : Strategy
    space : Space
        What is not of it is not proposed; drawn from once the strategy only repeats itself.
    starts : sequence of Genome
        The first pipelines to propose, in this order.
    """

    def __init__(self, strategy: Strategy, space: Space, starts: Sequence[Genome]) -> None:
        self._strategy = strategy
        self._space = space
        self._queue = deque(starts)
        self._seen = set(starts)

    def ask(self, rng: np.random.Generator) -> Genome | None:
        """Return a pipeline that was not proposed before, or None if there is none left."""
        if self._queue:
            return self._queue.popleft()
        for attempt in range(2 * ATTEMPTS):
            genome = self._strategy.ask(rng) if attempt < ATTEMPTS else self._space.grow(rng)
            if genome is None:
                return None
            if genome not in self._seen and self._space.contains(genome):
                self._seen.add(genome)
                return genome
        return None

    def tell(self, genome: Genome, outcome: Outcome) -> None:
        """Hand on what came of a pipeline."""
        self._strategy.tell(genome, outcome)

    def add(self, genome: Genome) -> None:
        """Propose a pipeline next, unless it was proposed before."""
        if genome not in self._seen:
            self._seen.add(genome)
            self._queue.append(genome)

    def add_shortened(self, genome: Genome) -> None:
        """Propose a pipeline without each of its steps, where the space has that."""
        for _, shorter in genome.shortened():
            if self._space.contains(shorter):
                self.add(shorter)

    @property
    def has_starts(self) -> bool:
        """Whether what comes next is no proposal of the strategy."""
        return bool(self._queue)
