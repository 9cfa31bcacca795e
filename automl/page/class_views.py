"""Views of the classes that a model predicts for rows that its fits did not see.

::

    confusion ─┬─ two classes ──► ROC, precision and recall, reliability, thresholds
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import (
    auc,
    average_precision_score,
    confusion_matrix,
    precision_recall_curve,
    precision_recall_fscore_support,
    roc_curve,
)

from automl.page.charts import Series, chart
from automl.page.tables import Table, cell
from automl.page.view import View, curve_view, pairs_of
from automl.problem.labels import Classes, parts_of
from automl.winner.held_out import HeldOutRows

MOST_CLASSES = 20  # of a confusion matrix: a larger one cannot be read
MOST_MISTAKES = 20  # pairs of classes instead
THRESHOLDS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
BINS = 10  # of probabilities, as reliability diagrams mostly have


def class_views(
    rows: HeldOutRows, classes: Classes, targets: Sequence[str], threshold: float | None = None
) -> Iterator[View]:
    """Yield the views of each target.

    Parameters
    ----------
    rows : HeldOutRows
        The probabilities of several targets stand side by side.
    classes : ndarray, or a list of them
        The labels of each target.
    targets : sequence of str
        The names of the targets.
    threshold : float, optional
        The probability from which a row is of the second class.
    """
    parts = parts_of(classes)
    ends = np.cumsum([len(labels) for labels in parts])[:-1]
    probabilities = np.split(rows.predictions, ends, axis=1)
    truths = rows.target.reshape(len(rows.target), -1).T
    for name, labels, truth, shares in zip(targets, parts, truths, probabilities, strict=True):
        words = [str(cell(label)) for label in labels.tolist()]
        for view in _of_target(HeldOutRows(truth, shares, rows.weights), words, threshold):
            yield view if len(targets) == 1 else replace(view, title=f"{cell(name)}: {view.title}")


def _of_target(rows: HeldOutRows, labels: Sequence[str], threshold: float | None) -> list[View]:
    # A tuned threshold predicts labels, for which curves would have one corner.
    has_shades = not np.isin(rows.predictions, (0, 1)).all()
    is_binary = len(labels) == 2 and len(np.unique(rows.target)) == 2
    curves = _of_two(rows, labels[1]) if is_binary and has_shades else []
    return [_confusion(rows, labels, threshold), *curves]


def _confusion(rows: HeldOutRows, labels: Sequence[str], threshold: float | None) -> View:
    truth, predicted = rows.target.astype(int), rows.predictions.argmax(axis=1)
    if threshold is not None:
        predicted = (rows.predictions[:, 1] >= threshold).astype(int)
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
        curve_view(
            ("ROC curve", f"The area under it is {auc(false, true):.4g}; 0.5 is guessing."),
            ("share of false alarms", "share of hits"),
            [(0.0, 0.0), (1.0, 1.0)],
            pairs_of(false, true),
        ),
        curve_view(
            (
                "Precision and recall",
                f"Of rows that are called {label!r}, how many are; the average precision is "
                f"{area:.4g}, and {share:.4g} is guessing.",
            ),
            ("recall", "precision"),
            [(0.0, share), (1.0, share)],
            pairs_of(recall[::-1], precision[::-1]),
        ),
        _reliability(truth, scores, rows.weights),
        _thresholds(truth, scores, rows.weights, label),
    ]


def _thresholds(
    truth: NDArray[np.int_],
    scores: NDArray[np.float64],
    weights: NDArray[np.float64] | None,
    label: str,
) -> View:
    """Return what becomes of the predictions with other decision thresholds."""
    lines = []
    for threshold in THRESHOLDS:
        predicted = scores >= threshold
        options = {"sample_weight": weights, "zero_division": 0.0}
        precision, recall, f1, _ = precision_recall_fscore_support(
            truth, predicted, average="binary", **options
        )
        share = float(np.average(predicted, weights=weights))
        lines.append((threshold, share, float(precision), float(recall), float(f1)))
    columns = ["threshold", f"share called {label}", "precision", "recall", "F1"]
    return View(
        "Decision threshold",
        f"A row is called {label!r} from this probability on. search.set_threshold(0.3), or with "
        "the name of a score, takes another one without a new fit.",
        Table.from_rows(columns, lines),
    )


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
