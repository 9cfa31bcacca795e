"""What an operator makes of its input, and where a template lets it stand.

With a template the types of matrices are numbered by stage: a step of the template takes stage n
to stage n + 1, what only prepares (imputers, encoders, scalers) stays within a stage::

    "selector > pca > classifier"     Matrix ─selector─► Matrix.1 ─scaler─► Scaled.1 ─pca─► Scaled.2
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
        self._steps = [{one.name for one in catalogue.steps(word)} for word in catalogue.template]
        self._named = set().union(*self._steps)
        self._staged: dict[tuple[FlowType, int], FlowType] = {}
        self._stages: dict[FlowType, int] = {}

    def signatures(self, operator: Operator) -> Iterator[tuple[FlowType, FlowType]]:
        """Yield every type that an operator takes with the type that it then gives."""
        for stage in range(len(self._steps) or 1):
            after = self._stage_after(operator, stage)
            if after is None:
                continue
            same = [type_ for type_ in MATRICES if type_.fits(operator.takes)]
            for takes in same if operator.gives is None else [operator.takes]:
                yield self._at(takes, stage), self._at(operator.gives or takes, after)

    def result(self, operator: Operator, given: FlowType) -> FlowType | None:
        """Return the type that an operator makes of a type, or None if it does not take that."""
        stage = self._stages.get(given, 0)
        after = self._stage_after(operator, stage)
        if after is None or not given.fits(self._at(operator.takes, stage)):
            return None
        if operator.gives is not None:
            return self._at(operator.gives, after)
        kept = (matrix for matrix in MATRICES if given.fits(self._at(matrix, stage)))
        return self._at(next(kept), after)

    def _stage_after(self, operator: Operator, stage: int) -> int | None:
        if not self._steps:
            return 0
        if stage < len(self._steps) and operator.name in self._steps[stage]:
            return stage + 1
        if operator.role in PREPARING and operator.name not in self._named:
            return stage
        return None

    def _at(self, type_: FlowType, stage: int) -> FlowType:
        """Return a type at a stage, below the same types as ever."""
        if stage == 0 or type_.fits(Output):
            return type_
        if (type_, stage) not in self._staged:
            above: tuple[Any, ...] = type_.__bases__
            bases = tuple(self._at(base, stage) for base in above if isinstance(base, FlowType))
            staged = FlowType(f"{type_.__name__}.{stage}", bases, {})
            self._staged[type_, stage] = staged
            self._stages[staged] = stage
        return self._staged[type_, stage]
