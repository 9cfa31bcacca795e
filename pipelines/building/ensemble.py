"""Final pipelines: those that are fitted on all rows, alone or as members of an ensemble."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from automl.pipelines.building.build import PIPELINE, model_of, pipeline_call, uniquely_named
from automl.pipelines.building.options import BuildOptions
from automl.pipelines.columns.columns import Columns
from automl.pipelines.operators.calls import Call
from automl.pipelines.operators.operator import Operator, Task
from automl.pipelines.spaces.genome import Genome

VOTING: dict[Task, str] = {
    "classification": "sklearn.ensemble.VotingClassifier",
    "regression": "sklearn.ensemble.VotingRegressor",
}


@dataclass(frozen=True)
class Member:
    """A pipeline of an ensemble, or a pipeline that stands alone."""

    genome: Genome
    """The pipeline."""
    rounds: int | None = None
    """The rounds that early stopping chose."""
    weight: float = 1.0
    """Its share of the prediction."""


def final_call(
    members: Sequence[Member],
    catalogue: Mapping[str, Operator],
    columns: Columns,
    task: Task,
    options: BuildOptions,
    change: Callable[[Call], Call],
) -> Call:
    """Return the nested calls of what is fitted on all rows: a pipeline or an ensemble.

    Parameters
    ----------
    members : sequence of Member
    catalogue : Catalogue
    columns : Columns
    task : {"classification", "regression"}
    options : BuildOptions
    change : callable
        Returns the call that takes the place of the call of a pipeline, such as its bagging.
    """
    calls = [
        change(
            pipeline_call(
                member.genome, catalogue, columns, options, rounds=member.rounds, final=True
            )
        )
        for member in members
    ]
    if len(calls) == 1:
        return calls[0]
    # The ensemble reads the cells once, so its members start after that first step.
    parts = [Call(PIPELINE, {"steps": call.settings["steps"][1:]}) for call in calls]
    names = member_names(members, catalogue)
    settings: dict[str, Any] = {"estimators": list(zip(names, parts, strict=True))}
    if task == "classification":
        settings["voting"] = "soft"
    settings["weights"] = [member.weight for member in members]
    steps = [("cells", columns.reader()), ("ensemble", Call(VOTING[task], settings))]
    return Call(PIPELINE, {"steps": steps})


def member_names(members: Sequence[Member], catalogue: Mapping[str, Operator]) -> list[str]:
    """Return different names for the pipelines of an ensemble: those of their models."""
    models = [(model_of(member.genome, catalogue).operator,) for member in members]
    return [name for (name,) in uniquely_named(models)]
