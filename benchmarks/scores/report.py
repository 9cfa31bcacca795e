"""The report of a journal: Markdown tables."""

from collections.abc import Sequence
from statistics import fmean, median
from typing import Any

from benchmarks.running.journal import Row
from benchmarks.scores.markdown import (
    EMPTY,
    NONE,
    bullets,
    cell,
    describe_origin,
    document,
    escape,
    markdown_table,
    mean_cell,
    section,
)
from benchmarks.scores.scoring import BY_NAME
from benchmarks.scores.standings import BASELINE, Standings, anytime_curves, compute_standings
from benchmarks.scores.statistics import Difference, compare_ranks, paired_differences

OURS = "automl"
CONSTANT = "dummy"
SEARCH_CELLS = {
    "pipelines": "g",
    "pipelines_per_minute": ".1f",
    "estimator_share": ".0%",
    "first_model_seconds": ".1f",
    "near_seconds": ".1f",
    "whole_fit_seconds": ".1f",
    "members": "g",
}
TEXT_LENGTH = 100  # characters of a pipeline that fit beside ten other columns


def render_report(rows: Sequence[Row]) -> str:
    """Return the report of a journal's rows in Markdown."""
    if not rows:
        return EMPTY
    origin = describe_origin("measurements", [row.provenance for row in rows])
    parts = ["# Benchmark", origin, _anytime(rows)]
    for budget in sorted({row.key.budget for row in rows}):
        parts += _budget_parts(budget, [row for row in rows if row.key.budget == budget])
    return document(*parts)


def _anytime(rows: Sequence[Row]) -> str:
    """Show what adapters reach by budget, if there are several."""
    curves = anytime_curves(rows)
    budgets = sorted({budget for curve in curves.values() for budget in curve})
    # One point is no curve.
    if len(budgets) < 2:
        return ""
    body = [
        [name, *(cell(curve.get(at), ".3f") for at in budgets)] for name, curve in curves.items()
    ]
    table = markdown_table(["adapter", *(f"{budget:g} s" for budget in budgets)], body)
    note = (
        "Mean normalized score by budget, over the tasks that all adapters have finished with all "
        "budgets: 0 the constant, 1 the best of all budgets."
    )
    return f"## By budget\n\n{note}\n\n{table}"


def _budget_parts(budget: float, rows: Sequence[Row]) -> list[str]:
    standings = compute_standings(rows)
    return [
        f"## Budget {budget:g} s",
        _scores(standings),
        _ranks(standings),
        _summary(standings, rows),
        _scale(standings),
        _differences(standings, rows),
        _preparations(rows),
        _failures(rows),
        _extras(rows),
    ]


def _scores(standings: Standings) -> str:
    body = [
        [task, metric, f"{standings.constants[task]:.4f}"]
        + [_score(standings, task, adapter) for adapter in standings.adapters]
        for task, metric in standings.metrics.items()
    ]
    table = markdown_table(["task", "metric", "constant", *standings.adapters], body)
    return f"### Scores\n\nBold: the best. †: a failure, counted as the constant.\n\n{table}"


def _score(standings: Standings, task: str, adapter: str) -> str:
    if adapter not in standings.scores[task]:
        return NONE
    text = f"{standings.scores[task][adapter]:.4f}"
    # Only where all adapters have finished is there a best.
    if standings.normalized.get(task, {}).get(adapter) == 1.0:
        text = f"**{text}**"
    return f"{text} †" if standings.failures[task][adapter] else text


def _ranks(standings: Standings) -> str:
    body = [
        [task, *(f"{ranks[adapter]:g}" for adapter in standings.adapters)]
        for task, ranks in standings.ranks.items()
    ]
    unfinished = [task for task in standings.scores if task not in standings.ranks]
    note = f"Not ranked, because not all adapters have finished: {', '.join(unfinished)}."
    table = markdown_table(["task", *standings.adapters], body)
    return document("### Ranks", table, note if unfinished else "").strip()


def _summary(standings: Standings, rows: Sequence[Row]) -> str:
    header = ["adapter", "mean rank", "normalized score", f"wins–ties–losses against {BASELINE}"]
    header += ["fit / budget", "worst overrun s", "CPU s", "cores busy", "peak MiB"]
    header += ["pipelines", "model MiB", "predict s", "failures"]
    adapters = standings.adapters
    # Without a task that all have finished, no order is fair but that of the journal.
    if standings.ranks:
        adapters = sorted(adapters, key=standings.mean_rank)
    body = []
    for adapter in adapters:
        runs = [row for row in rows if row.key.adapter == adapter]
        body.append([adapter, *_places(standings, adapter), *_costs(runs)])
    note = (
        f"Over {len(standings.ranks)} tasks. Normalized: 0 the constant, 1 the best of each task. "
        "CPU seconds are those of a whole job, imports and prediction included; cores busy are "
        "their share of its wall seconds × cores."
    )
    table = markdown_table(header, body)
    return document("### Summary", note, _significance(standings), table).strip()


def _scale(standings: Standings) -> str:
    """Show where adapters are between the forest that people take and the best of each task."""
    tasks = list(standings.scaled)
    if not tasks:
        return ""
    body = []
    for adapter in standings.adapters:
        shares = [standings.scaled[task].get(adapter) for task in tasks]
        measured = [share for share in shares if share is not None]
        # The median, because shares are unbounded below where the baseline is nearly the best.
        middle = median(measured) if measured else None
        body.append([adapter, *(cell(share, ".2f") for share in (*shares, middle))])
    note = f"0 is {BASELINE}, 1 the best of each task; the median over the tasks of an adapter."
    return f"### Scale\n\n{note}\n\n{markdown_table(['adapter', *tasks, 'median'], body)}"


def _significance(standings: Standings) -> str:
    significance = compare_ranks(standings)
    if significance is None:
        return ""
    return (
        f"Mean ranks that differ by less than {significance.critical_difference:.2f}, the critical "
        "difference at 5 % (Nemenyi), may well be equal; that all adapters are equally good has "
        f"p = {significance.p_value:.2g} (Friedman)."
    )


def _differences(standings: Standings, rows: Sequence[Row]) -> str:
    """Show by how much this project is ahead of each peer, task by task."""
    peers = [name for name in standings.adapters if name not in (OURS, CONSTANT)]
    if OURS not in standings.adapters or not peers:
        return ""
    table = paired_differences(rows, OURS)
    body = [
        [task, standings.metrics[task], *(_difference(table[task].get(name)) for name in peers)]
        for task in standings.ranks
    ]
    note = (
        f"By how much {OURS} is better, in units of the metric, with the 95 % interval of a paired "
        "bootstrap over the held-out rows. Bold: the interval is on one side of zero. Other "
        "training rows would make a difference, too, which these intervals do not know of."
    )
    return f"### Differences\n\n{note}\n\n{markdown_table(['task', 'metric', *peers], body)}"


def _difference(difference: Difference | None) -> str:
    if difference is None:
        return NONE
    text = f"{difference.gain:+.4g} [{difference.low:+.4g}, {difference.high:+.4g}]"
    return f"**{text}**" if difference.is_clear else text


def _places(standings: Standings, adapter: str) -> list[str]:
    if not standings.ranks:
        return [NONE] * 3
    wins = standings.wins(adapter)
    return [
        f"{standings.mean_rank(adapter):.2f}",
        f"{standings.mean_normalized(adapter):.3f}",
        NONE if wins is None else "–".join(map(str, wins)),
    ]


def _costs(rows: Sequence[Row]) -> list[str]:
    # A fit of no time at all is a failure inside of it.
    fits = [row.costs.fit_seconds / row.key.budget for row in rows if row.costs.fit_seconds]
    busy = [row.costs.cpu_seconds / (row.costs.wall_seconds * row.provenance.jobs) for row in rows]
    return [
        mean_cell(fits, ".2f"),
        f"{max(row.costs.overrun_seconds for row in rows):.1f}",
        f"{fmean(row.costs.cpu_seconds for row in rows):.1f}",
        f"{fmean(busy):.0%}",
        f"{max(row.costs.peak_mib for row in rows):.0f}",
        mean_cell([row.extra.get("pipelines") for row in rows], ".0f"),
        mean_cell([row.extra.get("model_mib") for row in rows], ".2f"),
        mean_cell([row.costs.predict_seconds for row in rows], ".2f"),
        f"{sum(row.score is None for row in rows)}/{len(rows)}",
    ]


def _preparations(rows: Sequence[Row]) -> str:
    texts = {row.key.adapter: row.preparation for row in rows if row.preparation}
    lines = [f"{adapter}: {text}" for adapter, text in texts.items()]
    return section("Preparation of the data before the tool:", lines)


def _failures(rows: Sequence[Row]) -> str:
    lines = [_failure(row, row.failure) for row in rows if row.score is None]
    # A tool that crashes after its predictions is scored, but its users would see the crash.
    late = [row for row in rows if row.extra.get("failure")]
    lines += [_failure(row, f"scored, but {row.extra['failure']}") for row in late]
    return section("### Failures", lines)


def _failure(row: Row, text: str) -> str:
    return f"{_place(row)}, {row.key.adapter}: {escape(_shorten_log(text))}"


def _place(row: Row) -> str:
    return f"{row.key.task}, split {row.key.split}, seed {row.key.seed}"


def _shorten_log(failure: str) -> str:
    """Return the first line, which says how it ended, and the last, which says why."""
    lines = failure.splitlines() or ["unknown"]  # a process may end without a word
    return lines[0] if len(lines) == 1 else f"{lines[0]}: {lines[-1]}"


def _extras(rows: Sequence[Row]) -> str:
    """Show what the adapter of this project says about its searches."""
    rows = [row for row in rows if "pipelines_per_minute" in row.extra]
    if not rows:
        return ""
    header = ["search", "adapter", "pipelines", "per minute", "estimator share", "first model s"]
    header += [
        "within 2 % s",
        "fit s",
        "members",
        "score",
        "honest score",
        "its interval",
        "naive score",
    ]
    header += ["export matches", "largest difference", "best pipeline"]
    body = [
        [
            _place(row),
            row.key.adapter,
            *(cell(row.extra.get(name), form) for name, form in SEARCH_CELLS.items()),
            cell(row.score, ".4f"),
            *_promised(row.extra),
            _yes_or_no(row.extra),
            cell(row.extra.get("export_max_abs_difference"), ".2g"),
            _shorten(str(row.extra.get("best_pipeline", NONE))),
        ]
        for row in rows
    ]
    problems = [
        f"{_place(row)}: {escape(_shorten_log(row.extra['export_problem']))}"
        for row in rows
        if row.extra.get("export_problem")
    ]
    return document(
        "### Our searches", _kept_promises(rows), markdown_table(header, body), bullets(problems)
    ).strip()


def _kept_promises(rows: Sequence[Row]) -> str:
    """Say of how many searches the test score lies inside the interval that they promised."""
    promised = [row for row in rows if row.extra.get("honest_interval") and row.score is not None]
    if not promised:
        return ""
    n_inside = sum(map(_is_inside, promised))
    return (
        f"The test score lies inside the honest interval in {n_inside} of {len(promised)}. That "
        "interval is of the true score; the noise of a test part is not in it."
    )


def _is_inside(row: Row) -> bool:
    low, high = row.extra["honest_interval"]
    assert row.score is not None
    return bool(low <= BY_NAME[row.metric].sign * row.score <= high)


def _promised(extra: dict[str, Any]) -> list[str]:
    """Return what a search said of its score before anybody else looked: greater is better."""
    # Searches of a single evaluation promise nothing.
    low, high = extra.get("honest_interval") or (None, None)
    between = NONE if low is None else f"{low:.4f} to {high:.4f}"
    honest, naive = (cell(extra.get(name), ".4f") for name in ("honest_score", "naive_score"))
    return [honest, between, naive]


def _yes_or_no(extra: dict[str, Any]) -> str:
    if "export_matches" not in extra:
        return NONE
    return "yes" if extra["export_matches"] else "no"


def _shorten(text: str) -> str:
    return text if len(text) <= TEXT_LENGTH else f"{text[: TEXT_LENGTH - 1]}…"
