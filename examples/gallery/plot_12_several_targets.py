"""
Several targets at once
=======================

Where `y` has several columns, one pipeline predicts all of them. The score is the mean of their
scores.
"""

# %%
# Three measurements of athletes
# ------------------------------

import matplotlib.pyplot as plt
from sklearn.datasets import load_linnerud

from automl import AutoMLRegressor

X, y = load_linnerud(as_frame=True, return_X_y=True)
y.head()

# %%
# The data set has twenty rows, so the interval of the score is wide, and says so.

search = AutoMLRegressor(max_evaluations=6, n_jobs=2, random_state=0, verbose=0).fit(X, y)
print(search.honest_score_)
predicted = search.predict(X)
predicted.shape

# %%
# Predictions beside the truth, a picture for each target.

figure, axes = plt.subplots(ncols=3, figsize=(10, 3.4))
for place, (ax, name) in enumerate(zip(axes, y.columns, strict=True)):
    ax.scatter(y[name], predicted[:, place], s=18)
    ax.axline((y[name].mean(), y[name].mean()), slope=1, color="0.6", linewidth=1)
    ax.set(title=name, xlabel="true")
axes[0].set_ylabel("predicted")
figure.tight_layout()
