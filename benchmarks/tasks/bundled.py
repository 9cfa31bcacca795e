"""The data sets that come with scikit-learn; they need no network."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine

from benchmarks.errors import TaskError
from benchmarks.tasks.task import Task, TaskReference, make_task

LOADERS: dict[str, Callable[..., Any]] = {
    "iris": load_iris,
    "wine": load_wine,
    "breast_cancer": load_breast_cancer,
    "digits": load_digits,
    "diabetes": load_diabetes,
}


def bundled_tasks(names: Iterable[str]) -> list[TaskReference]:
    """Return the bundled tasks of these names.

    Raises
    ------
    TaskError
        If scikit-learn brings no such data set.
    """
    names = list(names)
    unknown = [name for name in names if name not in LOADERS]
    if unknown:
        raise TaskError(f"expected bundled tasks out of {list(LOADERS)}, got {unknown}")
    return [TaskReference(name, partial(_load, name)) for name in names]


def _load(name: str) -> Task:
    bunch = LOADERS[name](as_frame=True)
    # The numbers of diabetes are no classes, whatever the bunch has.
    is_classification = "target_names" in bunch and name != "diabetes"
    source = f"sklearn.datasets.load_{name}"
    return make_task(name, bunch.data, bunch.target, source, is_classification=is_classification)
