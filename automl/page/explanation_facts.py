"""The explanation of a model in its report: importance and dependence, with their intervals."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from automl.explanation import Explanation
from automl.page.charts import Series, chart, interval_chart
from automl.page.tables import Table, cell
from automl.page.verdict_words import metric_in_words
from automl.page.view import View, pairs_of
from automl.report.wording import counted

MOST_CHARTED = 20  # of a chart of importances
MOST_COLUMNS = 50  # of its table
KINDS: dict[str, Literal["line", "guide"]] = {"prediction": "line", "low": "guide", "high": "guide"}


@dataclass(frozen=True)
class ExplanationFacts:
    """What the model makes of the raw columns."""

    words: str
    """How to read it."""
    importances: View
    """How much the score falls when the cells of a column are shuffled."""
    dependence: tuple[View, ...]
    """The mean prediction by value of the most important columns."""


def explanation_facts(explanation: Explanation) -> ExplanationFacts:
    """Return what a report shows of an explanation."""
    metric = metric_in_words(explanation.metric)
    words = (
        "What predicts was fitted anew on the training parts of "
        f"{counted(explanation.n_folds, 'fold')}. "
        f"{explanation.n_rows} held-out rows were looked at. The intervals (95 %) are over folds."
    )
    if explanation.left_out:
        words += f" Without time: {counted(len(explanation.left_out), 'column')}."
    table = explanation.importances
    columns = ["column", f"fall of {metric}", "low", "high"]
    rows = table[["column", "importance", "low", "high"]].itertuples(index=False)
    title = "Importance of columns by held-out rows"
    importances = View(
        title,
        "How much the score falls when the cells of a column are shuffled. Columns that say the "
        "same share their importance.",
        Table.from_rows(columns, rows, MOST_COLUMNS),
        interval_chart(title, f"fall of {metric}", _intervals(table)),
    )
    curves = explanation.dependence.groupby(["column", "output"], sort=False)
    views = tuple(_dependence(str(name), str(output), curve) for (name, output), curve in curves)
    return ExplanationFacts(words, importances, views)


def _intervals(table: pd.DataFrame) -> list[tuple[str, float, float, float]]:
    """Return the first importances; a single fold has no interval."""
    return [
        (str(cell(name)), mean, mean if pd.isna(low) else low, mean if pd.isna(high) else high)
        for name, mean, low, high in table[["column", "importance", "low", "high"]]
        .head(MOST_CHARTED)
        .itertuples(index=False)
    ]


def _dependence(name: str, output: str, curve: pd.DataFrame) -> View:
    """Return the mean prediction by value of a column, as a chart where the values are numbers."""
    title = f"{cell(output)} by {cell(name)}"
    words = "The mean prediction when all rows have this value, with its interval."
    columns = ["value", "prediction", "low", "high"]
    table = Table.from_rows(columns, curve[columns].itertuples(index=False))
    values = curve["value"].tolist()
    if not all(isinstance(value, int | float) for value in values):
        return View(title, words, table)
    series = [
        Series(column, tuple(pairs_of(np.array(values), curve[column].to_numpy())), kind)
        for column, kind in KINDS.items()
        if curve[column].notna().all()
    ]
    return View(title, words, table, chart(title, (str(cell(name)), "mean prediction"), series))
