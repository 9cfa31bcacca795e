"""
Groups and time
===============

Rows that belong together must not stand on both sides of a fold. Rows of the future must not
teach the past. This example makes both mistakes on purpose, and shows what they cost.
"""

# %%
# Patients with several rows each
# -------------------------------
#
# Each patient has a trait of its own that all of its rows share. A model can learn the patient
# by heart, which helps with rows of the same patient and with no other.

import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from automl import AutoMLRegressor, AutoMLWarning

rng = np.random.default_rng(0)
patient = np.repeat(np.arange(40), 8)
trait = rng.normal(size=(40, 3))[patient]
effect = rng.normal(size=40)[patient]
X = pd.DataFrame(trait + 0.1 * rng.normal(size=trait.shape), columns=["age", "weight", "pulse"])
X["dose"] = rng.normal(size=len(X))
y = effect + 0.5 * X["dose"] + 0.3 * rng.normal(size=len(X))

options = {"max_evaluations": 6, "n_jobs": 2, "random_state": 0, "verbose": 0}
at_random = AutoMLRegressor(**options).fit(X, y)
by_patient = AutoMLRegressor(**options).fit(X, y, groups=patient)

# %%
# Days in their order
# -------------------
#
# The level of the target wanders. With ``time="day"`` each fold learns from the rows before those
# that it predicts.

days = pd.date_range("2024-01-01", periods=300)
level = np.cumsum(rng.normal(size=300)) * 0.3
sales = pd.DataFrame({"day": days, "price": rng.normal(size=300)})
sold = level - sales["price"] + 0.3 * rng.normal(size=300)

in_order = AutoMLRegressor(**options).fit(sales, sold, time="day")
with warnings.catch_warnings():  # a fit warns of a column that orders the rows
    warnings.simplefilter("ignore", AutoMLWarning)
    shuffled = AutoMLRegressor(**options).fit(sales, sold)

# %%
# The two scores side by side
# ---------------------------
#
# Folds at random promise too much in both cases. The error that is to be expected for a new
# patient, or for the next month, is the larger one.

pairs = {
    "a new patient": (at_random, by_patient),
    "the days to come": (shuffled, in_order),
}
figure, ax = plt.subplots(figsize=(6, 3))
for place, searches in enumerate(pairs.values()):
    for search, color, shift in zip(searches, ("tab:red", "tab:blue"), (0.12, -0.12), strict=True):
        score = search.honest_score_
        ax.hlines(place + shift, -score.high, -score.low, color=color, linewidth=5, alpha=0.5)
        ax.plot(-score.estimate, place + shift, "o", color=color)
ax.plot([], [], "o", color="tab:red", label="folds at random")
ax.plot([], [], "o", color="tab:blue", label="folds that respect it")
ax.set_yticks(range(2), list(pairs))
ax.set_ylim(-0.5, 1.9)
ax.set_xlabel("RMSE to expect, with its 95 % interval (less is better)")
ax.legend(loc="upper right", ncols=2, frameon=False)
figure.tight_layout()
