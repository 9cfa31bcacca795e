"""``automl export``: write a saved pipeline as a Python script."""

import argparse

from automl.cli.outputs import check_outputs
from automl.estimators import load
from automl.files import check_writable

SUMMARY = "write a saved pipeline as a Python script"

DESCRIPTION = """\
Write a saved pipeline as a Python script. The script fits the pipeline to a
file, predicts and saves, and it does not need automl. Its files have the form
of the file that 'automl fit' read."""

EXAMPLES = """\
example:
  automl export model best.py
  python best.py train.csv --predict new.csv --out predictions.csv"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``automl export``."""
    parser.add_argument("model", metavar="MODEL", help="file that 'automl fit --save' has written")
    parser.add_argument(
        "--catalogue",
        metavar="NAME",
        default="default",
        help="catalogue of 'automl fit', if it had operators of your own (default: %(default)s)",
    )
    parser.add_argument("script", metavar="SCRIPT", help="Python file to write")


def run(options: argparse.Namespace) -> None:
    """Write the script.

    Raises
    ------
    AutoMLError
        If the model cannot be read, or the script cannot be written.
    """
    check_outputs(
        {"MODEL": options.model, "--catalogue": options.catalogue}, {"SCRIPT": options.script}
    )
    check_writable(options.script)
    load(options.model, catalogue=options.catalogue).export(options.script)
