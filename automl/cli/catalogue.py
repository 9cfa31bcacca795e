"""``automl catalogue``: list the operators that pipelines are built from."""

import argparse

from automl.errors import FileError
from automl.pipelines import Choice, Integer, Real, load_catalogue
from automl.pipelines.catalogue.presets import PRESETS

SUMMARY = "list the operators that pipelines are built from"

DESCRIPTION = """\
List the operators that pipelines are built from, each with its class and the
values that the search may give to its settings."""

EXAMPLES = """\
examples:
  automl catalogue
  automl catalogue interpretable
  automl catalogue own.toml"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``automl catalogue``."""
    parser.add_argument(
        "preset",
        nargs="?",
        default="default",
        metavar="NAME",
        help=f"{', '.join(PRESETS)}, or the path of a TOML file (default: %(default)s)",
    )


def run(options: argparse.Namespace) -> None:
    """Print the operators.

    Raises
    ------
    FileError
        If there is no such preset, or the file does not describe a catalogue.
    """
    try:
        operators = load_catalogue(options.preset).values()
    except ValueError as error:
        raise FileError(str(error)) from error
    for operator in operators:
        print(f"{operator.name}  ({operator.path})")
        for name, domain in operator.domains.items():
            print(f"    {name}: {_describe(domain)}, {domain.default} by default")


def _describe(domain: Choice | Integer | Real) -> str:
    if isinstance(domain, Choice):
        return f"one of {list(domain.values)}"
    scale = ", logarithmic" if domain.log else ""
    return f"{domain.low:g} to {domain.high:g}{scale}"
