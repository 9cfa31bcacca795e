"""`python -m benchmarks parts`."""

import argparse
from pathlib import Path

from benchmarks.options import count, names, positive
from benchmarks.running.journal import Journal
from benchmarks.running.run import Plan, run_plan
from benchmarks.scores.report import OURS
from benchmarks.studies.parts.report import VARIANTS, parts_report
from benchmarks.studies.parts.variants import PARTS
from benchmarks.studies.study import data_folder
from benchmarks.tasks.folder import folder_tasks
from benchmarks.tasks.suite import PUBLIC, read_suite

ONLY_ON = {
    "OneDraw": ("credit_g", "vehicle", "eucalyptus"),  # elsewhere rows are enough for one draw
    "ThreeFolds": ("adult", "diamonds"),  # those of many rows
}


def add_command(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes and does."""
    add = parser.add_argument
    add("--data", type=Path, help="folder of data sets with an index.json")
    add("--tasks", type=names, help=f"only these sets (those of the suite {PUBLIC})")
    add("--parts", type=names, default=list(PARTS), help=f"out of {','.join(PARTS)} (all)")
    add("--budget", type=positive, default=30.0, help="seconds of a fit (%(default)g)")
    add("--splits", type=count, default=2, help="hold-outs per set (%(default)s)")
    add("--rows", type=count, help="rows to fit on, at most (two thirds)")
    add("--jobs", type=count, default=2, help="cores of a fit (%(default)s)")
    add("--journal", type=Path, default=Path("parts.jsonl"), help="measurements (%(default)s)")
    add("--report", action="store_true", help="measure nothing, show what the journal has")
    parser.set_defaults(run=show_parts)


def show_parts(options: argparse.Namespace) -> None:
    """Measure what is missing and print the table."""
    journal = Journal(options.journal)
    if not options.report:
        # Part by part: what a run that is stopped has measured is whole for some of them.
        for part in (OURS, *options.parts):
            measure_part(part, options, journal)
    print(parts_report(journal.rows), end="")


def measure_part(part: str, options: argparse.Namespace, journal: Journal) -> None:
    """Measure the search without a part, or as it is, where the journal lacks that.

    Parameters
    ----------
    part : str
    options : Namespace
    journal : Journal
    """
    plan = Plan(
        adapters=(part if part == OURS else VARIANTS.format(part),),
        budget=options.budget,
        jobs=options.jobs,
        splits=options.splits,
        rows=options.rows,
    )
    tasks = options.tasks or read_suite(PUBLIC).folder
    sets = [task for task in tasks if task in ONLY_ON.get(part, tasks)]
    run_plan(folder_tasks(data_folder(options), sets), plan, journal)
