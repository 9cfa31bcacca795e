"""
Reading the honest score
========================

The best of many pipelines is good, and lucky. `honest_score_` corrects for the luck and has a 95 %
interval. This example compares it with rows that the search never saw.
"""

# %%
# Half of the rows are held out
# -----------------------------

import matplotlib.pyplot as plt
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

from automl import AutoMLClassifier

X, y = load_breast_cancer(as_frame=True, return_X_y=True)
X = X[["mean texture", "mean smoothness", "mean symmetry", "texture error"]]  # a harder task
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.5, random_state=0)

search = AutoMLClassifier(max_evaluations=12, n_jobs=2, random_state=0, verbose=0)
search.fit(X_train, y_train)
print(search.honest_score_)

# %%
# Four numbers in one picture
# ---------------------------
#
# The dark line is the interval of the score on new rows without end. The light line is the wider
# interval for a test part of this size: a few hundred rows are a noisy test. The score on the
# held-out rows is one draw from it.

score = search.honest_score_
low, high = score.on(len(X_test))
held_out = roc_auc_score(y_test, search.predict_proba(X_test)[:, 1])

figure, ax = plt.subplots(figsize=(8, 3))
ax.hlines(0, low, high, color="0.75", linewidth=10, label=f"95 % on {len(X_test)} rows")
ax.hlines(0, score.low, score.high, color="tab:blue", linewidth=10, label="95 %")
ax.plot(score.estimate, 0, "o", color="black", label="estimate")
ax.plot(score.naive, 0, "|", color="black", markersize=24, label="mean over the folds")
ax.plot(score.baseline, 0, "x", color="tab:red", markersize=9, label=score.compared_with)
ax.plot(held_out, 0, "D", color="tab:orange", label="on the rows held out")
ax.set_yticks([])
ax.set_xlabel(score.metric)
ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.02), ncols=3, frameon=False, markerscale=0.7)
figure.tight_layout()

# %%
# The words of the score
# ----------------------

for name in ("estimate", "low", "high", "naive", "baseline", "gain_probability", "growth"):
    print(f"{name:16} {getattr(score, name):.4f}")
