"""The report of a journal: Markdown tables."""

from collections.abc import Iterable, Sequence
from statistics import fmean, median
from typing import Any

from benchmarks.running.journal import Row
from benchmarks.running.provenance import named_versions
from benchmarks.scores.standings import BASELINE, Standings, anytime_curves, compute_standings
from benchmarks.scores.statistics import Difference, compare_ranks, paired_differences

NONE = "–"
OURS = "automl"
CONSTANT = "dummy"
TEXT_LENGTH = 100  # characters of a pipeline that fit beside ten other columns


def render_report(rows: Sequence[Row]) -> str:
    """Return the report of a journal's rows.

    Parameters
    ----------
    rows : sequence of Row
    """
    if not rows:
        return "The journal is empty.\n"
    parts = [_origin(rows), _anytime(rows)]
    for budget in sorted({row.key.budget for row in rows}):
        parts += _budget_parts(budget, [row for row in rows if row.key.budget == budget])
    return "\n\n".join(part for part in parts if part) + "\n"


def markdown_table(header: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table.

    Parameters
    ----------
    header : sequence of str
    body : iterable of sequence of str
    """
    lines = [header, ["---"] * len(header), *body]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _origin(rows: Sequence[Row]) -> str:
    """Say where the measurements come from."""
    origins = [row.provenance for row in rows]
    named = dict.fromkeys(named_versions(origin.versions) for origin in origins)
    machines = [f"{origin.machine['cpu']}, {origin.machine['cores']} cores" for origin in origins]
    lines = [
        f"{len(rows)} measurements with {'; '.join(named)}",
        f"commit {_unlike(origin.commit for origin in origins)}",
        f"machine {_unlike(machines)}; {_unlike(str(origin.jobs) for origin in origins)} used",
    ]
    return "# Benchmark\n\n" + "\n".join(f"- {line}" for line in lines)


def _unlike(texts: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(texts))


def _anytime(rows: Sequence[Row]) -> str:
    """Show what adapters reach by budget, if there are several."""
    curves = anytime_curves(rows)
    budgets = sorted({budget for curve in curves.values() for budget in curve})
    if len(budgets) < 2:
        return ""
    body = [
        [name, *(_number(curve.get(at), ".3f") for at in budgets)] for name, curve in curves.items()
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
    parts = ["### Ranks", table, note if unfinished else ""]
    return "\n\n".join(part for part in parts if part)


def _summary(standings: Standings, rows: Sequence[Row]) -> str:
    header = ["adapter", "mean rank", "normalized score", f"wins–ties–losses against {BASELINE}"]
    header += ["fit / budget", "worst overrun s", "CPU s", "cores busy", "peak MiB"]
    header += ["pipelines", "model MiB", "predict s", "failures"]
    adapters = standings.adapters
    if standings.ranks:
        adapters = sorted(adapters, key=standings.mean_rank)
    body = [
        [adapter, *_places(standings, adapter), *_costs(_of(rows, adapter))] for adapter in adapters
    ]
    note = (
        f"Over {len(standings.ranks)} tasks. Normalized: 0 the constant, 1 the best of each task. "
        "CPU seconds are those of a whole job, imports and prediction included; cores busy are "
        "their share of its wall seconds × cores."
    )
    parts = ["### Summary", note, _significance(standings), markdown_table(header, body)]
    return "\n\n".join(part for part in parts if part)


def _scale(standings: Standings) -> str:
    """Show where adapters are between the forest that people take and the best of each task."""
    tasks = list(standings.scaled)
    if not tasks:
        return ""
    body = []
    for adapter in standings.adapters:
        found = [standings.scaled[task].get(adapter) for task in tasks]
        known = [share for share in found if share is not None]
        middle = median(known) if known else None
        body.append([adapter, *(_number(share, ".2f") for share in (*found, middle))])
    note = f"0 is {BASELINE}, 1 the best of each task; the median over the tasks of an adapter."
    return f"### Scale\n\n{note}\n\n{markdown_table(['adapter', *tasks, 'median'], body)}"


def _significance(standings: Standings) -> str:
    found = compare_ranks(standings)
    if found is None:
        return ""
    return (
        f"Mean ranks that differ by less than {found.critical_difference:.2f}, the critical "
        "difference at 5 % (Nemenyi), may well be equal; that all adapters are equally good has "
        f"p = {found.p_value:.2g} (Friedman)."
    )


def _differences(standings: Standings, rows: Sequence[Row]) -> str:
    """Show by how much this project is ahead of every other adapter, task by task."""
    others = [name for name in standings.adapters if name not in (OURS, CONSTANT)]
    if OURS not in standings.adapters or not others:
        return ""
    table = paired_differences(rows, OURS)
    body = [
        [task, standings.metrics[task], *(_difference(table[task].get(name)) for name in others)]
        for task in standings.ranks
    ]
    note = (
        f"By how much {OURS} is better, in units of the metric, with the 95 % interval of a paired "
        "bootstrap over the held-out rows. Bold: the interval is on one side of zero. Other "
        "training rows would make a difference, too, which these intervals do not know of."
    )
    return f"### Differences\n\n{note}\n\n{markdown_table(['task', 'metric', *others], body)}"


def _difference(found: Difference | None) -> str:
    if found is None:
        return NONE
    text = f"{found.gain:+.4g} [{found.low:+.4g}, {found.high:+.4g}]"
    return f"**{text}**" if found.is_clear else text


def _of(rows: Sequence[Row], adapter: str) -> list[Row]:
    return [row for row in rows if row.key.adapter == adapter]


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
    fits = [row.costs.fit_seconds / row.key.budget for row in rows if row.costs.fit_seconds]
    busy = [row.costs.cpu_seconds / (row.costs.wall_seconds * row.provenance.jobs) for row in rows]
    return [
        f"{fmean(fits):.2f}" if fits else NONE,
        f"{max(row.costs.overrun_seconds for row in rows):.1f}",
        f"{fmean(row.costs.cpu_seconds for row in rows):.1f}",
        f"{fmean(busy):.0%}",
        f"{max(row.costs.peak_mib for row in rows):.0f}",
        mean_cell([row.extra.get("pipelines") for row in rows], ".0f"),
        mean_cell([row.extra.get("model_mib") for row in rows], ".2f"),
        mean_cell([row.costs.predict_seconds for row in rows], ".2f"),
        f"{sum(row.score is None for row in rows)}/{len(rows)}",
    ]


def mean_cell(values: Sequence[float | None], form: str) -> str:
    """Return the mean of what is known, as a table shows it; a dash if nothing is.

    Parameters
    ----------
    values : sequence of float or None
    form : str
        As `format` takes it.
    """
    known = [value for value in values if value is not None]
    return format(fmean(known), form) if known else NONE


def _preparations(rows: Sequence[Row]) -> str:
    found = {row.key.adapter: row.preparation for row in rows if row.preparation}
    lines = [f"- {adapter}: {text}" for adapter, text in found.items()]
    return "\n".join(["Preparation of the data before the tool:", "", *lines]) if lines else ""


def _failures(rows: Sequence[Row]) -> str:
    lines = [_failure(row, row.failure) for row in rows if row.score is None]
    late = [row for row in rows if row.extra.get("failure")]
    lines += [_failure(row, f"scored, but {row.extra['failure']}") for row in late]
    return "\n".join(["### Failures", "", *lines]) if lines else ""


def _failure(row: Row, text: str) -> str:
    return f"- {_place(row)}, {row.key.adapter}: {_cell(_shorten_log(text))}"


def _place(row: Row) -> str:
    return f"{row.key.task}, split {row.key.split}, seed {row.key.seed}"


def _shorten_log(failure: str) -> str:
    """Return the first line, which says how it ended, and the last, which says why."""
    lines = failure.splitlines() or ["unknown"]
    return lines[0] if len(lines) == 1 else f"{lines[0]}: {lines[-1]}"


def _extras(rows: Sequence[Row]) -> str:
    """Show what the adapter of this project says about its searches."""
    rows = [row for row in rows if "pipelines_per_minute" in row.extra]
    if not rows:
        return ""
    header = [
        "search",
        "adapter",
        "pipelines",
        "per minute",
        "estimator share",
        "first model s",
        "within 2 % s",
        "fit s",
    ]
    header += ["members", "score", "honest score", "its interval", "naive score"]
    header += ["export matches", "largest difference", "best pipeline"]
    body = [
        [
            _place(row),
            row.key.adapter,
            _number(row.extra.get("pipelines"), "g"),
            _number(row.extra.get("pipelines_per_minute"), ".1f"),
            _number(row.extra.get("estimator_share"), ".0%"),
            _number(row.extra.get("first_model_seconds"), ".1f"),
            _number(row.extra.get("near_seconds"), ".1f"),
            _number(row.extra.get("whole_fit_seconds"), ".1f"),
            _number(row.extra.get("members"), "g"),
            _number(row.score, ".4f"),
            *_promised(row.extra),
            _yes_or_no(row.extra),
            _number(row.extra.get("export_max_abs_difference"), ".2g"),
            _shorten(str(row.extra.get("best_pipeline", NONE))),
        ]
        for row in rows
    ]
    problems = [
        f"- {_place(row)}: {_cell(_shorten_log(row.extra['export_problem']))}"
        for row in rows
        if row.extra.get("export_problem")
    ]
    parts = ["### Our searches", markdown_table(header, body), "\n".join(problems)]
    return "\n\n".join(part for part in parts if part)


def _promised(extra: dict[str, Any]) -> list[str]:
    """Return what a search said of its score before anybody else looked: greater is better."""
    low, high = extra.get("honest_interval") or (None, None)
    between = NONE if low is None else f"{low:.4f} to {high:.4f}"
    honest, naive = (_number(extra.get(name), ".4f") for name in ("honest_score", "naive_score"))
    return [honest, between, naive]


def _number(value: Any, form: str) -> str:
    return NONE if value is None else format(value, form)


def _yes_or_no(extra: dict[str, Any]) -> str:
    if "export_matches" not in extra:
        return NONE
    return "yes" if extra["export_matches"] else "no"


def _shorten(text: str) -> str:
    return text if len(text) <= TEXT_LENGTH else f"{text[: TEXT_LENGTH - 1]}…"
