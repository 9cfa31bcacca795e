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
from benchmarks.scores.report import render_report
from benchmarks.studies import study
from benchmarks.tasks.bundled import bundled_tasks
from benchmarks.tasks.folder import folder_tasks
from benchmarks.tasks.openml import openml_tasks
from benchmarks.tasks.packaged import packaged_tasks
from benchmarks.tasks.suite import Suite, read_suite
from benchmarks.tasks.synthetic import synthetic_tasks
from benchmarks.tasks.task import TaskReference

JOURNAL = Path("results.jsonl")
# The module and the class of each study. Imported only when asked for: they need this project's
# package, which the commands on tools do not.
STUDIES = {
    "honesty": ("benchmarks.studies.honesty.study", "Honesty"),
    "methods": ("benchmarks.studies.methods.study", "Methods"),
    "onnx": ("benchmarks.studies.onnx", "OnnxForms"),
    "portfolio": ("benchmarks.studies.portfolio.study", "Portfolio"),
    "reading": ("benchmarks.studies.reading.study", "Readings"),
    "strategies": ("benchmarks.studies.strategies.study", "Strategies"),
    "speed": ("benchmarks.studies.cost.study", "Cost"),
    "torture": ("benchmarks.torture.study", "Torture"),
}
# The modules of commands that print a table and are no studies.
TABLES = {"gpu": "benchmarks.studies.gpu", "parts": "benchmarks.studies.parts.command"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the process.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        options = make_parser(words[0] if words else "").parse_args(words)
        options.run(options)
    except BenchmarkError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2
    # Journals are written row by row, so nothing is lost and nobody needs a traceback.
    except KeyboardInterrupt:
        print("benchmarks: interrupted; the same command goes on from here", file=sys.stderr)
        return 130
    return 0


def make_parser(command: str) -> argparse.ArgumentParser:
    """Return the parser of the command line.

    Parameters
    ----------
    command : str
        The command that is meant; only its study is imported.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    report_parser = commands.add_parser("report", help="show the tables of a journal")
    run_parser = commands.add_parser("run", help="measure what a journal does not have yet")
    for part, run_part in ((report_parser, show_report), (run_parser, run_and_report)):
        part.add_argument(
            "--journal", type=Path, default=JOURNAL, help="file of the measurements (%(default)s)"
        )
        part.set_defaults(run=run_part)
    add_run_options(run_parser)
    add_setup_options(commands.add_parser("setup", help="install peers, each by itself"))
    inside = {
        name: commands.add_parser(name, help=f"measured inside this project ({name} --help)")
        for name in (*STUDIES, *TABLES)
    }
    pages = commands.add_parser("reports", help="write all committed pages from their journals")
    pages.set_defaults(run=write_reports)
    if command in (*inside, "reports"):
        check_adapter("automl")
    if command in STUDIES:
        module, name = STUDIES[command]
        study.add_command(getattr(importlib.import_module(module), name), inside[command])
    elif command in TABLES:
        importlib.import_module(TABLES[command]).add_command(inside[command])
    return parser


def write_reports(options: argparse.Namespace) -> None:
    """Write all committed pages, and print the names of those that changed."""
    for path in importlib.import_module("benchmarks.pages").write_pages():
        print(path)


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what to measure."""
    add = parser.add_argument
    add("--suite", help="small, packaged, public or openml (files of benchmarks/tasks/suites)")
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


def setup(options: argparse.Namespace) -> None:
    """Make environments."""
    for name in options.adapters:
        check_adapter(name)
    for name in options.adapters:
        versions = install(name, options.environments).versions
        print(f"{name}: {named_versions(versions) or 'runs where the suite does'}")


def run(options: argparse.Namespace) -> None:
    """Measure."""
    # Without a choice, all that needs no environment of its own: a first try should just run.
    adapters = options.adapters or [name for name in ADAPTERS if read_needs(name) is None]
    for name in adapters:
        check_adapter(name)
        check_source(name)
    references = find_tasks(options)
    plan = Plan(
        # An adapter that is named twice would be measured twice.
        adapters=tuple(dict.fromkeys(adapters)),
        budget=options.budget,
        jobs=options.jobs,
        seed=options.seed,
        splits=options.splits,
        winners=options.winners,
        environments=options.environments,
    )
    run_plan(references, plan, Journal(options.journal), on_row=show)


def show_report(options: argparse.Namespace) -> None:
    """Print the report of a journal."""
    print(render_report(Journal(options.journal).rows), end="")


def run_and_report(options: argparse.Namespace) -> None:
    """Measure, then print the report."""
    run(options)
    show_report(options)


def find_tasks(options: argparse.Namespace) -> list[TaskReference]:
    """Return the tasks that the options name.

    Raises
    ------
    TaskError
        If they name none, or some that do not exist.
    """
    if options.suite is None and options.data is None and options.openml is None:
        raise TaskError("expected --suite, --data or --openml to say what to measure on, got none")
    suite = Suite("") if options.suite is None else read_suite(options.suite)
    # Suites name sets of a folder, but not where it is: that differs from machine to machine.
    if suite.folder and options.data is None:
        raise TaskError(f"suite {options.suite!r} needs --data FOLDER, a folder with an index.json")
    references = bundled_tasks(suite.bundled) + synthetic_tasks(suite.synthetic)
    references += packaged_tasks(suite.packaged)
    if options.data is not None:
        # Without a suite, a task that the folder lacks is told with what the folder has.
        only = options.tasks if options.suite is None else suite.folder
        references += folder_tasks(options.data, only)
    references += openml_tasks([*suite.openml, *(options.openml or [])], options.cache)
    return choose(references, options.tasks)


def choose(references: Sequence[TaskReference], only: Sequence[str] | None) -> list[TaskReference]:
    """Return the tasks of some names, or all.

    Raises
    ------
    TaskError
        If a name is not among them.
    """
    by_name = {reference.name: reference for reference in references}
    unknown = [name for name in only or [] if name not in by_name]
    if unknown:
        raise TaskError(f"expected --tasks out of {list(by_name)}, got {unknown}")
    return list(references) if only is None else [by_name[name] for name in only]


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
