"""The table of what each part of a search is worth."""

from collections.abc import Sequence
from math import exp, log, sqrt
from statistics import fmean, stdev

from benchmarks.running.journal import Key, Row
from benchmarks.scores.report import OURS, markdown_table, mean_cell
from benchmarks.scores.scoring import BY_NAME

TEXT = """# What the parts of a search are worth

{n} measurements on {machine}, {jobs} of its cores each; commit {commit}.

The same search without a part, on the same sets and hold-outs. The loss is 1 less the ROC AUC, \
the log loss or the RMSE on held-out rows. *Larger by*: the geometric mean over the sets of the \
loss without the part in that with it, with its standard error; above 0 the part pays. A fit that \
failed counts as the constant prediction."""
BUDGET = """## {seconds:g} s, {sets} sets, {pairs} hold-outs

{table}

What the search with all its parts spent its time on (means over the hold-outs of a set):

{spent}"""
LEAST_LOSS = 1e-6  # a ROC AUC of 1 has none, and no ratio
SPENT = {
    "pipelines": ("pipelines", ".0f"),
    "first model s": ("first_model_seconds", ".1f"),
    "estimators' share of the cores": ("estimator_share", ".0%"),
    "on pipelines without a whole draw": ("unfinished_share", ".0%"),
    "a first look at fewer rows would spare at best": ("row_racing_share", ".0%"),
    "on tuning leaders": ("tuning_share", ".0%"),
    "fits after steps that were fitted before": ("same_steps_share", ".0%"),
}


def parts_report(rows: Sequence[Row], names: dict[str, str]) -> str:
    """Return the report.

    Parameters
    ----------
    rows : sequence of Row
        None are an empty journal.
    names : dict of str to str
        What people call what an adapter does without.
    """
    if not rows:
        return "The journal is empty.\n"
    origin = rows[0].provenance
    about = TEXT.format(
        n=len(rows), machine=origin.machine["cpu"], jobs=origin.jobs, commit=origin.commit
    )
    budgets = sorted({row.key.budget for row in rows})
    parts = [_budget([row for row in rows if row.key.budget == one], names) for one in budgets]
    return "\n\n".join([about, *parts]) + "\n"


def _budget(rows: Sequence[Row], names: dict[str, str]) -> str:
    losses = {row.key: loss(row) for row in rows}
    worth = [(name, growths(losses, adapter)) for adapter, name in names.items()]
    ours = [row for row in rows if row.key.adapter == OURS]
    return BUDGET.format(
        seconds=rows[0].key.budget,
        sets=len({row.key.task for row in ours}),
        pairs=len(ours),
        table=markdown_table(
            ["without", "sets", "loss larger by", "hold-outs: better with–without"],
            [_worth(name, by_set) for name, by_set in worth if by_set],
        ),
        spent=markdown_table(["set", *SPENT], _spent(ours)),
    )


def loss(row: Row) -> float:
    """Return what is to be small, in the units of the metric; never 0, of which ratios are made.

    Parameters
    ----------
    row : Row
    """
    score = row.constant if row.score is None else row.score
    return max(1 - score if BY_NAME[row.metric].greater_is_better else score, LEAST_LOSS)


def growths(losses: dict[Key, float], adapter: str) -> dict[str, list[float]]:
    """Return by how much an adapter's loss is larger than that of the whole, as logarithms, by set.

    Parameters
    ----------
    losses : dict of Key to float
    adapter : str
    """
    found: dict[str, list[float]] = {}
    for key, without in losses.items():
        whole = losses.get(Key(key.task, key.split, OURS, key.seed, key.budget))
        if key.adapter == adapter and whole is not None:
            found.setdefault(key.task, []).append(log(without / whole))
    return found


def _worth(name: str, by_set: dict[str, list[float]]) -> list[str]:
    means = [fmean(of) for of in by_set.values()]
    error = f" ± {stdev(means) / sqrt(len(means)):.1%}" if len(means) > 1 else ""
    singles = [one for of in by_set.values() for one in of]
    return [
        name,
        str(len(means)),
        f"{exp(fmean(means)) - 1:+.1%}{error}",
        f"{sum(one > 0 for one in singles)}–{sum(one < 0 for one in singles)}",
    ]


def _spent(rows: Sequence[Row]) -> list[list[str]]:
    by_set: dict[str, list[Row]] = {}
    for row in rows:
        by_set.setdefault(row.key.task, []).append(row)
    return [
        [
            task,
            *(
                mean_cell([row.extra.get(name) for row in of], form)
                for name, form in SPENT.values()
            ),
        ]
        for task, of in by_set.items()
    ]
