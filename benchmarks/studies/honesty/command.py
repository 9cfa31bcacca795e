"""`python -m benchmarks honesty`."""

import argparse
import sys
from pathlib import Path

from benchmarks.options import count, names
from benchmarks.studies.honesty.report import honesty_report
from benchmarks.studies.honesty.rows import HonestyJournal, HonestyRow
from benchmarks.studies.honesty.study import HonestyPlan, run_study
from benchmarks.tasks.folder import folder_tasks

HONESTY_JOURNAL = Path("benchmarks/results/honesty.jsonl")
SETS = (
    "adult",
    "phoneme",
    "churn",
    "bank_customer_churn",
    "phishing_websites",
    "mammography",
    "higgs_small",
    "covertype_15k",
    "steel_plates_fault",
    "kin8nm",
    "abalone",
    "elevators",
    "california_housing",
    "diamonds",
)
"""Sets of thousands of rows, so that a test score is nearly the truth; of several classes there are
few without rare ones, hence steel_plates_fault with 1,941 rows."""


def add_command(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes and does."""
    add, plan = parser.add_argument, HonestyPlan()
    add("--data", type=Path, required=True, help="folder of data sets with an index.json")
    add("--tasks", type=names, default=list(SETS), help=f"only these sets ({','.join(SETS)})")
    add("--seeds", type=count, default=plan.seeds, help="searches of a set (%(default)s)")
    add("--rows", type=count, default=plan.rows, help="rows of a search (%(default)s)")
    add("--evaluations", type=count, default=plan.evaluations, help="its pipelines (%(default)s)")
    add("--catalogue", default=plan.catalogue, help="what they are made of (%(default)s)")
    add("--jobs", type=count, default=plan.jobs, help="its worker processes (%(default)s)")
    add("--journal", type=Path, default=HONESTY_JOURNAL, help="measurements (%(default)s)")
    add("--report", action="store_true", help="measure nothing, show what the journal has")
    parser.set_defaults(run=study_honesty)


def study_honesty(args: argparse.Namespace) -> None:
    """Measure what is missing, and print the report."""
    journal = HonestyJournal(args.journal)
    if not args.report:
        plan = HonestyPlan(args.seeds, args.rows, args.evaluations, args.catalogue, args.jobs)
        run_study(folder_tasks(args.data, args.tasks), plan, journal, on_row=show_promise)
    print(honesty_report(journal.rows), end="")


def show_promise(row: HonestyRow) -> None:
    """Print one line about a new row."""
    place = f"{row.key.task} seed {row.key.seed}"
    if row.promise is None:
        print(f"{place}: failed, {row.failure}", file=sys.stderr)
        return
    one = row.promise
    said = f"{one.metric} {one.estimate:.4g} [{one.low:.4g}, {one.high:.4g}], test {one.test:.4g}"
    print(f"{place}: {said}, {one.seconds:.1f} s", file=sys.stderr)
