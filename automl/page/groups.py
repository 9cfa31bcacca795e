"""Scores by the groups of a column: what reports on fairness begin with.

::

    column ──categories, or bins of numbers──► groups ──score, bootstrap──► a row for each
"""

from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import bootstrap

from automl.errors import DataError
from automl.page.scored_rows import ScoredRows
from automl.page.tables import Table, shortened
from automl.problem.dataset import as_frame, column_named
from automl.problem.labels import Classes
from automl.problem.metric import Metric
from automl.selection.honest_score import CONFIDENCE, perfect_score
from automl.selection.row_values import RowValues
from automl.winner.fitted import Fitted
from automl.winner.new_rows import with_names

MOST_GROUPS = 10  # the smaller ones are pooled
BINS = 5  # of numbers with more different values than groups are shown
LEAST_ROWS = 20  # of a group: the interval of fewer tells nothing
LEAST_OF_CLASS = 5  # rows of the second most frequent class of a group, likewise
RESAMPLES = 999  # enough for the ends of a 95 % interval
# Of more units, random blocks are drawn: their means vary as much, and a resample takes as long.
MOST_UNITS = 2_000
BATCH_CELLS = 2_000_000  # numbers that a bootstrap holds at once: 16 MB
MISSING, ALL = "(missing)", "all rows"
TOO_FEW = "too few rows"


@dataclass(frozen=True)
class GroupFacts:
    """Scores by the groups of a column."""

    title: str
    """The name of the column."""
    words: str
    """The largest gap, in words."""
    rows: str
    """Which rows are scored, and how."""
    table: Table
    """A row for each group, the largest first, and one for all rows."""


@dataclass(frozen=True)
class GroupScore:
    """The score of a group."""

    name: str
    """The cell, or the range of numbers."""
    n_rows: int
    """Its rows."""
    score: float | None = None
    """Its score; None if it has none."""
    low: float | None = None
    """The lower end of its interval."""
    high: float | None = None
    """The upper end."""
    remark: str = ""
    """Why it has no score."""


def groups_of(fitted: Fitted, X: Any, by: Any) -> tuple[str, "pd.Series[Any]"]:
    """Return the name and the cells of a column by which rows are told apart.

    Parameters
    ----------
    fitted : Fitted
    X : dataframe or array-like of shape (n_rows, n_columns)
    by : str or array-like of shape (n_rows,)
        The name of a column of X, or its cells.

    Raises
    ------
    DataError
        If there is no such column, or not a cell for every row.
    """
    frame = as_frame(X)
    if isinstance(by, str):
        frame = with_names(frame, fitted.names)
        column = column_named(frame, by, "by").reset_index(drop=True)
        # As the fit reads it, where it does: numbers may be written as texts.
        is_read = by in fitted.columns.names and set(fitted.columns.names) <= set(frame)
        return by, fitted.columns.read(frame)[by].reset_index(drop=True) if is_read else column
    cells = np.asarray(by)
    if cells.shape != (len(frame),):
        raise DataError(
            f"expected the name of a column or {len(frame)} cells as by, got {type(by).__name__} "
            f"of shape {cells.shape}"
        )
    return str(getattr(by, "name", None) or "groups"), pd.Series(cells)


def group_facts(
    title: str,
    groups: "pd.Series[Any]",
    rows: ScoredRows,
    metric: Metric,
    classes: Classes | None,
    origin: str,
) -> GroupFacts:
    """Return the scores of groups of rows.

    Parameters
    ----------
    title : str
        The name of the column.
    groups : Series of shape (n_rows,)
        Its cells for the rows that were given.
    rows : ScoredRows
    metric : Metric
    classes : ndarray, list of ndarray or None
        The labels of a classification.
    origin : str
        A sentence on where the rows come from.

    References
    ----------
    Efron, B. and Tibshirani, R. (1993). An Introduction to the Bootstrap. Chapter 13.
    """
    names = _named(groups).to_numpy()[rows.places]
    sizes = pd.Series(names).value_counts()
    largest = sizes.index[:MOST_GROUPS].tolist()
    row_values = RowValues(metric, classes)
    scores = [_score(str(name), names == name, rows, row_values) for name in largest]
    if len(sizes) > MOST_GROUPS:
        pooled = f"({len(sizes) - MOST_GROUPS} smaller groups)"
        scores.append(_score(pooled, ~np.isin(names, largest), rows, row_values))
    scores.append(_score(ALL, np.ones(len(names), dtype=bool), rows, row_values))
    lines = [astuple(part) for part in scores]
    columns = ["group", "rows", "score", "lower end", "upper end", "remark"]
    how = (
        f"{origin} Intervals of {CONFIDENCE:.0%} are percentiles of {RESAMPLES} bootstrap "
        "resamples. More is better."
    )
    return GroupFacts(shortened(title), _words(scores[:-1]), how, Table.from_rows(columns, lines))


def _named(groups: "pd.Series[Any]") -> "pd.Series[Any]":
    """Return the group of every row as text."""
    is_truth = pd.api.types.is_bool_dtype(groups)
    is_number = pd.api.types.is_numeric_dtype(groups) and not is_truth
    is_date = pd.api.types.is_datetime64_any_dtype(groups)
    if (is_number or is_date) and groups.nunique() > MOST_GROUPS:
        groups = pd.qcut(groups, BINS, duplicates="drop")
    is_missing = groups.isna().to_numpy()
    texts = groups.astype(object).map(_text)
    return texts.where(~is_missing, MISSING)


def _text(cell: Any) -> str:
    if isinstance(cell, pd.Interval):
        return f"above {_end(cell.left)}, up to {_end(cell.right)}"
    return shortened(_end(cell))


def _end(cell: Any) -> str:
    return f"{cell:.6g}" if isinstance(cell, float) else str(cell)


def _score(
    name: str, inside: NDArray[np.bool_], rows: ScoredRows, row_values: RowValues
) -> GroupScore:
    """Return the score of a group with its interval, or why it has none."""
    y, predictions = rows.y[inside], rows.predictions[inside]
    weights = np.ones(len(y)) if rows.weights is None else rows.weights[inside]
    units = np.unique(rows.units[inside], return_inverse=True)[1]
    n_rows = int((weights > 0).sum())
    if n_rows < LEAST_ROWS or len(np.unique(units)) < LEAST_ROWS:
        return GroupScore(name, n_rows, remark=TOO_FEW)
    for labels in y.reshape(len(y), -1).T if row_values.classes is not None else ():
        counts = sorted(np.unique(labels[weights > 0], return_counts=True)[1])
        if len(counts) < 2 or counts[-2] < LEAST_OF_CLASS:
            return GroupScore(name, n_rows, remark=f"{TOO_FEW} of a second class")
    sample_weight = None if rows.weights is None else weights
    try:
        values = row_values.values(y, predictions, sample_weight, units)
    except Exception as error:  # noqa: BLE001 a scorer of the user may raise any error
        return GroupScore(name, n_rows, remark=shortened(f"no score: {error}"))
    score = float(np.average(values, weights=weights))
    if not np.isfinite(score):
        return GroupScore(name, n_rows, remark="no score")
    low, high = _interval(values, weights, units)
    return GroupScore(name, n_rows, score, low, min(high, perfect_score(row_values.metric)))


def _interval(
    values: NDArray[np.float64], weights: NDArray[np.float64], units: NDArray[np.intp]
) -> tuple[float, float]:
    """Return the interval of a mean, whose units are drawn as a whole."""
    rng = np.random.default_rng(0)
    if (n_units := int(units.max()) + 1) > MOST_UNITS:
        units = (rng.permutation(n_units) % MOST_UNITS)[units]
    sizes, sums = np.bincount(units, weights), np.bincount(units, weights * values)
    has_size = sizes > 0
    result = bootstrap(
        (sums[has_size], sizes[has_size]),
        lambda sums, sizes, axis: sums.sum(axis=axis) / sizes.sum(axis=axis),
        paired=True,
        vectorized=True,
        method="percentile",
        n_resamples=RESAMPLES,
        batch=max(BATCH_CELLS // len(sums), 1),
        confidence_level=CONFIDENCE,
        rng=rng,
    )
    return float(result.confidence_interval.low), float(result.confidence_interval.high)


def _words(scores: list[GroupScore]) -> str:
    """Return the largest gap between two groups in words."""
    scored = [part for part in scores if part.score is not None]
    if len(scored) < 2:
        return "There are no two groups with a score to compare."
    best = max(scored, key=lambda part: part.score or 0.0)
    worst = min(scored, key=lambda part: part.score or 0.0)
    gap = (best.score or 0.0) - (worst.score or 0.0)
    is_apart = (worst.high or 0.0) < (best.low or 0.0)
    verdict = (
        "Their intervals do not overlap, so chance hardly explains it."
        if is_apart
        else "Their intervals overlap, so it may be chance."
    )
    return (
        f"The largest gap is {gap:.3g}, between {best.name} ({best.score:.4g}) and {worst.name} "
        f"({worst.score:.4g}). {verdict}"
    )
