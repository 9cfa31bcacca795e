"""Evolution of whole pipelines: typed genetic programming on DEAP, in steady state.

::

    ask ──► (evaluated elsewhere) ──► tell ──► population ──NSGA-II──► survivors
     ▲                                 │                                   │
     └─ the most promising child ◄─ moves, drawn by their credit ◄─ tournament

There are no generations: every outcome enters the population when it is told, so no worker waits
for a slower one. The second objective is size, so that a longer pipeline has to be a better one.
Further axes of `scoring` take its place.

Credit is the estimated probability that a draw pays off, and draws follow it:

* of a move, the share of its children that were better than their parents;
* of an operator, the share of its pipelines that survived the tell in which they came.

Of several children, the most promising is evaluated, by a forecast that learns from all outcomes
(see `surrogate`). A tenth of the children is not compared, so that the forecast can be wrong.

Seconds give no credit, because proposals would then depend on the machine.

The order of draws is part of a run's repeatability. A move is drawn from the generator of the
birth; inside `stdlib_random`, DEAP draws from a state that the same generator seeded. DEAP also
draws from sets of types, and `FlowType` gives these one order in every process.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from deap import base, gp, tools

from automl.outcome import Outcome
from automl.pipelines import Genome
from automl.pipelines.operators.flow_types import FlowType
from automl.pipelines.spaces.space import Space
from automl.problem.objectives import SINGLE, Objectives
from automl.randomness import stdlib_random
from automl.strategies.surrogate import Surrogate

POPULATION = 24  # small populations and much mutation are common in public systems
FOUNDERS = 8  # drawn at random if the starts are fewer, because relatives of one start are alike
MAX_SIZE = 10  # operators; longer pipelines were never among the winners
GROWTH = 3  # operators more than the longest start, for many kinds of columns make starts long
ATTEMPTS = 50  # to make a child that is short enough
TOURNAMENT = 3  # individuals; the best of more would nearly always be the same few
SCREENED = 24  # children that are made for each that is evaluated
DOUBT = 5  # a move starts as if one of five children had been better, and early luck counts less
EXPLORED = 0.1  # share of draws without regard to credit, so that a move can recover


class Fitness(base.Fitness):  # type: ignore[misc]
    """The score and the other axes.

    Parameters
    ----------
    values : sequence of float
    weights : sequence of float
        1 for each value to be maximized, -1 for each to be minimized.
    """

    def __init__(self, values: Sequence[float] = (), weights: Sequence[float] = ()) -> None:
        self.weights = weights
        super().__init__(values)


class Individual(gp.PrimitiveTree):  # type: ignore[misc]
    """A tree with a fitness, its operators, and the scores by which its twins are recognized.

    Pipelines with equal scores on all folds are twins.

    Parameters
    ----------
    tree : PrimitiveTree
    genome : Genome
        The pipeline that the tree stands for.
    outcome : Outcome
        One with a score.
    objectives : Objectives
    """

    def __init__(
        self, tree: gp.PrimitiveTree, genome: Genome, outcome: Outcome, objectives: Objectives
    ) -> None:
        super().__init__(tree)
        self.operators = operators_of(genome)
        self.size = genome.size
        self.scores = [(fold.score, *fold.further) for fold in outcome.folds]
        values = fmean(outcome.scores), *objectives.values(genome, outcome)
        self.fitness = Fitness(values, objectives.weights)


def operators_of(genome: Genome) -> frozenset[str]:
    """Return the names of all operators of a pipeline."""
    return frozenset(part.operator for part in genome.walk())


@dataclass
class Move:
    """A way to make a child, with a record of its success."""

    weight: float
    """The probability with which it is drawn before any child is evaluated."""
    change: Callable[[gp.PrimitiveTree, np.random.Generator], None]
    """The function that changes a copy of the parent."""
    children: int = 0
    """Number of evaluated children."""
    better: int = 0
    """Number of children with a higher score than their parent."""

    @property
    def credit(self) -> float:
        """Its weight by the share of its children that are better."""
        return self.weight * (self.better + 1) / (self.children + DOUBT)


Birth = tuple[Move, float]  # the move that made a child, and the score of its parent


class GeneticStrategy:
    """Typed genetic programming with NSGA-II survival and moves that earn credit.

    Parameters
    ----------
    space : Space
    starts : sequence of Genome
        The pipelines that are proposed first; children may be longer than the longest by a few
        operators.
    objectives : Objectives
        What pipelines have to survive by beside their score.

    References
    ----------
    Montana, D. J. (1995). Strongly typed genetic programming. Evolutionary Computation 3(2).
    Deb, K. et al. (2002). A fast and elitist multiobjective genetic algorithm: NSGA-II. IEEE
    Transactions on Evolutionary Computation 6(2).
    Thierens, D. (2005). An adaptive pursuit strategy for allocating operator probabilities. GECCO
    (the credit of moves is the probability matching that this paper compares itself with).
    """

    def __init__(
        self, space: Space, starts: Sequence[Genome], objectives: Objectives = SINGLE
    ) -> None:
        self._space = space
        self._objectives = objectives
        self._max_size = max([MAX_SIZE, *(start.size + GROWTH for start in starts)])
        self._population: list[Individual] = []
        self._evaluated: set[Genome] = set()
        self._surrogate = Surrogate()
        # The weights are priors: after some dozens of children, credit outweighs them.
        self._moves = (
            Move(0.45, self._nudge),
            Move(0.15, self._replace),
            Move(0.10, self._insert),
            Move(0.10, self._shrink),
            Move(0.05, self._regrow),
            Move(0.15, self._cross),
        )
        self._births: dict[Genome, Birth] = {}
        self._tried: Counter[str] = Counter()
        self._survived: Counter[str] = Counter()

    def ask(self, rng: np.random.Generator) -> Genome | None:
        """Return a child of the population, or a founder while there are few."""
        if not self._population or len(self._evaluated) < FOUNDERS:
            return self._founder(rng)
        children = self._children(rng)
        if not children:
            return None
        child = self._surrogate.best_of(list(children))
        if child not in self._evaluated:
            self._births.setdefault(child, children[child])
        return child

    def _founder(self, rng: np.random.Generator) -> Genome | None:
        genomes = (self._space.grow(rng) for _ in range(ATTEMPTS))
        return next((genome for genome in genomes if genome.size <= self._max_size), None)

    def _children(self, rng: np.random.Generator) -> dict[Genome, Birth]:
        """Return several children with their births; a tenth of the time only one.

        Where nothing new is left, as in a small space, it is a child that was evaluated before.
        """
        count = 1 if rng.uniform() < EXPLORED else SCREENED
        new: dict[Genome, Birth] = {}
        repeated: dict[Genome, Birth] = {}
        for _ in range(ATTEMPTS):
            genome, birth = self._child(rng)
            # The first move to make a child gets the credit: later ones only repeat it.
            if genome in new or genome in repeated or genome.size > self._max_size:
                continue
            if self._space.contains(genome):
                is_new = genome not in self._evaluated and genome not in self._births
                (new if is_new else repeated)[genome] = birth
            if len(new) >= count:
                break
        return new or dict(list(repeated.items())[:1])

    def tell(self, genome: Genome, outcome: Outcome) -> None:
        """Add a pipeline with a score to the population, and drop the worst pipeline."""
        self._give_credit(genome, outcome)
        if outcome.score is None or not self._space.contains(genome):
            return
        new = Individual(self._space.tree(genome), genome, outcome, self._objectives)
        twins = [old for old in self._population if old.scores == new.scores]
        if any(old.size <= genome.size for old in twins):
            return  # a setting without effect: the population would fill up with copies
        rivals = [old for old in self._population if old.scores != new.scores]
        self._population = tools.selNSGA2([*rivals, new], POPULATION)
        if any(survivor is new for survivor in self._population):
            self._survived.update(new.operators)

    def _give_credit(self, genome: Genome, outcome: Outcome) -> None:
        self._evaluated.add(genome)
        self._surrogate.tell(genome, outcome)
        self._tried.update(operators_of(genome))
        if genome in self._births:
            move, score = self._births.pop(genome)
            move.children += 1
            move.better += outcome.score is not None and outcome.score > score

    def _child(self, rng: np.random.Generator) -> tuple[Genome, Birth]:
        """Return a child with the move that made it and the score of its parent."""
        move = self._draw_move(rng)
        with stdlib_random(rng):
            parent = self._parent()
            tree = gp.PrimitiveTree(parent)
            with suppress(IndexError):  # DEAP has no primitive of the type: the child is a copy
                move.change(tree, rng)
            return self._space.genome(tree), (move, parent.fitness.values[0])

    def _draw_move(self, rng: np.random.Generator) -> Move:
        credits = np.array([move.credit for move in self._moves])
        weights = np.array([move.weight for move in self._moves])
        shares = (1 - EXPLORED) * credits / credits.sum() + EXPLORED * weights / weights.sum()
        return self._moves[rng.choice(len(shares), p=shares)]

    def _parent(self) -> Individual:
        """Return the best of a few individuals, and the smallest of equals."""
        (best,) = tools.selTournament(self._population, k=1, tournsize=TOURNAMENT)
        assert isinstance(best, Individual)
        return best

    def _nudge(self, tree: gp.PrimitiveTree, rng: np.random.Generator) -> None:
        """Move one or two hyperparameters a little."""
        places = [place for place, node in enumerate(tree) if self._space.domain(node)]
        for place in rng.permutation(places)[: rng.integers(1, 3)]:
            domain = self._space.domain(tree[place])
            assert domain is not None
            value = domain.nudge(tree[place].value, rng)
            tree[place] = self._space.value(value, like=tree[place])

    def _replace(self, tree: gp.PrimitiveTree, rng: np.random.Generator) -> None:
        """Replace an operator by another one with default settings, over the same input."""
        genome = self._space.genome(tree)
        parts = [part for part in genome.walk() if not (part.is_leaf or part.is_join)]
        part = parts[rng.integers(len(parts))]
        alternatives = self._space.alternatives(part)
        if alternatives:
            credits = np.array([self.credit(operator.name) for operator in alternatives])
            operator = alternatives[rng.choice(len(alternatives), p=credits / credits.sum())]
            new = Genome.canonical(operator.name, *part.inputs, settings=operator.defaults())
            child = genome.replaced(part, new)
            # Types do not tell all: two scalers, or two stacks, may now follow each other.
            if self._space.contains(child):
                tree[tree.searchSubtree(0)] = self._space.tree(child)

    def credit(self, operator: str) -> float:
        """Return the share of an operator's pipelines that survived, as if one more had."""
        # The one more gives an operator without pipelines the credit 1, so that it gets its chance.
        return (self._survived[operator] + 1) / (self._tried[operator] + 1)

    def _insert(self, tree: gp.PrimitiveTree, rng: np.random.Generator) -> None:
        """Insert an operator with its default settings."""
        gp.mutInsert(tree, self._space.pset)

    def _shrink(self, tree: gp.PrimitiveTree, rng: np.random.Generator) -> None:
        """Remove an operator."""
        gp.mutShrink(tree)

    def _regrow(self, tree: gp.PrimitiveTree, rng: np.random.Generator) -> None:
        """Replace a branch by a random one of the same type."""

        def grow(pset: gp.PrimitiveSetTyped, type_: FlowType) -> gp.PrimitiveTree:
            # DEAP's own generators know neither domains nor the least height of a type.
            return self._space.grow_tree(rng, type_)

        gp.mutUniform(tree, expr=grow, pset=self._space.pset)

    def _cross(self, tree: gp.PrimitiveTree, rng: np.random.Generator) -> None:
        """Take a branch, or the value of a hyperparameter, from another individual."""
        gp.cxOnePoint(tree, gp.PrimitiveTree(self._parent()))
