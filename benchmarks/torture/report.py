"""The page on reliability: what was tried, what was held, what was lost."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from benchmarks.scores.markdown import (
    bullets,
    describe_origin,
    distinct,
    document,
    markdown_table,
    section,
)
from benchmarks.studies.study import failures
from benchmarks.torture.part import Part

HEADER = ["part", "cases", "tried", "held", "lost"]
INTRODUCTION = """\
Two promises are put to the test: a budget that holds, and nothing lost. The suite lets estimators \
misbehave, kills processes, sends signals, changes files, fills disks, and looks what is left. A \
try is held if all that its part promises below came true; it is lost otherwise."""
HOW = """\
`make torture` tries all parts, in about four hours on two cores, `make torture PART=kills` one of \
them. A run that was stopped goes on where it was; `ROUNDS=2` tries all once more, and the counts \
add up. A journal of its own (`JOURNAL=file`) measures another state of the project anew. A \
hundredth of the tries, `SCALE=0.01`, takes minutes. A few tries of most kinds run with the \
tests."""
NONE_YET = "Nothing is measured yet: the journal is empty."
EXAMPLES = 12  # lines about what was lost; the journal has them all

Rows = Sequence[Any]  # rows of the study, which imports this module


def render(rows: Rows, parts: Mapping[str, Part]) -> str:
    """Return the page, a pure function of the journal.

    Parameters
    ----------
    rows : sequence of StudyRow
    parts : mapping of str to Part
        By their names, in their order.
    """
    measured = [row for row in rows if row.result]
    return document(
        "# Reliability",
        INTRODUCTION,
        HOW,
        _origin(measured) if measured else NONE_YET,
        markdown_table(HEADER, _body(measured, parts)) if measured else "",
        section("## Numbers", _numbers(measured, parts)),
        section("## What was not held", _losses(measured)),
        section("## What was skipped", _skipped(measured)),
        "## What is promised",
        bullets(f"**{part.name}**: {part.promise}" for part in parts.values()),
        "What the engine costs beside its fits, a fold and the first model among it, stands on "
        "[a page of its own](../benchmarks/results/speed.md).",
        failures(rows),
    )


def _origin(rows: Rows) -> str:
    days = sorted({row.result.date for row in rows})
    hours = sum(row.result.seconds for row in rows) / 3600
    span = distinct([days[0], days[-1]], " to ")
    systems = distinct(row.result.system for row in rows)
    origin = describe_origin("batches", [row.provenance for row in rows])
    return f"{origin}\n{bullets([f'{span}, {hours:.1f} hours, {systems}'])}"


def _body(rows: Rows, parts: Mapping[str, Part]) -> Iterable[list[str]]:
    for name in parts:
        groups = dict.fromkeys(_group(row.key.case) for row in rows if row.key.part == name)
        for place, group in enumerate(groups):
            results = [
                row.result for row in rows if (row.key.part, _group(row.key.case)) == (name, group)
            ]
            counts = [
                sum(getattr(result, count) for result in results)
                for count in ("tried", "held", "lost")
            ]
            if counts[0]:
                yield ["" if place else name, group, *(f"{number:,}" for number in counts)]
    totals = [
        sum(getattr(row.result, count) for row in rows) for count in ("tried", "held", "lost")
    ]
    yield ["all", "", *(f"{number:,}" for number in totals)]


def _group(case: str) -> str:
    """Return the group of a case: what stands before a colon."""
    return case.partition(":")[0]


def _numbers(rows: Rows, parts: Mapping[str, Part]) -> Iterable[str]:
    for part in parts.values():
        values: dict[str, list[float]] = {}
        for row in rows:
            if row.key.part == part.name and row.result.values:
                values.setdefault(row.key.case, []).extend(row.result.values)
        if values:
            yield f"**{part.name}**: {part.summary(values)}"


def _losses(rows: Rows) -> list[str]:
    lost = sorted((row for row in rows if row.result.lost), key=lambda row: -row.result.lost)
    lines = [
        f"{row.key.part}, {row.key.case}: {row.result.lost} of {row.result.tried}, "
        f"{_plain(row.result.detail[0])}"
        for row in lost[:EXAMPLES]
    ]
    remaining = len(lost) - EXAMPLES
    return [*lines, f"{remaining} more batches, in the journal"] if remaining > 0 else lines


def _skipped(rows: Rows) -> list[str]:
    reasons = {
        f"{row.key.part}, {row.key.case}: {row.result.skipped}": None
        for row in rows
        if row.result.skipped
    }
    return list(reasons)


def _plain(text: str) -> str:
    """Return a text that is no markup."""
    return "`" + text.replace("`", "'") + "`"
