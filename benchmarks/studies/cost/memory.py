"""The memory of `automl predict` for many rows, beside that for few."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

from automl import AutoMLClassifier, catalogue
from benchmarks.tasks.synthetic import labeled, mixed

ROWS = 10_000  # for each task of a repeat: a million with a hundred tasks
FEW = 2_000  # rows to fit, and to predict for the memory that every prediction takes
STEPS = ("logistic_regression", "simple_imputer", "standard_scaler", "one_hot_encoder")
# Of the process itself: `getrusage` counts the memory of the process that started it, too, and
# psutil knows no peak on Linux.
PREDICT = """
import sys
from automl.cli import main
status = main(sys.argv[1:])
print(open("/proc/self/status").read())
sys.exit(status)
"""
PEAK = "VmHWM:"  # the line of the peak, in KiB


def memory_cost(n: int) -> dict[str, float]:
    """Return the peaks of memory of predicting a file by a linear model.

    Parameters
    ----------
    n : int
        Ten thousand rows each.
    """
    X, y = labeled(mixed, ROWS * n)
    search = AutoMLClassifier(
        catalogue=catalogue("default").only(*STEPS),
        time_budget=None,
        max_evaluations=2,
        ensemble_size=1,
        tuner=None,
        cv=2,
        n_jobs=1,
        random_state=0,
        verbose=0,
    ).fit(X.head(FEW), y.head(FEW))
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model"
        search.save(model)
        return {
            f"a Parquet file of {rows:,} rows, MiB": _peak_mib(model, X.head(rows))
            for rows in (min(FEW, len(X)), len(X))
        }


def _peak_mib(model: Path, frame: pd.DataFrame) -> float:
    """Return the peak of memory of a process that predicts a dataframe from a file."""
    data = model.with_name("new.parquet")
    frame.to_parquet(data, index=False)
    command = [
        sys.executable,
        "-c",
        PREDICT,
        "predict",
        str(model),
        str(data),
        "--out",
        f"{data}.csv",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    (peak,) = (line for line in done.stdout.splitlines() if line.startswith(PEAK))
    return int(peak.split()[1]) / 1024
