"""The main job with the package that is installed: fit, export, verify, save, load, predict.

`make dist` runs it with the wheel. It needs nothing else of this folder, and ends with an error at
whatever is wrong.
"""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

import automl

ROWS = 120


def training_frame():
    """Return a small frame of numbers and texts with gaps, and its target."""
    generator = np.random.default_rng(0)
    size, weight = generator.normal(size=(2, ROWS))
    frame = pd.DataFrame({"size": size, "weight": weight, "color": ["red", "blue"] * (ROWS // 2)})
    frame["target"] = np.where(size + generator.normal(size=ROWS) > 0, "yes", "no")
    frame.loc[::10, "weight"] = np.nan
    return frame


def main(folder):
    """Do the main job, with all files in a folder."""
    frame = training_frame()
    frame.to_csv(folder / "train.csv", index=False)
    X, y = frame.drop(columns="target"), frame["target"]
    options = {"max_evaluations": 4, "time_budget": None, "n_jobs": 2, "random_state": 0}
    search = automl.AutoMLClassifier(**options, verbose=0).fit(X, y)
    search.export(folder / "best.py")
    subprocess.run([sys.executable, "best.py", "train.csv", "--verify"], cwd=folder, check=True)
    search.save(folder / "model")
    loaded = automl.load(folder / "model")
    if not np.array_equal(loaded.predict_proba(X), search.predict_proba(X)):
        sys.exit("the loaded model has other probabilities than the one that was saved")
    if not set(loaded.predict(X)) <= {"yes", "no"}:
        sys.exit(f"expected the labels yes and no, got {set(loaded.predict(X))}")
    print(f"automl {automl.__version__} in {Path(automl.__file__).parent} does the main job")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
