"""Charts of a search: its course, and the Pareto front with points that lead to their rows."""

import pandas as pd

from automl.page.charts import Point, Series, chart, thinned
from automl.page.course import CourseFacts
from automl.page.tables import shortened
from automl.report.leaderboard import is_constant
from automl.report.pipeline_table import MODEL

MOST_POINTS = 500
FRONT_ROW = "front-"  # with the rank, the name of a row of the front on the page


def search_charts(
    path: CourseFacts | None, board: pd.DataFrame, front: pd.DataFrame
) -> dict[str, str]:
    """Return the charts of a search as SVG, by name.

    Parameters
    ----------
    path : CourseFacts or None
    board : DataFrame
        As `leaderboard_`.
    front : DataFrame
        The rows of the Pareto front that the page shows.
    """
    # Far below all others, it would leave them a sliver of the chart.
    board, front = (table[~is_constant(table["pipeline"])] for table in (board, front))
    series = [
        Series("all", thinned(_sizes(board.dropna(subset="score")), MOST_POINTS), "points"),
        Series(
            "front",
            tuple(_sizes(front)),
            "points",
            labels=tuple(
                f"rank {rank}, score {score:.4g}: {shortened(model)}"
                for rank, score, model in zip(
                    front["rank"], front["score"], front[MODEL], strict=True
                )
            ),
            links=tuple(f"#{FRONT_ROW}{rank}" for rank in front["rank"]),
        ),
    ]
    charts = {}
    if not front.empty:  # before the first score there is nothing to see
        charts["pareto"] = chart("Score by size", ("operators", "score"), series)
    if path is not None and path.best:
        end = (float(path.n_pipelines), path.best[-1][1])
        series = [
            Series("best so far", (*path.best, end), "step"),
            Series("pipelines", thinned(path.scores, MOST_POINTS), "points"),
        ]
        charts["course"] = chart("The best score so far", ("pipelines", "score"), series)
    return charts


def _sizes(board: pd.DataFrame) -> list[Point]:
    return list(zip(board["size"].astype(float), board["score"], strict=True))
