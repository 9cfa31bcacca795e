"""The summary of a fit: the first pipelines, and what Python prints at the end of a fit, too."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from automl.classifier import AutoMLClassifier
from automl.regressor import AutoMLRegressor
from automl.report import summary
from automl.report.leaderboard import COLUMNS as LEADERBOARD
from automl.report.pipeline_table import MODEL, in_columns

COLUMNS = ["rank", "score", "deviation"]
DETAILS = ["folds", "state", MODEL]
N_ROWS = 10  # of the leaderboard: with the rest of the summary they fit on one screen
KEEPING = "the same command with --save FILE keeps what predicts, with --export FILE as a script"


def print_summary(search: AutoMLClassifier | AutoMLRegressor, keeping: str = KEEPING) -> None:
    """Print what a fitted estimator found.

    Parameters
    ----------
    search : AutoMLClassifier or AutoMLRegressor
    keeping : str
        How what predicts is kept.
    """
    board = search.leaderboard_
    further = [name for name in board if name not in (*LEADERBOARD, MODEL)]
    print(in_columns(board[[*COLUMNS, *further, *DETAILS]].head(N_ROWS), N_ROWS))
    if isinstance(search.scoring, list):
        front = search.pareto_front_.drop(
            columns=["folds", "fit_seconds", "state", "pipeline", "cause"]
        )
        print(f"not beaten in {', '.join(search.scoring)} at once (the Pareto front):")
        print(in_columns(front.head(N_ROWS), N_ROWS))
    print()
    print(summary(search, keeping))


def print_json(
    search: AutoMLClassifier | AutoMLRegressor, task: str, files: Mapping[str, str | None]
) -> None:
    """Print the same as an object of JSON.

    Parameters
    ----------
    search : AutoMLClassifier or AutoMLRegressor
    task : str
    files : mapping of str to str or None
        The paths of what was written.
    """
    board = search.leaderboard_
    honest = search.honest_score_
    content = {
        "task": task,
        "target": search.target_,
        "metric": search.metric_,
        "best_score": search.best_score_,
        "best_pipeline": search.best_genome_,
        "honest_score": None if honest is None else _finite(asdict(honest)),
        "members": search.members_[["weight", "pipeline"]].to_dict("records"),
        "pipelines": {state: int(count) for state, count in board["state"].value_counts().items()},
        "seconds": search.run_.seconds,
        **files,
    }
    print(json.dumps(content, ensure_ascii=False, indent=2))


def _finite(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values without those that JSON does not have."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in values.items()
    }
