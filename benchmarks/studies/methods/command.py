"""`python -m benchmarks methods`."""

import argparse
import sys
from pathlib import Path

from benchmarks.options import add_own_tasks, count, find_own_tasks, names, positive
from benchmarks.scores.plots import plot_curves
from benchmarks.studies.methods.loop import LEVELS, MethodPlan, run_methods
from benchmarks.studies.methods.report import methods_curves, methods_report
from benchmarks.studies.methods.rows import MethodJournal, MethodRow

METHODS_JOURNAL = Path("benchmarks/results/methods.jsonl")
METHODS_PAGE = Path("docs/methods_measured.md")


def add_command(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes and does."""
    add_own_tasks(parser)
    add = parser.add_argument
    add("--seconds", type=positive, default=20.0, help="wall seconds of a method (%(default)g)")
    add("--seeds", type=count, default=1, help="seeds and hold-outs per task (%(default)s)")
    add("--levels", type=names, default=list(LEVELS), help=f"out of {','.join(LEVELS)}")
    add("--methods", type=names, help="only these methods, such as bayesian,optuna")
    add("--journal", type=Path, default=METHODS_JOURNAL, help="measurements (%(default)s)")
    add("--out", type=Path, default=METHODS_PAGE, help="page for the tables (%(default)s)")
    add("--report", action="store_true", help="measure nothing, show what the journal has")
    parser.set_defaults(run=compare_methods)


def compare_methods(args: argparse.Namespace) -> None:
    """Compare methods, and write page and plot."""
    journal = MethodJournal(args.journal)
    if not args.report:
        only = None if args.methods is None else tuple(args.methods)
        plan = MethodPlan(args.seconds, args.seeds, tuple(args.levels), only)
        run_methods(find_own_tasks(args), plan, journal, on_row=show_method)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    curves = methods_curves(journal.rows)
    picture = args.out.with_name(f"{args.out.stem}_anytime.svg")
    if curves:
        plot = plot_curves(curves, "share of the time", "rank of the best so far, 1 the first")
        picture.write_text(plot, "utf-8")
    args.out.write_text(methods_report(journal.rows, picture.name if curves else ""), "utf-8")


def show_method(row: MethodRow) -> None:
    """Print one line about a new row of the comparison of methods."""
    place = f"{row.key.task} seed {row.key.seed} {row.key.level} {row.key.method}"
    if row.found is None:
        print(f"{place}: failed, {row.failure}", file=sys.stderr)
        return
    found = row.found
    said = f"{row.metric} {found.score:.4f}, {found.evaluations} in {found.seconds:.1f} s"
    print(f"{place}: {said}", file=sys.stderr)
