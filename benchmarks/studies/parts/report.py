"""The table with the worth of each part of a search."""

from collections.abc import Sequence
from math import exp, log, sqrt
from statistics import fmean, stdev

from benchmarks.running.journal import Key, Row
from benchmarks.scores.markdown import (
    EMPTY,
    describe_origin,
    document,
    markdown_table,
    mean_cell,
)
from benchmarks.scores.report import OURS
from benchmarks.scores.scoring import BY_NAME
from benchmarks.studies.parts.variants import PARTS

VARIANTS = "benchmarks.studies.parts.variants:{}"
TEXT = """\
The same search without a part, on the same sets and hold-outs. The loss is 1 less the ROC AUC, \
the log loss or the RMSE on held-out rows. *Larger by*: the geometric mean over the sets of the \
loss without the part in that with it, with its standard error; above 0 the part pays. A fit that \
failed counts as the constant prediction."""
SPENT_NOTE = """\
What the search with all its parts spent its time on (means over the hold-outs of a set):"""
MIN_LOSS = 1e-6  # a ROC AUC of 1 has none, and no ratio
WORTH_HEADER = ["without", "sets", "loss larger by", "hold-outs: better with–without"]
SPENT = {
    "pipelines": ("pipelines", ".0f"),
    "first model s": ("first_model_seconds", ".1f"),
    "estimators' share of the cores": ("estimator_share", ".0%"),
    "on pipelines without a whole draw": ("unfinished_share", ".0%"),
    "a first look at fewer rows would spare at best": ("row_racing_share", ".0%"),
    "on tuning leaders": ("tuning_share", ".0%"),
    "fits after steps that were fitted before": ("same_steps_share", ".0%"),
}


def parts_report(rows: Sequence[Row]) -> str:
    """Return the report in Markdown."""
    if not rows:
        return EMPTY
    budgets = sorted({row.key.budget for row in rows})
    return document(
        "# What the parts of a search are worth",
        describe_origin("measurements", [row.provenance for row in rows]),
        TEXT,
        *(
            part
            for budget in budgets
            for part in _budget_parts([row for row in rows if row.key.budget == budget])
        ),
    )


def _budget_parts(rows: Sequence[Row]) -> list[str]:
    full = [row for row in rows if row.key.adapter == OURS]
    n_sets = len({row.key.task for row in full})
    return [
        f"## {rows[0].key.budget:g} s, {n_sets} sets, {len(full)} hold-outs",
        worth_table(rows),
        SPENT_NOTE,
        _spent_table(full),
    ]


def worth_table(rows: Sequence[Row]) -> str:
    """Return how much larger the loss is without each part that was measured."""
    losses = {row.key: loss(row) for row in rows}
    worth = {name: growths(losses, VARIANTS.format(part)) for part, name in PARTS.items()}
    body = [_worth(name, by_set) for name, by_set in worth.items() if by_set]
    return markdown_table(WORTH_HEADER, body)


def loss(row: Row) -> float:
    """Return the loss in the units of the metric; never 0, because ratios are made of it."""
    score = row.constant if row.score is None else row.score
    return max(1 - score if BY_NAME[row.metric].greater_is_better else score, MIN_LOSS)


def growths(losses: dict[Key, float], adapter: str) -> dict[str, list[float]]:
    """Return by how much an adapter's loss is larger than that of the full search, by set.

    Parameters
    ----------
    losses : dict of Key to float
    adapter : str

    Returns
    -------
    dict of str to list of float
        Logarithms of ratios, one a hold-out.
    """
    # Logarithms, whose mean is that of ratios: losses of sets have different sizes.
    by_set: dict[str, list[float]] = {}
    for key, without in losses.items():
        full = losses.get(Key(key.task, key.split, OURS, key.seed, key.budget))
        if key.adapter == adapter and full is not None:
            by_set.setdefault(key.task, []).append(log(without / full))
    return by_set


def _worth(name: str, by_set: dict[str, list[float]]) -> list[str]:
    # Sets first: hold-outs of a set share rows, so only sets are independent.
    means = [fmean(values) for values in by_set.values()]
    error = f" ± {stdev(means) / sqrt(len(means)):.1%}" if len(means) > 1 else ""
    singles = [value for values in by_set.values() for value in values]
    return [
        name,
        str(len(means)),
        f"{exp(fmean(means)) - 1:+.1%}{error}",
        f"{sum(value > 0 for value in singles)}–{sum(value < 0 for value in singles)}",
    ]


def _spent_table(rows: Sequence[Row]) -> str:
    # Journals of earlier versions lack some of the shares; a column of dashes says nothing.
    columns = {
        title: (name, form)
        for title, (name, form) in SPENT.items()
        if any(row.extra.get(name) is not None for row in rows)
    }
    by_set: dict[str, list[Row]] = {}
    for row in rows:
        by_set.setdefault(row.key.task, []).append(row)
    cells = columns.values()
    body = [
        [task, *(mean_cell([run.extra.get(name) for run in runs], form) for name, form in cells)]
        for task, runs in by_set.items()
    ]
    return markdown_table(["set", *columns], body)
