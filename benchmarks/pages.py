"""The pages that `python -m benchmarks reports` writes from committed journals.

::

    benchmarks/results/*.jsonl ─► report of the study or the suite ─► a page
                               └► a table between two comments     ─► a page that people write

A test compares what is committed with what the journals give.
"""

import re
from collections.abc import Callable, Iterator

from benchmarks.running.journal import Journal, Row
from benchmarks.running.provenance import ROOT
from benchmarks.scores.comparison import DEFAULT_BOOSTERS, TITLES, comparison_table
from benchmarks.scores.report import render_report
from benchmarks.studies.cost.study import Cost
from benchmarks.studies.honesty.study import Honesty
from benchmarks.studies.methods.study import Methods
from benchmarks.studies.onnx import OnnxForms
from benchmarks.studies.parts.report import parts_report, worth_table
from benchmarks.studies.portfolio.report import portfolio_text
from benchmarks.studies.portfolio.study import Portfolio
from benchmarks.studies.reading.study import Readings
from benchmarks.studies.strategies.study import Strategies
from benchmarks.studies.study import RESULTS, Study
from benchmarks.torture.study import Torture

Write = Callable[[], str]

BEGIN, END = "<!-- table {}: written by `make reports` -->", "<!-- end of the table -->"


def _rows(name: str) -> list[Row]:
    return Journal(ROOT / RESULTS / f"{name}.jsonl").rows


def _study(study: type[Study]) -> str:  # type: ignore[type-arg]
    return study.report(study.open(ROOT / study.journal).rows)


def _parts_table() -> str:
    rows = _rows("parts")
    # Losses at different budgets have no common mean.
    budgets = sorted({row.key.budget for row in rows})
    tables = {
        budget: worth_table([row for row in rows if row.key.budget == budget]) for budget in budgets
    }
    return "\n\n".join(f"With {budget:g} s:\n\n{table}" for budget, table in tables.items())


PAGES: dict[str, Write] = {
    "benchmarks/results/public.md": lambda: render_report(_rows("public")),
    "benchmarks/results/public_10.md": lambda: render_report(_rows("public_10")),
    "benchmarks/results/public_300.md": lambda: render_report(_rows("public_300")),
    "benchmarks/results/large.md": lambda: render_report(_rows("large")),
    "benchmarks/results/parts.md": lambda: parts_report(_rows("parts")),
    "benchmarks/results/parts_60.md": lambda: parts_report(_rows("parts_60")),
    "benchmarks/results/parts_folds.md": lambda: parts_report(_rows("parts_folds")),
    "benchmarks/results/honesty.md": lambda: _study(Honesty),
    "benchmarks/results/portfolio.md": lambda: _study(Portfolio),
    "benchmarks/results/strategies.md": lambda: _study(Strategies),
    "benchmarks/results/speed.md": lambda: _study(Cost),
    "docs/all_sets.md": lambda: render_report(_rows("all_sets")),
    "docs/methods_measured.md": lambda: _study(Methods),
    "docs/onnx.md": lambda: _study(OnnxForms),
    "docs/reading.md": lambda: _study(Readings),
    "docs/reliability.md": lambda: _study(Torture),
    "pipelines/spaces/portfolio.json": lambda: portfolio_text(
        Portfolio.open(ROOT / Portfolio.journal).rows
    ),
}
"""Whole files, by their paths below the root."""

TABLES: dict[tuple[str, str], Write] = {
    ("README.md", "a minute"): lambda: comparison_table(_rows("public")),
    ("docs/benchmarks.md", "ten seconds"): lambda: comparison_table(
        _rows("public_10"), TITLES | DEFAULT_BOOSTERS
    ),
    ("docs/benchmarks.md", "five minutes"): lambda: comparison_table(_rows("public_300")),
    ("docs/search.md", "parts"): _parts_table,
}
"""Tables by the path of their page and their name in the comments around them."""


def render_page(path: str) -> str:
    """Return a page as its journals give it."""
    if path in PAGES:
        return PAGES[path]()
    text = (ROOT / path).read_text("utf-8")
    # One by one on the same text: a page may have several tables.
    for (page, name), write in TABLES.items():
        if page == path:
            text = replace_table(text, name, write())
    return text


def replace_table(text: str, name: str, table: str) -> str:
    """Return a text with another table between the comments of a name.

    Parameters
    ----------
    text : str
    name : str
    table : str

    Raises
    ------
    ValueError
        If the comments are not there, exactly once.
    """
    begin = BEGIN.format(name)
    pattern = f"{re.escape(begin)}\n.*?{re.escape(END)}"
    # A function, because a table may hold what a replacement text would interpret.
    changed, count = re.subn(
        pattern, lambda match: f"{begin}\n\n{table}\n\n{END}", text, flags=re.DOTALL
    )
    if count != 1:
        raise ValueError(f"expected {begin!r} and {END!r} once each, got {count} such tables")
    return changed


def page_paths() -> list[str]:
    """Return the paths of all pages, below the root."""
    return [*PAGES, *dict.fromkeys(page for page, _ in TABLES)]


def write_pages() -> Iterator[str]:
    """Write all pages, and yield the paths of those that changed."""
    for path in page_paths():
        text, file = render_page(path), ROOT / path
        # An unchanged file keeps its time, so that `git status` and editors stay quiet.
        if not file.exists() or file.read_text("utf-8") != text:
            file.write_text(text, "utf-8")
            yield path
