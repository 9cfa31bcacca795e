"""What a saved estimator knows about itself, as JSON, and an estimator that knows it again."""

from dataclasses import asdict
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from automl.pipelines import Columns
from automl.problem.metric import SPECIAL_SCORINGS, special_scoring
from automl.report import pareto_front
from automl.selection import HonestScore
from automl.winner.winner import best_pipeline

SAVED_PARAMETERS = (
    "scoring",
    "time_budget",
    "max_evaluations",
    "ensemble_size",
    "n_jobs",
    "random_state",
    "verbose",
)


def facts_of(search: Any) -> dict[str, Any]:
    """Return what JSON can hold of a fitted estimator, beside the pipelines.

    Parameters
    ----------
    search : AutoMLClassifier or AutoMLRegressor
    """
    return {
        "task": search._task,
        "parameters": {
            name: value
            for name in SAVED_PARAMETERS
            if isinstance(value := getattr(search, name), int | float | str | None)
        },
        "scoring": special_scoring(search.scoring),
        "columns": asdict(search.columns_),
        "column_names": search._column_names,
        "named": hasattr(search, "feature_names_in_"),
        "target": search.target_,
        "honest": None if search.honest_score_ is None else asdict(search.honest_score_),
        "residuals": search._residuals.tolist(),
        "best_score": search.best_score_,
        "best_genome": search.best_genome_,
        "script": search.script_,
        "members": search.members_.to_json(orient="split", double_precision=15),
        "leaderboard": search.leaderboard_.to_json(orient="split", double_precision=15),
    }


def restore(search: Any, predictor: BaseEstimator, facts: dict[str, Any]) -> None:
    """Let an estimator know what `facts_of` told of another.

    Parameters
    ----------
    search : AutoMLClassifier or AutoMLRegressor
        Not fitted.
    predictor : Pipeline, VotingClassifier or VotingRegressor
    facts : dict
    """
    columns: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in facts["columns"].items()
    }
    columns["orders"] = {name: tuple(texts) for name, texts in columns["orders"].items()}
    search.columns_ = Columns(**columns)
    if facts["scoring"]:
        search.scoring = SPECIAL_SCORINGS[facts["scoring"][0]](facts["scoring"][1])
    search.ensemble_ = predictor
    search.best_pipeline_ = best_pipeline(predictor)
    search.honest_score_ = None if facts["honest"] is None else HonestScore(**facts["honest"])
    search._residuals = np.array(facts["residuals"])
    search.best_score_ = facts["best_score"]
    search.best_genome_ = facts["best_genome"]
    search.script_ = facts["script"]
    search.members_ = pd.read_json(StringIO(facts["members"]), orient="split")
    search.leaderboard_ = pd.read_json(StringIO(facts["leaderboard"]), orient="split")
    search.pareto_front_ = pareto_front(search.leaderboard_)
    search._column_names = facts["column_names"]
    search.target_ = facts["target"]
    search.n_features_in_ = len(search._column_names)
    if facts["named"]:
        search.feature_names_in_ = np.array(search._column_names, dtype=object)
    if facts["task"] == "classification":  # regressors of CatBoost have classes, too
        search.classes_ = predictor.classes_
