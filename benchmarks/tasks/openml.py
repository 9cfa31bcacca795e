"""Data sets of OpenML, by number; they are downloaded once and kept in a folder."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from urllib.error import URLError

import pandas as pd
from sklearn.datasets import fetch_openml

from benchmarks.errors import TaskError
from benchmarks.tasks.task import Task, TaskReference, make_task


def openml_tasks(numbers: Iterable[int], cache: Path | None = None) -> list[TaskReference]:
    """Return the tasks of these data sets, with the target that OpenML suggests.

    Parameters
    ----------
    numbers : iterable of int
        Numbers of data sets, such as 31 for credit-g; not those of OpenML's own tasks.
    cache : path, optional
        Where to keep what was downloaded; by default scikit-learn's own data folder.
    """
    return [
        TaskReference(f"openml_{number}", partial(_load, number, cache))
        # A suite and the command line may name the same set.
        for number in dict.fromkeys(numbers)
    ]


def _load(number: int, cache: Path | None) -> Task:
    try:
        bunch = fetch_openml(data_id=number, data_home=cache, as_frame=True, parser="auto")
    except (URLError, TimeoutError) as error:
        raise TaskError(
            f"expected an answer of openml.org for data set {number}, got: {error}; "
            "check the network, or take --data FOLDER"
        ) from error
    # scikit-learn raises these for a number that OpenML does not know, or no longer offers.
    except (ValueError, KeyError) as error:
        raise TaskError(f"data set {number} of OpenML cannot be read: {error}") from error
    if not isinstance(bunch.target, pd.Series):
        raise TaskError(
            f"expected one target in data set {number} of OpenML, got {bunch.target_names}"
        )
    y = bunch.target
    is_classification = not pd.api.types.is_numeric_dtype(y)
    if is_classification:
        # As texts, so that labels sort and travel in the same way for all tools.
        y = y.astype("str")
    source = f"OpenML {number} {bunch.details['name']}"
    name = f"openml_{number}"
    return make_task(name, bunch.data, y, source, is_classification=is_classification)
