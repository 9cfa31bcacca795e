"""Views of the numbers that a model predicts for rows that its fits did not see."""

from collections.abc import Sequence

import numpy as np
from sklearn.metrics import mean_pinball_loss

from automl.page.charts import Series, chart, thinned
from automl.page.tables import Table
from automl.page.view import TABLE_ROWS, View, pairs_of
from automl.winner.held_out import HeldOutRows

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
MOST_POINTS = 500  # of a chart: more make a page large, and cover each other


def quantile_views(rows: HeldOutRows, levels: Sequence[float]) -> list[View]:
    """Return how many targets lie below the predicted quantiles.

    Parameters
    ----------
    rows : HeldOutRows
        Of one target, with a prediction for each level.
    levels : sequence of float
    """
    lines = [
        (
            level,
            float(np.average(rows.target <= predicted, weights=rows.weights)),
            mean_pinball_loss(rows.target, predicted, sample_weight=rows.weights, alpha=level),
        )
        for level, predicted in zip(levels, rows.predictions.T, strict=True)
    ]
    words = "The share of targets below a quantile should be its level."
    table = Table.from_rows(["level", "share of targets below", "pinball loss"], lines)
    return [View("Quantiles", words, table)]


def number_views(rows: HeldOutRows, targets: Sequence[str]) -> list[View]:
    """Return the errors of each target, and the predictions of a single one beside the truth.

    Parameters
    ----------
    rows : HeldOutRows
    targets : sequence of str
        The names of the targets.
    """
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
    pairs = pairs_of(truth[:, 0], rows.predictions[:, 0])
    ends = (float(truth.min()), float(truth.max()))
    axes, title = ("true", "predicted"), "Predicted and true"
    series = [
        Series("held-out rows", thinned(pairs, MOST_POINTS), "points"),
        Series("right", ((ends[0], ends[0]), (ends[1], ends[1])), "guide"),
    ]
    # Sorted by the truth, so that a few rows tell where predictions are too high or too low.
    table = Table.from_rows(axes, thinned(sorted(pairs), TABLE_ROWS))
    sentence = (
        "On the diagonal, a prediction is right. The table has rows at even ranks of the truth."
    )
    return [summary, View(title, sentence, table, chart(title, axes, series))]
