"""The command line of the suite: `run`, `report`, `preparing`, `methods`, `nested-cost`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.adapters import ADAPTERS, check_adapter
from benchmarks.bundled import LOADERS, bundled_tasks
from benchmarks.errors import BenchmarkError, TaskError
from benchmarks.folder import folder_tasks
from benchmarks.journal import Journal, Row
from benchmarks.methods.curves import curves_svg
from benchmarks.methods.loop import DEFAULT_TASKS, LEVELS, MethodPlan, run_methods
from benchmarks.methods.report import methods_curves, methods_report
from benchmarks.methods.rows import MethodJournal, MethodRow
from benchmarks.nested_cost import EVALUATIONS, nested_cost_report
from benchmarks.openml import openml_tasks
from benchmarks.preparing import preparing_report
from benchmarks.provenance import usable_cores
from benchmarks.report import render_report
from benchmarks.run import Plan, run_plan
from benchmarks.suite import Suite, read_suite
from benchmarks.task import TaskReference

JOURNAL = Path("results.jsonl")
METHODS_JOURNAL = Path("benchmarks/results/methods.jsonl")
METHODS_PAGE = Path("docs/methods_measured.md")
METHODS_PLOT = "methods_anytime.svg"  # beside the page


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the process.
    """
    args = make_parser().parse_args(arguments)
    try:
        COMMANDS[args.command](args)
    except BenchmarkError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("benchmarks: interrupted; the same command goes on from here", file=sys.stderr)
        return 130
    return 0


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    report_parser = commands.add_parser("report", help="show the tables of a journal")
    run_parser = commands.add_parser("run", help="measure what a journal does not have yet")
    for command in (report_parser, run_parser):
        command.add_argument(
            "--journal", type=Path, default=JOURNAL, help="file of the measurements (%(default)s)"
        )
    add_run_options(run_parser)
    preparing_parser = commands.add_parser(
        "preparing", help="what comes before the model of a fold"
    )
    preparing_parser.add_argument("--data", type=Path, required=True, help="folder of data sets")
    preparing_parser.add_argument("--tasks", type=names, help="only these, such as adult")
    add_methods_options(commands.add_parser("methods", help="methods of tuning at equal time"))
    cost_parser = commands.add_parser("nested-cost", help="nested against plain cross-validation")
    add_own_tasks(cost_parser)
    cost_parser.add_argument(
        "--evaluations", type=count, default=EVALUATIONS, help="pipelines a search (%(default)s)"
    )
    return parser


def add_own_tasks(parser: argparse.ArgumentParser) -> None:
    """Add the options by which a comparison of this project's methods finds its tasks."""
    add = parser.add_argument
    add("--data", type=Path, help="folder of data sets (those of scikit-learn)")
    add("--tasks", type=names, help=f"only these tasks (of a folder {','.join(DEFAULT_TASKS)})")


def add_methods_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the comparison of methods."""
    add_own_tasks(parser)
    add = parser.add_argument
    add("--seconds", type=positive, default=20.0, help="wall seconds of a method (%(default)g)")
    add("--seeds", type=count, default=1, help="seeds and hold-outs per task (%(default)s)")
    add("--levels", type=names, default=list(LEVELS), help=f"out of {','.join(LEVELS)}")
    add("--methods", type=names, help="only these methods, such as bayesian,optuna")
    add("--journal", type=Path, default=METHODS_JOURNAL, help="measurements (%(default)s)")
    add("--out", type=Path, default=METHODS_PAGE, help="page for the tables (%(default)s)")
    add("--report", action="store_true", help="measure nothing, show what the journal has")


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what to measure."""
    add = parser.add_argument
    add("--suite", help="tasks that a file of benchmarks/suites names: small, first_ten")
    add("--data", type=Path, help="folder of data sets with an index.json")
    add("--openml", type=numbers, help="numbers of data sets of OpenML, such as 31,1489")
    add("--tasks", type=names, help="only these tasks, such as iris,wine")
    add("--adapters", type=names, default=list(ADAPTERS), help=f"out of {','.join(ADAPTERS)}")
    add("--budget", type=positive, default=60.0, help="seconds of a fit (%(default)g)")
    add("--jobs", type=count, default=usable_cores(), help="cores of an adapter (%(default)s)")
    add("--seed", type=int, default=0, help="seed of the adapters (%(default)s)")
    add("--splits", type=count, default=1, help="hold-outs per task (%(default)s)")
    add("--cache", type=Path, help="folder for data of OpenML (scikit-learn's data folder)")
    add("--winners", type=Path, help="folder to keep exported scripts in")


def names(text: str) -> list[str]:
    """Read names with commas between them."""
    return [name.strip() for name in text.split(",") if name.strip()]


def numbers(text: str) -> list[int]:
    """Read numbers with commas between them."""
    return [int(name) for name in names(text)]


def positive(text: str) -> float:
    """Read a number above zero."""
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number above 0, got {text}")
    return value


def count(text: str) -> int:
    """Read a whole number above zero."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"expected 1 or more, got {text}")
    return value


def run(args: argparse.Namespace) -> None:
    """Measure."""
    for name in args.adapters:
        check_adapter(name)
    references = find_tasks(args)
    plan = Plan(
        adapters=tuple(dict.fromkeys(args.adapters)),
        budget=args.budget,
        jobs=args.jobs,
        seed=args.seed,
        splits=args.splits,
        winners=args.winners,
    )
    run_plan(references, plan, Journal(args.journal), on_row=show)


def show_report(args: argparse.Namespace) -> None:
    """Print the report of a journal."""
    print(render_report(Journal(args.journal).rows), end="")


def run_and_report(args: argparse.Namespace) -> None:
    """Measure, then print the report."""
    run(args)
    show_report(args)


def show_preparing(args: argparse.Namespace) -> None:
    """Measure preparation and print it."""
    tasks = (one.load() for one in folder_tasks(args.data, args.tasks))
    print(preparing_report(tasks), end="")


def compare_methods(args: argparse.Namespace) -> None:
    """Compare methods, and write page and plot."""
    journal = MethodJournal(args.journal)
    if not args.report:
        only = None if args.methods is None else tuple(args.methods)
        plan = MethodPlan(args.seconds, args.seeds, tuple(args.levels), only)
        run_methods(find_own_tasks(args), plan, journal, on_row=show_method)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    curves = methods_curves(journal.rows)
    if curves:
        plot = curves_svg(curves, "share of the time", "rank of the best so far")
        (args.out.parent / METHODS_PLOT).write_text(plot, "utf-8")
    args.out.write_text(methods_report(journal.rows, METHODS_PLOT if curves else ""), "utf-8")


def show_nested_cost(args: argparse.Namespace) -> None:
    """Measure what nested fitness costs and print it."""
    tasks = (one.load() for one in find_own_tasks(args))
    print(nested_cost_report(tasks, args.evaluations), end="")


COMMANDS: dict[str, Callable[[argparse.Namespace], None]] = {
    "report": show_report,
    "run": run_and_report,
    "preparing": show_preparing,
    "methods": compare_methods,
    "nested-cost": show_nested_cost,
}


def find_own_tasks(args: argparse.Namespace) -> list[TaskReference]:
    """Return tasks of a folder, by default the usual ones, or of scikit-learn without one."""
    if args.data is None:
        return bundled_tasks(LOADERS if args.tasks is None else args.tasks)
    return folder_tasks(args.data, args.tasks or DEFAULT_TASKS)


def find_tasks(args: argparse.Namespace) -> list[TaskReference]:
    """Return the tasks that the options name.

    Raises
    ------
    TaskError
        If they name none, or some that do not exist.
    """
    if args.suite is None and args.data is None and args.openml is None:
        raise TaskError("expected --suite, --data or --openml to say what to measure on, got none")
    suite = Suite("") if args.suite is None else read_suite(args.suite)
    if suite.folder and args.data is None:
        raise TaskError(f"suite {args.suite!r} needs --data FOLDER, a folder with an index.json")
    found = bundled_tasks(suite.bundled)
    if args.data is not None:
        only = args.tasks if args.suite is None else suite.folder
        found += folder_tasks(args.data, only)
    found += openml_tasks([*suite.openml, *(args.openml or [])], args.cache)
    return choose(found, args.tasks)


def choose(found: Sequence[TaskReference], only: Sequence[str] | None) -> list[TaskReference]:
    """Return the tasks of some names, or all.

    Raises
    ------
    TaskError
        If a name is not among them.
    """
    by_name = {reference.name: reference for reference in found}
    unknown = [name for name in only or [] if name not in by_name]
    if unknown:
        raise TaskError(f"expected --tasks out of {list(by_name)}, got {unknown}")
    return list(found) if only is None else [by_name[name] for name in only]


def show(row: Row) -> None:
    """Print one line about a new row."""
    place = f"{row.key.task} split {row.key.split} {row.key.adapter}"
    if row.score is None:
        print(f"{place}: failed, {row.failure.splitlines()[0]}", file=sys.stderr)
        return
    seconds = row.costs.fit_seconds or 0.0
    print(f"{place}: {row.metric} {row.score:.4f}, fit {seconds:.1f} s", file=sys.stderr)


def show_method(row: MethodRow) -> None:
    """Print one line about a new row of the comparison of methods."""
    place = f"{row.key.task} seed {row.key.seed} {row.key.level} {row.key.method}"
    if row.found is None:
        print(f"{place}: failed, {row.failure}", file=sys.stderr)
        return
    found = row.found
    said = f"{row.metric} {found.score:.4f}, {found.evaluations} in {found.seconds:.1f} s"
    print(f"{place}: {said}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
