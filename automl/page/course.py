"""The course of a search: its best score so far, and the pipelines that failed by their causes."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from automl.page.tables import Table
from automl.search.evaluated import Evaluated

CAUSE_LENGTH = 150  # characters by which failures are told apart: a message may hold an array
MOST_CAUSES = 20


@dataclass(frozen=True)
class CourseFacts:
    """The course of a search."""

    scores: tuple[tuple[float, float], ...]
    """Place in the order in which pipelines ended, and score of each; raced out ones have none."""
    best: tuple[tuple[float, float], ...]
    """The best score so far, wherever it changed."""
    n_pipelines: int
    """The pipelines that were evaluated."""
    table: Table
    """The same as `best`, with the pipelines."""


def course(pipelines: Collection[Evaluated]) -> CourseFacts:
    """Return the course of a search by its pipelines, in the order in which they ended."""
    scores: list[tuple[float, float]] = []
    best: list[tuple[float, float]] = []
    rows = []
    for place, evaluated in enumerate(pipelines, start=1):
        score = evaluated.score
        if score is None or evaluated.is_baseline:
            continue
        scores.append((float(place), score))
        if not best or score > best[-1][1]:
            best.append((float(place), score))
            rows.append((place, score, evaluated.genome.text))
    table = Table.from_rows(["pipelines evaluated", "best score so far", "pipeline"], rows)
    return CourseFacts(tuple(scores), tuple(best), len(pipelines), table)


def states(board: pd.DataFrame) -> Table:
    """Return how many pipelines of a leaderboard ended in which way."""
    return Table.from_rows(["state", "pipelines"], board["state"].value_counts().items())


def failures(board: pd.DataFrame) -> Table:
    """Return the causes for which pipelines have no score, the most frequent first."""
    failed = board[board["score"].isna() & (board["cause"] != "")]
    pairs = zip(failed["state"], failed["cause"], strict=True)
    counts = Counter((state, cause.split("\n")[0][:CAUSE_LENGTH]) for state, cause in pairs)
    rows = [(count, state, cause) for (state, cause), count in counts.most_common()]
    return Table.from_rows(["pipelines", "state", "cause"], rows, MOST_CAUSES)
