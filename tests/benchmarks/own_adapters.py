"""Adapters as a user might write them, most of them bad."""

import json
import os
import time
from pathlib import Path

import numpy as np

from benchmarks.adapters import LABELS, SCRIPT, Predictions


class Constant:
    """Predicts the shares of the classes; without scikit-learn its process starts quickly."""

    preparation = "none"

    def __init__(self, settings):
        self.settings = settings

    def fit(self, X, y):
        self.n_rows = len(X)
        self.shares = y.value_counts(normalize=True).sort_index()

    def predict(self, X):
        values = np.tile(self.shares.to_numpy(), (len(X), 1))
        return Predictions(values, self.shares.index.tolist())

    def extras(self, X, folder):
        return {}


class Crashing(Constant):
    """Raises."""

    def fit(self, X, y):
        raise RuntimeError("it went wrong")


class Hanging(Constant):
    """Never comes back."""

    def fit(self, X, y):
        while True:
            time.sleep(1)


class Infinite(Constant):
    """Predicts what cannot be scored."""

    def predict(self, X):
        return Predictions(np.full(len(X), np.inf), [])


class Late(Constant):
    """Fails when all that counts is done."""

    def extras(self, X, folder):
        raise RuntimeError("too late")


class Peeking(Constant):
    """Reports what it was given."""

    def extras(self, X, folder):
        return {
            "files": sorted(path.name for path in Path.cwd().parents[1].rglob("*.parquet")),
            "columns": list(X.columns),
            "n_rows": self.n_rows,
            "threads": os.environ.get("OMP_NUM_THREADS"),
            "infinity": float("inf"),
        }


SCRIPT_TEXT = """
import argparse
import pandas as pd

parser = argparse.ArgumentParser()
for name in ("train", "--target", "--predict", "--out"):
    parser.add_argument(name)
args = parser.parse_args()
shares = pd.read_csv(args.train)[args.target].value_counts(normalize=True).sort_index()
table = pd.DataFrame({"prediction": [shares.idxmax()] * len(pd.read_csv(args.predict))})
for label, share in shares.items():
    table[f"probability_{label}"] = share
table.to_csv(args.out, index=False)
"""


class Exporting(Constant):
    """Exports the constant prediction."""

    def extras(self, X, folder):
        (folder / SCRIPT).write_text(SCRIPT_TEXT, "utf-8")
        labels = [self.shares.idxmax()] * len(X)
        (folder / LABELS).write_text(json.dumps(labels), "utf-8")
        return {"pipelines": 1}
