"""
Small, quick, or best
=====================

The best score is not all that matters. `pareto_front_` has the pipelines that no other beats in
score, size and time of prediction. `select` fits one of them.
"""

# %%
# The front
# ---------

import matplotlib.pyplot as plt
from sklearn.datasets import load_breast_cancer

from automl import AutoMLClassifier
from automl.plots import ParetoDisplay

X, y = load_breast_cancer(as_frame=True, return_X_y=True)
search = AutoMLClassifier(max_evaluations=12, n_jobs=2, random_state=0, verbose=0).fit(X, y)

figure, axes = plt.subplots(ncols=2, figsize=(9, 3.6), sharey=True)
ParetoDisplay.from_estimator(search, axis="size", ax=axes[0])
ParetoDisplay.from_estimator(search, axis="predict_seconds", ax=axes[1])
axes[0].set_xlabel("operators")
axes[1].set(xlabel="seconds for a held-out part", ylabel="")
axes[0].set_ylim(0.97, 1.0)  # the constant baseline, at 0.5, is far below
figure.tight_layout()

# %%
search.pareto_front_[["rank", "score", "size", "predict_seconds", "model"]]

# %%
# The smallest that is about as good
# ----------------------------------
#
# "smallest" is the smallest pipeline within one standard error of the best.

small = search.select("smallest", X, y)
print(small.best_genome_)
print(small.price_)
