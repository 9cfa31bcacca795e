"""The types between operators, and the places where a template lets an operator stand.

With a template, the types of matrices are numbered by stage. A step of the template leads from
stage n to stage n + 1; operators that prepare (imputers, encoders, scalers) stay within a stage::

    "selector > pca > classifier"

    stage 0    Gappy ─imputer─► Matrix ─selector─┐
               ┌─────────────────────────────────┘
    stage 1    Matrix.1 ─scaler─► Scaled.1 ─pca─┐
               ┌────────────────────────────────┘
    stage 2    Scaled.2 ─classifier─► Prediction

`Matrix.1` fits wherever `Gappy.1` is required, but in no other stage. So the types alone hold the
order of the steps, and DEAP's operators need no rule about templates.
"""

from collections.abc import Iterator
from typing import Any

from automl.pipelines.operators.catalogue import Catalogue
from automl.pipelines.operators.flow_types import MATRICES, FlowType, Output
from automl.pipelines.operators.operator import PREPARING, Operator


class Flow:
    """The types between the operators of a catalogue.

    Parameters
    ----------
    catalogue : Catalogue
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._steps = [
            {operator.name for operator in catalogue.steps(word)} for word in catalogue.template
        ]
        self._named = set().union(*self._steps)
        self._staged: dict[tuple[FlowType, int], FlowType] = {}
        self._stages: dict[FlowType, int] = {}

    def signatures(self, operator: Operator) -> Iterator[tuple[FlowType, FlowType]]:
        """Yield pairs of types: one that an operator takes, and the one that it gives for it."""
        for stage in range(len(self._steps) or 1):
            after = self._stage_after(operator, stage)
            if after is None:
                continue
            # An operator that keeps the type of its input has a signature for every such type.
            unchanged = [type_ for type_ in MATRICES if type_.fits(operator.takes)]
            for takes in unchanged if operator.gives is None else [operator.takes]:
                yield self._at(takes, stage), self._at(operator.gives or takes, after)

    def result(self, operator: Operator, input_type: FlowType) -> FlowType | None:
        """Return the type that an operator makes of a type, or None if it does not take it."""
        stage = self._stages.get(input_type, 0)
        after = self._stage_after(operator, stage)
        if after is None or not input_type.fits(self._at(operator.takes, stage)):
            return None
        if operator.gives is not None:
            return self._at(operator.gives, after)
        # The narrowest type of matrix, because columns of the frame have narrower types still.
        matrices = (matrix for matrix in MATRICES if input_type.fits(self._at(matrix, stage)))
        return self._at(next(matrices), after)

    def _stage_after(self, operator: Operator, stage: int) -> int | None:
        """Return the stage after an operator, or None if the template has no place for it."""
        if not self._steps:
            return 0
        if stage < len(self._steps) and operator.name in self._steps[stage]:
            return stage + 1
        # A scaler that the template names is a step, and may not slip in elsewhere.
        if operator.role in PREPARING and operator.name not in self._named:
            return stage
        return None

    def _at(self, type_: FlowType, stage: int) -> FlowType:
        """Return a type at a stage; it inherits from the same types at that stage."""
        if stage == 0 or type_.fits(Output):
            return type_
        if (type_, stage) not in self._staged:
            above: tuple[Any, ...] = type_.__bases__
            bases = tuple(self._at(base, stage) for base in above if isinstance(base, FlowType))
            staged = FlowType(f"{type_.__name__}.{stage}", bases, {})
            self._staged[type_, stage] = staged
            self._stages[staged] = stage
        return self._staged[type_, stage]
