"""The protocol between a search and the strategy that proposes its pipelines.

::

    search ──ask──► Proposals: starts, then ──ask──► Strategy
           ◄─────── a pipeline, never twice ◄─────── a pipeline, perhaps again
           ──tell─► an outcome              ──tell─► an outcome
"""

from collections import deque
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from automl.outcome import Outcome
from automl.pipelines import Genome
from automl.pipelines.spaces.space import Space

ATTEMPTS = 50  # to get a new pipeline: a small space may well be exhausted after so many repeats


class Strategy(Protocol):
    """Proposes pipelines and learns from their outcomes.

    A strategy owns no process, no clock and no random state. Its proposals depend only on the
    outcomes that it was told and on the generator that comes with each question.
    """

    def ask(self, rng: np.random.Generator) -> Genome | None:
        """Return a pipeline, or None if it has no further proposal."""

    def tell(self, genome: Genome, outcome: Outcome) -> None:
        """Learn the outcome of a pipeline, which may be no proposal of this strategy."""


class Proposals:
    """The starts, then the proposals of a strategy, without repetitions.

    Parameters
    ----------
    strategy : Strategy
    space : Space
        Proposals outside of it are skipped. Once the strategy only repeats itself, pipelines are
        drawn from the space at random.
    starts : sequence of Genome
        The first pipelines to propose, in this order.
    """

    def __init__(self, strategy: Strategy, space: Space, starts: Sequence[Genome]) -> None:
        self._strategy = strategy
        self._space = space
        self._queue = deque(starts)
        self._proposed = set(starts)

    def ask(self, rng: np.random.Generator) -> Genome | None:
        """Return a pipeline that was not proposed before, or None if none is left."""
        if self._queue:
            return self._queue.popleft()
        for attempt in range(2 * ATTEMPTS):
            genome = self._strategy.ask(rng) if attempt < ATTEMPTS else self._space.grow(rng)
            if genome is None:
                return None
            if genome not in self._proposed and self._space.contains(genome):
                self._proposed.add(genome)
                return genome
        return None

    def tell(self, genome: Genome, outcome: Outcome) -> None:
        """Tell the strategy the outcome of a pipeline."""
        self._strategy.tell(genome, outcome)

    def add(self, genome: Genome) -> None:
        """Propose a pipeline next, unless it was proposed before."""
        if genome not in self._proposed:
            self._proposed.add(genome)
            self._queue.append(genome)

    def add_shortened(self, genome: Genome) -> None:
        """Propose a pipeline without each of its steps in turn, where the space contains it."""
        for _, shorter in genome.shortened():
            if self._space.contains(shorter):
                self.add(shorter)

    @property
    def has_starts(self) -> bool:
        """Whether the next pipeline is a start or was added, and is no proposal of the strategy."""
        return bool(self._queue)
