"""
Few rows of a class, and the decision threshold
===============================================

ROC AUC and average precision judge probabilities, whatever share of the rows is positive. Labels
need a decision. `set_threshold` chooses it by held-out rows, and fits nothing.
"""

# %%
# One row in ten is positive
# --------------------------

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_classification
from sklearn.metrics import f1_score, precision_recall_curve
from sklearn.model_selection import train_test_split

from automl import AutoMLClassifier

X, y = make_classification(
    n_samples=1200, n_features=8, n_informative=4, weights=[0.9], flip_y=0.03, random_state=0
)
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)

search = AutoMLClassifier(
    scoring="average_precision", max_evaluations=8, n_jobs=2, random_state=0, verbose=0
).fit(X_train, y_train)
print(search.honest_score_)

# %%
# The threshold of the best F1
# ----------------------------

before = f1_score(y_test, search.predict(X_test))
search.set_threshold("f1")
print(search.threshold_)
after = f1_score(y_test, search.predict(X_test))
print(f"F1 on new rows: {before:.3f} at a half, {after:.3f} at the threshold")

# %%
# Precision and recall on new rows, with both decisions.

probabilities = search.predict_proba(X_test)[:, 1]
precision, recall, thresholds = precision_recall_curve(y_test, probabilities)

figure, ax = plt.subplots(figsize=(5.5, 4))
ax.plot(recall, precision, color="tab:blue")
for name, value in (("a half", 0.5), ("best F1", search.threshold_.value)):
    place = min(np.searchsorted(thresholds, value), len(thresholds) - 1)
    ax.plot(recall[place], precision[place], "o", label=f"{name}: {value:.2f}")
ax.set_xlabel("recall")
ax.set_ylabel("precision")
ax.legend(title="threshold")
figure.tight_layout()

# %%
# A number of your own is a threshold, too: ``search.set_threshold(0.2)``. The exported script and
# the saved model keep to it.
