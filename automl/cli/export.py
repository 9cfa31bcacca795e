"""``automl export``: write a saved pipeline as a Python script or an ONNX model."""

import argparse

from automl.cli.model import add_model_options
from automl.cli.outputs import check_outputs, script_outputs
from automl.cli.table import add_read_options, read_table, say, wishes_of
from automl.errors import SettingsError
from automl.estimators import load
from automl.files import check_writable
from automl.winner.script_files import check_script_files

SUMMARY = "write a saved pipeline as a Python script or an ONNX model"

DESCRIPTION = """\
Write a saved pipeline as a Python script. The script fits the pipeline to a
file, predicts and saves, and it does not need automl. Its files have the form
of the file that 'automl fit' read. The packages that the script imports are
written beside it, in the versions of now: best.requirements.txt for best.py.

A file that ends in .onnx is an ONNX model instead. It is compared with the
pipeline on the rows of a file, and written if it predicts the same. It needs
the extra: pip install 'automl-gp[onnx]'."""

ONNX = ".onnx"

EXAMPLES = """\
examples:
  automl export model best.py
  automl export model best.py --dockerfile
  automl export model best.onnx --rows train.csv
  python -m pip install -r best.requirements.txt
  python best.py train.csv --predict new.csv --out predictions.csv"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``automl export``."""
    add_model_options(parser)
    parser.add_argument("script", metavar="SCRIPT", help="Python file, or FILE.onnx, to write")
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
    parser.add_argument(
        "--rows",
        metavar="FILE",
        help="file of rows on which an ONNX model is compared, such as that of 'automl fit' "
        "(default: none)",
    )
    add_read_options(parser)


def run(options: argparse.Namespace) -> None:
    """Write the script or the model.

    Raises
    ------
    AutoMLError
        If the model cannot be read, or the file cannot be written.
    """
    if options.script.lower().endswith(ONNX):
        _export_onnx(options)
        return
    _check_no_rows(options)
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


def _check_no_rows(options: argparse.Namespace) -> None:
    """Refuse the options of the rows on which an ONNX model is compared."""
    names = ("rows", "sep", "decimal", "encoding", "missing")
    if wrong := [f"--{name}" for name in names if getattr(options, name)]:
        raise SettingsError(
            f"{' and '.join(wrong)} would read the rows of an ONNX model, got the file "
            f"{options.script!r}; end its name in .onnx, or leave these options out. A script "
            "reads files of the form that 'automl fit' has read"
        )


def _export_onnx(options: argparse.Namespace) -> None:
    if not options.rows:
        raise SettingsError(
            "an ONNX model is compared with the pipeline first; add --rows FILE, such as the file "
            "of 'automl fit'"
        )
    if options.no_requirements or options.dockerfile:
        raise SettingsError(
            "--no-requirements and --dockerfile are for a script; leave them out for an ONNX model"
        )
    check_outputs(
        {"MODEL": options.model, "--rows": options.rows, "--catalogue": options.catalogue},
        {"SCRIPT": options.script},
    )
    check_writable(options.script)
    estimator = load(options.model, catalogue=options.catalogue)
    table = read_table(options.rows, wishes_of(options), estimator._form)
    say(table.notes)
    say([str(estimator.export_onnx(options.script, table.frame(estimator.columns_)))])
