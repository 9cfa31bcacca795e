"""Does an exported script stand on its own and give the predictions of the search again?

The script is run by a fresh Python in a folder that holds nothing but itself and two CSV files. It
fits anew, so equal predictions mean that script and search describe the same pipeline.
"""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.adapters import LABELS, SCRIPT, Predictions
from benchmarks.running.environment import script_environment
from benchmarks.running.job import Job
from benchmarks.running.supervisor import Limits, Usage, describe_failure, supervise
from benchmarks.tasks.split import Split

TOLERANCE = 1e-6  # of the largest; threads sum in another order, which solvers amplify


class UnlikeError(Exception):
    """The script's output is not what the command line promises."""


def check_script(job: Job, split: Split, limits: Limits) -> dict[str, Any]:
    """Run the script that an adapter left and compare its predictions with those of the search.

    Parameters
    ----------
    job : Job
    split : Split
    limits : Limits

    Returns
    -------
    dict
        `export_matches`, `export_seconds`, `export_max_abs_difference` (of numbers or
        probabilities) and, where it does not match, `export_problem`.
    """
    folder, log = job.folder / "exported", job.folder / "exported.log"
    usage = _run_script(job, folder, split, limits, log)
    facts: dict[str, Any] = {"export_matches": False, "export_seconds": usage.wall_seconds}
    failure = describe_failure(usage, log, limits)
    if failure:
        return {**facts, "export_problem": failure}
    try:
        difference, problem = _compare(job, folder / "out.csv")
    except UnlikeError as error:
        return {**facts, "export_problem": str(error)}
    facts |= {"export_matches": not problem, "export_max_abs_difference": difference}
    return {**facts, "export_problem": problem} if problem else facts


def _run_script(job: Job, folder: Path, split: Split, limits: Limits, log: Path) -> Usage:
    folder.mkdir()
    shutil.copy(job.artifacts / SCRIPT, folder / SCRIPT)
    target = str(split.train_y.name)
    # Pandas writes floats with as many digits as it takes to read the same float again.
    train = pd.concat([split.train_X, split.train_y], axis="columns")
    train.to_csv(folder / "train.csv", index=False)
    split.test_X.to_csv(folder / "test.csv", index=False)
    # As a user would call it: the command line is part of what is checked.
    arguments = ["train.csv", "--target", target, "--predict", "test.csv", "--out", "out.csv"]
    command = [sys.executable, SCRIPT, *arguments]
    environment = script_environment(job.folder)
    return supervise(command, folder=folder, limits=limits, log=log, environment=environment)


def _compare(job: Job, path: Path) -> tuple[float, str]:
    """Return the greatest absolute difference and what is wrong, if anything."""
    finished = job.read_result()
    if finished is None or not path.exists():
        raise UnlikeError("expected predictions of both the search and the script, found none")
    _, predictions = finished
    # NaN equals nothing and is near nothing: a comparison would say so of the script.
    if not np.isfinite(predictions.values).all():
        raise UnlikeError("expected finite predictions of the search, got others")
    output = _read_output(path, predictions)
    names = _names(predictions)
    values = _numbers(output[names]).reshape(predictions.values.shape)
    difference = float(np.abs(values - predictions.values).max())
    problem = _wrong_values(difference, predictions.values)
    if predictions.classes and not problem:
        problem = _wrong_labels(output["prediction"], job.artifacts / LABELS)
    return difference, problem


def _names(predictions: Predictions) -> list[str]:
    """Name the columns that hold what the search predicted."""
    return [f"probability_{label}" for label in predictions.classes] or ["prediction"]


def _read_output(path: Path, predictions: Predictions) -> pd.DataFrame:
    """Read all cells as texts, because labels may look like numbers."""
    output = pd.read_csv(path, dtype="str", keep_default_na=False)
    # Further columns are welcome, missing ones are not.
    names = {"prediction", *_names(predictions)}
    n_rows = len(predictions.values)
    if not names <= set(output.columns) or len(output) != n_rows:
        raise UnlikeError(
            f"expected {n_rows} rows with the columns {sorted(names)}, got {len(output)} rows with "
            f"{list(output.columns)}"
        )
    return output


def _numbers(texts: pd.DataFrame) -> NDArray[np.float64]:
    """Read numbers to the last digit, as Python does; not every version of pandas does."""
    try:
        numbers = texts.to_numpy(dtype=object).astype(np.float64)
    except ValueError as error:
        raise UnlikeError(f"expected numbers in {list(texts.columns)}: {error}") from error
    if not np.isfinite(numbers).all():
        raise UnlikeError(f"expected finite numbers in {list(texts.columns)}, got others")
    return numbers


def _wrong_values(difference: float, expected: NDArray[np.float64]) -> str:
    # Relative to the largest value, because targets may be of any size.
    tolerance = TOLERANCE * float(np.abs(expected).max())
    if difference <= tolerance:
        return ""
    return f"predictions differ by up to {difference:.3g}, more than {tolerance:.3g}"


def _wrong_labels(labels: "pd.Series[Any]", path: Path) -> str:
    if not path.exists():
        raise UnlikeError(f"expected the adapter to leave the predicted labels as {path.name}")
    expected = [str(label) for label in json.loads(path.read_text("utf-8"))]
    n_wrong = int((labels.to_numpy(dtype=object) != np.array(expected, dtype=object)).sum())
    return f"{n_wrong} of {len(expected)} labels differ" if n_wrong else ""
