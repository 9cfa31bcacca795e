"""Fit a dataframe with texts and gaps, look at what was found, and take it away as a script."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_diabetes

from automl import AutoMLRegressor


def main(folder: str) -> None:
    """Write best.py and train.csv into a folder."""
    frame = load_diabetes(as_frame=True, scaled=False).frame
    frame["sex"] = frame["sex"].map({1.0: "female", 2.0: "male"})
    frame.loc[::10, "bmi"] = np.nan
    frame.to_csv(Path(folder) / "train.csv", index=False)

    search = AutoMLRegressor(max_evaluations=5, time_budget=None, random_state=0)
    search.fit(frame.drop(columns="target"), frame["target"])
    print(search.leaderboard_[["rank", "score", "state", "pipeline"]].head())
    print(search.predict(pd.DataFrame(frame.drop(columns="target").head(3))))
    search.export(Path(folder) / "best.py")
    print("python best.py train.csv --verify")


if __name__ == "__main__":
    main(sys.argv[1])
