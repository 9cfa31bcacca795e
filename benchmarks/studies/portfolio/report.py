"""The learnt portfolio as the file that the package reads, and its worth as Markdown."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import fmean

import numpy as np

from automl.pipelines import Start
from benchmarks.scores.markdown import EMPTY, describe_origin, document, markdown_table
from benchmarks.studies.portfolio.candidates import BY_HAND, SEED
from benchmarks.studies.portfolio.forecast import SEEN, forecast
from benchmarks.studies.portfolio.learn import Evidence, Unseen, gather, learn, leave_one_out
from benchmarks.studies.portfolio.rows import SIZES, CandidateRow, Size

KINDS = ("classification", "regression")
COUNTS = (1, 4, 8, 16, 28, 40)
SECONDS = (0.5, 1.0, 3.0, 10.0, 30.0, 100.0)
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
    """Return the file that the package reads: one start a line."""
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
    for size in SIZES:
        evidence = gather(rows, kind, size)
        lines = (f"      {_line(evidence, place)}" for place in learn(evidence))
        yield f'    "{size.name}": [\n' + ",\n".join(lines) + "\n    ]"


def _line(evidence: Evidence, place: int) -> str:
    # Three digits are all that another machine could agree on.
    seconds = float(f"{evidence.typical_seconds()[place]:.3g}")
    return replace(Start.from_json(evidence.starts[place]), seconds=seconds).to_json()


def portfolio_report(rows: Sequence[CandidateRow]) -> str:
    """Return the worth of the portfolio on sets that it was not learnt from, as Markdown."""
    if not rows:
        return EMPTY
    groups = [(kind, size, gather(rows, kind, size)) for kind in KINDS for size in SIZES]
    measured = [group for group in groups if group[2].own.any()]
    return document(
        "# What the portfolio is worth, leave one set out",
        describe_origin("evaluations", [row.provenance for row in rows]),
        *(part for kind, size, evidence in measured for part in _section(evidence, kind, size)),
        NOTES.format(shuffles=SHUFFLES),
        *_forecasts(measured),
    )


def _section(evidence: Evidence, kind: str, size: Size) -> list[str]:
    own = evidence.of_size()
    start_texts = {start.to_json() for start in BY_HAND}
    by_hand = [place for place, start in enumerate(evidence.starts) if start in start_texts]
    # Seeded: the page has to come out the same from the same journal.
    rng = np.random.default_rng(SEED)
    orders = [rng.permutation(len(evidence.starts)).tolist() for _ in range(SHUFFLES)]
    curves = {
        "learnt": leave_one_out(evidence),
        "by hand": leave_one_out(evidence, by_hand),
        "by chance": [curve for order in orders for curve in leave_one_out(evidence, order)],
    }
    header = [f"after {n}" for n in COUNTS] + [f"within {t:g} s" for t in SECONDS]
    return [
        f"## {kind.capitalize()}, fits on up to {size.rows:,} rows",
        f"{len(evidence.starts)} candidates on {len(own.sets)} sets: {', '.join(own.sets)}.",
        markdown_table(
            ["starts", *header], [[name, *_cells(unseen)] for name, unseen in curves.items()]
        ),
    ]


def _forecasts(measured: Sequence[tuple[str, Size, Evidence]]) -> list[str]:
    """Show how far predicted seconds are from those that fits took."""
    body = []
    for kind, size, evidence in measured:
        forecasts = forecast(evidence)
        for name, ratios in (("starts", forecasts.by_start), ("models", forecasts.by_model)):
            if len(ratios):
                shares = [np.mean((ratios > 0.5) & (ratios < 2)), np.mean(ratios <= 0.5)]
                fits = f"{kind}, up to {size.rows:,} rows"
                body.append([fits, name, f"{len(ratios)}", *(f"{share:.0%}" for share in shares)])
    if not body:
        return []
    header = ["fits", "by", "forecasts", "within a factor of 2", "half or less"]
    note = FORECASTS.format(seen=SEEN)
    return ["## How well seconds are foretold", note, markdown_table(header, body)]


def _cells(curves: Sequence[Unseen]) -> Iterator[str]:
    for count in COUNTS:
        yield f"{fmean(curve.after(count) for curve in curves):.3f}"
    for seconds in SECONDS:
        yield f"{fmean(curve.within(seconds) for curve in curves):.3f}"
