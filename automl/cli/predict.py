"""``automl predict``: predict a file with a saved pipeline."""

import argparse
import sys
from pathlib import Path

import pandas as pd

from automl.classifier import AutoMLClassifier
from automl.cli.model import add_model_options
from automl.cli.outputs import check_outputs
from automl.cli.table import Table, add_read_options, read_table, say, wishes_of
from automl.errors import DataError
from automl.estimators import load
from automl.files import check_writable, write_whole
from automl.problem.labels import parts_of
from automl.regressor import AutoMLRegressor
from automl.temporary import explained, temporary_folder
from automl.winner.new_rows import used_names

SUMMARY = "predict a file with a saved pipeline"

DESCRIPTION = """\
Predict the rows of a file, in any format that 'automl fit' reads. Columns are
found by their names; those that the pipeline does not use are ignored. The
result is a CSV table with a column 'prediction' and, for a classification, a
column 'probability_CLASS' for each class. Several targets have columns of
their own, 'prediction_TARGET' and 'probability_TARGET_CLASS', and so have
several quantiles: 'prediction_0.9'."""

EXAMPLES = """\
examples:
  automl predict model new.csv
  automl predict model new.csv --out predictions.csv
  automl predict model new.xlsx --out predictions.csv.gz
  cat new.csv | automl predict model -"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``automl predict``."""
    add_model_options(parser)
    parser.add_argument(
        "data", metavar="DATA", help="file with the rows to predict; '-' reads the standard input"
    )
    add_read_options(parser)
    parser.add_argument(
        "--out",
        metavar="FILE",
        help="CSV file for the predictions (default: the standard output)",
    )


def run(options: argparse.Namespace) -> None:
    """Write the predictions.

    Raises
    ------
    DataError
        If the file lacks columns, has no rows, or a column of which no cell can be read.
    """
    check_outputs(
        {"MODEL": options.model, "DATA": options.data, "--catalogue": options.catalogue},
        {"--out": options.out},
    )
    if options.out:
        check_writable(options.out)
    estimator = load(options.model, catalogue=options.catalogue)
    table = read_table(options.data, wishes_of(options), estimator._form)
    say(table.notes)
    try:
        predictions = _predict(estimator, table.frame(estimator.columns_, _names(estimator, table)))
    except DataError as error:
        raise DataError(f"{table.source}: {error}") from error
    if not options.out:
        predictions.to_csv(sys.stdout, index=False)
        return
    with explained(), temporary_folder() as folder:
        # pandas compresses by the name of the file, which is the same there.
        path = Path(folder, "table", Path(options.out).name)
        path.parent.mkdir()
        predictions.to_csv(path, index=False)
        write_whole(options.out, path.read_bytes())


def _names(estimator: AutoMLClassifier | AutoMLRegressor, table: Table) -> list[str] | None:
    """Return the names of the columns that are to be read; None is all, where fit saw no names."""
    fitted = estimator._fitted
    return used_names(table.names, fitted) if fitted.names.has_names else None


def _predict(estimator: AutoMLClassifier | AutoMLRegressor, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the predictions with the columns that exported scripts write."""
    table = pd.DataFrame(estimator.predict(frame), columns=_prediction_names(estimator))
    if not isinstance(estimator, AutoMLClassifier):
        return table
    target = estimator.target_
    names = [""] if isinstance(target, str) else [f"{name}_" for name in target]
    classes = parts_of(estimator.classes_)
    probabilities = parts_of(estimator.predict_proba(frame))
    for name, labels, values in zip(names, classes, probabilities, strict=True):
        # Some models give 32-bit numbers, of which CSV would show fewer digits.
        columns = [f"probability_{name}{label}" for label in labels]
        table = table.join(pd.DataFrame(values.astype("float64"), columns=columns))
    return table


def _prediction_names(estimator: AutoMLClassifier | AutoMLRegressor) -> list[str]:
    script, target = estimator._fitted.script, estimator.target_
    if script is not None and isinstance(script.quantile, tuple):
        return [f"prediction_{level}" for level in script.levels]
    return ["prediction"] if isinstance(target, str) else [f"prediction_{name}" for name in target]
