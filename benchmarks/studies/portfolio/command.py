"""`python -m benchmarks portfolio`."""

import argparse
import sys
from pathlib import Path

from benchmarks.options import count, names
from benchmarks.running.provenance import usable_cores
from benchmarks.studies.portfolio.measure import measure
from benchmarks.studies.portfolio.report import portfolio_report, portfolio_text
from benchmarks.studies.portfolio.rows import CandidateJournal, CandidateRow
from benchmarks.tasks.folder import folder_tasks
from benchmarks.tasks.suite import PUBLIC, read_suite

PORTFOLIO_JOURNAL = Path("benchmarks/results/portfolio.jsonl")


def add_command(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes and does."""
    add = parser.add_argument
    add("--data", type=Path, required=True, help="folder of data sets with an index.json")
    add("--tasks", type=names, help=f"only these sets (all but those of the suite {PUBLIC})")
    add("--jobs", type=count, default=usable_cores(), help="processes (%(default)s)")
    add("--journal", type=Path, default=PORTFOLIO_JOURNAL, help="measurements (%(default)s)")
    add("--out", type=Path, help="file for what was learnt, such as pipelines/portfolio.json")
    add("--report", action="store_true", help="measure nothing, learn from what the journal has")
    parser.set_defaults(run=learn_portfolio)


def learn_portfolio(args: argparse.Namespace) -> None:
    """Measure what is missing, learn, and print what the portfolio is worth."""
    journal = CandidateJournal(args.journal)
    if not args.report:
        kept = set(read_suite(PUBLIC).folder)
        sets = args.tasks or [one.name for one in folder_tasks(args.data) if one.name not in kept]
        measure(args.data, sets, journal, args.jobs, on_row=show_candidate)
    print(portfolio_report(journal.rows), end="")
    if args.out is not None:
        args.out.write_text(portfolio_text(journal.rows), "utf-8")


def show_candidate(row: CandidateRow) -> None:
    """Print one line about a new row."""
    found = row.failure or f"{row.score:.4g} in {row.seconds:.2f} s"
    print(f"{row.key.task} {row.key.rows} {row.key.start}: {found}", file=sys.stderr)
