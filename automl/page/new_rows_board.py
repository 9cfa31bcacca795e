"""A table of scores on new rows: what predicts, and each of its members."""

from typing import Any

import pandas as pd

from automl.pipelines import Genome
from automl.problem import Metric
from automl.problem.objectives import Objectives
from automl.report.leaderboard import model_in_words
from automl.report.pipeline_table import MODEL, PipelineTable
from automl.winner.fitted import Fitted

PREDICTOR = "what predicts"


def new_rows_board(
    fitted: Fitted,
    metric: Metric,
    objectives: Objectives,
    rows: tuple[Any, Any],
    options: dict[str, Any],
) -> pd.DataFrame:
    """Return a row for what predicts, and for each member where these are several.

    Parameters
    ----------
    fitted : Fitted
    metric : Metric
    objectives : Objectives
    rows : tuple of X and y
        With the columns of fit.
    options : dict
        Further arguments of each scorer.
    """
    texts = fitted.members["pipeline"].tolist()
    words = [model_in_words(Genome.parse(text), fitted.catalogue) for text in texts]
    pipelines = fitted.pipelines
    members = list(zip(words, fitted.members["weight"], pipelines, texts, strict=True))
    if fitted.predictor is not pipelines[0]:
        members.insert(0, (PREDICTOR, 1.0, fitted.predictor, ""))
    table = []
    for name, weight, estimator, text in members:
        score = float(metric.scorer(estimator, *rows, **options))
        further, _ = objectives.score(estimator, *rows, **options)
        table.append((name, weight, score, *further, text))
    columns = [MODEL, "weight", "score", *objectives.scores, "pipeline"]
    board = PipelineTable(table, columns=columns)
    return board.astype(dict.fromkeys(objectives.scores, "float64"))
