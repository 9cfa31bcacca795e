"""The learnt portfolio as the file that the package reads, and what it is worth as Markdown."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import fmean

import numpy as np

from automl.pipelines import Start, load_catalogue
from benchmarks.running.provenance import named_versions
from benchmarks.scores.report import markdown_table
from benchmarks.studies.portfolio.candidates import BY_HAND, SEED
from benchmarks.studies.portfolio.forecast import SEEN, forecast
from benchmarks.studies.portfolio.learn import Evidence, Unseen, gather, learn, leave_one_out
from benchmarks.studies.portfolio.measure import SIZES, Size
from benchmarks.studies.portfolio.rows import CandidateRow

KINDS = ("classification", "regression")
COUNTS = (1, 4, 8, 16, 28)
SECONDS = (0.5, 1.0, 3.0, 10.0)
SHUFFLES = 10  # orders of chance, of which the mean is shown

NOTES = """\
- A set is worth 0 where the best start so far has the median score of all candidates there, and 1 \
where it has the best of their scores.
- *learnt*: starts in the order learnt from all other sets. *by hand*: the starts before any were \
learnt. *by chance*: the candidates in orders of chance, mean of {shuffles}.
- *after n*: when n starts have ended. *within t s*: those that end in so many seconds of fits on \
one core, a single fit each."""

FORECASTS = """\
On a set that was left out, after its first {seen} starts have ended. *By starts*: what a start \
took on the other sets, by the factor of those that ended on this one. *By models*: the quickest \
of the same model that ended on this set, nothing where there is none."""


def portfolio_text(rows: Sequence[CandidateRow]) -> str:
    """Return the file that the package reads: one start a line.

    Parameters
    ----------
    rows : sequence of CandidateRow
    """
    commits = sorted({row.provenance.commit for row in rows})
    sets = sorted({row.key.task for row in rows})
    tables = [f'  "{kind}": {{\n' + ",\n".join(_lists(rows, kind)) + "\n  }" for kind in KINDS]
    about = [
        f'  "learnt by": {json.dumps("python -m benchmarks portfolio")}',
        f'  "at commits": {json.dumps(commits)}',
        f'  "from sets": {json.dumps(sets)}',
    ]
    return "{\n" + ",\n".join([*about, *tables]) + "\n}\n"


def _lists(rows: Sequence[CandidateRow], kind: str) -> Iterator[str]:
    optional = [one.name for one in load_catalogue().values() if one.requires is not None]
    for size in SIZES:
        everything = gather(rows, kind, size)
        lists = {
            "all packages": everything,
            "required packages": everything.without_models(optional),
        }
        texts = [f'      "{name}": [\n{_lines(one)}\n      ]' for name, one in lists.items()]
        yield f'    "{size.name}": {{\n' + ",\n".join(texts) + "\n    }"


def _lines(evidence: Evidence) -> str:
    return ",\n".join(f"        {_line(evidence, place)}" for place in learn(evidence))


def _line(evidence: Evidence, place: int) -> str:
    seconds = float(f"{evidence.typical_seconds()[place]:.3g}")
    return replace(Start.from_json(evidence.starts[place]), seconds=seconds).to_json()


def portfolio_report(rows: Sequence[CandidateRow]) -> str:
    """Return what the portfolio is worth on sets that it was not learnt from, as Markdown.

    Parameters
    ----------
    rows : sequence of CandidateRow
    """
    return "\n".join(_report(rows)) + "\n"


def _report(rows: Sequence[CandidateRow]) -> Iterator[str]:
    last = rows[-1].provenance
    machine = ", ".join(f"{name} {value}" for name, value in last.machine.items())
    yield "# What the portfolio is worth, leave one set out"
    yield ""
    yield f"- {len(rows)} evaluations with {named_versions(last.versions)}; {machine}"
    yield f"- learnt by `python -m benchmarks portfolio --data FOLDER` at {last.commit}"
    yield ""
    found = [(kind, size, gather(rows, kind, size)) for kind in KINDS for size in SIZES]
    known = [(kind, size, evidence) for kind, size, evidence in found if evidence.own.any()]
    for kind, size, evidence in known:
        yield from _section(evidence, kind, size)
    yield NOTES.format(shuffles=SHUFFLES)
    yield ""
    yield from _forecasts(known)


def _section(evidence: Evidence, kind: str, size: Size) -> Iterator[str]:
    own = evidence.of_size()
    yield f"## {kind.capitalize()}, fits on up to {size.rows:,} rows"
    yield ""
    yield f"{len(evidence.starts)} candidates on {len(own.sets)} sets: {', '.join(own.sets)}."
    yield ""
    hands = {start.to_json() for start in BY_HAND}
    by_hand = [place for place, start in enumerate(evidence.starts) if start in hands]
    rng = np.random.default_rng(SEED)
    orders = [rng.permutation(len(evidence.starts)).tolist() for _ in range(SHUFFLES)]
    by_chance = [one for order in orders for one in leave_one_out(evidence, order)]
    found = {
        "learnt": leave_one_out(evidence),
        "by hand": leave_one_out(evidence, by_hand),
        "by chance": by_chance,
    }
    header = [f"after {n}" for n in COUNTS] + [f"within {t:g} s" for t in SECONDS]
    yield markdown_table(["starts", *header], [[name, *_cells(of)] for name, of in found.items()])
    yield ""


def _forecasts(known: Sequence[tuple[str, Size, Evidence]]) -> Iterator[str]:
    """Show how far predicted seconds are from those that fits took."""
    body = []
    for kind, size, evidence in known:
        found = forecast(evidence)
        for name, ratios in (("starts", found.by_start), ("models", found.by_model)):
            if len(ratios):
                shares = [np.mean((ratios > 0.5) & (ratios < 2)), np.mean(ratios <= 0.5)]
                fits = f"{kind}, up to {size.rows:,} rows"
                body.append([fits, name, f"{len(ratios)}", *(f"{one:.0%}" for one in shares)])
    if body:
        yield "## How well seconds are foretold"
        yield ""
        yield FORECASTS.format(seen=SEEN)
        yield ""
        yield markdown_table(
            ["fits", "by", "forecasts", "within a factor of 2", "half or less"], body
        )


def _cells(found: Sequence[Unseen]) -> Iterator[str]:
    for count in COUNTS:
        yield f"{fmean(one.after(count) for one in found):.3f}"
    for seconds in SECONDS:
        yield f"{fmean(one.within(seconds) for one in found):.3f}"
