"""The command line: ``automl fit | resume | predict | export | catalogue | demo``."""

import argparse
import logging
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.utils.multiclass import type_of_target

from automl.errors import AutoMLError, DataError, FileError, SettingsError
from automl.estimators import AutoMLClassifier, AutoMLRegressor, load
from automl.files import check_writable
from automl.pipelines import Columns, load_catalogue
from automl.pipelines.operators.domains import Choice
from automl.problem import NestedCV
from automl.problem.dataset import columns_of
from automl.problem.splits import TUNERS
from automl.strategies import STRATEGIES

FEW = 20  # numbers with at most so many different values are classes, unless --task says otherwise
BOARD = ["rank", "score", "deviation", "state", "size", "pipeline"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process if left out.
    """
    logging.basicConfig(format="%(message)s")
    options = _parser().parse_args(arguments)
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            options.run(options)
    except AutoMLError as error:
        print(f"automl: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0


def _show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    print(f"automl: {message}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="automl", description="Evolve scikit-learn pipelines.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, help_ in (
        ("fit", "search for the best pipeline for a CSV file"),
        ("resume", "continue a search that --history kept"),
    ):
        fit = commands.add_parser(name, help=help_)
        fit.add_argument("train", help="CSV file with the target among its columns")
        fit.add_argument("--target", required=True, help="name of the target column")
        fit.add_argument("--task", choices=["classification", "regression"], help="else guessed")
        fit.add_argument("--budget", type=float, default=300.0, help="seconds (300)")
        fit.add_argument("--evaluations", type=int, help="pipelines to evaluate at most")
        fit.add_argument("--scoring", help="a scorer of scikit-learn")
        fit.add_argument("--jobs", type=int, default=-1, help="worker processes (all cores)")
        fit.add_argument("--seed", type=int, help="makes the search repeatable")
        fit.add_argument(
            "--kind",
            action="append",
            default=[],
            metavar="COLUMN=KIND",
            help="the kind of a column that you know better, such as zip=categorical",
        )
        fit.add_argument("--catalogue", default="default", help="a preset, or a TOML file")
        fit.add_argument("--strategy", choices=list(STRATEGIES), default="genetic")
        fit.add_argument("--tuner", choices=[*TUNERS, "none"], default="auto")
        fit.add_argument("--folds", type=int, default=5, help="outer folds (5)")
        fit.add_argument("--trials", type=int, default=20, help="settings a named tuner tries (20)")
        fit.add_argument("--ensemble", type=int, default=5, help="pipelines that may predict (5)")
        fit.add_argument("--history", required=name == "resume", help="file that keeps the search")
        fit.add_argument("--export", help="write the best pipeline as a Python script")
        fit.add_argument("--save", help="write the fitted pipeline to a file")
        fit.set_defaults(run=_fit, resume=name == "resume")
    predict = commands.add_parser("predict", help="predict a CSV file with a saved pipeline")
    predict.add_argument("model", help="file that --save wrote")
    predict.add_argument("data", help="CSV file")
    predict.add_argument("--out", default=None, help="CSV file for the predictions, else printed")
    predict.set_defaults(run=_predict)
    export = commands.add_parser("export", help="write a saved pipeline as a Python script")
    export.add_argument("model", help="file that --save wrote")
    export.add_argument("script", help="Python file to write")
    export.set_defaults(run=lambda options: load(options.model).export(options.script))
    catalogue = commands.add_parser("catalogue", help="list the operators and their ranges")
    catalogue.add_argument("preset", nargs="?", default="default")
    catalogue.set_defaults(run=_catalogue)
    demo = commands.add_parser("demo", help="the whole job on a data set of scikit-learn")
    demo.add_argument("--budget", type=float, default=20.0, help="seconds (20)")
    demo.set_defaults(run=_demo)
    return parser


def _read_table(path: str, columns: Columns) -> pd.DataFrame:
    """Read a CSV file as those columns were read, texts as the texts that they are."""
    texts = [name for names in columns.read_as_texts.values() for name in names]
    missing: dict[str, Any] = {"keep_default_na": False, "na_values": [""]}
    options = missing if columns.reads_missing_texts else {}
    try:
        table: pd.DataFrame = pd.read_csv(path, dtype=dict.fromkeys(texts, "object"), **options)
    except OSError as error:
        raise FileError(f"{path!r} cannot be read: {error.strerror}") from error
    except (ValueError, pd.errors.ParserError) as error:
        raise FileError(f"{path!r} is not a CSV file: {error}") from error
    return table


def _fit(options: argparse.Namespace) -> None:
    for path in (options.export, options.save, options.history):
        if path:
            check_writable(path)
    frame = _read_table(options.train, Columns())
    if options.target not in frame.columns:
        raise DataError(f"expected a column {options.target!r}, got {list(frame.columns)}")
    kinds = _kinds(options.kind)
    # Codes such as 02 stay as they are only if their columns are read as texts, also in new files.
    frame = _read_table(options.train, columns_of(frame.drop(columns=options.target), kinds))
    target = frame.pop(options.target)
    search = _estimator(options, target).fit(frame, target, kinds=kinds, resume=options.resume)
    _show(search)
    if options.save:
        search.save(options.save)
        print(f"model: {options.save}")
    if options.export:
        search.export(options.export)
        print(f"script: {options.export}")


def _kinds(pairs: Sequence[str]) -> dict[str, str]:
    wrong = [pair for pair in pairs if "=" not in pair]
    if wrong:
        raise SettingsError(f"expected --kind COLUMN=KIND, got {wrong}")
    return dict(pair.rsplit("=", 1) for pair in pairs)


def _estimator(options: argparse.Namespace, target: pd.Series) -> Any:
    task = options.task or _task_of(target)
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


def _task_of(target: pd.Series) -> str:
    present = target.dropna()
    if not pd.api.types.is_numeric_dtype(present) or pd.api.types.is_bool_dtype(present):
        return "classification"
    whole = type_of_target(present.to_numpy()) in ("binary", "multiclass")
    return "classification" if whole and present.nunique() <= FEW else "regression"


def _show(search: Any) -> None:
    board = search.leaderboard_
    shown = board[BOARD].head(10).round({"score": 4, "deviation": 4})
    print(shown.to_string(index=False, max_colwidth=100))
    states = ", ".join(f"{count} {state}" for state, count in board["state"].value_counts().items())
    print(f"{len(board)} pipelines in {search.run_.seconds:.1f} s: {states}")
    for cause in board.loc[board["cause"] != "", "cause"].unique()[:3]:
        print(f"    without a score: {cause.splitlines()[0][:150]}")
    print(f"best {search.metric_}: {search.best_score_:.6g} by {search.best_genome_}")
    if len(search.members_) > 1:
        print("predicting together:")
        print(search.members_.round(4).to_string(index=False, max_colwidth=100))
    if search.honest_score_ is not None:
        print(f"to expect on new rows: {search.honest_score_}")


def _predict(options: argparse.Namespace) -> None:
    if options.out:
        check_writable(options.out)
    estimator = load(options.model)
    frame = _read_table(options.data, estimator.columns_)
    missing = [name for name in estimator.columns_.names if name not in frame.columns]
    if missing:
        raise DataError(
            f"{options.data!r} lacks the columns {missing}; it has {list(frame.columns)}"
        )
    if frame.empty:
        raise DataError(f"{options.data!r} has no rows")
    predictor = estimator.ensemble_
    predicted = predictor.predict(frame)
    table = pd.DataFrame(predicted, columns=_prediction_names(estimator.target_))
    if hasattr(estimator, "classes_"):
        probabilities = predictor.predict_proba(frame)
        for number, label in enumerate(estimator.classes_):
            table[f"probability_{label}"] = probabilities[:, number].astype("float64")
    table.to_csv(options.out or sys.stdout, index=False)


def _prediction_names(target: str | list[str]) -> list[str]:
    """Return the columns of a table of predictions, named as in exported scripts."""
    return ["prediction"] if isinstance(target, str) else [f"prediction_{name}" for name in target]


def _catalogue(options: argparse.Namespace) -> None:
    try:
        operators = load_catalogue(options.preset).values()
    except ValueError as error:
        raise FileError(str(error)) from error
    for operator in operators:
        print(f"{operator.name}  ({operator.path})")
        for name, domain in operator.domains.items():
            if isinstance(domain, Choice):
                print(f"    {name}: one of {list(domain.values)}, {domain.default} by default")
            else:
                scale = ", logarithmic" if domain.log else ""
                span = f"{domain.low:g} to {domain.high:g}{scale}"
                print(f"    {name}: {span}, {domain.default} by default")


def _demo(options: argparse.Namespace) -> None:
    """Fit, show, score on rows that were held out, export, and run the exported script."""
    frame = load_breast_cancer(as_frame=True).frame
    train, test = train_test_split(frame, test_size=0.33, random_state=0, stratify=frame["target"])
    print(f"breast_cancer: {len(train)} rows to learn from, {len(test)} held out")
    search = AutoMLClassifier(time_budget=options.budget, random_state=0)
    search.fit(train.drop(columns="target"), train["target"])
    _show(search)
    ours = search.predict_proba(test.drop(columns="target"))[:, 1]
    print(f"ROC AUC on the held-out rows: {roc_auc_score(test['target'], ours):.4f}")
    with tempfile.TemporaryDirectory() as folder:
        search.export(Path(folder) / "best.py")
        train.to_csv(Path(folder) / "train.csv", index=False)
        test.to_csv(Path(folder) / "test.csv", index=False)
        command = "best.py train.csv --verify --predict test.csv --out predictions.csv"
        print(f"python {command}", flush=True)
        subprocess.run([sys.executable, *command.split()], cwd=folder, check=True)
        theirs = pd.read_csv(Path(folder) / "predictions.csv")["probability_1"]
    print(f"largest difference to the script's predictions: {abs(theirs - ours).max():.3g}")
