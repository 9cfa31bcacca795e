"""Evolution of whole pipelines: typed genetic programming on DEAP, in steady state.

::

    ask ──► (evaluated elsewhere) ──► tell ──► population ──NSGA-II──► survivors
     ▲                                                                     │
     └───────────── crossover, mutation ◄── tournament ◄───────────────────┘

There are no generations: every outcome enters the population when it is told. The second
objective is size, so that a longer pipeline has to be a better one.
"""

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from statistics import fmean

import numpy as np
from deap import base, gp, tools

from automl.outcome import Outcome
from automl.pipelines import Genome
from automl.pipelines.operator import FlowType
from automl.pipelines.space import Space
from automl.randomness import stdlib_random

POPULATION = 24  # small populations and much mutation are what public systems settled on
FOUNDERS = 8  # drawn at random where the starts are fewer: relatives of one are all alike
MAX_SIZE = 10  # operators; longer pipelines were never among the winners
GROWTH = 3  # operators more than a start, where many kinds of columns make starts long
ATTEMPTS = 50  # to make a child that the space has


class Fitness(base.Fitness):  # type: ignore[misc]
    """Score to be maximized, size to be minimized."""

    weights = (1.0, -1.0)


class Individual(gp.PrimitiveTree):  # type: ignore[misc]
    """A tree with a fitness, and with the scores by which its twins are known."""

    def __init__(self, tree: gp.PrimitiveTree, scores: list[float], size: int) -> None:
        super().__init__(tree)
        self.scores = scores
        self.fitness = Fitness((fmean(scores), size))


class GeneticStrategy:
    """Typed genetic programming with NSGA-II survival.

    Parameters
    ----------
    space : Space
    starts : sequence of Genome
        What is proposed before; children may be somewhat longer than the longest of them.

    References
    ----------
    Montana, D. J. (1995). Strongly typed genetic programming. Evolutionary Computation 3(2).
    Deb, K. et al. (2002). A fast and elitist multiobjective genetic algorithm: NSGA-II. IEEE
    Transactions on Evolutionary Computation 6(2).
    """

    def __init__(self, space: Space, starts: Sequence[Genome]) -> None:
        self._space = space
        self._max_size = max([MAX_SIZE, *(start.size + GROWTH for start in starts)])
        self._population: list[Individual] = []
        self._n_told = 0
        self._moves: tuple[tuple[float, Callable[..., None]], ...] = (
            (0.45, self._nudge),
            (0.15, self._replace),
            (0.10, self._insert),
            (0.10, self._shrink),
            (0.05, self._regrow),
            (0.15, self._cross),
        )

    def ask(self, rng: np.random.Generator) -> Genome | None:
        """Return a child of the population, or a founder while there are few."""
        evolves = self._population and self._n_told >= FOUNDERS
        for _ in range(ATTEMPTS):
            genome = self._child(rng) if evolves else self._space.grow(rng)
            if genome.size <= self._max_size:
                return genome
        return None

    def tell(self, genome: Genome, outcome: Outcome) -> None:
        """Let a pipeline with a score into the population; the worst one leaves."""
        self._n_told += 1
        if outcome.score is None or not self._space.contains(genome):
            return
        new = Individual(self._space.tree(genome), outcome.scores, genome.size)
        twins = [old for old in self._population if old.scores == new.scores]
        if any(old.fitness.values[1] <= genome.size for old in twins):
            return  # a setting without effect: the population would fill up with copies
        others = [old for old in self._population if old.scores != new.scores]
        self._population = tools.selNSGA2([*others, new], POPULATION)

    def _child(self, rng: np.random.Generator) -> Genome:
        weights = np.array([weight for weight, _ in self._moves])
        _, move = self._moves[rng.choice(len(self._moves), p=weights / weights.sum())]
        with stdlib_random(rng):
            tree = self._parent()
            with suppress(IndexError):  # DEAP found nothing of the type that it needs
                move(tree, rng)
            return self._space.genome(tree)

    def _parent(self) -> gp.PrimitiveTree:
        """Return a copy of an individual that won a tournament by dominance and crowding."""
        drawn = random.choices(self._population, k=4)  # DEAP holds its tournaments by the four
        return gp.PrimitiveTree(tools.selTournamentDCD(drawn, 4)[0])

    def _nudge(self, tree: gp.PrimitiveTree, rng: np.random.Generator) -> None:
        """Move one or two hyperparameters a little."""
        places = [place for place, node in enumerate(tree) if self._space.domain(node)]
        for place in rng.permutation(places)[: rng.integers(1, 3)]:
            domain = self._space.domain(tree[place])
            assert domain is not None
            value = domain.nudge(tree[place].value, rng)
            tree[place] = self._space.value(value, like=tree[place])

    def _replace(self, tree: gp.PrimitiveTree, rng: np.random.Generator) -> None:
        """Put another operator in the place of one, over the same input."""
        genome = self._space.genome(tree)
        parts = [part for part in genome.walk() if not (part.is_leaf or part.is_join)]
        part = parts[rng.integers(len(parts))]
        others = self._space.alternatives(part)
        if others:
            other = others[int(rng.integers(len(others)))]
            new = Genome.of(other.name, *part.inputs, settings=other.defaults())
            tree[tree.searchSubtree(0)] = self._space.tree(genome.replaced(part, new))

    def _insert(self, tree: gp.PrimitiveTree, rng: np.random.Generator) -> None:
        """Insert an operator with its default settings."""
        gp.mutInsert(tree, self._space.pset)

    def _shrink(self, tree: gp.PrimitiveTree, rng: np.random.Generator) -> None:
        """Take an operator out."""
        gp.mutShrink(tree)

    def _regrow(self, tree: gp.PrimitiveTree, rng: np.random.Generator) -> None:
        """Grow a random branch in the place of one."""

        def grow(pset: gp.PrimitiveSetTyped, type_: FlowType) -> gp.PrimitiveTree:
            return self._space.grow_tree(rng, type_)

        gp.mutUniform(tree, expr=grow, pset=self._space.pset)

    def _cross(self, tree: gp.PrimitiveTree, rng: np.random.Generator) -> None:
        """Take a branch, or the value of a hyperparameter, from another individual."""
        gp.cxOnePoint(tree, self._parent())
