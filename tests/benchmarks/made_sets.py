"""Small sets of each kind, as a folder of data has them."""

import json
import time

import numpy as np
import pandas as pd

from benchmarks.tasks.task import Kind


def write_sets(folder, n_rows):
    """Write a set of each kind, and return the folder."""
    random = np.random.default_rng(0)
    index = []
    for kind, n_classes in ((Kind.BINARY, 2), (Kind.MULTICLASS, 3), (Kind.REGRESSION, 0)):
        table = pd.DataFrame(random.normal(size=(n_rows, 2)), columns=["a", "b"])
        noisy = table["a"] + 0.5 * random.normal(size=n_rows)
        table["target"] = pd.qcut(noisy, n_classes, labels=False) if n_classes else noisy
        table.to_csv(folder / f"{kind}.csv", index=False)
        index.append({"name": str(kind), "task": str(kind)})
    (folder / "index.json").write_text(json.dumps(index))
    return folder


def hang(*_):
    """Take longer than any limit, in a worker that finds this function by its name."""
    time.sleep(3_600)
