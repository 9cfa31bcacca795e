"""Synthetic data sets of many rows or columns: larger than what may be kept or fetched.

Nothing but the seed of a set decides its cells, so that every machine has the same.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.errors import TaskError
from benchmarks.tasks.task import Task, TaskReference, make_task

TEST_ROWS = 50_000  # a score is sure to a quarter of a percent; scoring more takes minutes
Table = tuple[pd.DataFrame, NDArray[np.float64]]
"""The cells, and the log odds of the second class."""


def credit(rng: Generator, n_rows: int) -> Table:
    """Return ten numbers of borrowers, as in the public credit sets: skewed, with gaps.

    Parameters
    ----------
    rng : Generator
    n_rows : int
    """
    strain = rng.normal(size=n_rows)  # the hidden cause of most columns
    age = np.clip(rng.normal(52, 15, n_rows), 21, 100).round()
    income = np.exp(rng.normal(8.6, 0.7, n_rows)).round()
    use = np.clip(rng.beta(0.5, 1.2, n_rows) + 0.15 * strain, 0, None)
    late = rng.poisson(np.exp(strain - 1.6))
    later = rng.poisson(np.exp(1.2 * strain - 2.9))
    latest = rng.poisson(np.exp(1.4 * strain - 3.4))
    debt = np.exp(rng.normal(-1.2, 0.9, n_rows)) * (1 + 0.2 * strain.clip(-2))
    lines = rng.poisson(8, n_rows)
    homes = rng.poisson(1, n_rows)
    dependents = rng.poisson(0.8, n_rows).astype(float)
    odds = -4.1 + 1.9 * np.minimum(use, 1.2) + 0.55 * np.log1p(late) + 1.1 * np.log1p(latest)
    odds += 0.8 * np.log1p(later) - 0.025 * (age - 52) + 0.1 * dependents
    odds += 0.35 * (debt > 0.5) * (income < 4_000) + 0.15 * np.abs(homes - 1) + 0.3 * (lines < 3)
    cells = {
        "utilization": use,
        "age": age,
        "late_30_days": late,
        "debt_ratio": debt,
        "income": np.where(rng.random(n_rows) < 0.2, np.nan, income),
        "open_lines": lines,
        "late_90_days": latest,
        "homes": homes,
        "late_60_days": later,
        "dependents": np.where(rng.random(n_rows) < 0.026, np.nan, dependents),
    }
    return pd.DataFrame(cells), odds


def mixed(rng: Generator, n_rows: int) -> Table:
    """Return 38 numbers and 12 categories of 3 to 200 levels, a tenth of the columns with gaps.

    Parameters
    ----------
    rng : Generator
    n_rows : int
    """
    numbers = rng.normal(size=(n_rows, 38))
    numbers[:, 10:20] = np.exp(numbers[:, 10:20])
    numbers[:, 20:26] = numbers[:, 20:26].round(1)
    odds = 1.2 * numbers[:, 0] * numbers[:, 1] + 0.8 * np.sin(2 * numbers[:, 2])
    odds += 0.5 * np.log(numbers[:, 10]) * (numbers[:, 3] > 0) + 0.6 * numbers[:, 20] - 1.0
    cells = {f"number_{place}": numbers[:, place] for place in range(numbers.shape[1])}
    for place in (4, 5, 12, 21):
        cells[f"number_{place}"][rng.random(n_rows) < 0.1] = np.nan
    frame = pd.DataFrame(cells)
    for place, n_levels in enumerate([3, 4, 5, 6, 8, 10, 12, 20, 30, 50, 100, 200]):
        shares = rng.dirichlet(np.full(n_levels, 0.7))
        codes = rng.choice(n_levels, size=n_rows, p=shares)
        odds += rng.normal(scale=0.25, size=n_levels)[codes]
        levels = np.array([f"level_{level}" for level in range(n_levels)], dtype=object)
        frame[f"category_{place}"] = levels[codes]
    return frame, odds


def wide(rng: Generator, n_rows: int) -> Table:
    """Return 2,000 numbers, of which 40 say something of the target.

    Parameters
    ----------
    rng : Generator
    n_rows : int
    """
    numbers = rng.standard_normal((n_rows, 2_000))
    signal = numbers[:, :40]
    odds = signal[:, :30] @ rng.normal(scale=0.35, size=30)
    odds += 0.8 * signal[:, 30] * signal[:, 31] + np.abs(signal[:, 32]) - np.abs(signal[:, 33])
    names = [f"number_{place}" for place in range(numbers.shape[1])]
    return pd.DataFrame(numbers, columns=names, copy=False), odds


MAKERS: dict[str, tuple[Callable[[Generator, int], Table], int]] = {
    "made_credit": (credit, 150_000),
    "made_mixed": (mixed, 1_000_000),
    "made_wide": (wide, 100_000),
    # What a fit takes whatever the rows are: the first column of each of these is what grows.
    "made_credit_small": (credit, 100),
    "made_mixed_small": (mixed, 100),
    "made_wide_small": (wide, 100),
}
"""How each set is made, and its rows to fit on."""


def synthetic_tasks(names: Iterable[str]) -> list[TaskReference]:
    """Return the synthetic tasks of these names.

    Raises
    ------
    TaskError
        If there is none of such a name.
    """
    names = list(names)
    unknown = [name for name in names if name not in MAKERS]
    if unknown:
        raise TaskError(f"expected synthetic tasks out of {list(MAKERS)}, got {unknown}")
    return [TaskReference(name, partial(_make, name)) for name in names]


def labeled(
    maker: Callable[[Generator, int], Table], n_rows: int
) -> tuple[pd.DataFrame, "pd.Series[bool]"]:
    """Return the cells of a set, and whether each row is of the second class.

    Parameters
    ----------
    maker : callable
        `credit`, `mixed` or `wide`.
    n_rows : int
    """
    rng = np.random.default_rng(0)
    X, odds = maker(rng, n_rows)
    return X, pd.Series(rng.random(len(X)) < 1 / (1 + np.exp(-odds)), name="target")


def _make(name: str) -> Task:
    maker, n_rows = MAKERS[name]
    X, target = labeled(maker, n_rows + TEST_ROWS)
    labels = target.map({False: "no", True: "yes"}).astype(object)
    task = make_task(name, X, labels, "benchmarks.tasks.synthetic", is_classification=True)
    return replace(task, test_rows=TEST_ROWS)
