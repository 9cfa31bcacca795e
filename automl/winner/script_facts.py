"""The facts on a winner that only its script needs.

They are kept instead of the script, for a script that came from a file would be code of a stranger.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from automl.pipelines import Member, Rescaling
from automl.pipelines.building.ensemble import member_names
from automl.pipelines.building.read_options import ReadOptions
from automl.pipelines.operators.operator import Task
from automl.problem import Problem
from automl.winner.digests import digests
from automl.winner.winner import Winner

# An exported script verifies itself by predictions for these. First and last row are among them,
# so another order of the rows is noticed, and the predictions still fit into a line or two.
CHECK_ROWS = 5


@dataclass(frozen=True)
class ScriptFacts:
    """The facts on a winner that only its script needs."""

    operators: Mapping[str, str]
    """The fingerprints of the operators of its pipelines, by name."""
    names: tuple[str, ...]
    """The names of its pipelines in an ensemble."""
    rounds: tuple[int | None, ...]
    """The rounds of its pipelines, where the models have such."""
    rescaling: Rescaling | None
    """The change of its probabilities."""
    seed: int
    """The seed of every operator that draws."""
    quantile: float | tuple[float, ...] | None
    """The quantile that is predicted instead of the mean, or several."""
    tunes_threshold: bool
    """Whether the threshold between two classes is tuned, for the score of the search."""
    bags: int | None
    """The folds of the final fits; None if these are made on all rows at once."""
    is_weighted: bool
    """Whether it is fitted with sample weights."""
    n_rows: int
    """The number of rows of the fit."""
    n_learnt: int | None
    """Those that the pipelines learnt from; None for all."""
    check_rows: tuple[int, ...]
    """The positions of a few training rows."""
    check_values: tuple[tuple[float, ...], ...]
    """The predictions for these rows: probabilities of all classes, or a number for each target or
    quantile."""
    tuner: str | None
    """The method that tuned every pipeline in every training part; None for no such method."""
    trials: int
    """The settings that it tried."""
    form: ReadOptions = field(default_factory=ReadOptions)
    """The form of the file of the fit, where the command line has read one."""

    @property
    def levels(self) -> tuple[float, ...]:
        """The quantiles that are predicted; none for the mean."""
        if self.quantile is None:
            return ()
        return self.quantile if isinstance(self.quantile, tuple) else (self.quantile,)


def script_facts(problem: Problem, winner: Winner) -> ScriptFacts:
    """Return the facts on a fitted winner that only its script needs."""
    data, metric = problem.dataset, problem.metric
    rows, values = check_predictions(winner.predictor, data.frame, data.task)
    members = [Member(member.genome) for member in winner.members]
    parts = [part for member in members for part in member.genome.walk()]
    names = {part.operator for part in parts if not (part.is_leaf or part.is_join)}
    return ScriptFacts(
        operators=digests(problem.catalogue[name] for name in sorted(names)),
        names=tuple(member_names(members, problem.catalogue)),
        rounds=tuple(member.rounds for member in winner.members),
        rescaling=winner.rescaling,
        seed=problem.seed,
        quantile=metric.quantile,
        tunes_threshold=metric.threshold is not None,
        bags=None if problem.bagging is None else problem.bagging.folds,
        is_weighted=data.sample_weight is not None,
        n_rows=len(data),
        n_learnt=problem.thrift.n_learnt,
        check_rows=rows,
        check_values=values,
        tuner=problem.cv.tuner if problem.cv.tunes_inside else None,
        trials=problem.cv.trials,
    )


def check_predictions(
    predictor: Any, frame: pd.DataFrame, task: Task
) -> tuple[tuple[int, ...], tuple[tuple[float, ...], ...]]:
    """Return the positions of a few training rows, and the predictions for them.

    Parameters
    ----------
    predictor : estimator
        Fitted.
    frame : DataFrame of shape (n_rows, n_columns)
    task : {"classification", "regression"}
    """
    rows = np.unique(np.linspace(0, len(frame) - 1, CHECK_ROWS).astype(int))
    return tuple(rows.tolist()), _predictions(predictor, frame.iloc[rows], task)


def _predictions(predictor: Any, frame: pd.DataFrame, task: Task) -> tuple[tuple[float, ...], ...]:
    # A process that has used several OpenMP threads cannot be forked, which a user may want to do.
    with threadpool_limits(1):
        if task == "classification":
            values = predictor.predict_proba(frame)
            values = np.hstack(values) if isinstance(values, list) else values
        else:
            values = predictor.predict(frame).reshape(len(frame), -1)
    return tuple(tuple(float(value) for value in row) for row in values)
