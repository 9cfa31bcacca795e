"""The parts of reports: tables, cells, and the lines on the origin of the numbers."""

from collections.abc import Iterable, Sequence
from statistics import fmean
from typing import Any

from benchmarks.running.provenance import Provenance, named_versions

NONE = "–"
EMPTY = "The journal is empty.\n"


def document(*parts: str) -> str:
    """Return paragraphs as one text; empty ones are left out."""
    return "\n\n".join(part for part in parts if part) + "\n"


def bullets(lines: Iterable[str]) -> str:
    """Return lines as a list."""
    return "\n".join(f"- {line}" for line in lines)


def section(title: str, lines: Iterable[str]) -> str:
    """Return a list under a title, nothing if the list is empty."""
    body = bullets(lines)
    return f"{title}\n\n{body}" if body else ""


def markdown_table(header: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table.

    Parameters
    ----------
    header : sequence of str
    body : iterable of sequence of str
    """
    # Cells are not aligned: a single long one would change every line of a diff.
    lines = [header, ["---"] * len(header), *body]
    return "\n".join(f"| {' | '.join(map(escape, line))} |" for line in lines)


def escape(text: str) -> str:
    """Return a text as a cell can hold it: on one line, without an end of a cell."""
    return " ".join(text.replace("|", "\\|").split())


def cell(value: Any, form: str) -> str:
    """Return a value as `format` writes it, a dash for None."""
    return NONE if value is None else format(value, form)


def mean_cell(values: Iterable[float | None], form: str) -> str:
    """Return the mean of the values that are not None, a dash if all are.

    Parameters
    ----------
    values : iterable of float or None
    form : str
        As `format` takes it.
    """
    numbers = [value for value in values if value is not None]
    return cell(fmean(numbers) if numbers else None, form)


def describe_origin(noun: str, origins: Sequence[Provenance]) -> str:
    """Return where measurements come from: versions, commits, machines.

    Parameters
    ----------
    noun : str
        What a measurement is called, in the plural.
    origins : sequence of Provenance
        One for each measurement.
    """
    versions = distinct((named_versions(origin.versions) for origin in origins), "; ")
    # A journal may have grown on several days, so every distinct origin is named.
    machines = [f"{origin.machine['cpu']}, {origin.machine['cores']} cores" for origin in origins]
    cores = distinct(str(origin.jobs) for origin in origins)
    return bullets(
        [
            f"{len(origins)} {noun} with {versions}",
            f"commit {distinct(origin.commit for origin in origins)}",
            f"machine {distinct(machines)}; {cores} used",
        ]
    )


def distinct(texts: Iterable[str], separator: str = ", ") -> str:
    """Return different texts, in their order, as one."""
    return separator.join(dict.fromkeys(texts))
