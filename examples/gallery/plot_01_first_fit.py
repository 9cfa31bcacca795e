"""
First fit and export
====================

A dataframe goes in, and a script comes out. This example fits ten pipelines on a data set of
scikit-learn, looks at what they gave, and writes the winner as Python.
"""

# %%
# A dataframe as it is
# --------------------
#
# The frame has numbers, texts and missing cells. Nothing is encoded or imputed by hand.

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from sklearn.datasets import load_diabetes

from automl import AutoMLRegressor
from automl.plots import CourseDisplay

frame = load_diabetes(as_frame=True, scaled=False).frame
frame["sex"] = frame["sex"].map({1.0: "female", 2.0: "male"})
frame.loc[::10, "bmi"] = np.nan
target = frame.pop("target")
frame.head()

# %%
# One call
# --------
#
# A number of evaluations and a seed make the result repeatable. Usually you give seconds instead:
# ``AutoMLRegressor(time_budget=60)``.

search = AutoMLRegressor(max_evaluations=10, n_jobs=2, random_state=0, verbose=0)
search.fit(frame, target)
search.honest_score_

# %%
# The leaderboard has a row for each pipeline. The score is the RMSE with a minus sign, because
# scorers of scikit-learn grow with quality.

search.leaderboard_[["rank", "score", "deviation", "state", "model"]].head()

# %%
# The course of the search shows when the best score changed.

display = CourseDisplay.from_estimator(search)

# %%
# Predictions
# -----------

search.predict(frame.head(3))

# %%
# The script
# ----------
#
# It imports scikit-learn and its like, and never this project.

with TemporaryDirectory() as folder:
    search.export(Path(folder) / "best.py")
    script = (Path(folder) / "best.py").read_text("utf-8")

# %%
# This is the function that builds the pipelines, out of the script.

begin = script.index("def build_pipeline")
print(script[begin : script.index("\ndef ", begin)])
