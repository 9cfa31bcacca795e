"""
Which columns matter, and how
=============================

`explain` looks into what predicts, by rows that its fits did not see. It is about the raw columns,
whatever the pipelines make of them.
"""

# %%
# Importance
# ----------
#
# A point is the fall of the score when the cells of the column are shuffled. Its line is the 95 %
# interval over the folds.

import matplotlib.pyplot as plt
from sklearn.datasets import load_diabetes

from automl import AutoMLRegressor
from automl.plots import DependenceDisplay, ImportancesDisplay

X, y = load_diabetes(as_frame=True, return_X_y=True, scaled=False)
search = AutoMLRegressor(max_evaluations=6, n_jobs=2, random_state=0, verbose=0).fit(X, y)
explanation = search.explain(X, y, seconds=600)

figure, ax = plt.subplots(figsize=(6, 3.6))
ImportancesDisplay.from_estimator(search, ax=ax)
figure.tight_layout()

# %%
# Dependence
# ----------
#
# A line is the mean prediction if all rows had this value.

names = list(explanation.dependence["column"].unique()[:3])
figure, axes = plt.subplots(ncols=3, figsize=(10, 3.2), sharey=True)
for ax, name in zip(axes, names, strict=True):
    DependenceDisplay.from_estimator(search, column=name, ax=ax)
    ax.set_ylabel("mean prediction" if ax is axes[0] else "")
figure.tight_layout()

# %%
# One row
# -------
#
# Contributions say why a row is predicted as it is. With `base`, they sum to the prediction.

row = explanation.contributions(X.head(1)).iloc[0]
print(f"base {row['base']:.1f}, prediction {row['prediction']:.1f}")

parts = row.drop(["base", "prediction"]).astype(float).sort_values(key=abs)
figure, ax = plt.subplots(figsize=(6, 3.4))
ax.barh(parts.index, parts, color=["tab:red" if part < 0 else "tab:blue" for part in parts])
ax.axvline(0, color="0.4", linewidth=1)
ax.set_xlabel("contribution to the first row's prediction")
figure.tight_layout()
