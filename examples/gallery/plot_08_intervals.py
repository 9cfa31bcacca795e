"""
Intervals and quantiles of predictions
======================================

A prediction is a number, and the truth lies around it. `predict_interval` gives a range of the same
width for every row. Quantiles give a range that follows the row.
"""

# %%
# Noise that grows
# ----------------

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from automl import AutoMLRegressor, Quantile

rng = np.random.default_rng(0)
X = pd.DataFrame({"size": np.sort(rng.uniform(0, 10, 500))})
y = 3 * np.sin(X["size"]) + 2 * X["size"] + rng.normal(size=500) * (0.3 + 0.4 * X["size"])
learnt = rng.random(500) < 0.7
options = {"max_evaluations": 8, "n_jobs": 2, "random_state": 0, "verbose": 0}

# %%
# One width for all rows
# ----------------------
#
# The width is that within which nine of ten held-out rows were predicted.

mean = AutoMLRegressor(**options).fit(X[learnt], y[learnt])
ends = mean.predict_interval(X[~learnt], coverage=0.9)

# %%
# Quantiles
# ---------
#
# The columns of several quantiles never cross.

quantiles = AutoMLRegressor(scoring=Quantile([0.05, 0.5, 0.95]), **options)
columns = quantiles.fit(X[learnt], y[learnt]).predict(X[~learnt])
columns[:3]

# %%
# Both on rows that were not learnt
# ---------------------------------

figure, axes = plt.subplots(ncols=2, figsize=(9, 3.6), sharex=True, sharey=True)
new, truth = X.loc[~learnt, "size"], y[~learnt]
for ax, low, high, title in (
    (axes[0], ends[:, 0], ends[:, 1], "predict_interval"),
    (axes[1], columns[:, 0], columns[:, 2], "Quantile([0.05, 0.5, 0.95])"),
):
    inside = np.mean((truth >= low) & (truth <= high))
    ax.fill_between(new, low, high, alpha=0.3, step="mid")
    ax.plot(new, truth, ".", color="black", markersize=4)
    ax.set_title(f"{title}: {inside:.0%} inside")
    ax.set_xlabel("size")
axes[0].set_ylabel("target")
figure.tight_layout()
