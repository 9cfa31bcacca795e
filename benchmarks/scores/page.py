"""The report as one HTML page with plots, which needs nothing but a browser."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape
from markdown_it import MarkdownIt

from benchmarks.running.journal import Row
from benchmarks.scores.plots import plot_curves, plot_ranks, plot_shares
from benchmarks.scores.report import render_report
from benchmarks.scores.standings import anytime_curves, compute_standings
from benchmarks.scores.statistics import compare_ranks

TEMPLATES = Path(__file__).parent / "templates"


def render_page(rows: Sequence[Row]) -> str:
    """Return the page of a journal's rows.

    Parameters
    ----------
    rows : sequence of Row
    """
    templates = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape())
    tables = MarkdownIt("commonmark", {"html": False}).enable("table").render(render_report(rows))
    return templates.get_template("page.html").render(plots=draw(rows), tables=tables)


def draw(rows: Sequence[Row]) -> dict[str, str]:
    """Return plots by their titles.

    Parameters
    ----------
    rows : sequence of Row
    """
    plots = {}
    curves = {name: sorted(of.items()) for name, of in anytime_curves(rows).items()}
    if any(len(points) > 1 for points in curves.values()):
        drawn = plot_curves({"By budget": curves}, "seconds", "mean normalized score", log=True)
        plots["What is reached by when"] = drawn
    for budget in sorted({row.key.budget for row in rows}):
        standings = compute_standings([row for row in rows if row.key.budget == budget])
        if not standings.ranks:
            continue
        ranks = {name: standings.mean_rank(name) for name in standings.adapters}
        found = compare_ranks(standings)
        critical = None if found is None else found.critical_difference
        plots[f"Mean ranks, {budget:g} s"] = plot_ranks(ranks, critical)
        plots[f"Normalized scores, {budget:g} s"] = plot_shares(standings.normalized)
    return plots
