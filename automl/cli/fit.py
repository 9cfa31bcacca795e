"""``automl fit``: search for the best pipeline for a CSV file."""

import argparse
from collections.abc import Sequence

import pandas as pd
from sklearn.utils.multiclass import type_of_target

from automl.cli.summary import print_summary
from automl.cli.table import read_table
from automl.cli.termination import deferred
from automl.errors import DataError, SettingsError
from automl.estimators import AutoMLClassifier, AutoMLRegressor
from automl.files import check_writable
from automl.pipelines import Columns
from automl.pipelines.catalogue.presets import PRESETS
from automl.pipelines.columns.columns import KINDS
from automl.pipelines.columns.kinds import LEFT_OUT
from automl.problem import NestedCV
from automl.problem.dataset import columns_of
from automl.problem.splits import TUNERS
from automl.search.history_file import check_path
from automl.strategies import STRATEGIES

SUMMARY = "search for the best pipeline for a CSV file"

DESCRIPTION = """\
Search for the pipelines that predict a column of a CSV file best. The command
prints them with the score to expect on new rows; --save and --export keep the
result. Ctrl+C ends the search early, with the best pipelines so far."""

EXAMPLES = """\
examples:
  automl fit train.csv --target price --budget 60 --save model --export best.py
  automl fit train.csv --target price --evaluations 50 --seed 0
  automl fit train.csv --target price --kind zip=categorical --history run.db"""

MAX_CLASSES = 20  # more whole numbers are rarely labels, and each class needs rows in every fold


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``automl fit``."""
    add_search_options(parser).add_argument(
        "--history",
        metavar="FILE",
        help="SQLite file to keep every evaluation in, so that 'automl resume' can continue the "
        "search (default: none)",
    )


def run(options: argparse.Namespace) -> None:
    """Start a new search."""
    search_pipeline(options, resume=False)


def add_search_options(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Add the arguments that ``fit`` and ``resume`` share, and return the group of the files.

    The two commands add ``--history`` to that group, because only ``resume`` requires it.
    """
    _add_data_options(parser)
    _add_budget_options(parser.add_argument_group("how long to search"))
    _add_method_options(parser.add_argument_group("how to search"))
    files = parser.add_argument_group("files to keep")
    files.add_argument(
        "--save",
        metavar="FILE",
        help="file for the fitted result, for 'automl predict' and 'automl export' (default: none)",
    )
    files.add_argument(
        "--export",
        metavar="FILE",
        help="Python file for the result as a script that does not need automl (default: none)",
    )
    return files


def search_pipeline(options: argparse.Namespace, *, resume: bool) -> None:
    """Fit on a CSV file, print the summary, and write the files that were asked for.

    Raises
    ------
    AutoMLError
        If a file, the data or a setting is not as expected.
    """
    # A wrong path must not come to light after a search of an hour.
    for path in filter(None, (options.export, options.save)):
        check_writable(path)
    check_path(options.history, resume=resume)
    kinds = _parse_kinds(options.kind)
    frame = read_table(options.train, Columns())
    if options.target not in frame.columns:
        raise DataError(f"expected a column {options.target!r}, got {list(frame.columns)}")
    # Codes such as 02 stay as they are only if their columns are read as texts, also in new files.
    frame = read_table(options.train, columns_of(frame.drop(columns=options.target), kinds))
    target = frame.pop(options.target)
    search = _make_estimator(options, target).fit(frame, target, kinds=kinds, resume=resume)
    # Files first: printing fails where the reader of the output went away.
    with deferred():
        if options.save:
            search.save(options.save)
        if options.export:
            search.export(options.export)
    print_summary(search)
    if options.save:
        print(f"model: {options.save}")
    if options.export:
        print(f"script: {options.export}")


def _add_data_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("train", metavar="TRAIN", help="CSV file with the rows to learn from")
    parser.add_argument(
        "--target", required=True, metavar="COLUMN", help="name of the column to predict (required)"
    )
    parser.add_argument(
        "--task",
        choices=["classification", "regression"],
        help="kind of the prediction (default: classification if the target holds texts, booleans "
        f"or at most {MAX_CLASSES} different whole numbers, regression otherwise)",
    )
    parser.add_argument(
        "--kind",
        action="append",
        default=[],
        metavar="COLUMN=KIND",
        help="how to read a column, such as zip=categorical; may be repeated. Kinds: "
        f"{', '.join(KINDS)}, {LEFT_OUT!r} (default: guessed for each column)",
    )


def _add_budget_options(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--budget",
        type=float,
        default=300.0,
        metavar="SECONDS",
        help="seconds for everything, from the search to the final fit (default: %(default)g)",
    )
    group.add_argument(
        "--evaluations",
        type=int,
        metavar="N",
        help="largest number of pipelines to evaluate; with --seed, the result is repeatable "
        "unless the budget ends first (default: no limit)",
    )
    group.add_argument(
        "--jobs",
        type=int,
        default=-1,
        metavar="N",
        help="number of worker processes; -1 starts one for each core (default: %(default)d)",
    )


def _add_method_options(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--scoring",
        metavar="SCORER",
        help="name of a scorer of scikit-learn, such as accuracy or r2 (default: roc_auc for two "
        "classes, neg_log_loss for more, neg_root_mean_squared_error for a regression)",
    )
    group.add_argument(
        "--seed", type=int, metavar="N", help="seed of all random choices (default: a new one)"
    )
    group.add_argument(
        "--catalogue",
        default="default",
        metavar="NAME",
        help=f"operators to build pipelines from: {', '.join(PRESETS)}, or the path of a TOML file "
        "(default: %(default)s)",
    )
    group.add_argument(
        "--strategy",
        choices=list(STRATEGIES),
        default="genetic",
        help="method that proposes pipelines (default: %(default)s)",
    )
    group.add_argument(
        "--tuner",
        choices=[*TUNERS, "none"],
        default="auto",
        help="method that chooses the settings of pipelines; 'auto' tunes only the leading "
        "pipelines, 'none' tunes no pipeline (default: %(default)s)",
    )
    group.add_argument(
        "--trials",
        type=int,
        default=20,
        metavar="N",
        help="number of settings that --tuner tries for each pipeline and fold; without effect "
        "on 'auto' and 'none' (default: %(default)d)",
    )
    group.add_argument(
        "--folds",
        type=int,
        default=5,
        metavar="N",
        help="number of cross-validation folds that give the score (default: %(default)d)",
    )
    group.add_argument(
        "--ensemble",
        type=int,
        default=5,
        metavar="N",
        help="largest number of pipelines that predict together; 1 means the best alone "
        "(default: %(default)d)",
    )


def _parse_kinds(pairs: Sequence[str]) -> dict[str, str]:
    invalid = [pair for pair in pairs if "=" not in pair]
    if invalid:
        raise SettingsError(f"expected --kind COLUMN=KIND, got {invalid}")
    # The last "=" divides: the name of a column may hold one, a kind cannot.
    return dict(pair.rsplit("=", 1) for pair in pairs)


def _make_estimator(
    options: argparse.Namespace, target: pd.Series
) -> AutoMLClassifier | AutoMLRegressor:
    task = options.task or _guess_task(target)
    estimator = AutoMLClassifier if task == "classification" else AutoMLRegressor
    return estimator(
        scoring=options.scoring,
        time_budget=options.budget,
        max_evaluations=options.evaluations,
        strategy=options.strategy,
        cv=NestedCV(
            outer=options.folds,
            tuner=None if options.tuner == "none" else options.tuner,
            trials=options.trials,
        ),
        catalogue=options.catalogue,
        ensemble_size=options.ensemble,
        n_jobs=options.jobs,
        history=options.history,
        random_state=options.seed,
    )


def _guess_task(target: pd.Series) -> str:
    present = target.dropna()
    if not pd.api.types.is_numeric_dtype(present) or pd.api.types.is_bool_dtype(present):
        return "classification"
    is_whole = type_of_target(present.to_numpy()) in ("binary", "multiclass")
    return "classification" if is_whole and present.nunique() <= MAX_CLASSES else "regression"
