"""The grammar of whole pipelines: catalogue and kinds of columns to DEAP's typed primitive set.

::

    kinds of columns ──► terminals        numeric: Numeric, texts: Text, ...
    join             ──► primitives       (Scaled, Scaled) ─► Scaled, one for each type of matrix
    operators        ──► primitives       (Matrix, settings) ─► Scaled, one for each signature

An operator whose output has the type of its input (a selector) has a signature for every type of
matrix that it takes. With a template, the types are also numbered by stage: see `stages`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from deap import gp

from automl.pipelines.columns.columns import Columns
from automl.pipelines.operators.catalogue import Catalogue
from automl.pipelines.operators.flow_types import (
    MATRICES,
    Categorical,
    Complete,
    Date,
    Duration,
    FlowType,
    HighCardinality,
    Matrix,
    Numeric,
    Ordered,
    Output,
    Prediction,
    Scaled,
    Text,
)
from automl.pipelines.operators.operator import Operator, Traits
from automl.pipelines.spaces.genome import JOIN, Genome
from automl.pipelines.spaces.space import Space
from automl.pipelines.spaces.stages import Flow

COLUMN_TYPES: dict[str, FlowType] = {
    "numeric": Numeric,
    "ordered": Ordered,
    "categorical": Categorical,
    "high_cardinality": HighCardinality,
    "dates": Date,
    "durations": Duration,
    "texts": Text,
}
# Operators from the columns to the model, joins included. Six leave room for an imputer, a join, a
# scaler, two more steps and the model; the steps of a template come on top.
MAX_DEPTH = 6
SHOWN = 5  # models that a message names


@dataclass(frozen=True)
class Once:
    """What no two operators of a role do to the same columns: the second rarely helps."""

    done: str
    """The state of columns after it, in a word."""
    takes: tuple[FlowType, ...]
    """The types of what it may take; with others, the second does something else."""
    kept_by: tuple[str, ...]
    """The roles of operators that keep this state."""


ONCE = {
    "scaler": Once("scaled", (Matrix,), ("join", "imputer")),
    # A chain of selectors often ends without a column.
    "selector": Once("selected", (Matrix, Complete, Scaled), ("join", "imputer", "scaler")),
}


class Grammar(Space):
    """The pipelines that a catalogue allows for the columns of a frame and a task.

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
        operators = catalogue.filter(lambda operator: operator.suits(traits))
        self.traits = traits
        self.kinds = columns.kinds()
        self.template = catalogue.template
        self._flow = Flow(catalogue)
        # Evolution asks for the same ones thousands of times.
        self._alternatives: dict[tuple[str, FlowType], list[Operator]] = {}
        finishes = any(
            operator.is_finish and any(self._flow.signatures(operator))
            for operator in operators.values()
        )
        # DEAP has no options for a type that no primitive gives.
        root = Output if finishes else Prediction
        super().__init__(operators, root, MAX_DEPTH + len(catalogue.template))
        for kind in self.kinds:
            self.pset.addTerminal(kind, COLUMN_TYPES[kind])
        for type_ in MATRICES:
            self._add(JOIN, [type_, type_], type_)
        for operator in operators.values():
            arguments = self._add_settings(operator, operator.name)
            for takes, gives in self._flow.signatures(operator):
                self._add(operator.name, [takes, *arguments], gives)
        self._measure([COLUMN_TYPES[kind] for kind in self.kinds])
        if root not in self._heights:
            raise ValueError(_nothing_grows(catalogue, traits, list(self.kinds)))

    @property
    def unused_kinds(self) -> list[str]:
        """The kinds of columns that no pipeline can use."""
        return [kind for kind in self.kinds if not self._is_used(kind)]

    def tree(self, genome: Genome) -> gp.PrimitiveTree:
        """Return a genome as a tree of DEAP; raises a `ValueError` if the grammar lacks it."""
        nodes, type_ = self._nodes(genome)
        if not type_.fits(Output):
            raise ValueError(f"expected a model at the root, got {genome.operator!r} in {genome}")
        return gp.PrimitiveTree(nodes)

    def type_of(self, part: Genome) -> FlowType | None:
        """Return the type of a part of a pipeline, or None if the grammar lacks the part."""
        try:
            return self._nodes(part)[1]
        except ValueError:
            return None

    def after(self, start: FlowType, names: Iterable[str]) -> FlowType | None:
        """Return the type that a sequence of operators makes of a type, or None if one refuses."""
        type_: FlowType | None = start
        for name in names:
            type_ = None if type_ is None else self._flow.result(self.operators[name], type_)
        return type_

    def alternatives(self, part: Genome) -> Sequence[Operator]:
        """Return the operators that can replace the first operator of a part."""
        input_type = self._nodes(part.inputs[0])[1]
        key = part.operator, input_type
        if key not in self._alternatives:
            gives = self._flow.result(self.operators[part.operator], input_type)
            assert gives is not None
            self._alternatives[key] = [
                operator
                for name, operator in self.operators.items()
                if name != part.operator and self._gives(operator, input_type, gives)
            ]
        return self._alternatives[key]

    def _gives(self, operator: Operator, input_type: FlowType, required: FlowType) -> bool:
        """Tell whether what an operator makes of a type fits where another type is required."""
        result = self._flow.result(operator, input_type)
        return result is not None and result.fits(required)

    def _is_used(self, kind: str) -> bool:
        """Tell whether a kind of columns can occur in a pipeline."""
        # A fixed point: the types that can be made of the kind, until no new type comes in.
        reachable = {COLUMN_TYPES[kind]}
        before = 0
        while before < len(reachable):
            before = len(reachable)
            reachable |= {
                primitive.ret
                for primitive in self._primitives.values()
                if all(argument in self._heights for argument in primitive.args)
                and any(type_.fits(argument) for type_ in reachable for argument in primitive.args)
            }
        return any(type_.fits(self._root) for type_ in reachable)

    def _nodes(self, genome: Genome) -> tuple[list[Any], FlowType]:
        if genome.is_leaf:
            return self._leaf(genome)
        if genome.is_join:
            return self._joined(genome)
        if genome.operator not in self.operators:
            raise ValueError(f"the grammar has no operator {genome.operator!r}, which {genome} has")
        operator = self.operators[genome.operator]
        inner, input_type = self._nodes(genome.inputs[0])
        gives = self._flow.result(operator, input_type)
        if len(genome.inputs) > 1 or gives is None:
            raise ValueError(
                f"{operator.name} takes one {operator.takes.__name__}, got {input_type.__name__} "
                f"from {', '.join(part.text for part in genome.inputs)}"
            )
        # A stack fits its model once a fold, so a stack upon a stack would square the cost.
        if operator.is_stack and any(
            self.operators[part.operator].is_stack
            for part in genome.inputs[0].walk()
            if part.operator in self.operators
        ):
            raise ValueError(f"{operator.name} takes a model without another stack, got {genome}")
        # A template may ask for a second one.
        once = None if self.template else ONCE.get(operator.role)
        if once and operator.takes in once.takes and self._is_done(genome.inputs[0], operator.role):
            raise ValueError(
                f"{operator.name} takes columns that are not {once.done} yet, got {genome}"
            )
        values = self._values(genome, operator.name)
        return [self._primitives[operator.name, gives], *inner, *values], gives

    def _is_done(self, part: Genome, role: str) -> bool:
        """Tell whether operators of a role gave all columns of a part."""
        if part.is_leaf:
            return False
        own = "join" if part.is_join else self.operators[part.operator].role
        if own in ONCE[role].kept_by:
            return all(self._is_done(inner, role) for inner in part.inputs)
        return own == role

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
            if len(parts) > 1 and all(part_type.fits(type_) for _, part_type in parts):
                join = self._primitives[JOIN, type_]
                # A join of DEAP has two arguments, so n inputs are a chain of n - 1 joins.
                nodes = parts[-1][0]
                for part, _ in reversed(parts[:-1]):
                    nodes = [join, *part, *nodes]
                return nodes, type_
        raise ValueError(f"a join takes two or more matrices, got {genome}")


def _nothing_grows(catalogue: Catalogue, traits: Traits, kinds: list[str]) -> str:
    """Return the message for a catalogue of which no pipeline can be made."""
    models = [operator for operator in catalogue.values() if operator.is_model]
    of_task = [operator for operator in models if traits.task in operator.tasks]
    misfits = {operator.name: operator.misfit(traits) for operator in of_task or models}
    if misfits and all(misfits.values()):
        reasons = "; ".join(f"{name} {reason}" for name, reason in list(misfits.items())[:SHOWN])
        unnamed = f"; and {len(misfits) - SHOWN} more models" if len(misfits) > SHOWN else ""
        why = f"{reasons}{unnamed}"
        return f"no model of the catalogue fits these data: {why}; include another model"
    return (
        f"no pipeline can be made of the models {list(misfits)[:SHOWN]} for {traits.task} with "
        f"columns of the kinds {kinds}; add a model and the operators that make its input of "
        "these kinds"
    )
