"""The summary of a fit: the first pipelines, what was evaluated, the winner and its score."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd

from automl.estimators import AutoMLClassifier, AutoMLRegressor
from automl.report.leaderboard import COLUMNS as LEADERBOARD
from automl.report.leaderboard import MODEL

COLUMNS = ["rank", "score", "deviation"]
DETAILS = ["folds", "state", MODEL]
N_ROWS = 10  # of the leaderboard: with the rest of the summary they fit on one screen
N_CAUSES = 3  # more causes push the winner off the screen
CAUSE_WIDTH = 150  # characters: two lines of a terminal
WIDTH = 80  # characters of a table: the terminals of many people have no more
LEAST_WIDTH = 20  # characters of its last column: where many scores stand before it, it is wider


def print_summary(search: AutoMLClassifier | AutoMLRegressor) -> None:
    """Print what a fitted estimator found."""
    board = search.leaderboard_
    further = [name for name in board if name not in (*LEADERBOARD, MODEL)]
    _print_table(board[[*COLUMNS, *further, *DETAILS]].head(N_ROWS).round(4))
    states = ", ".join(f"{count} {state}" for state, count in board["state"].value_counts().items())
    print(f"{len(board)} pipelines in {search.run_.seconds:.1f} s: {states}")
    failed = board["score"].isna() & (board["cause"] != "")
    for cause in board.loc[failed, "cause"].unique()[:N_CAUSES]:
        print(f"    without a score: {cause.splitlines()[0][:CAUSE_WIDTH]}")
    print(f"best {search.metric_}: {search.best_score_:.6g} by {search.best_genome_}")
    if isinstance(search.scoring, list):
        front = search.pareto_front_.drop(
            columns=["folds", "fit_seconds", "state", "pipeline", "cause"]
        )
        print(f"not beaten in {', '.join(search.scoring)} at once (the Pareto front):")
        _print_table(front.head(N_ROWS).round(4))
    if len(search.members_) > 1:
        print("predicting together:")
        _print_table(search.members_.round(4))
    if search.honest_score_ is not None:
        print(f"honest score: {search.honest_score_}")


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
    summary = {
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
    print(json.dumps(summary, ensure_ascii=False, indent=2))


def _finite(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values without those that JSON does not have."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in values.items()
    }


def _print_table(table: pd.DataFrame) -> None:
    """Print a table whose last column, a text, is cut so that a row fits on a line."""
    before = table.iloc[:, :-1].to_string(index=False).splitlines()[0]
    width = max(WIDTH - len(before) - 1, LEAST_WIDTH)
    print(table.to_string(index=False, max_colwidth=width))
