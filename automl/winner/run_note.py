"""What a history file says of its run beside the pipelines, for those who read the file.

::

    fit begins ──► RunNote ──────┐
    a phase begins ──► its name ─┼──► facts of the history ──► report of a run, live page
    fit ends ──► ResultNote ─────┘

A resumed fit needs none of it. A file may come from a stranger, so that each note is read by the
types of its fields.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any, Self, TypeVar

import pandas as pd

from automl.errors import FileError
from automl.pipelines import Columns
from automl.pipelines.operators.operator import Task
from automl.problem import Problem
from automl.search.budget import Budget
from automl.selection import HonestScore
from automl.winner.facts import read_record
from automl.winner.fitted import Fitted, Names
from automl.winner.parameters import StoredParameters

Note = TypeVar("Note")
ROLES = ("sample_weight", "groups", "kinds", "time")  # the arguments of `fit` after X and y


@dataclass(frozen=True, eq=False)
class RunNote:
    """What is true of a run from its start on."""

    task: Task
    """What is predicted: classes or numbers."""
    metric: str
    """The name of the score."""
    scores: tuple[str, ...]
    """The names of the further scores."""
    axes: tuple[str, ...]
    """The columns that the Pareto front compares."""
    n_rows: int
    """The training rows."""
    folds_per_repeat: int
    """The folds of one draw."""
    n_folds: int
    """The folds over all draws."""
    columns: Columns
    """How the columns are read."""
    names: Names
    """The names of the data."""
    roles: Mapping[str, str]
    """The columns that `fit` was given as weights, groups or time, where they have names."""
    kinds: Mapping[str, str]
    """The kinds of columns that the user knew better."""
    parameters: StoredParameters
    """The parameters of the estimator."""
    started: float
    """The start in seconds since 1970."""
    seconds: float | None
    """The budget of seconds."""
    evaluations: int | None
    """The budget of pipelines."""

    def __post_init__(self) -> None:
        if not 0 < self.folds_per_repeat <= self.n_folds:
            raise FileError(
                f"expected at least one fold a draw, got {self.folds_per_repeat} of {self.n_folds}"
            )

    @property
    def end(self) -> float:
        """The end of the budget in seconds since 1970; infinity if it has none."""
        return inf if self.seconds is None else self.started + self.seconds

    @classmethod
    def of_fit(
        cls,
        problem: Problem,
        budget: Budget,
        names: Names,
        parameters: Mapping[str, Any],
        arguments: tuple[Any, ...],
    ) -> Self:
        """Return the note of a fit that begins.

        Parameters
        ----------
        problem : Problem
        budget : Budget
        names : Names
        parameters : mapping of str to object
            Those of the estimator.
        arguments : tuple
            What `fit` was given after X and y.
        """
        values = dict(zip(ROLES, arguments, strict=True))
        kinds = values.pop("kinds") or {}
        # A column that was handed over as an array has no name.
        roles = {role: getattr(value, "name", value) for role, value in values.items()}
        return cls(
            task=problem.dataset.task,
            metric=problem.metric.name,
            scores=tuple(problem.objectives.scores),
            axes=tuple(problem.objectives.columns),
            n_rows=len(problem.dataset),
            folds_per_repeat=problem.folds_per_repeat,
            n_folds=len(problem.splits),
            columns=problem.dataset.columns,
            names=names,
            roles={role: name for role, name in roles.items() if isinstance(name, str)},
            kinds={str(name): kind for name, kind in kinds.items()},
            parameters=StoredParameters.from_parameters(parameters),
            started=time.time() - budget.elapsed(),
            seconds=None if budget.seconds is None else float(budget.seconds),
            evaluations=None if budget.evaluations is None else int(budget.evaluations),
        )


@dataclass(frozen=True, eq=False)
class ResultNote:
    """What is true of a run at its end."""

    best_score: float
    """The mean score of the best pipeline over the outer folds."""
    honest_score: HonestScore | None
    """The score to expect on new rows."""
    members: pd.DataFrame
    """The pipelines that predict."""
    structure: pd.DataFrame
    """What it costs to ignore the structure of the data."""
    ended: float = field(default_factory=time.time)
    """The end in seconds since 1970."""

    @classmethod
    def of_fitted(cls, fitted: Fitted) -> Self:
        """Return the note of a fit that ends."""
        return cls(fitted.best_score, fitted.honest_score, fitted.members, fitted.structure)


def read_note(kind: type[Note], facts: Mapping[str, Any], name: str) -> Note | None:
    """Return a note of a history; None if there is none, or it is none that a run writes.

    Parameters
    ----------
    kind : {RunNote, ResultNote}
    facts : mapping of str to object
        All facts of the history.
    name : str
    """
    try:
        return read_record(kind, facts.get(name), name)
    except FileError:
        return None
