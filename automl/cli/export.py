"""``automl export``: write a saved pipeline as a Python script."""

import argparse

from automl.cli.model import add_model_options
from automl.cli.outputs import check_outputs, script_outputs
from automl.estimators import load
from automl.winner.script_files import check_script_files

SUMMARY = "write a saved pipeline as a Python script"

DESCRIPTION = """\
Write a saved pipeline as a Python script. The script fits the pipeline to a
file, predicts and saves, and it does not need automl. Its files have the form
of the file that 'automl fit' read. The packages that the script imports are
written beside it, in the versions of now: best.requirements.txt for best.py."""

EXAMPLES = """\
examples:
  automl export model best.py
  automl export model best.py --dockerfile
  python -m pip install -r best.requirements.txt
  python best.py train.csv --predict new.csv --out predictions.csv"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``automl export``."""
    add_model_options(parser)
    parser.add_argument("script", metavar="SCRIPT", help="Python file to write")
    parser.add_argument(
        "--no-requirements",
        action="store_true",
        help="write no file of packages (default: one beside the script)",
    )
    parser.add_argument(
        "--dockerfile",
        action="store_true",
        help="write a Dockerfile around the script, such as best.Dockerfile (default: none)",
    )


def run(options: argparse.Namespace) -> None:
    """Write the script.

    Raises
    ------
    AutoMLError
        If the model cannot be read, or the script cannot be written.
    """
    wishes = {
        "requirements": not options.no_requirements,
        "dockerfile": options.dockerfile,
    }
    check_outputs(
        {"MODEL": options.model, "--catalogue": options.catalogue},
        script_outputs("SCRIPT", options.script, **wishes),
    )
    check_script_files(options.script, **wishes)
    load(options.model, catalogue=options.catalogue).export(options.script, **wishes)
