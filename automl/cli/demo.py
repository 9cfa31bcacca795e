"""``automl demo``: the main job on a data set of scikit-learn."""

import argparse
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

from automl.classifier import AutoMLClassifier
from automl.cli.summary import print_summary
from automl.temporary import temporary_folder

SUMMARY = "show the main job on a data set of scikit-learn"

DESCRIPTION = """\
Show the main job on the data set 'breast_cancer' of scikit-learn: search for a
pipeline, score it on held-out rows, export it as a script, and run the script.
The command leaves no files behind."""

EXAMPLES = """\
example:
  automl demo --budget 60"""

SCRIPT = "best.py"
COMMAND = (SCRIPT, *"train.csv --verify --predict test.csv --out predictions.csv".split())


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of ``automl demo``."""
    parser.add_argument(
        "--budget",
        type=float,
        default=20.0,
        metavar="SECONDS",
        help="seconds for the search and the final fit (default: %(default)g)",
    )


def run(options: argparse.Namespace) -> None:
    """Fit, print the summary, score on held-out rows, export, and run the exported script."""
    frame = load_breast_cancer(as_frame=True).frame
    train, test = train_test_split(frame, test_size=0.33, random_state=0, stratify=frame["target"])
    print(f"breast_cancer: {len(train)} rows to learn from, {len(test)} held out")
    search = AutoMLClassifier(time_budget=options.budget, random_state=0)
    rows = train.drop(columns="target"), train["target"], None, None, None, None
    search._fit(rows, resume=False)  # without the summary, which stands on the standard output here
    print_summary(search)
    probabilities = search.predict_proba(test.drop(columns="target"))[:, 1]
    print(f"ROC AUC on the held-out rows: {roc_auc_score(test['target'], probabilities):.4f}")
    difference = np.abs(_run_script(search, train, test) - probabilities).max()
    print(f"largest difference to the script's predictions: {difference:.3g}")


def _run_script(
    search: AutoMLClassifier, train: pd.DataFrame, test: pd.DataFrame
) -> NDArray[np.float64]:
    """Return the probabilities of the second class that the exported script predicts."""
    with temporary_folder() as name:
        folder = Path(name)
        search.export(folder / SCRIPT)
        train.to_csv(folder / "train.csv", index=False)
        test.to_csv(folder / "test.csv", index=False)
        # The script prints as well, past this process: without a flush its lines would come first.
        print(f"python {' '.join(COMMAND)}", flush=True)
        subprocess.run([sys.executable, *COMMAND], cwd=folder, check=True)
        return pd.read_csv(folder / "predictions.csv")["probability_1"].to_numpy()
