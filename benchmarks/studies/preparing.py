"""What it costs to prepare a frame for a model: reading its cells, and the steps of every fold."""

import argparse
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

from automl.pipelines import (
    Columns,
    Genome,
    Grammar,
    Traits,
    build_pipeline,
    load_catalogue,
    read_columns,
    starting_pipelines,
)
from benchmarks.options import names
from benchmarks.scores.report import markdown_table
from benchmarks.tasks.folder import folder_tasks
from benchmarks.tasks.task import Task

REPEATS = 5
TRAINING = 0.8  # share of the rows, as in five folds
FEW_COLUMNS = 16  # of the frame that holds the same cells as a wide one
HEADER = ["task", "rows × columns", "read kinds s", "read cells s", "model", "prepared by"]
HEADER += ["a fold s", "same cells in few columns s", "ratio"]


@dataclass(frozen=True)
class Preparation:
    """The seconds that one pipeline takes before its model sees a fold."""

    model: str
    """The name of the model."""
    steps: str
    """The text of what comes before it."""
    seconds: float
    """To fit on the training part and to transform both parts."""
    few_columns_seconds: float | None
    """The same where as many cells stand in few columns; None where columns differ in kind."""


def add_command(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes and does."""
    parser.add_argument("--data", type=Path, required=True, help="folder of data sets")
    parser.add_argument("--tasks", type=names, help="only these, such as adult")
    parser.set_defaults(run=show_preparing)


def show_preparing(args: argparse.Namespace) -> None:
    """Measure preparation and print it."""
    tasks = (one.load() for one in folder_tasks(args.data, args.tasks))
    print(preparing_report(tasks), end="")


def preparing_report(tasks: Iterable[Task]) -> str:
    """Return a Markdown table of what preparation costs, medians of five runs.

    Parameters
    ----------
    tasks : iterable of Task
    """
    body = [row for task in tasks for row in _task_rows(task)]
    return f"# Preparing a fold\n\n{markdown_table(HEADER, body)}\n"


def _task_rows(task: Task) -> Iterator[list[str]]:
    shape = f"{task.X.shape[0]:,} × {task.X.shape[1]:,}"
    columns = read_columns(task.X)
    kinds_seconds = _median_seconds(lambda: read_columns(task.X))
    cells_seconds = _median_seconds(lambda: columns.read(task.X))
    for one in preparations(task):
        few = one.few_columns_seconds
        yield [
            task.name,
            shape,
            f"{kinds_seconds:.3f}",
            f"{cells_seconds:.3f}",
            one.model,
            one.steps,
            f"{one.seconds:.3f}",
            "–" if few is None else f"{few:.3f}",
            "–" if few is None else f"{one.seconds / few:.1f}",
        ]


def preparations(task: Task) -> list[Preparation]:
    """Measure the ways in which the starts of a search prepare a frame for trees.

    Parameters
    ----------
    task : Task
        A classification or a regression.
    """
    columns = read_columns(task.X)
    cells = columns.read(task.X)
    few = _in_few_columns(cells) if list(columns.kinds()) == ["numeric"] else None
    found: dict[str, Preparation] = {}
    for genome in _tree_starts(task, columns):
        steps = genome.inputs[0].text
        found.setdefault(
            steps,
            Preparation(
                model=genome.operator,
                steps=steps,
                seconds=_fold_seconds(genome, cells, columns, task.y),
                few_columns_seconds=None
                if few is None
                else _fold_seconds(
                    genome, few, Columns(numeric=tuple(map(str, few.columns))), None
                ),
            ),
        )
    return list(found.values())


def _tree_starts(task: Task, columns: Columns) -> list[Genome]:
    traits = Traits(
        task=task.kind.word,
        n_rows=int(TRAINING * len(task.X)),
        n_columns=len(columns.names),
    )
    grammar = Grammar(load_catalogue("default"), columns, traits)
    starts = starting_pipelines(grammar, np.random.default_rng(0))
    return [one for one in starts if "boosting" in one.operator or "trees" in one.operator]


def _fold_seconds(genome: Genome, cells: pd.DataFrame, columns: Columns, y: Any) -> float:
    n_train = int(TRAINING * len(cells))
    pipeline = build_pipeline(genome, load_catalogue("default"), columns, random_state=0)
    prepare = pipeline[:-1]
    train, test = cells.iloc[:n_train], cells.iloc[n_train:]
    target = None if y is None else np.asarray(y)[:n_train]

    def fold() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            prepare.fit_transform(train, target)
            prepare.transform(test)

    return _median_seconds(fold)


def _in_few_columns(cells: pd.DataFrame) -> pd.DataFrame:
    values = cells.to_numpy().ravel()
    n_rows = len(values) // FEW_COLUMNS
    table = values[: n_rows * FEW_COLUMNS].reshape(n_rows, FEW_COLUMNS)
    return pd.DataFrame(table, columns=[f"x{number}" for number in range(FEW_COLUMNS)])


def _median_seconds(run: Callable[[], object]) -> float:
    seconds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - started)
    return median(seconds)
