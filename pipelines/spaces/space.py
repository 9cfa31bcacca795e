"""Spaces that a strategy searches: typed trees of DEAP, each of which stands for a genome.

Every operator is a primitive. Its first arguments are its inputs; every hyperparameter is one more
argument of a type of its own, whose terminals are values::

    svc_rbf(kernel_scaler(standard_scaler(...), 1.0), 10.0)     the tree of DEAP
    svc_rbf(kernel_scaler(standard_scaler(...), gamma=1.0), C=10.0)     the genome

Terminals of the other types are kinds of columns. Types are classes, and a primitive that gives a
subclass fits wherever the class is required.

A tree is drawn from its root, choice by choice, and every choice has a place::

    ""                               svc_rbf out of all models
    "/svc_rbf.0"                     kernel_scaler out of the primitives that give `Spread`
    "/svc_rbf.0/kernel_scaler.0"     standard_scaler out of those that give `Scaled`, ...

`RandomSampler` draws at random, a strategy may suggest, and `_Follower` reads the choices that lead
to a tree. The order of options follows from the order in which operators were added, so the same
seed draws the same trees in every process.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
from deap import gp

from automl.pipelines.operators.domains import Domain, Value
from automl.pipelines.operators.flow_types import FlowType
from automl.pipelines.operators.operator import Operator
from automl.pipelines.spaces.genome import JOIN, Genome

Choices: TypeAlias = dict[str, tuple[Sequence[str] | Domain, Value]]


class Sampler(Protocol):
    """Makes the choices by which a pipeline is drawn.

    The name of a place holds all choices above it, so that a place always has the same options.
    """

    def option(self, place: str, names: Sequence[str]) -> str:
        """Return the name of a primitive or terminal for a place, out of those that fit."""

    def value(self, place: str, domain: Domain) -> Value:
        """Return the value of a hyperparameter."""


@dataclass(frozen=True)
class RandomSampler:
    """Chooses at random, every option with the same probability."""

    rng: np.random.Generator
    """Source of the random numbers."""

    def option(self, place: str, names: Sequence[str]) -> str:
        """Return one of the names."""
        return names[int(self.rng.integers(len(names)))]

    def value(self, place: str, domain: Domain) -> Value:
        """Return a value, drawn uniformly on the domain's own scale."""
        return domain.sample(self.rng)


class Space(ABC):
    """Typed trees and the genomes that they stand for.

    Parameters
    ----------
    operators : mapping of str to Operator
    root : FlowType
        The type of a whole tree.
    max_depth : int
        Of the trees that are drawn.
    """

    def __init__(self, operators: Mapping[str, Operator], root: FlowType, max_depth: int) -> None:
        self.operators = operators
        self.pset = gp.PrimitiveSetTyped("pipeline", [], root)
        self._root = root
        self._max_depth = max_depth
        self._domains: dict[FlowType, Domain] = {}
        self._settings: dict[tuple[str, str], FlowType] = {}
        self._primitives: dict[tuple[str, FlowType], gp.Primitive] = {}
        self._heights: dict[FlowType, int] = {}

    @abstractmethod
    def tree(self, genome: Genome) -> gp.PrimitiveTree:
        """Return a genome as a tree.

        Raises
        ------
        ValueError
            If the space has no such genome, with the part that does not fit.
        """

    def alternatives(self, part: Genome) -> Sequence[Operator]:
        """Return the operators that can replace the first operator of a part."""
        return ()

    def contains(self, genome: Genome) -> bool:
        """Tell whether the space has a genome."""
        try:
            self.tree(genome)
        except ValueError:
            return False
        return True

    def grow(self, rng: np.random.Generator) -> Genome:
        """Return a random genome, with random settings."""
        while True:
            genome = self.draw(RandomSampler(rng))
            # Types allow stacks upon stacks and scalers after scalers, which no space contains.
            if self.contains(genome):
                return genome

    def grow_tree(
        self, rng: np.random.Generator, type_: FlowType | None = None
    ) -> gp.PrimitiveTree:
        """Return a random tree of bounded depth.

        Parameters
        ----------
        rng : Generator
        type_ : FlowType, optional
            The type of its root; that of a whole pipeline by default.
        """
        sampler = RandomSampler(rng)
        return gp.PrimitiveTree(self._drawn(type_ or self._root, self._max_depth, sampler, ""))

    def draw(self, sampler: Sampler) -> Genome:
        """Return the genome to which the choices of a sampler lead."""
        return self.genome(gp.PrimitiveTree(self._drawn(self._root, self._max_depth, sampler, "")))

    def choices(self, genome: Genome) -> Choices:
        """Return the choices that lead to a genome, by place: options or domain, and the choice.

        Raises
        ------
        ValueError
            If no choices lead to it, for example because it is too deep.
        """
        follower = _Follower(self.tree(genome))
        self._drawn(self._root, self._max_depth, follower, "")
        return follower.choices

    def genome(self, tree: gp.PrimitiveTree) -> Genome:
        """Return a tree as a genome."""
        genome, unread = self._read(list(tree))
        assert not unread
        return genome

    def domain(self, node: gp.Terminal) -> Domain | None:
        """Return the domain of a node, or None if it is no value of a hyperparameter."""
        return self._domains.get(node.ret)

    def value(self, value: Value, like: gp.Terminal) -> gp.Terminal:
        """Return a terminal with another value of the same hyperparameter."""
        return gp.Terminal(value, False, like.ret)

    def _add_settings(self, operator: Operator, place: str) -> list[FlowType]:
        """Add the hyperparameters of an operator, and return their types."""
        for name, domain in operator.domains.items():
            type_ = FlowType(f"{place}.{name}", (), {})
            self._settings[place, name] = type_
            self._domains[type_] = domain
            # One terminal stands for the domain: DEAP must find the type, values are drawn here.
            self.pset.addTerminal(domain.default, type_)
        return [self._settings[place, name] for name in operator.domains]

    def _add(self, name: str, arguments: list[FlowType], gives: FlowType) -> None:
        unique = f"{name}:{gives.__name__}"  # DEAP wants a name for each signature of an operator
        self.pset.addPrimitive(_never_called, arguments, gives, name=unique)
        self._primitives[name, gives] = self.pset.mapping[unique]

    def _measure(self, leaves: Sequence[FlowType]) -> None:
        """Compute the least depth of a tree of every type; impossible types get no entry."""
        for type_ in (*self._domains, *leaves):
            self._heights |= dict.fromkeys(_accepting(type_), 0)
        # A fixed point: a primitive counts once all of its arguments can be made.
        changed = True
        while changed:
            changed = False
            for primitive in self._primitives.values():
                if not all(argument in self._heights for argument in primitive.args):
                    continue
                height = 1 + max(self._heights[argument] for argument in primitive.args)
                for type_ in _accepting(primitive.ret):
                    if height < self._heights.get(type_, self._max_depth + 1):
                        self._heights[type_] = height
                        changed = True

    def _drawn(self, type_: FlowType, height: int, sampler: Sampler, place: str) -> list[Any]:
        if type_ in self._domains:
            return [gp.Terminal(sampler.value(place, self._domains[type_]), False, type_)]
        # With the least heights known, only options are offered that end within the depth, so that
        # no draw has to be repeated.
        options = {
            node.name: node
            for node in (*self.pset.terminals[type_], *self.pset.primitives[type_])
            if isinstance(node, gp.Terminal)
            or all(self._heights.get(argument, height) < height for argument in node.args)
        }
        node = options[sampler.option(place, list(options))]
        if isinstance(node, gp.Terminal):
            return [node]
        parts = [
            self._drawn(argument, height - 1, sampler, f"{place}/{node.name}.{number}")
            for number, argument in enumerate(node.args)
        ]
        return [node, *(node for part in parts for node in part)]

    def _values(self, genome: Genome, place: str) -> list[gp.Terminal]:
        domains = self.operators[genome.operator].domains
        settings = dict(genome.settings)
        if settings.keys() != domains.keys():
            raise ValueError(
                f"{genome.operator} has the settings {list(domains)}, got {list(settings)}"
            )
        for name, value in settings.items():
            if not domains[name].contains(value):
                raise ValueError(
                    f"{genome.operator}: expected {name} in {domains[name]}, got {value!r}"
                )
        return [gp.Terminal(settings[name], False, self._settings[place, name]) for name in domains]

    def _read(self, nodes: list[Any]) -> tuple[Genome, list[Any]]:
        node, *unread = nodes
        if isinstance(node, gp.Terminal):
            return Genome(node.name), unread
        name = node.name.partition(":")[0]
        domains = () if name == JOIN else tuple(self.operators[name].domains)
        inputs = []
        for _ in range(node.arity - len(domains)):
            genome, unread = self._read(unread)
            inputs.append(genome)
        values = [terminal.value for terminal in unread[: len(domains)]]
        settings = dict(zip(domains, values, strict=True))
        return Genome.canonical(name, *inputs, settings=settings), unread[len(domains) :]


class _Follower:
    """Makes the choices that lead to a tree, and records them."""

    def __init__(self, tree: gp.PrimitiveTree) -> None:
        # A tree is stored in the order in which `_drawn` asks for choices: depth first.
        self._nodes = iter(tree)
        self.choices: Choices = {}

    def option(self, place: str, names: Sequence[str]) -> str:
        """Return the name of the next node."""
        name = str(next(self._nodes).name)
        if name not in names:
            raise ValueError(f"expected one of {list(names)}, got {name!r}")
        self.choices[place] = (names, name)
        return name

    def value(self, place: str, domain: Domain) -> Value:
        """Return the value of the next node."""
        value: Value = next(self._nodes).value
        self.choices[place] = (domain, value)
        return value


def _accepting(type_: FlowType) -> list[FlowType]:
    """Return the types in whose place a type can stand."""
    return [above for above in type_.__mro__ if isinstance(above, FlowType)]


def _never_called(*_: Any) -> None:
    """Stand in for the function of a primitive: trees are walked, not compiled."""
