"""
Models that people can read
===========================

The preset ``"interpretable"`` has linear models, single trees, and boosting that is a sum over
columns. A fitted search can also be asked for the best of such pipelines: `select` says what that
costs.
"""

# %%
# Only readable models
# --------------------

import matplotlib.pyplot as plt
from sklearn.datasets import load_wine

from automl import AutoMLClassifier

X, y = load_wine(as_frame=True, return_X_y=True)
options = {"max_evaluations": 10, "n_jobs": 2, "random_state": 0, "verbose": 0}
readable = AutoMLClassifier(catalogue="interpretable", ensemble_size=1, **options).fit(X, y)
print(readable.best_genome_)
readable.best_pipeline_

# %%
# What the choice costs
# ---------------------
#
# The same number of pipelines out of the whole catalogue, up to five of which predict together.

free = AutoMLClassifier(**options).fit(X, y)
scores = {"interpretable": readable.honest_score_, "all operators": free.honest_score_}

figure, ax = plt.subplots(figsize=(6, 2.4))
for place, score in enumerate(scores.values()):
    ax.hlines(place, score.low, score.high, linewidth=6, color="tab:blue", alpha=0.5)
    ax.plot(score.estimate, place, "o", color="black")
ax.set_yticks(range(len(scores)), list(scores))
ax.set_ylim(-0.6, 1.6)
ax.set_xlabel(f"{free.metric_} on new rows, with its 95 % interval")
figure.tight_layout()

# %%
# A readable one out of a finished search
# ---------------------------------------
#
# No search is run for it, and the price says what to expect.

chosen = free.select("interpretable", X, y)
print(chosen.best_genome_)
print(chosen.price_)
