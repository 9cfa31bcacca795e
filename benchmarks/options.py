"""What the options of the command line are read as, and those that several commands have."""

import argparse
from pathlib import Path

from benchmarks.tasks.bundled import LOADERS, bundled_tasks
from benchmarks.tasks.folder import folder_tasks
from benchmarks.tasks.task import TaskReference

DEFAULT_TASKS = (
    "credit_g",
    "phoneme",
    "vehicle",
    "eucalyptus",
    "car",
    "blood_transfusion",
    "abalone",
    "moneyball",
    "boston",
    "airfoil_self_noise",
)
"""Small and medium sets of a folder: numbers, categories, gaps; two classes, more, numbers."""


def names(text: str) -> list[str]:
    """Read names with commas between them."""
    return [name.strip() for name in text.split(",") if name.strip()]


def numbers(text: str) -> list[int]:
    """Read numbers with commas between them."""
    return [int(name) for name in names(text)]


def positive(text: str) -> float:
    """Read a number above zero."""
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number above 0, got {text}")
    return value


def count(text: str) -> int:
    """Read a whole number above zero."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"expected 1 or more, got {text}")
    return value


def add_own_tasks(parser: argparse.ArgumentParser) -> None:
    """Add the options by which a comparison of this project's methods finds its tasks."""
    add = parser.add_argument
    add("--data", type=Path, help="folder of data sets (those of scikit-learn)")
    add("--tasks", type=names, help=f"only these tasks (of a folder {','.join(DEFAULT_TASKS)})")


def find_own_tasks(args: argparse.Namespace) -> list[TaskReference]:
    """Return tasks of a folder, by default the usual ones, or of scikit-learn without one."""
    if args.data is None:
        return bundled_tasks(LOADERS if args.tasks is None else args.tasks)
    return folder_tasks(args.data, args.tasks or DEFAULT_TASKS)
