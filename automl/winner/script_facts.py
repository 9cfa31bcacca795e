"""The facts on a winner that an exported script is written from."""

from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from automl.pipelines import Member, Script
from automl.pipelines.operators.operator import Task
from automl.problem import NestedCV, Problem
from automl.winner.winner import Winner

# An exported script verifies itself by predictions for these. First and last row are among them,
# so another order of the rows is noticed, and the predictions still fit into a line or two.
CHECK_ROWS = 5


def describe_winner(
    problem: Problem, winner: Winner, target: str | list[str], n_pipelines: int
) -> Script:
    """Return the facts on a fitted winner that a script is written from.

    Parameters
    ----------
    problem : Problem
    winner : Winner
    target : str or list of str
        The name of the target column, or the names of several.
    n_pipelines : int
        The number of pipelines that the winner was chosen among.
    """
    data = problem.dataset
    rows = np.unique(np.linspace(0, len(data) - 1, CHECK_ROWS).astype(int))
    return Script(
        members=[Member(member.genome, member.rounds, member.weight) for member in winner.members],
        catalogue=problem.catalogue,
        columns=data.columns,
        task=data.task,
        target=target,
        options=problem.build_options,
        rescaling=winner.rescaling,
        bagging=problem.bagging,
        classes=None if data.classes is None else data.classes.tolist(),
        weighted=data.sample_weight is not None,
        n_rows=len(data),
        check_rows=rows.tolist(),
        check_values=_predictions(winner.predictor, data.frame.iloc[rows], data.task),
        notes=_notes(problem, winner, n_pipelines),
    )


def _notes(problem: Problem, winner: Winner, n_pipelines: int) -> list[str]:
    """Return the sentences on the score for the head of a script."""
    outcome = winner.best.outcome
    estimated = f"nested cross-validation with {len(outcome.folds)} outer folds"
    choice = f"the choice among {n_pipelines} pipelines"
    if winner.honest is None:
        score, deviation = outcome.score or 0.0, outcome.deviation or 0.0
        subject = "Score of the best member" if len(winner.members) > 1 else "Score"
        text = f"{subject}: {problem.metric.name} {score:.6g} ± {deviation:.2g}, from {estimated}."
        text += f" Expect less on new data, for it is not corrected for {choice}."
    else:
        growth = "" if problem.bagging is not None else " and for learning from all rows"
        text = f"Score: {winner.honest} The score is from {estimated}. "
        text += f"It is corrected for {choice}{growth}."
    return [text, *_tuning_notes(problem.cv)]


def _tuning_notes(cv: NestedCV) -> list[str]:
    if not cv.tunes_inside:
        return []
    return [
        f"Settings were tuned by {cv.trials} trials of {cv.tuner} search in each training part."
    ]


def _predictions(predictor: Any, frame: pd.DataFrame, task: Task) -> list[list[float]]:
    # A process that has used several OpenMP threads cannot be forked, which a user may want to do.
    with threadpool_limits(1):
        if task == "classification":
            values = predictor.predict_proba(frame)
        else:
            values = predictor.predict(frame).reshape(len(frame), -1)
    return [[float(value) for value in row] for row in values]
