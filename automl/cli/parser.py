"""The parser of the command line, and `main`, which runs the command that it names."""

import argparse
import logging
import os
import signal
import sys
import warnings
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Protocol

from automl.cli import catalogue, demo, export, fit, predict, report, resume, serve, watch
from automl.cli.termination import BASE, Termination
from automl.cli.wording import in_options
from automl.errors import AutoMLError

DESCRIPTION = """\
Find the scikit-learn pipeline that predicts a column of a file best, and
predict new files with it."""

EXAMPLES = """\
examples:
  automl fit train.csv --target price --budget 60 --save model
  automl predict model new.csv --out predictions.csv
  automl export model best.py

"automl COMMAND --help" explains the options of a command."""

OK, ERROR, USAGE = 0, 1, 2  # the exit statuses; argparse itself ends with 2
INTERRUPTED = BASE + signal.SIGINT


class Command(Protocol):
    """A module of this folder that is a command."""

    SUMMARY: str
    """A line for the list of commands."""
    DESCRIPTION: str
    """The sentences above the options."""
    EXAMPLES: str
    """The text below the options."""

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the arguments of the command to its parser."""

    def run(self, options: argparse.Namespace) -> None:
        """Do what the command is for."""


COMMANDS: dict[str, Command] = {
    "fit": fit,
    "resume": resume,
    "predict": predict,
    "serve": serve,
    "export": export,
    "report": report,
    "watch": watch,
    "catalogue": catalogue,
    "demo": demo,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the process.

    Returns
    -------
    int
        0 after success, 1 after an `AutoMLError` or if the reader of the output went away, and 2
        without a command. A wrong option ends the process with 2, as argparse does. After a signal
        n that asked for the end, it is 128 + n; after one Ctrl-C it is 0 if there is a result.
    """
    logging.basicConfig(format="%(message)s")
    try:
        try:
            return _run(arguments)
        finally:
            # Python itself flushes only at exit, where a closed pipe can no longer be caught.
            if sys.stdout is not None:  # it is None if the shell has closed it
                sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as `head`, has read enough
        # A flush at exit would fail once more, so what is still buffered goes to the null device.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ERROR


def make_parser() -> argparse.ArgumentParser:
    """Return the parser with a subparser for every command."""
    parser = argparse.ArgumentParser(
        prog="automl",  # also as `python -m automl`
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "-V", "--version", action="store_true", help="print the version of automl and exit"
    )
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    for name, command in COMMANDS.items():
        subparser = subparsers.add_parser(
            name,
            help=command.SUMMARY,
            description=command.DESCRIPTION,
            epilog=command.EXAMPLES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_options(subparser)
    return parser


def _run(arguments: Sequence[str] | None) -> int:
    parser = make_parser()
    options = parser.parse_args(arguments)
    if options.version:
        print(f"automl {version('automl-gp')}")
        return OK
    if options.command is None:
        parser.print_help(sys.stderr)
        return USAGE
    termination = Termination()
    with termination.heard():  # to the last word, after which the system may end the process
        status = _status_of(options)
    return termination.status or status


def _status_of(options: argparse.Namespace) -> int:
    """Run a command, and return its exit status."""
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _Warnings()
            COMMANDS[options.command].run(options)
    except AutoMLError as error:
        print(f"automl: {in_options(str(error))}", file=sys.stderr)
        return ERROR
    except KeyboardInterrupt:
        print("automl: interrupted", file=sys.stderr)
        return INTERRUPTED
    return OK


class _Warnings:
    """Prints each warning once, without the line of code that Python would add."""

    def __init__(self) -> None:
        self._texts: set[str] = set()

    def __call__(self, message: Warning | str, *_: Any, **__: Any) -> None:
        text = in_options(str(message))
        if text not in self._texts:
            self._texts.add(text)
            print(f"automl: {text}", file=sys.stderr)
