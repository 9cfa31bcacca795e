"""A folder with `index.json` and one CSV file, gzipped or not, per data set.

`index.json` is a list of objects with `name`, `task` (binary, multiclass or regression) and, where
there are any, `categorical_columns` (texts) and `nominal_integer_columns` (integers that stand for
categories). In `NAME.csv.gz` or `NAME.csv` the last column is the target, and only an empty cell is
a missing value.
"""

import json
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.errors import TaskError
from benchmarks.tasks.task import Kind, Task, TaskReference, make_task

Entry = dict[str, Any]


def folder_tasks(folder: Path, names: Iterable[str] | None = None) -> list[TaskReference]:
    """Return the tasks of a folder, all of them or those of the given names.

    Parameters
    ----------
    folder : path
    names : iterable of str, optional

    Raises
    ------
    TaskError
        If there is no readable index, or a name is not in it.
    """
    entries = _read_index(folder)
    chosen = list(entries) if names is None else list(names)
    unknown = [name for name in chosen if name not in entries]
    if unknown:
        raise TaskError(
            f"expected tasks that {folder / 'index.json'} lists, got {unknown}; it has "
            f"{sorted(entries)}"
        )
    return [TaskReference(name, partial(_load, folder, entries[name])) for name in chosen]


def _read_index(folder: Path) -> dict[str, Entry]:
    path = folder / "index.json"
    try:
        entries = json.loads(path.read_text("utf-8"))
        index = {entry["name"]: entry for entry in entries}
        kinds = {name: Kind(entry["task"]) for name, entry in index.items()}
    except FileNotFoundError:
        raise TaskError(f"expected a folder with an index.json, got {folder} without") from None
    except (ValueError, TypeError, KeyError) as error:
        raise TaskError(
            f"expected {path} to be a list of objects with a name and a task out of "
            f"{[kind.value for kind in Kind]}: {error}"
        ) from error
    return {name: {**entry, "task": kinds[name]} for name, entry in index.items()}


def _load(folder: Path, entry: Entry) -> Task:
    path = _find_table(folder, entry["name"])
    table = read_table(path, entry.get("categorical_columns", []))
    y = table[table.columns[-1]]
    X = table.drop(columns=y.name)
    for column in entry.get("nominal_integer_columns", []):
        X[column] = X[column].astype("category")
    is_classification = entry["task"].is_classification
    task = make_task(entry["name"], X, y, str(path), is_classification=is_classification)
    # A wrong index would score a set by a metric that nobody expects.
    if task.kind is not entry["task"]:
        raise TaskError(
            f"expected a {entry['task']} task in {path}, as the index says, got "
            f"{len(task.classes)} classes"
        )
    return task


def _find_table(folder: Path, name: str) -> Path:
    for ending in (".csv.gz", ".csv"):
        path = folder / f"{name}{ending}"
        if path.exists():
            return path
    raise TaskError(f"expected {name}.csv.gz or {name}.csv in {folder}, got neither")


def read_table(path: Path, texts: Iterable[str]) -> pd.DataFrame:
    """Read a CSV file in which only an empty cell is a missing value.

    Parameters
    ----------
    path : path
    texts : iterable of str
        The columns to read as text, whatever they look like.
    """
    return pd.read_csv(
        path,
        dtype=dict.fromkeys(texts, "str"),
        # A category may be called NA or None.
        keep_default_na=False,
        na_values=[""],
    )
