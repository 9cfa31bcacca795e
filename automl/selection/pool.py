"""The pipelines that may be chosen, and the ensembles of them.

::

    candidates ──score──► pool, not too many with one model ──weigh──► members of each ensemble
"""

from collections.abc import Callable, Sequence

import numpy as np

from automl.outcome import HeldOut
from automl.search.bank import Candidate
from automl.search.evaluated import Evaluated
from automl.selection.ensemble import greedy_weights, stacked_weights
from automl.selection.evidence import Evidence
from automl.selection.row_values import Numbers

JACKKNIFED = 25  # pipelines of a scorer without a closed form, which is called often
POOL = 25  # the pipelines that an ensemble is chosen from: each of them costs time in every draw
POOL_PER_MODEL = 5  # of these with models of one family: relatives err alike

Weigh = Callable[[list[int], Numbers | None], Numbers]


class Pool:
    """Pipelines with the values of their predictions, of which ensembles are made.

    Parameters
    ----------
    evidence : Evidence
    candidates : sequence of Candidate
        At least one, the best first.
    size : int
        The number of members that an ensemble may have.
    """

    def __init__(self, evidence: Evidence, candidates: Sequence[Candidate], size: int) -> None:
        self.evidence = evidence
        self._is_quick = evidence.row_values.is_quick(evidence.problem.dataset.y)
        # Values of all units can only be compared for pipelines that predicted all of them.
        complete = [candidate for candidate in candidates if evidence.is_complete(candidate)]
        self.candidates = complete if self._is_quick else complete[:JACKKNIFED]
        self.size = size
        self._values = np.array([evidence.values(row.held_out) for row in self.candidates])
        self._scores = self._means(self._values, evidence.sizes)
        self._reduced: dict[int, HeldOut] = {}

    def ensembles(self) -> list[list[Evaluated]]:
        """Return the members of every ensemble that may be chosen; nothing is said of its score."""
        if not self._averages:
            return []
        pool = self._pool(self._scores)
        members = [self._members(pool, weigh(pool, None))[0] for weigh in self._weighers()]
        return [[self.candidates[number].evaluated for number in numbers] for numbers in members]

    @property
    def _averages(self) -> bool:
        """Whether several pipelines may predict together."""
        return self.size > 1 and len(self.candidates) > 1 and self.evidence.problem.averages

    def _weighers(self) -> list[Weigh]:
        """Return the ways to weigh a pool."""
        is_classes = self.evidence.problem.dataset.is_classification
        return [self._greedy] if is_classes else [self._greedy, self._stacked]

    def _means(self, table: Numbers, weights: Numbers) -> Numbers:
        """Return the weighted means of values, a row of the table for each pipeline or choice."""
        return np.asarray(table @ (weights / weights.sum()))

    def _pool(self, scores: Numbers) -> list[int]:
        """Return the best pipelines, not too many of them with the same model."""
        model = self.evidence.problem.model
        pool: list[int] = []
        counts: dict[str, int] = {}
        for number in np.argsort(-scores, kind="stable"):
            name = model(self.candidates[number].genome).family
            if counts.get(name, 0) < POOL_PER_MODEL and len(pool) < POOL:
                counts[name] = counts.get(name, 0) + 1
                pool.append(int(number))
        return pool

    def _members(self, pool: list[int], weights: Numbers) -> tuple[list[int], list[float]]:
        """Return the pipelines that have a weight, the best first."""
        chosen = sorted((pool[place], float(weights[place])) for place in np.flatnonzero(weights))
        return [number for number, _ in chosen], [weight for _, weight in chosen]

    def _stack(self, pool: list[int]) -> HeldOut:
        """Return the reduced predictions of a pool, shape (n_pipelines, n_rows)."""
        for number in pool:
            if number not in self._reduced:
                self._reduced[number] = self.evidence.reduced(self.candidates[number])
        return np.array([self._reduced[number] for number in pool])

    def _greedy(self, pool: list[int], drawn: Numbers | None) -> Numbers:
        return greedy_weights(self._stack(pool), self.evidence.loss(drawn), self.size)

    def _stacked(self, pool: list[int], drawn: Numbers | None) -> Numbers:
        evidence = self.evidence
        return stacked_weights(
            self._stack(pool), evidence.target, evidence.weights(drawn), self.size
        )
