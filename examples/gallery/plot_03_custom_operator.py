"""
An operator of your own
=======================

The catalogue is a value that you can change. This example adds an estimator of scikit-learn that
the catalogue does not have, and a prior belief about its range.
"""

# %%
# A record, and nothing else
# --------------------------
#
# `takes` and `gives` are the types of the data before and after the estimator. ``Scaled`` numbers
# have no gaps and comparable sizes, so imputers and scalers come before the model by themselves.

import re

import matplotlib.pyplot as plt
from sklearn.datasets import load_diabetes

from automl import AutoMLRegressor, catalogue
from automl.pipelines import Operator, Prediction, Real, Scaled

huber = Operator(
    name="huber",
    path="sklearn.linear_model.HuberRegressor",
    takes=Scaled,
    gives=Prediction,
    tasks=("regression",),
    domains={
        "epsilon": Real(1.01, 3.0, default=1.35),
        "alpha": Real(1e-6, 1.0, 1e-4, log=True),
    },
)
operators = catalogue("default").only(
    "simple_imputer", "standard_scaler", "power_transformer", "quantile_transformer"
)

# %%
# The search uses it as any other
# -------------------------------

X, y = load_diabetes(as_frame=True, return_X_y=True)
search = AutoMLRegressor(
    catalogue=operators.with_operator(huber),
    ensemble_size=1,
    max_evaluations=12,
    n_jobs=2,
    random_state=0,
    verbose=0,
).fit(X, y)
print(search.best_genome_)

# %%
# The scores of its settings
# --------------------------
#
# Each text in the leaderboard is a pipeline with its settings.

board = search.leaderboard_.dropna(subset="score")
board = board[board["pipeline"].str.contains("huber")]
epsilon = [float(re.search(r"epsilon=([0-9.]+)", text)[1]) for text in board["pipeline"]]

figure, ax = plt.subplots(figsize=(6, 3.5))
ax.errorbar(epsilon, board["score"], yerr=board["deviation"], fmt="o", alpha=0.7)
ax.set_xlabel("epsilon of the Huber loss")
ax.set_ylabel("score and its deviation")
figure.tight_layout()
