"""Tables of the pipelines of a search."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from automl.outcome import Outcome
from automl.trial import Trial

COLUMNS = [
    "rank",
    "score",
    "deviation",
    "state",
    "folds",
    "size",
    "fit_seconds",
    "pipeline",
    "cause",
]


def leaderboard(finished: Sequence[tuple[Trial, Outcome]]) -> pd.DataFrame:
    """Return a row for every pipeline, the best first and those without a score last.

    Columns
    -------
    rank, score, deviation
        Mean and standard deviation over the outer folds; greater is better.
    state, folds
        How the evaluation ended, after how many folds.
    size, fit_seconds
        Operators, and mean seconds of a fit.
    pipeline, cause
        The text of the pipeline, and why it has no score.
    """
    rows = [
        {
            "score": outcome.score,
            "deviation": outcome.deviation,
            "state": outcome.state.value,
            "folds": len(outcome.scores),
            "size": trial.genome.size,
            "fit_seconds": outcome.fit_seconds,
            "pipeline": trial.genome.text,
            "cause": outcome.cause,
        }
        for trial, outcome in finished
    ]
    table = pd.DataFrame(rows, columns=COLUMNS[1:])
    table[["score", "deviation"]] = table[["score", "deviation"]].astype("float64")
    table = table.sort_values("score", ascending=False, kind="stable", ignore_index=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return table


def pareto_front(board: pd.DataFrame) -> pd.DataFrame:
    """Return the pipelines of a leaderboard that no smaller one beats, smallest first."""
    scored = board.dropna(subset="score").sort_values(["size", "score"], ascending=[True, False])
    best_so_far = scored["score"].cummax().shift(fill_value=float("-inf"))
    return scored[scored["score"] > best_so_far].reset_index(drop=True)
