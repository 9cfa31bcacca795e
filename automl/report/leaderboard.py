"""Tables of the pipelines of a search."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from automl.outcome import Outcome
from automl.pipelines import Genome
from automl.search.trial import Trial, standing
from automl.selection import Ablation, Refitted

COLUMNS = [
    "rank",
    "score",
    "deviation",
    "state",
    "folds",
    "size",
    "fit_seconds",
    "predict_seconds",
    "pipeline",
    "cause",
]


def leaderboard(
    finished: Sequence[tuple[Trial, Outcome]], first: Genome | None = None
) -> pd.DataFrame:
    """Return a row for every pipeline, the best first and those without a score last.

    The first is the best without its useless steps, which may have a little less of a score. Where
    folds are drawn more than once, a pipeline that has seen more draws stands before those
    that were worse than the best after fewer.

    Columns
    -------
    rank, score, deviation
        Mean and standard deviation over the outer folds; greater is better.
    state, folds
        How the evaluation ended, after how many folds.
    size, fit_seconds, predict_seconds
        Operators, mean seconds of a fit, and of the prediction of one held-out part.
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
            "predict_seconds": outcome.predict_seconds,
            "pipeline": trial.genome.text,
            "cause": outcome.cause,
        }
        for trial, outcome in sorted(
            finished, key=lambda pair: (pair[0].genome == first, _place(pair)), reverse=True
        )
    ]
    table = pd.DataFrame(rows, columns=COLUMNS[1:])
    table[["score", "deviation"]] = table[["score", "deviation"]].astype("float64")
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return table


def pareto_front(board: pd.DataFrame) -> pd.DataFrame:
    """Return the pipelines of a leaderboard that no other beats or equals in all, smallest first.

    Compared are the rank, the size and the seconds of a prediction.
    """
    scored = board.dropna(subset="score")
    costs = scored[["rank", "size", "predict_seconds"]].to_numpy()
    beaten = [bool(((costs <= one).all(axis=1) & (costs < one).any(axis=1)).any()) for one in costs]
    return scored[~np.array(beaten, dtype=bool)].sort_values(["size", "rank"], ignore_index=True)


def ablation_table(ablations: Sequence[Ablation]) -> pd.DataFrame:
    """Return a row for every step that was left out on trial."""
    rows = [(one.step, one.worth, one.error, one.dropped, one.pipeline.text) for one in ablations]
    return pd.DataFrame(rows, columns=["step", "worth", "error", "dropped", "pipeline"])


def nested_results(best: Refitted) -> pd.DataFrame:
    """Return a row for every outer fold of a pipeline, with what was chosen inside."""
    folds = best.outcome.folds
    return pd.DataFrame(
        {
            "fold": range(len(folds)),
            "score": best.outcome.scores,
            "inner_score": [fold.inner_score for fold in folds],
            "pipeline": [fold.tuned or best.genome.text for fold in folds],
            "rounds": [fold.rounds for fold in folds],
            "fit_seconds": [fold.fit_seconds for fold in folds],
        }
    )


def _place(finished: tuple[Trial, Outcome]) -> tuple[tuple[bool, int, float], int]:
    """Return the key by which rows are ranked: of equals, the smaller stands first."""
    return standing(finished), -finished[0].genome.size
