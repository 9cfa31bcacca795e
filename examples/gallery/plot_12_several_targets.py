"""
Several targets at once
=======================

Where `y` has several columns, one pipeline predicts all of them. The score is the mean of their
scores.
"""

# %%
# Two measurements of patients
# ----------------------------

import matplotlib.pyplot as plt
from sklearn.datasets import load_diabetes

from automl import AutoMLRegressor

X = load_diabetes(as_frame=True, scaled=False).data
y = X[["bp", "s6"]].rename(columns={"bp": "blood pressure", "s6": "blood sugar"})
X = X.drop(columns=["bp", "s6"])
y.head()

# %%
search = AutoMLRegressor(max_evaluations=6, n_jobs=2, random_state=0, verbose=0)
search.fit(X[:300], y[:300])
print(search.honest_score_)

# %%
# New rows
# --------
#
# Predictions have a column for each target. The picture has those of rows that were not learnt.

predicted = search.predict(X[300:])

figure, axes = plt.subplots(ncols=2, figsize=(8, 3.6))
for place, (ax, name) in enumerate(zip(axes, y.columns, strict=True)):
    ax.scatter(y[name][300:], predicted[:, place], s=14, alpha=0.7)
    ax.axline((y[name].mean(), y[name].mean()), slope=1, color="0.6", linewidth=1)
    ax.set(title=name, xlabel="true")
axes[0].set_ylabel("predicted")
figure.tight_layout()
