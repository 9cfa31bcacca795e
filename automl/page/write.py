"""The report as a file: a page, a text or JSON, by the end of its path."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import PurePath
from typing import Any

from automl.errors import SettingsError
from automl.files import write_whole
from automl.page.facts import ReportFacts, report_facts
from automl.page.markdown import fence, markdown
from automl.page.row_facts import NO_ROWS, row_facts

DRAWN = ("chart", "charts", "flow")  # fields that JSON leaves out, for it has their content


def write_report(
    search: Any, path: str | os.PathLike[str], X: Any, y: Any, sample_weight: Any, by: Any = None
) -> None:
    """Write the report of a fitted estimator.

    Parameters
    ----------
    search : AutoMLClassifier or AutoMLRegressor
    path : path
        It ends in .html, .md or .json.
    X, y, sample_weight : rows that the search has not seen, those of the fit, or None
    by : str, array-like of shape (n_rows,) or None
        The column by whose groups the rows are scored.

    Raises
    ------
    SettingsError, FileError
        If it ends in something else or cannot be written, or only one of X and y is given, or
        `by` without them.
    """
    writer = writer_of(path)
    if (X is None) != (y is None):
        missing = "y" if y is None else "X"
        raise SettingsError(f"expected X and y of new rows, got no {missing}; give both or none")
    if X is None and by is not None:
        raise SettingsError(
            "expected X and y beside by, got none; give new rows, or those of the fit for scores "
            "of held-out rows"
        )
    rows = NO_ROWS if X is None else row_facts(search, X, y, sample_weight, by)
    write_whole(path, writer(report_facts(search, rows)).encode())


def writer_of(path: str | os.PathLike[str]) -> Callable[[ReportFacts], str]:
    """Return the function that writes what the end of a path names.

    Parameters
    ----------
    path : path

    Raises
    ------
    SettingsError
        If it ends in something else than .html, .md or .json.
    """
    ending = PurePath(path).suffix.lower()
    if ending not in WRITERS:
        raise SettingsError(
            f"expected a path that ends in one of {list(WRITERS)}, got {os.fspath(path)!r}"
        )
    return WRITERS[ending]


@dataclass(frozen=True)
class Live:
    """What a page needs to look for news by itself."""

    nonce: str
    """Allows its own script, and no other."""
    tag: str
    """The state of the run that it shows."""


def as_page(facts: ReportFacts, live: Live | None = None) -> str:
    """Return a page that needs no network; it runs no script but to look for news.

    Parameters
    ----------
    facts : ReportFacts
    live : Live, optional
        For a page that is served while the run goes on.
    """
    return _render("report.html", facts, autoescape=True, live=live)


def as_markdown(facts: ReportFacts) -> str:
    """Return the same facts as Markdown."""
    return _render("report.md", facts, autoescape=False)


def as_json(facts: ReportFacts) -> str:
    """Return the same facts as JSON, without the charts."""
    return json.dumps(_plain(facts), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


WRITERS: dict[str, Callable[[ReportFacts], str]] = {
    ".html": as_page,
    ".md": as_markdown,
    ".json": as_json,
}


def number(value: Any) -> str:
    """Return a cell as text: four digits of a number, a dash for nothing.

    Examples
    --------
    >>> number(0.123456), number(12), number(None), number("ridge")
    ('0.1235', '12', '–', 'ridge')
    """
    if value is None:
        return "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _render(
    template: str, facts: ReportFacts, *, autoescape: bool, live: Live | None = None
) -> str:
    page = _environment(autoescape).get_template(template)
    return str(page.render(facts=facts, live=live))


@cache  # a live page is written again and again
def _environment(autoescape: bool) -> Any:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("automl.page"),
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number, "markdown": _markdown, "fence": fence}
    return environment


def _markdown(value: Any) -> str:
    return markdown(number(value))


def _plain(value: Any) -> Any:
    """Return what JSON can hold of a record."""
    if is_dataclass(value):
        names = [field.name for field in fields(value) if field.name not in DRAWN]
        return {name: _plain(getattr(value, name)) for name in names}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
