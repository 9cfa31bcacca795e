"""What a strategy searches: typed trees of DEAP, each of which stands for a genome.

Every operator is a primitive. Its first arguments are its inputs; every hyperparameter is one more
argument of a type of its own, whose terminals are values::

    svc_rbf(kernel_scaler(standard_scaler(...), 1.0), 10.0)     the tree of DEAP
    svc_rbf(kernel_scaler(standard_scaler(...), gamma=1.0), C=10.0)     the genome

Terminals of the other types are kinds of columns. Types are classes, and a primitive that gives a
subclass fits wherever the class is asked for.
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


class Chooser(Protocol):
    """Makes the choices by which a pipeline is drawn.

    The name of a place tells all choices above it, so that a place always has the same options.
    """

    def option(self, place: str, names: Sequence[str]) -> str:
        """Return what stands at a place, out of the names of what may."""

    def value(self, place: str, domain: Domain) -> Value:
        """Return the value of a hyperparameter."""


@dataclass(frozen=True)
class RandomChooser:
    """Chooses at random, all options alike."""

    rng: np.random.Generator
    """Draws."""

    def option(self, place: str, names: Sequence[str]) -> str:
        """Return one of the names."""
        return names[int(self.rng.integers(len(names)))]

    def value(self, place: str, domain: Domain) -> Value:
        """Return a value, evenly on the domain's own scale."""
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
        """Return the operators that can stand where the first one of a part stands."""
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
            genome = self.draw(RandomChooser(rng))
            if self.contains(genome):  # all but stacks upon stacks
                return genome

    def grow_tree(
        self, rng: np.random.Generator, type_: FlowType | None = None
    ) -> gp.PrimitiveTree:
        """Return the random tree of a type, of bounded depth."""
        chooser = RandomChooser(rng)
        return gp.PrimitiveTree(self._drawn(type_ or self._root, self._max_depth, chooser, ""))

    def draw(self, chooser: Chooser) -> Genome:
        """Return the genome that comes of someone's choices."""
        return self.genome(gp.PrimitiveTree(self._drawn(self._root, self._max_depth, chooser, "")))

    def choices(self, genome: Genome) -> Choices:
        """Return the choices of which a genome comes: options or domain, and what was chosen.

        Raises
        ------
        ValueError
            If nobody's choices lead to it, such as where it is too deep.
        """
        follower = _Follower(self.tree(genome))
        self._drawn(self._root, self._max_depth, follower, "")
        return follower.choices

    def genome(self, tree: gp.PrimitiveTree) -> Genome:
        """Return a tree as a genome."""
        genome, rest = self._read(list(tree))
        assert not rest
        return genome

    def domain(self, node: gp.Terminal) -> Domain | None:
        """Return the domain of a node that is the value of a hyperparameter."""
        return self._domains.get(node.ret)

    def value(self, value: Value, like: gp.Terminal) -> gp.Terminal:
        """Return a terminal with another value of the same hyperparameter."""
        return gp.Terminal(value, False, like.ret)

    def _add_settings(self, operator: Operator, place: str) -> list[FlowType]:
        """Add the hyperparameters of an operator; returns their types."""
        for name, domain in operator.domains.items():
            type_ = FlowType(f"{place}.{name}", (), {})
            self._settings[place, name] = type_
            self._domains[type_] = domain
            self.pset.addTerminal(domain.default, type_)
        return [self._settings[place, name] for name in operator.domains]

    def _add(self, name: str, arguments: list[FlowType], gives: FlowType) -> None:
        unique = f"{name}:{gives.__name__}"
        self.pset.addPrimitive(_never_called, arguments, gives, name=unique)
        self._primitives[name, gives] = self.pset.mapping[unique]

    def _measure(self, leaves: Sequence[FlowType]) -> None:
        """Find out how deep a tree of every type is at least; other types have none."""
        for type_ in (*self._domains, *leaves):
            self._heights |= dict.fromkeys(_accepting(type_), 0)
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

    def _drawn(self, type_: FlowType, height: int, chooser: Chooser, place: str) -> list[Any]:
        if type_ in self._domains:
            return [gp.Terminal(chooser.value(place, self._domains[type_]), False, type_)]
        fits = {
            node.name: node
            for node in (*self.pset.terminals[type_], *self.pset.primitives[type_])
            if isinstance(node, gp.Terminal)
            or all(self._heights.get(argument, height) < height for argument in node.args)
        }
        node = fits[chooser.option(place, list(fits))]
        if isinstance(node, gp.Terminal):
            return [node]
        parts = [
            self._drawn(argument, height - 1, chooser, f"{place}/{node.name}.{number}")
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
        node, *rest = nodes
        if isinstance(node, gp.Terminal):
            return Genome(node.name), rest
        name = node.name.partition(":")[0]
        domains = () if name == JOIN else tuple(self.operators[name].domains)
        inputs = []
        for _ in range(node.arity - len(domains)):
            genome, rest = self._read(rest)
            inputs.append(genome)
        values = [terminal.value for terminal in rest[: len(domains)]]
        settings = dict(zip(domains, values, strict=True))
        return Genome.of(name, *inputs, settings=settings), rest[len(domains) :]


class _Follower:
    """Chooses as a tree does, and keeps what it chose."""

    def __init__(self, tree: gp.PrimitiveTree) -> None:
        self._nodes = iter(tree)  # choices are asked for in the order of the nodes
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
    return [above for above in type_.__mro__ if isinstance(above, FlowType)]


def _never_called(*_: Any) -> None:
    """Stand in for the function of a primitive: trees are walked, not compiled."""
