"""`python -m benchmarks gpu`: boosted trees on the processor and on a GPU, in one call.

Each model is fitted with the same rounds on nine tenths of the rows: on one core, as a worker of a
search has it, and on the GPU. Adult comes from OpenML or a folder, the other set is made.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from automl import catalogue
from automl.pipelines import (
    Catalogue,
    Grammar,
    Start,
    Traits,
    build_pipeline,
    read_columns,
    starting_pipeline,
)
from benchmarks.errors import BenchmarkError
from benchmarks.options import count
from benchmarks.scores.markdown import NONE, markdown_table
from benchmarks.tasks.folder import folder_tasks
from benchmarks.tasks.openml import openml_tasks
from benchmarks.tasks.synthetic import labeled, mixed

MODELS = {  # with the parameter of their rounds
    "xgb_classifier_unstopped": "n_estimators",
    "lgbm_classifier_unstopped": "n_estimators",
    "cat_boost_classifier_unstopped": "iterations",
}
ADULT = 1590  # at OpenML
HEADER = ["rows", "model", "CPU, s", "GPU, s", "times as fast", "ROC AUC, CPU", "ROC AUC, GPU"]
LONGEST = 240.0  # seconds: no fit starts after them, so that all of it ends within five minutes


class NoGpuError(BenchmarkError):
    """There is no GPU, or no package that could use it."""


def add_command(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes and does."""
    add = parser.add_argument
    add("--data", type=Path, help="folder of data sets with adult (OpenML)")
    add("--rows", type=count, default=1_000_000, help="rows of the made set (%(default)s)")
    add("--rounds", type=count, default=100, help="trees, from 100 to 1000 (%(default)s)")
    parser.set_defaults(run=show_speed)


def show_speed(options: argparse.Namespace) -> None:
    """Measure, and print the table.

    Raises
    ------
    NoGpuError
        If there is nothing to measure.
    """
    try:
        on_gpu = catalogue("default", device="cuda")
    except ValueError as error:
        raise NoGpuError(f"nothing was measured: {error}") from error
    started = time.monotonic()
    body = []
    for name, frame, y in read_sets(options.data, options.rows):
        for model, parameter in MODELS.items():
            start = Start(model, {parameter: options.rounds})
            if model not in on_gpu or time.monotonic() - started > LONGEST:
                body.append([name, model, *[NONE] * 5])
                continue
            cpu, cpu_score = measure_fit(start, catalogue("default"), frame, y)
            gpu, gpu_score = measure_fit(start, on_gpu, frame, y)
            times = [f"{cpu:.2f}", f"{gpu:.2f}", f"{cpu / gpu:.1f}"]
            body.append([name, model, *times, f"{cpu_score:.4f}", f"{gpu_score:.4f}"])
    print(markdown_table(HEADER, body))


def read_sets(
    data: Path | None, n_rows: int
) -> Iterator[tuple[str, pd.DataFrame, pd.Series[bool]]]:
    """Yield the names, columns and targets of both sets.

    Parameters
    ----------
    data : path or None
        The folder with adult; None is OpenML.
    n_rows : int
        Of the made set.
    """
    (reference,) = openml_tasks([ADULT]) if data is None else folder_tasks(data, ["adult"])
    adult = reference.load()
    yield f"adult, {len(adult.X):,} × {adult.X.shape[1]}", adult.X, adult.y == adult.classes[-1]
    frame, y = labeled(mixed, n_rows)
    yield f"made, {n_rows:,} × {frame.shape[1]}", frame, y


def measure_fit(
    start: Start, operators: Catalogue, frame: pd.DataFrame, y: pd.Series[bool]
) -> tuple[float, float]:
    """Return the seconds of a fit, and its ROC AUC on the tenth of the rows that it has not seen.

    Parameters
    ----------
    start : Start
    operators : Catalogue
        For the processor or the GPU.
    frame : DataFrame of shape (n_rows, n_columns)
    y : Series of shape (n_rows,)
    """
    columns = read_columns(frame)
    grammar = Grammar(operators, columns, Traits(task="classification", n_rows=len(frame)))
    genome = starting_pipeline(grammar, start)
    if genome is None:
        raise BenchmarkError(
            f"{start} is no pipeline of the catalogue; give --rounds from 100 to 1000"
        )
    pipeline = build_pipeline(genome, operators, columns, random_state=0, final=True)
    is_new = np.arange(len(frame)) % 10 == 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        started = time.perf_counter()
        pipeline.fit(frame[~is_new], y[~is_new].to_numpy())
        seconds = time.perf_counter() - started
        shares = pipeline.predict_proba(frame[is_new])[:, 1]
    return seconds, float(roc_auc_score(y[is_new], shares))
