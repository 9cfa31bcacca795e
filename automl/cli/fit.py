"""``automl fit``: search for the best pipeline for a file."""

import argparse
from shlex import quote

from automl.classifier import AutoMLClassifier
from automl.cli.outputs import check_outputs, script_outputs
from automl.cli.summary import KEEPING, print_json, print_summary
from automl.cli.table import add_read_options, say
from automl.cli.termination import deferred
from automl.cli.training import add_training_options, read_training
from automl.files import check_writable
from automl.pipelines.catalogue.presets import PRESETS
from automl.problem import NestedCV
from automl.problem.splits import TUNERS
from automl.regressor import AutoMLRegressor
from automl.search.history_file import check_path
from automl.search.patience import Patience
from automl.strategies import STRATEGIES
from automl.winner.script_files import check_script_files

SUMMARY = "search for the best pipeline for a file"

DESCRIPTION = """\
Search for the pipelines that predict a column of a file best. The command
prints them with the score to expect on new rows; --save and --export keep the
result. Ctrl+C ends the search early, with the best pipelines so far.

The file is CSV, Excel, Parquet, Feather or JSON lines, also as .gz, .bz2, .xz,
.zst or .zip. Separator, decimal sign and encoding of a CSV file are found."""

EXAMPLES = """\
examples:
  automl fit train.csv --target price --budget 60 --save model --export best.py
  automl fit train.csv --target price --evaluations 50 --seed 0
  automl fit train.csv --target price --kind zip=categorical --history run.db
  automl fit visits.xlsx --target ill --groups patient --save model
  automl fit sales.csv --target sold --time day --save model
  automl fit photos.csv --target sea --target snow --save model
  cat train.csv | automl fit - --target price --missing '?' --save model"""


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
    parser.add_argument(
        "train",
        metavar="TRAIN",
        help="file with the rows to learn from; '-' reads the standard input",
    )
    add_training_options(parser, has_run=False)
    add_read_options(parser)
    _add_budget_options(parser.add_argument_group("how long to search"))
    methods = parser.add_argument_group("how to search")
    _add_method_options(methods)
    _add_start_option(methods)
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
    printed = parser.add_argument_group("what to print")
    printed.add_argument(
        "--json", action="store_true", help="print the summary as JSON (default: as text)"
    )
    printed.add_argument(
        "--quiet",
        action="store_true",
        help="print nothing but warnings and errors, and with --json the summary (default: print "
        "progress, notes and summary)",
    )
    return files


def search_pipeline(options: argparse.Namespace, *, resume: bool) -> None:
    """Fit on a file, print the summary, and write the files that were asked for.

    Raises
    ------
    AutoMLError
        If a file, the data or a setting is not as expected.
    """
    _check_paths(options, resume=resume)
    data = read_training(options)
    search = _make_estimator(options, data.task)
    # Without the summary, which stands on the standard output here.
    search._fit(data.arguments(options.time), resume)
    search._keep_form(data.form)
    # Files first: printing fails where the reader of the output went away.
    with deferred():
        if options.save:
            search.save(options.save)
        if options.export:
            search.export(options.export)
    if options.json:
        print_json(search, data.task, {"model": options.save, "script": options.export})
    elif not options.quiet:
        print_summary(search, _keeping(options))
        if options.save:
            print(f"model: {options.save}")
        if options.export:
            print(f"script: {options.export}")


def _keeping(options: argparse.Namespace) -> str:
    """Return what to do with the result."""
    if options.save:
        return f"automl predict {quote(options.save)} NEW --out predictions.csv"
    if options.export:
        files = f"{quote(options.export)} {quote(options.train)}"
        return f"python {files} --predict NEW --out predictions.csv"
    return KEEPING


def _check_paths(options: argparse.Namespace, *, resume: bool) -> None:
    """Raise an error for a wrong path, which must not come to light after a search of an hour."""
    outputs = {
        "--save": options.save,
        **script_outputs("--export", options.export),
        "--history": options.history,
    }
    check_outputs({"TRAIN": options.train, "--catalogue": options.catalogue}, outputs)
    if options.export:
        check_script_files(options.export)
    if options.save:
        check_writable(options.save)
    check_path(options.history, resume=resume)
    if not any(outputs.values()):
        say(
            ["nothing is kept of this fit but what is printed; --save, --export or --history do"],
            is_quiet=options.quiet,
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
        "--patience",
        type=float,
        metavar="SECONDS",
        help="end the search when the best score has gained less than 0.001 for so long (default: "
        "never)",
    )
    group.add_argument(
        "--jobs",
        type=int,
        default=-1,
        metavar="N",
        help="number of worker processes, at most four for each core; -1 starts one for each core "
        "(default: %(default)d)",
    )


def _add_method_options(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--scoring",
        action="append",
        default=[],
        metavar="SCORER",
        help="name of a scorer of scikit-learn, such as accuracy or r2; may be repeated: the first "
        "decides, the others, also 'size' and 'predict_time', are further axes of the search and "
        "of the Pareto front (default: roc_auc for two classes, neg_log_loss for more, "
        "neg_root_mean_squared_error for a regression)",
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
        metavar="N",
        help="number of cross-validation folds that give the score (default: 5, or one hold-out "
        "where these would leave the budget too few pipelines)",
    )
    group.add_argument(
        "--ensemble",
        type=int,
        default=5,
        metavar="N",
        help="largest number of pipelines that predict together; 1 means the best alone "
        "(default: %(default)d)",
    )


def _add_start_option(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--start",
        action="append",
        default=[],
        metavar="PIPELINE",
        help="pipeline to evaluate first, written as best_pipeline of --json; may be repeated "
        "(default: none)",
    )


def _make_estimator(options: argparse.Namespace, task: str) -> AutoMLClassifier | AutoMLRegressor:
    estimator = AutoMLClassifier if task == "classification" else AutoMLRegressor
    scorings = options.scoring
    return estimator(
        scoring=scorings if len(scorings) > 1 else next(iter(scorings), None),
        time_budget=options.budget,
        max_evaluations=options.evaluations,
        strategy=options.strategy,
        cv=NestedCV(
            outer=options.folds,
            tuner=None if options.tuner == "none" else options.tuner,
            trials=options.trials,
        ),
        callbacks=() if options.patience is None else (Patience(options.patience),),
        catalogue=options.catalogue,
        ensemble_size=options.ensemble,
        starts=options.start,
        n_jobs=options.jobs,
        history=options.history,
        random_state=options.seed,
        verbose=0 if options.quiet else 1,
    )
