"""Views of what a model predicts for rows that its fits did not see.

::

    classes ──► confusion ─┬─ two classes ──► ROC, precision and recall, reliability
    a number ─► predicted beside true, errors by quantile
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import (
    auc,
    average_precision_score,
    confusion_matrix,
    precision_recall_curve,
    roc_curve,
)

from automl.page.charts import Point, Series, chart, thinned
from automl.page.tables import Table, cell
from automl.winner.held_out import HeldOutRows

MOST_CLASSES = 20  # of a confusion matrix: a larger one cannot be read
MOST_MISTAKES = 20  # pairs of classes instead
TABLE_ROWS = 11  # of a curve: its ends, and a row for every tenth of its points
BINS = 10  # of probabilities, as reliability diagrams mostly have
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class View:
    """A view of held-out rows: a sentence, a chart and the same as a table."""

    title: str
    """The heading."""
    words: str
    """A sentence on how to read it."""
    table: Table
    """The numbers."""
    chart: str | None = None
    """The chart as SVG; None where the table says it best."""


def views(rows: HeldOutRows, classes: NDArray[Any] | None, targets: Sequence[str]) -> list[View]:
    """Return the views that go with the task.

    Parameters
    ----------
    rows : HeldOutRows
    classes : ndarray or None
        The labels of a classification.
    targets : sequence of str
        The names of the targets.
    """
    if classes is None:
        return _of_numbers(rows, targets)
    labels = [str(cell(label)) for label in classes.tolist()]
    confusion = _confusion(rows, labels)
    # A tuned threshold predicts labels, for which curves would have one corner.
    has_shades = not np.isin(rows.predictions, (0, 1)).all()
    is_binary = len(labels) == 2 and len(np.unique(rows.target)) == 2
    return [confusion, *(_of_two(rows, labels[1]) if is_binary and has_shades else [])]


def _confusion(rows: HeldOutRows, labels: Sequence[str]) -> View:
    truth, predicted = rows.target.astype(int), rows.predictions.argmax(axis=1)
    counts = confusion_matrix(
        truth, predicted, labels=range(len(labels)), sample_weight=rows.weights
    )
    right = f"{counts.trace() / counts.sum():.1%} are right."
    unit = "Sums of weights" if rows.weights is not None else "Numbers"
    words = f"{unit} of held-out rows by their true and their predicted class. {right}"
    if len(labels) <= MOST_CLASSES:
        lines = [(label, *line) for label, line in zip(labels, counts, strict=True)]
        columns = ["true class", *(f"predicted {label}" for label in labels)]
        return View("Confusion matrix", words, Table.from_rows(columns, lines))
    np.fill_diagonal(counts, 0)
    places = np.argsort(-counts, axis=None, kind="stable")[:MOST_MISTAKES]
    pairs = [divmod(int(place), len(labels)) for place in places]
    mistakes = [(labels[i], labels[j], counts[i, j]) for i, j in pairs if counts[i, j]]
    table = Table.from_rows(["true class", "predicted class", "rows"], mistakes)
    return View("Most frequent mistakes", words, table)


def _of_two(rows: HeldOutRows, label: str) -> list[View]:
    truth, scores = rows.target.astype(int), rows.predictions[:, 1].astype(float)
    false, true, _ = roc_curve(truth, scores, sample_weight=rows.weights)
    precision, recall, _ = precision_recall_curve(truth, scores, sample_weight=rows.weights)
    area = average_precision_score(truth, scores, sample_weight=rows.weights)
    share = float(np.average(truth, weights=rows.weights))
    return [
        _curve(
            ("ROC curve", f"The area under it is {auc(false, true):.4g}; 0.5 is guessing."),
            ("share of false alarms", "share of hits"),
            [(0.0, 0.0), (1.0, 1.0)],
            _pairs(false, true),
        ),
        _curve(
            (
                "Precision and recall",
                f"Of rows that are called {label!r}, how many are; the average precision is "
                f"{area:.4g}, and {share:.4g} is guessing.",
            ),
            ("recall", "precision"),
            [(0.0, share), (1.0, share)],
            _pairs(recall[::-1], precision[::-1]),
        ),
        _reliability(truth, scores, rows.weights),
    ]


def _curve(
    words: tuple[str, str], axes: tuple[str, str], guide: Sequence[Point], points: Sequence[Point]
) -> View:
    title, sentence = words
    series = [Series("model", thinned(points)), Series("guessing", tuple(guide), "guide")]
    table = Table.from_rows(axes, thinned(points, TABLE_ROWS))
    return View(title, sentence, table, chart(title, axes, series))


def _reliability(
    truth: NDArray[np.int_], scores: NDArray[np.float64], weights: NDArray[np.float64] | None
) -> View:
    """Return how often rows of a probability are of the second class."""
    frame = pd.DataFrame({"score": scores, "truth": truth})
    frame["weight"] = 1.0 if weights is None else weights
    bins = np.minimum((scores * BINS).astype(int), BINS - 1)
    lines = [
        (
            float(np.average(part["score"], weights=part["weight"])),
            float(np.average(part["truth"], weights=part["weight"])),
            len(part),
        )
        for _, part in frame[frame["weight"] > 0].groupby(bins[frame["weight"] > 0])
    ]
    axes = ("predicted probability", "observed share")
    points = tuple((predicted, observed) for predicted, observed, _ in lines)
    title = "Reliability of the probabilities"
    guide = Series("as predicted", ((0.0, 0.0), (1.0, 1.0)), "guide")
    return View(
        title,
        "Where probabilities come true, the points lie on the diagonal.",
        Table.from_rows([*axes, "rows"], lines),
        chart(title, axes, [Series("model", points), guide, Series("bins", points, "points")]),
    )


def _of_numbers(rows: HeldOutRows, targets: Sequence[str]) -> list[View]:
    truth = rows.target.reshape(len(rows.target), -1)
    errors = rows.predictions.astype(float) - truth
    columns = ["target", "root mean squared error", "mean absolute error"]
    columns += [f"{level:.0%} of errors below" for level in QUANTILES]
    lines = [
        (
            name,
            float(np.sqrt(np.average(part**2, weights=rows.weights))),
            float(np.average(np.abs(part), weights=rows.weights)),
            *np.quantile(part, QUANTILES),
        )
        for name, part in zip(targets, errors.T, strict=True)
    ]
    words = "An error is the prediction less the truth, in the unit of the target."
    summary = View("Errors", words, Table.from_rows(columns, lines))
    if len(targets) > 1:
        return [summary]
    pairs = _pairs(truth[:, 0], rows.predictions[:, 0])
    ends = (float(truth.min()), float(truth.max()))
    axes, title = ("true", "predicted"), "Predicted and true"
    series = [
        Series("held-out rows", thinned(pairs, 500), "points"),
        Series("right", ((ends[0], ends[0]), (ends[1], ends[1])), "guide"),
    ]
    # Sorted by the truth, so that a few rows tell where predictions are too high or too low.
    table = Table.from_rows(axes, thinned(sorted(pairs), TABLE_ROWS))
    sentence = (
        "On the diagonal, a prediction is right. The table has rows at even ranks of the truth."
    )
    return [summary, View(title, sentence, table, chart(title, axes, series))]


def _pairs(first: NDArray[Any], second: NDArray[Any]) -> list[Point]:
    return [(float(x), float(y)) for x, y in zip(first, second, strict=True)]
