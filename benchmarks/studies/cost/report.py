"""The report in Markdown."""

from collections.abc import Mapping, Sequence
from statistics import median

from benchmarks.running.provenance import Provenance, named_versions
from benchmarks.scores.report import markdown_table
from benchmarks.studies.cost.measure import Reading
from benchmarks.studies.cost.registry import MEASURES

HEADER = ["measure", "what", "median", "from – to", "why it matters"]


def speed_report(found: Mapping[str, Sequence[Sequence[Reading]]], origin: Provenance) -> str:
    """Return the report of what was read.

    Parameters
    ----------
    found : mapping of str to sequence
        The readings of every repeat, by the names of the measures.
    origin : Provenance
    """
    body = [row for name, repeats in found.items() for row in _rows(name, repeats)]
    repeats = max(map(len, found.values()))
    machine = f"machine {origin.machine['cpu']}, {origin.machine['cores']} cores"
    return "\n\n".join(
        [
            "# What the engine costs",
            f"- {named_versions(origin.versions)}\n- commit {origin.commit}\n- {machine}",
            f"Medians of {repeats} repeats, in turns, each in a process of its own.",
            markdown_table(HEADER, body),
            "## How it is measured",
            "\n".join(f"- **{name}**: {MEASURES[name].how}" for name in found) + "\n",
        ]
    )


def _rows(name: str, repeats: Sequence[Sequence[Reading]]) -> list[list[str]]:
    rows = []
    for place, readings in enumerate(zip(*repeats, strict=True)):
        first, values = readings[0], [one.value for one in readings]
        why = "" if place else MEASURES[name].why  # once for all that it reads
        spread = f"{show_number(min(values))} – {show_number(max(values))}"
        middle = f"{show_number(median(values))} {first.unit}"
        rows.append([name, first.what, middle, spread, why])
    return rows


def show_number(value: float) -> str:
    """Return a number with three digits, or all of those before the point.

    Parameters
    ----------
    value : float
    """
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
