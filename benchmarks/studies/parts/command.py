"""`python -m benchmarks parts`."""

import argparse
from pathlib import Path

from benchmarks.options import count, names, positive
from benchmarks.running.journal import Journal
from benchmarks.running.run import Plan, run_plan
from benchmarks.scores.report import OURS
from benchmarks.studies.parts.report import parts_report
from benchmarks.tasks.folder import folder_tasks
from benchmarks.tasks.suite import PUBLIC, read_suite

VARIANTS = "benchmarks.studies.parts.variants:{}"
PARTS = {
    "WithoutPortfolio": "learnt starts (starts by hand)",
    "WithoutRacing": "racing (whole draws for all)",
    "WithoutCosts": "costs (what cannot end is started)",
    "WithoutForecasts": "what starts took on other sets",
    "WithoutTuning": "tuning of leaders",
    "WithoutShortening": "leaders without each of their steps",
    "WithoutEvolution": "evolution (random pipelines after the starts)",
    "WithoutCredit": "moves that earn credit (fixed weights)",
    "WithoutEnsemble": "the ensemble (the best pipeline alone)",
    "OneDraw": "repeated folds below 1,000 rows",
    "ThreeFolds": "two of the five folds",
}
ON = {
    "OneDraw": ("credit_g", "vehicle", "eucalyptus"),  # the others have rows enough for one
    "ThreeFolds": ("adult", "diamonds"),  # those of many rows
}


def add_command(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes and does."""
    add = parser.add_argument
    add("--data", type=Path, required=True, help="folder of data sets with an index.json")
    add("--tasks", type=names, help=f"only these sets (those of the suite {PUBLIC})")
    add("--parts", type=names, default=list(PARTS), help="only these (all of them)")
    add("--budget", type=positive, default=30.0, help="seconds of a fit (%(default)g)")
    add("--splits", type=count, default=2, help="hold-outs per set (%(default)s)")
    add("--jobs", type=count, default=2, help="cores of a fit (%(default)s)")
    add("--journal", type=Path, default=Path("parts.jsonl"), help="measurements (%(default)s)")
    add("--report", action="store_true", help="measure nothing, show what the journal has")
    parser.set_defaults(run=show_parts)


def show_parts(args: argparse.Namespace) -> None:
    """Measure what is missing and print the table."""
    journal = Journal(args.journal)
    for part in () if args.report else (OURS, *args.parts):
        measure_part(part, args, journal)
    called = {VARIANTS.format(part): name for part, name in PARTS.items()}
    print(parts_report(journal.rows, called), end="")


def measure_part(part: str, args: argparse.Namespace, journal: Journal) -> None:
    """Measure the search without a part, or as it is, where the journal lacks that.

    Parameters
    ----------
    part : str
    args : Namespace
    journal : Journal
    """
    plan = Plan(
        adapters=(part if part == OURS else VARIANTS.format(part),),
        budget=args.budget,
        jobs=args.jobs,
        splits=args.splits,
    )
    tasks = args.tasks or read_suite(PUBLIC).folder
    sets = [task for task in tasks if task in ON.get(part, tasks)]
    run_plan(folder_tasks(args.data, sets), plan, journal)
