"""The command line of the suite: `setup`, `run`, `report`, and what looks inside the project."""

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.adapters import ADAPTERS, check_adapter, check_source
from benchmarks.errors import BenchmarkError, TaskError
from benchmarks.options import count, names, numbers, positive
from benchmarks.running.journal import Journal, Row
from benchmarks.running.peers import ENVIRONMENTS, install, read_needs
from benchmarks.running.provenance import named_versions, usable_cores
from benchmarks.running.run import Plan, run_plan
from benchmarks.scores.page import render_page
from benchmarks.scores.report import render_report
from benchmarks.tasks.bundled import bundled_tasks
from benchmarks.tasks.folder import folder_tasks
from benchmarks.tasks.openml import openml_tasks
from benchmarks.tasks.packaged import packaged_tasks
from benchmarks.tasks.suite import Suite, read_suite
from benchmarks.tasks.task import TaskReference

JOURNAL = Path("results.jsonl")
# What looks inside this project, whose package the other commands can do without.
INSIDE = {
    "honesty": "benchmarks.studies.honesty.command",
    "portfolio": "benchmarks.studies.portfolio.command",
    "preparing": "benchmarks.studies.preparing",
    "methods": "benchmarks.studies.methods.command",
    "nested-cost": "benchmarks.studies.nested_cost",
    "parts": "benchmarks.studies.parts.command",
    "speed": "benchmarks.studies.cost.command",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the process.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        args = make_parser(given[0] if given else "").parse_args(given)
        args.run(args)
    except BenchmarkError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("benchmarks: interrupted; the same command goes on from here", file=sys.stderr)
        return 130
    return 0


def make_parser(command: str) -> argparse.ArgumentParser:
    """Return the parser of the command line.

    Parameters
    ----------
    command : str
        The one that is meant: what looks inside the project is imported only then.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    report_parser = commands.add_parser("report", help="show the tables of a journal")
    run_parser = commands.add_parser("run", help="measure what a journal does not have yet")
    for part, run_part in ((report_parser, show_report), (run_parser, run_and_report)):
        part.add_argument(
            "--journal", type=Path, default=JOURNAL, help="file of the measurements (%(default)s)"
        )
        part.add_argument("--page", type=Path, help="file for an HTML page with plots")
        part.set_defaults(run=run_part)
    add_run_options(run_parser)
    add_setup_options(commands.add_parser("setup", help="install peers, each by itself"))
    for name, module in INSIDE.items():
        inside = commands.add_parser(name, help=f"measured inside this project ({name} --help)")
        if name == command:
            check_adapter("automl")
            importlib.import_module(module).add_command(inside)
    return parser


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what to measure."""
    add = parser.add_argument
    add("--suite", help="a file of benchmarks/suites: small, packaged, public, openml")
    add("--data", type=Path, help="folder of data sets with an index.json")
    add("--openml", type=numbers, help="numbers of data sets of OpenML, such as 31,1489")
    add("--tasks", type=names, help="only these tasks, such as iris,wine")
    add("--adapters", type=names, help=f"out of {','.join(ADAPTERS)} (those without setup)")
    add("--budget", type=positive, default=60.0, help="seconds of a fit (%(default)g)")
    add("--jobs", type=count, default=usable_cores(), help="cores of an adapter (%(default)s)")
    add("--seed", type=int, default=0, help="seed of the adapters (%(default)s)")
    add("--splits", type=count, default=1, help="hold-outs per task (%(default)s)")
    add("--cache", type=Path, help="folder for data of OpenML (scikit-learn's data folder)")
    add("--winners", type=Path, help="folder to keep exported scripts in")
    add("--environments", type=Path, default=ENVIRONMENTS, help="what setup made (%(default)s)")


def add_setup_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what to install."""
    parser.add_argument("adapters", nargs="+", help="such as flaml or module:Class")
    parser.add_argument(
        "--environments", type=Path, default=ENVIRONMENTS, help="where to (%(default)s)"
    )
    parser.set_defaults(run=setup)


def setup(args: argparse.Namespace) -> None:
    """Make environments."""
    for name in args.adapters:
        check_adapter(name)
    for name in args.adapters:
        versions = install(name, args.environments).versions
        print(f"{name}: {named_versions(versions) or 'runs where the suite does'}")


def run(args: argparse.Namespace) -> None:
    """Measure."""
    adapters = args.adapters or [name for name in ADAPTERS if read_needs(name) is None]
    for name in adapters:
        check_adapter(name)
        check_source(name)
    references = find_tasks(args)
    plan = Plan(
        adapters=tuple(dict.fromkeys(adapters)),
        budget=args.budget,
        jobs=args.jobs,
        seed=args.seed,
        splits=args.splits,
        winners=args.winners,
        environments=args.environments,
    )
    run_plan(references, plan, Journal(args.journal), on_row=show)


def show_report(args: argparse.Namespace) -> None:
    """Print the report of a journal, and write the page if there is to be one."""
    rows = Journal(args.journal).rows
    print(render_report(rows), end="")
    if args.page is not None:
        args.page.parent.mkdir(parents=True, exist_ok=True)
        args.page.write_text(render_page(rows), "utf-8")


def run_and_report(args: argparse.Namespace) -> None:
    """Measure, then print the report."""
    run(args)
    show_report(args)


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
    found = bundled_tasks(suite.bundled) + packaged_tasks(suite.packaged)
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


if __name__ == "__main__":
    sys.exit(main())
