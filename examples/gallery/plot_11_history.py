"""
Resume a run, and stop early
============================

With a history, every evaluation is on disk the moment it ends. A run that was killed goes on where
it was. `Patience` ends a search that no longer gains.
"""

# %%
# A run in two parts
# ------------------

from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
from sklearn.datasets import load_wine

from automl import AutoMLClassifier, Patience
from automl.plots import CourseDisplay

X, y = load_wine(as_frame=True, return_X_y=True)
options = {"time_budget": None, "n_jobs": 2, "random_state": 0, "verbose": 0}

with TemporaryDirectory() as folder:
    history = Path(folder) / "wine.db"
    first = AutoMLClassifier(max_evaluations=5, history=history, **options).fit(X, y)
    longer = AutoMLClassifier(max_evaluations=12, history=history, **options)
    longer.fit(X, y, resume=True)

figure, axes = plt.subplots(ncols=2, figsize=(9, 3.4), sharex=True, sharey=True)
CourseDisplay.from_estimator(first, ax=axes[0])
CourseDisplay.from_estimator(longer, ax=axes[1])
axes[0].set_title("five pipelines")
axes[1].set_title("the same run, resumed")
axes[1].set_ylabel("")
figure.tight_layout()

# %%
# No pipeline was evaluated twice: the first five are the same.

pipelines = [search.history_["genome"].unique() for search in (first, longer)]
print(set(pipelines[0]) <= set(pipelines[1]), len(pipelines[0]), len(pipelines[1]))

# %%
# An end by patience
# ------------------
#
# A gain of less than 0.2 within half a second ends this search. Real searches take minutes.

patient = AutoMLClassifier(
    max_evaluations=200, callbacks=[Patience(seconds=0.5, gain=0.2)], **options
).fit(X, y)
print(len(patient.leaderboard_) < 200)
