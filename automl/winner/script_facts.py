"""What an exported script has to know of a winner."""

from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from automl.pipelines import Member, Script
from automl.pipelines.operators.operator import Task
from automl.problem import NestedCV, Problem
from automl.winner.winner import Winner

CHECK_ROWS = 5  # whose predictions an exported script carries, to verify itself


def describe_winner(
    problem: Problem, winner: Winner, target: str | list[str], n_pipelines: int
) -> Script:
    """Return what a script has to know of the winner, which is fitted.

    Parameters
    ----------
    problem : Problem
    winner : Winner
    target : str or list of str
        The name of the target, or those of several.
    n_pipelines : int
        How many it was chosen among.
    """
    data, metric = problem.dataset, problem.metric
    rows = np.unique(np.linspace(0, len(data) - 1, CHECK_ROWS).astype(int))
    return Script(
        members=[Member(one.genome, one.rounds, one.weight) for one in winner.members],
        catalogue=problem.catalogue,
        columns=data.columns,
        task=data.task,
        target=target,
        random_state=problem.seed,
        quantile=metric.quantile,
        threshold=metric.threshold,
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
    """Return what the head of a script says of the score."""
    outcome, name = winner.best.outcome, problem.metric.name
    score, deviation = outcome.score or 0.0, outcome.deviation or 0.0
    which = "Best member" if len(winner.members) > 1 else "Score"
    notes = [
        f"{which}: {name} {score:.6g} +- {deviation:.2g}, mean and standard deviation",
        f"from nested cross-validation with {len(outcome.folds)} outer folds",
        *_tuning_notes(problem.cv),
    ]
    chosen = f"Chosen among {n_pipelines} pipelines"
    if winner.honest is None:
        return [*notes, f"{chosen}: expect a little less on new data"]
    rows = "" if problem.bagging is not None else ", and for learning from all rows"
    return [
        *notes,
        f"{chosen}; corrected for that{rows}:",
        str(winner.honest).replace("±", "+-"),
    ]


def _tuning_notes(cv: NestedCV) -> list[str]:
    if not cv.tunes_inside:
        return []
    return [f"Settings: {cv.trials} trials of {cv.tuner} search, in every training part anew"]


def _predictions(predictor: Any, frame: pd.DataFrame, task: Task) -> list[list[float]]:
    # A process that used several OpenMP threads cannot be forked any more, which users may want to.
    with threadpool_limits(1):
        if task == "classification":
            values = predictor.predict_proba(frame)
        else:
            values = predictor.predict(frame).reshape(len(frame), -1)
    return [[float(value) for value in row] for row in values]
