"""The costs of reading: a file, its description, the cells of new rows, and the import."""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from automl.cli.table import read_table
from automl.pipelines import Columns, read_columns
from automl.pipelines.building.build import make
from benchmarks.studies.cost.clock import cpu_seconds

SEED = 0
FILE_ROWS = 488  # for each task of a repeat: as many in all as adult has, a known set of texts
NEW_ROWS = 1000  # for each task of a repeat
NUMBERS, TEXTS = 6, 8  # columns, as adult has them
IMPORT = "import time; import automl; print(time.process_time())"


def reading_cost(n: int) -> dict[str, float]:
    """Return the cost of reading a file and new rows, and of importing automl."""
    imported = subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, check=True)
    mixed = _mixed_rows(NEW_ROWS * n)
    reader = make(read_columns(mixed).reader()).fit(mixed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        _table(FILE_ROWS * n).to_csv(path, index=False)
        frame = read_table(str(path)).frame(Columns())
        return {
            "pandas.read_csv(dtype=str) of a file, s of CPU": cpu_seconds(
                lambda: pd.read_csv(path, dtype=str)
            ),
            "the same file by the command line, s of CPU": cpu_seconds(
                lambda: read_table(str(path)).frame(Columns())
            ),
            "its description, s of CPU": cpu_seconds(lambda: read_columns(frame)),
            "cells of new rows, s of CPU": cpu_seconds(lambda: reader.transform(mixed)),
            "import automl, s of CPU": float(imported.stdout),
        }


def _table(n_rows: int) -> pd.DataFrame:
    """Return numbers and texts."""
    rng = np.random.default_rng(SEED)
    numbers = {f"number_{place}": rng.normal(size=n_rows) for place in range(NUMBERS)}
    names = [f"category {place}" for place in range(15)]
    return pd.DataFrame(
        numbers | {f"text_{place}": rng.choice(names, n_rows) for place in range(TEXTS)}
    )


def _mixed_rows(n_rows: int) -> pd.DataFrame:
    """Return cells that are written in ways of their own, some of them missing."""
    rng = np.random.default_rng(SEED)
    prices = [f"${price:,.2f}" for price in rng.uniform(1, 1e4, n_rows)]
    days = pd.Timestamp("2015-01-01") + pd.to_timedelta(rng.integers(0, 3000, n_rows), unit="D")
    tokens = rng.normal(size=n_rows).round(3).astype(str).astype(object)
    tokens[::50] = "?"
    return pd.DataFrame(
        {
            "price": prices,
            "day": days.strftime("%d.%m.%Y"),
            "token": tokens,
            "flag": rng.choice(["TRUE", "FALSE"], n_rows),
            "zip": rng.choice(["01067", "02139", "10115"], n_rows),
        }
    )
