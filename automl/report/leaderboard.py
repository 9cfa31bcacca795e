"""Tables of the pipelines of a search."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import astuple, fields
from typing import Any

import numpy as np
import pandas as pd

from automl.outcome import Outcome
from automl.pipelines import Catalogue, Genome, Operator, load_catalogue
from automl.problem.objectives import COSTS
from automl.report.pipeline_table import MODEL, PipelineTable
from automl.search.evaluated import Evaluated
from automl.selection import Ablation, FittedMember
from automl.selection.structure_check import StructureCost

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

# A setting in the text of a pipeline: a text, a tuple of numbers, or a word.
SETTINGS = re.compile(r""", \w+=(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\([^()]*\)|[^,()]+)""")


def board_columns(further: Sequence[str]) -> list[str]:
    """Return the columns of a leaderboard with further scores, which stand after the first."""
    place = COLUMNS.index("state")
    return [*COLUMNS[:place], *further, *COLUMNS[place:]]


def leaderboard(
    evaluated: Sequence[Evaluated], first: Genome | None = None, further: Sequence[str] = ()
) -> pd.DataFrame:
    """Return a row for every pipeline, the best first and those without a score last.

    Where folds are drawn more than once, a pipeline that has seen more draws stands before those
    that were worse than the best after fewer.

    Parameters
    ----------
    evaluated : sequence of Evaluated
    first : Genome or None
        The pipeline of the first row, of any score: the winner without its useless steps.
    further : sequence of str
        The names of the further scores.

    Returns
    -------
    DataFrame
        With these columns.
    rank, score, deviation
        Mean and standard deviation over the outer folds; greater is better. A hold-out has no
        deviation (NaN).
    `further`
        Their means, with a column each; NaN where a scorer failed.
    state, folds
        How the evaluation ended, after how many folds. More folds explain why a higher score may
        stand lower: a pipeline that has seen more draws of them ranks before one with fewer.
    size, fit_seconds, predict_seconds
        Operators, mean seconds of a fit, and of the prediction of one held-out part.
    pipeline, cause
        The text of the pipeline, and why it has no score, or lacks a further one.
    """
    ranked = sorted(evaluated, key=lambda row: (row.genome == first, _place(row)), reverse=True)
    rows = [_row(pipeline.genome, pipeline.outcome, further) for pipeline in ranked]
    table = pd.DataFrame(rows, columns=board_columns(further)[1:])
    # Without this, a table in which no pipeline has a score would have columns of objects.
    scores = ["score", "deviation", *further]
    table[scores] = table[scores].astype("float64")
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return table


def with_models(board: pd.DataFrame, catalogue: Catalogue) -> PipelineTable:
    """Return a leaderboard with a short column `model` before the text of the pipelines.

    Parameters
    ----------
    board : DataFrame
    catalogue : Catalogue
        Of the pipelines.
    """
    # A loaded model knows the operators of its members only; those of the package are the same.
    operators = {**load_catalogue(), **catalogue}
    # Reading a text takes long, and pipelines that differ in their settings only are named alike.
    plain = board["pipeline"].str.replace(SETTINGS, "", regex=True)
    names = {text: model_in_words(Genome.parse(text), operators) for text in plain.unique()}
    words = [names[text] for text in plain]
    table = PipelineTable(board.copy())
    table.insert(list(table).index("pipeline"), MODEL, pd.Series(words, dtype=object))
    return table


def model_in_words(genome: Genome, operators: Mapping[str, Operator]) -> str:
    """Return the model of a pipeline and its steps in the order of the data, without settings.

    Examples
    --------
    >>> from automl.pipelines import load_catalogue
    >>> genome = Genome.parse("log_target(ridge(pca(standard_scaler(numeric)), alpha=1.0))")
    >>> model_in_words(genome, load_catalogue())
    'log_target of ridge on standard_scaler, pca'
    """
    names = [part.operator for part in genome.walk() if not (part.is_leaf or part.is_join)]
    n_finishes = 0
    # A loaded model may lack operators of the user, which then count as models.
    while names[n_finishes] in operators and operators[names[n_finishes]].is_finish:
        n_finishes += 1
    model = " of ".join(names[: n_finishes + 1])
    steps = dict.fromkeys(reversed(names[n_finishes + 1 :]))
    return f"{model} on {', '.join(steps)}" if steps else model


def constant_score(board: pd.DataFrame) -> float | None:
    """Return the score of the constant prediction in a leaderboard; None if it has none."""
    scored = board.dropna(subset="score")
    rows = scored[is_constant(scored["pipeline"])]
    return None if rows.empty else float(rows["score"].iloc[-1])


def is_constant(pipelines: "pd.Series[str]") -> "pd.Series[bool]":
    """Tell which pipelines are the constant prediction."""
    return pipelines.str.startswith(("dummy_classifier", "dummy_regressor"))


def pareto_front(board: pd.DataFrame, axes: Sequence[str] = tuple(COSTS.values())) -> pd.DataFrame:
    """Return the pipelines of a leaderboard that no other pipeline dominates.

    Pipelines are compared by their rank and by the axes. The rank stands for the score, since it
    counts the draws of the folds, too. Where size is an axis, the smallest stands first.

    Parameters
    ----------
    board : DataFrame
    axes : sequence of str
        Columns: size, seconds of a prediction, of which less is better, and further scores.
    """
    scored = board.dropna(subset="score")
    amounts = scored[["rank", *axes]].astype("float64")
    # Of costs less is better; a missing score is the worst.
    less = [name in ("rank", *COSTS.values()) for name in amounts]
    costs = np.where(less, amounts, -amounts.fillna(-np.inf))
    dominated = [
        bool(((costs <= cost).all(axis=1) & (costs < cost).any(axis=1)).any()) for cost in costs
    ]
    order = ["size", "rank"] if "size" in axes else ["rank"]
    return scored[~np.array(dominated, dtype=bool)].sort_values(order, ignore_index=True)


def ablation_table(ablations: Sequence[Ablation]) -> pd.DataFrame:
    """Return a row for every step that was left out on trial."""
    rows = [
        (step.step, step.worth, step.error, step.dropped, step.pipeline.text) for step in ablations
    ]
    return pd.DataFrame(rows, columns=["step", "worth", "error", "dropped", "pipeline"])


def structure_table(costs: Sequence[StructureCost]) -> pd.DataFrame:
    """Return a row for every column by which rows are related, and which the folds ignore."""
    rows = [astuple(cost) for cost in costs]
    return pd.DataFrame(rows, columns=[field.name for field in fields(StructureCost)])


def nested_results(best: FittedMember | Evaluated) -> pd.DataFrame:
    """Return a row for every outer fold of a pipeline, with the settings chosen inside of it."""
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


def _row(genome: Genome, outcome: Outcome, further: Sequence[str]) -> dict[str, Any]:
    """Return the cells of a pipeline, all but its rank."""
    return {
        "score": outcome.score,
        "deviation": outcome.deviation,
        **dict(zip(further, outcome.further, strict=False)),  # none without a score
        "state": outcome.state.value,
        "folds": len(outcome.scores),
        "size": genome.size,
        "fit_seconds": outcome.fit_seconds,
        "predict_seconds": outcome.predict_seconds,
        "pipeline": genome.text,
        "cause": outcome.cause,
    }


def _place(evaluated: Evaluated) -> tuple[tuple[bool, int, float], int]:
    """Return the key by which rows are ranked: of equals, the smaller stands first."""
    return evaluated.standing, -evaluated.genome.size
