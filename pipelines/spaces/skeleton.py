"""All settings of one pipeline: the space that a tuner searches.

The output of every operator has a type of its own, named by its place. A place is its position in
the tree, so that two operators of the same name do not share a type::

    0        ridge             gives "0",    has the setting "0.alpha"
    0.0      standard_scaler   gives "0.0"
    0.0.0    numeric           gives "0.0.0"

With one primitive for each type, every tree of the space has the same structure. DEAP's crossover
and mutation can therefore exchange and redraw settings only.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from deap import gp

from automl.pipelines.operators.domains import Domain, Value
from automl.pipelines.operators.flow_types import FlowType
from automl.pipelines.operators.operator import Operator
from automl.pipelines.spaces.genome import Genome
from automl.pipelines.spaces.space import Space

# The golden section: steps of this share of a circle keep furthest from all earlier points, because
# no other number is so badly approximated by fractions.
GOLDEN = (math.sqrt(5) - 1) / 2

Place = tuple[str, str]  # the place of an operator, and the name of its hyperparameter


class Skeleton(Space):
    """The pipelines that differ from a given pipeline in their settings only.

    Parameters
    ----------
    genome : Genome
    operators : mapping of str to Operator

    Examples
    --------
    >>> from automl.pipelines import load_catalogue
    >>> genome = Genome.parse("lasso(max_abs_scaler(numeric), alpha=1.0)")
    >>> skeleton = Skeleton(genome, load_catalogue("linear"))
    >>> [dict(point.settings)["alpha"] for point in skeleton.grid(3)]
    [1e-05, 10.0, 0.01]
    """

    def __init__(self, genome: Genome, operators: Mapping[str, Operator]) -> None:
        self.pattern = genome
        super().__init__(operators, FlowType("0", (), {}), max_depth=len(list(genome.walk())))
        self._leaves: list[FlowType] = []
        self._add_part(genome, self._root)
        self._measure(self._leaves)

    @property
    def structure(self) -> tuple[Any, ...]:
        """The tree of operators without their settings, which all its pipelines share."""
        return _shape(self.pattern)

    def hyperparameters(self) -> dict[Place, Domain]:
        """Return the domain of every hyperparameter, by its place."""
        return {place: self._domains[type_] for place, type_ in self._settings.items()}

    def values(self, genome: Genome) -> dict[Place, Value]:
        """Return the value of every hyperparameter of a pipeline.

        Raises
        ------
        ValueError
            If the pipeline has another structure.
        """
        places = {type_: place for place, type_ in self._settings.items()}
        return {places[node.ret]: node.value for node in self.tree(genome) if node.ret in places}

    def with_values(self, values: Mapping[Place, Value]) -> Genome:
        """Return the pipeline with a value for every hyperparameter."""
        by_type = {self._settings[place]: value for place, value in values.items()}
        nodes = self.tree(self.pattern)
        changed = [
            self.value(by_type[node.ret], like=node) if node.ret in by_type else node
            for node in nodes
        ]
        return self.genome(gp.PrimitiveTree(changed))

    def grid(self, size: int) -> Iterator[Genome]:
        """Yield every combination of up to `size` values of each hyperparameter.

        The first combinations of any number are spread over the whole grid, so that a search may
        stop anywhere.
        """
        domains = self.hyperparameters()
        axes = [domain.grid(size) for domain in domains.values()]
        n_points = math.prod(map(len, axes))
        # A stride without a common factor visits every point of the grid exactly once.
        stride = next(
            n
            for n in range(int(GOLDEN * n_points) + 1, 2 * n_points + 1)
            if math.gcd(n, n_points) == 1
        )
        for number in range(n_points):
            places = np.unravel_index(number * stride % n_points, [len(axis) for axis in axes])
            values = [axis[place] for axis, place in zip(axes, places, strict=True)]
            yield self.with_values(dict(zip(domains, values, strict=True)))

    def tree(self, genome: Genome) -> gp.PrimitiveTree:
        """Return a genome as a tree; raises a `ValueError` if it has another structure."""
        return gp.PrimitiveTree(self._nodes(self.pattern, genome, self._root))

    def _add_part(self, genome: Genome, type_: FlowType) -> None:
        place = type_.__name__
        if genome.is_leaf:
            self.pset.addTerminal(genome.operator, type_)
            self._leaves.append(type_)
            return
        arguments = [FlowType(f"{place}.{n}", (), {}) for n in range(len(genome.inputs))]
        for part, argument in zip(genome.inputs, arguments, strict=True):
            self._add_part(part, argument)
        if not genome.is_join:
            arguments += self._add_settings(self.operators[genome.operator], place)
        self._add(genome.operator, arguments, type_)

    def _nodes(self, pattern: Genome, genome: Genome, type_: FlowType) -> list[Any]:
        if (pattern.operator, len(pattern.inputs)) != (genome.operator, len(genome.inputs)):
            raise ValueError(f"expected the structure of {self.pattern}, got {genome}")
        if pattern.is_leaf:
            return [gp.Terminal(genome.operator, False, type_)]
        primitive = self._primitives[genome.operator, type_]
        inputs = list(genome.inputs)
        nodes = [primitive]
        for part, argument in zip(pattern.inputs, primitive.args, strict=False):
            # A join sorts its inputs by their texts, which other settings change.
            match = next((item for item in inputs if _shape(item) == _shape(part)), inputs[0])
            inputs.remove(match)
            nodes += self._nodes(part, match, argument)
        return nodes if genome.is_join else [*nodes, *self._values(genome, type_.__name__)]


def _shape(genome: Genome) -> tuple[Any, ...]:
    """Return the structure of a genome without its settings."""
    return genome.operator, tuple(sorted(map(_shape, genome.inputs)))
