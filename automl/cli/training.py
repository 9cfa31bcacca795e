"""The training file of a fit: its rows, and what its columns are for."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from automl.cli.table import read_table, say, wishes_of
from automl.cli.target import MAX_CLASSES, read_targets, rows_with_target
from automl.errors import DataError, SettingsError
from automl.pipelines import Columns
from automl.pipelines.building.read_options import ReadOptions
from automl.pipelines.columns.columns import KINDS
from automl.pipelines.columns.kinds import LEFT_OUT

TASK = (
    "classification if the target holds texts, booleans or at most "
    f"{MAX_CLASSES} different whole numbers, regression otherwise"
)


@dataclass(frozen=True)
class TrainingData:
    """The data of a fit."""

    frame: pd.DataFrame
    target: "pd.Series[Any] | pd.DataFrame"
    weights: "pd.Series[Any] | None"
    groups: "pd.Series[Any] | None"
    kinds: dict[str, str]
    task: str
    form: ReadOptions

    def arguments(self, time: str | None) -> tuple[Any, ...]:
        """Return what `fit` takes, with the column that orders the rows."""
        return self.frame, self.target, self.weights, self.groups, self.kinds, time


def read_training(options: argparse.Namespace) -> TrainingData:
    """Return what a fit learns from, as the options name it.

    Raises
    ------
    AutoMLError
        If the file cannot be read, or has not what the options name.
    """
    kinds = _parse_kinds(options.kind)
    table = read_table(options.train, wishes_of(options))
    say(table.notes, is_quiet=options.quiet)
    targets = [("--target", name) for name in options.target]
    aside = [*targets, ("--groups", options.groups), ("--weights", options.weights)]
    named = [pair for pair in (*aside, ("--time", options.time)) if pair[1] is not None]
    for option, name in named:
        table.check_columns([name], option)
    if len({name for _, name in named}) < len(named):
        pairs = ", ".join(f"{option} {name!r}" for option, name in named)
        raise SettingsError(f"expected a column of its own for each of {pairs}")
    frame = table.frame(Columns())
    drops_others = options.drop_rows_without_target
    has_targets = [rows_with_target(frame[name], drops_others=drops_others) for _, name in targets]
    has_target = pd.concat(has_targets, axis=1).all(axis=1)
    if not has_target.all():
        frame = frame[has_target].reset_index(drop=True).infer_objects()
        say(
            [f"{int((~has_target).sum())} rows without a target are left out"],
            is_quiet=options.quiet,
        )
    target, task, reasons = read_targets(frame[options.target], options.task)
    say(reasons, is_quiet=options.quiet)
    return TrainingData(
        frame=frame.drop(columns=[name for _, name in aside if name is not None]),
        target=target,
        weights=None if options.weights is None else _weights(frame[options.weights]),
        groups=None if options.groups is None else frame[options.groups],
        kinds=kinds,
        task=task,
        form=replace(table.options, skips_rows_without_target=bool(not has_target.all())),
    )


def _weights(column: "pd.Series[Any]") -> "pd.Series[Any]":
    numbers = pd.to_numeric(column.astype(object), errors="coerce")
    wrong = column[numbers.isna()]
    if len(wrong):
        raise DataError(
            f"expected numbers in the column {column.name!r}, as --weights says, but {len(wrong)} "
            f"of {len(column)} cells are none, such as {wrong.head(3).tolist()}"
        )
    return numbers


def add_training_options(parser: argparse.ArgumentParser, *, has_run: bool) -> None:
    """Add the arguments that say what the columns of a training file are.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    has_run : bool
        Whether there is a run already, which gives the defaults.
    """

    def default(text: str) -> str:
        return f"(default: {'that of the run' if has_run else text})"

    required = default("none") if has_run else "(required)"
    parser.add_argument(
        "--target",
        action="append",
        required=not has_run,
        default=[] if has_run else None,
        metavar="COLUMN",
        help=f"name of the column to predict {required}; repeat it to predict several at once",
    )
    parser.add_argument(
        "--drop-rows-without-target",
        action="store_true",
        help="leave rows out whose target is missing (default: they are an error)",
    )
    parser.add_argument(
        "--groups",
        metavar="COLUMN",
        help="column whose equal cells belong together, such as a patient; no group is on both "
        f"sides of a fold, and the column predicts nothing {default('none')}",
    )
    parser.add_argument(
        "--time",
        metavar="COLUMN",
        help="column of dates or numbers that orders the rows in time; every fold learns from rows "
        f"before those that it predicts {default('folds at random')}",
    )
    parser.add_argument(
        "--weights",
        metavar="COLUMN",
        help="column with the weight of each row in models and scores "
        f"{default('all weigh the same')}",
    )
    parser.add_argument(
        "--task",
        choices=["classification", "regression"],
        help=f"kind of the prediction {default(TASK)}",
    )
    parser.add_argument(
        "--kind",
        action="append",
        default=[],
        metavar="COLUMN=KIND",
        help="how to read a column, such as zip=categorical; may be repeated. Kinds: "
        f"{', '.join(KINDS)}, {LEFT_OUT!r} {default('guessed for each column')}",
    )


def _parse_kinds(pairs: Sequence[str]) -> dict[str, str]:
    invalid = [pair for pair in pairs if "=" not in pair]
    if invalid:
        raise SettingsError(f"expected --kind COLUMN=KIND, got {invalid}")
    # The last "=" divides: the name of a column may hold one, a kind cannot.
    return dict(pair.rsplit("=", 1) for pair in pairs)
