"""Catalogue and column kinds to DEAP's typed primitive set, and trees to genomes and back.

Every operator is a primitive. Its first argument is its input; every hyperparameter is one more
argument of a type of its own, whose terminals are values::

    svc_rbf(kernel_scaler(standard_scaler(...), 1.0), 10.0)     the tree of DEAP
    svc_rbf(kernel_scaler(standard_scaler(...), gamma=1.0), C=10.0)     the genome

Terminals of the other types are the kinds of columns that the frame has. Types are classes, and a
primitive that gives a subclass fits wherever the class is asked for.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from deap import gp

from automl.pipelines.columns import Columns
from automl.pipelines.domains import Domain, Value
from automl.pipelines.flow import Flow
from automl.pipelines.genome import JOIN, Genome
from automl.pipelines.operator import (
    MATRICES,
    Categorical,
    Date,
    Duration,
    FlowType,
    HighCardinality,
    Numeric,
    Operator,
    Ordered,
    Output,
    Prediction,
    Text,
    Traits,
)
from automl.pipelines.operators import Catalogue

COLUMN_TYPES: dict[str, FlowType] = {
    "numeric": Numeric,
    "ordered": Ordered,
    "categorical": Categorical,
    "high_cardinality": HighCardinality,
    "dates": Date,
    "durations": Duration,
    "texts": Text,
}
MAX_DEPTH = 6  # operators from the columns to the model, joins included


class Grammar:
    """Which pipelines there are for a frame and a task.

    Parameters
    ----------
    catalogue : Catalogue
    columns : Columns
    traits : Traits
        Task and size, by which operators are offered.

    Raises
    ------
    ValueError
        If no pipeline can be made from the catalogue for these columns.

    Examples
    --------
    >>> import numpy as np
    >>> from automl.pipelines import Columns, Traits, load_catalogue
    >>> catalogue = load_catalogue("default").only("ridge", "standard_scaler", "simple_imputer")
    >>> traits = Traits(task="regression", n_rows=100)
    >>> grammar = Grammar(catalogue, Columns(numeric=("age",)), traits)
    >>> genome = grammar.grow(np.random.default_rng(0))
    >>> grammar.genome(grammar.tree(genome)) == genome
    True
    """

    def __init__(self, catalogue: Catalogue, columns: Columns, traits: Traits) -> None:
        self.operators = catalogue.filter(lambda operator: operator.suits(traits))
        self.traits = traits
        self.kinds = columns.kinds()
        self.pset = gp.PrimitiveSetTyped("pipeline", [], Output)
        self._flow = Flow(catalogue)
        self._max_depth = MAX_DEPTH + len(catalogue.template)
        self._settings: dict[tuple[str, str], FlowType] = {}
        self._primitives: dict[tuple[str, FlowType], gp.Primitive] = {}
        self._domains: dict[FlowType, Domain] = {}
        for kind in self.kinds:
            self.pset.addTerminal(kind, COLUMN_TYPES[kind])
        for type_ in MATRICES:
            self._add(JOIN, [type_, type_], type_)
        for operator in self.operators.values():
            self._add_operator(operator)
        self._heights = self._least_heights()
        if Output not in self._heights:
            raise ValueError(
                f"no pipeline can be made of {list(self.operators)} for {traits.task} with columns "
                f"of the kinds {list(self.kinds)}; add a model, and what makes its input of them"
            )

    def grow(self, rng: np.random.Generator) -> Genome:
        """Return a random genome, with random settings."""
        while True:
            genome = self.genome(self.grow_tree(rng))
            if self.contains(genome):  # all but stacks upon stacks
                return genome

    def grow_tree(self, rng: np.random.Generator, type_: FlowType = Output) -> gp.PrimitiveTree:
        """Return the random tree of a type, of bounded depth."""
        return gp.PrimitiveTree(self._grown(type_, self._max_depth, rng))

    def tree(self, genome: Genome) -> gp.PrimitiveTree:
        """Return a genome as a tree of DEAP.

        Raises
        ------
        ValueError
            If the grammar has no such genome, with the part that does not fit.
        """
        nodes, type_ = self._nodes(genome)
        if not type_.fits(Output):
            raise ValueError(f"expected a model at the root, got {genome.operator!r} in {genome}")
        return gp.PrimitiveTree(nodes)

    def genome(self, tree: gp.PrimitiveTree) -> Genome:
        """Return a tree of DEAP as a genome."""
        genome, rest = self._read(list(tree))
        assert not rest
        return genome

    def domain(self, node: gp.Terminal) -> Domain | None:
        """Return the domain of a node that is the value of a hyperparameter."""
        return self._domains.get(node.ret)

    def value(self, value: Value, like: gp.Terminal) -> gp.Terminal:
        """Return a terminal with another value of the same hyperparameter."""
        return gp.Terminal(value, False, like.ret)

    def alternatives(self, part: Genome) -> Sequence[Operator]:
        """Return the operators that can stand where the first one of a part stands."""
        given = self._nodes(part.inputs[0])[1]
        own = self._flow.result(self.operators[part.operator], given)
        assert own is not None
        results = {
            name: self._flow.result(operator, given) for name, operator in self.operators.items()
        }
        return [
            self.operators[name]
            for name, result in results.items()
            if name != part.operator and result is not None and result.fits(own)
        ]

    def contains(self, genome: Genome) -> bool:
        """Tell whether the grammar has a genome."""
        try:
            self.tree(genome)
        except ValueError:
            return False
        return True

    def _add_operator(self, operator: Operator) -> None:
        arguments = []
        for name, domain in operator.domains.items():
            type_ = FlowType(f"{operator.name}.{name}", (), {})
            self._settings[operator.name, name] = type_
            self._domains[type_] = domain
            self.pset.addTerminal(domain.default, type_)
            arguments.append(type_)
        for takes, gives in self._flow.signatures(operator):
            self._add(operator.name, [takes, *arguments], gives)

    def _add(self, name: str, arguments: list[FlowType], gives: FlowType) -> None:
        unique = f"{name}:{gives.__name__}"
        self.pset.addPrimitive(_never_called, arguments, gives, name=unique)
        self._primitives[name, gives] = self.pset.mapping[unique]

    def _least_heights(self) -> dict[FlowType, int]:
        """Return how deep a tree of every type is at least; types without a tree are left out."""
        heights: dict[FlowType, int] = {}
        for type_ in (*self._domains, *(COLUMN_TYPES[kind] for kind in self.kinds)):
            heights |= dict.fromkeys(self._accepting(type_), 0)
        changed = True
        while changed:
            changed = False
            for primitive in self._primitives.values():
                if not all(argument in heights for argument in primitive.args):
                    continue
                height = 1 + max(heights[argument] for argument in primitive.args)
                for type_ in self._accepting(primitive.ret):
                    if height < heights.get(type_, self._max_depth + 1):
                        heights[type_] = height
                        changed = True
        return heights

    @staticmethod
    def _accepting(type_: FlowType) -> list[FlowType]:
        return [above for above in type_.__mro__ if isinstance(above, FlowType)]

    def _grown(self, type_: FlowType, height: int, rng: np.random.Generator) -> list[Any]:
        if type_ is Output and Output not in self.pset.primitives:  # which DEAP knows by its makers
            type_ = Prediction
        fits = [
            node
            for node in (*self.pset.terminals[type_], *self.pset.primitives[type_])
            if isinstance(node, gp.Terminal)
            or all(self._heights.get(argument, height) < height for argument in node.args)
        ]
        node = fits[rng.integers(len(fits))]
        if isinstance(node, gp.Primitive):
            grown = [self._grown(argument, height - 1, rng) for argument in node.args]
            return [node, *(part for parts in grown for part in parts)]
        domain = self.domain(node)
        return [node if domain is None else self.value(domain.sample(rng), like=node)]

    def _nodes(self, genome: Genome) -> tuple[list[Any], FlowType]:
        if genome.is_leaf:
            return self._leaf(genome)
        if genome.is_join:
            return self._joined(genome)
        if genome.operator not in self.operators:
            raise ValueError(f"the grammar has no operator {genome.operator!r}, which {genome} has")
        operator = self.operators[genome.operator]
        inner, given = self._nodes(genome.inputs[0])
        gives = self._flow.result(operator, given)
        if len(genome.inputs) > 1 or gives is None:
            raise ValueError(
                f"{operator.name} takes one {operator.takes.__name__}, got {given.__name__} from "
                f"{', '.join(part.text for part in genome.inputs)}"
            )
        if operator.is_stack and any(
            self.operators[part.operator].is_stack
            for part in genome.inputs[0].walk()
            if part.operator in self.operators
        ):
            raise ValueError(f"{operator.name} takes a model without another stack, got {genome}")
        return [self._primitives[operator.name, gives], *inner, *self._values(genome)], gives

    def _leaf(self, genome: Genome) -> tuple[list[Any], FlowType]:
        if genome.operator not in self.kinds:
            raise ValueError(
                f"the frame has columns of the kinds {list(self.kinds)}, got {genome.operator!r}"
            )
        type_ = COLUMN_TYPES[genome.operator]
        return [gp.Terminal(genome.operator, False, type_)], type_

    def _joined(self, genome: Genome) -> tuple[list[Any], FlowType]:
        parts = [self._nodes(part) for part in genome.inputs]
        for type_ in MATRICES:
            if len(parts) > 1 and all(given.fits(type_) for _, given in parts):
                join = self._primitives[JOIN, type_]
                nodes = parts[-1][0]
                for part, _ in reversed(parts[:-1]):
                    nodes = [join, *part, *nodes]
                return nodes, type_
        raise ValueError(f"a join takes two or more matrices, got {genome}")

    def _values(self, genome: Genome) -> list[gp.Terminal]:
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
        return [
            gp.Terminal(settings[name], False, self._settings[genome.operator, name])
            for name in domains
        ]

    def _read(self, nodes: list[Any]) -> tuple[Genome, list[Any]]:
        node, *rest = nodes
        if isinstance(node, gp.Terminal):
            return Genome(node.name), rest
        name = node.name.partition(":")[0]
        inputs = []
        for _ in range(2 if name == JOIN else 1):
            genome, rest = self._read(rest)
            inputs.append(genome)
        domains = () if name == JOIN else tuple(self.operators[name].domains)
        values = [terminal.value for terminal in rest[: len(domains)]]
        settings = dict(zip(domains, values, strict=True))
        return Genome.of(name, *inputs, settings=settings), rest[len(domains) :]


def _never_called(*_: Any) -> None:
    """Stand in for the function of a primitive: trees are walked, not compiled."""
