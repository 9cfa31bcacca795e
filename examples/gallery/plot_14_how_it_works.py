"""
How it works, in three pictures
===============================

The way of a pipeline from the dataframe to the score, the race between pipelines, and the
correction of the winner's score. All numbers are those of a search of two dozen pipelines.
"""

# %%
# The way of one pipeline
# -----------------------
#
# A strategy proposes a pipeline as a typed tree. Worker processes fit it on the training part of
# each outer fold. Settings are chosen inside of that part. The held-out part is used once, for the
# score. What was predicted for it decides in the end who predicts.

import matplotlib.pyplot as plt
from sklearn.datasets import load_breast_cancer

from automl import AutoMLClassifier

boxes = {
    "strategy": (0.0, 1, "strategy\nproposes a tree"),
    "inner": (1.0, 1, "inner folds\nchoose settings"),
    "outer": (2.0, 1, "outer fold\nscores once"),
    "history": (2.0, 0, "history\nkeeps everything"),
    "bank": (3.0, 1, "held-out\npredictions"),
    "choice": (3.0, 0, "choice and\nhonest score"),
    "final": (4.0, 0, "final fit\non all rows"),
}
arrows = [
    ("strategy", "inner"),
    ("inner", "outer"),
    ("outer", "history"),
    ("outer", "bank"),
    ("bank", "choice"),
    ("choice", "final"),
    ("history", "strategy"),
]
figure, ax = plt.subplots(figsize=(10, 3))
style = {"boxstyle": "round,pad=0.45", "facecolor": "#e8f0fa", "edgecolor": "#1d5fa8"}
drawn = {
    name: ax.text(x, y, text, ha="center", va="center", bbox=style, fontsize=12)
    for name, (x, y, text) in boxes.items()
}
for begin, end in arrows:
    ax.annotate(
        "",
        xy=boxes[end][:2],
        xytext=boxes[begin][:2],
        arrowprops={
            "arrowstyle": "-|>",
            "color": "0.3",
            "patchA": drawn[begin].get_bbox_patch(),
            "patchB": drawn[end].get_bbox_patch(),
            "shrinkA": 2,
            "shrinkB": 2,
        },
    )
ax.set(xlim=(-0.5, 4.5), ylim=(-0.4, 1.4))
ax.set_axis_off()
figure.subplots_adjust(left=0, right=1, bottom=0, top=1)

# %%
# The race
# --------
#
# A pipeline that is clearly worse than the fifth best after its first folds is out. It costs one
# to three folds instead of five.

X, y = load_breast_cancer(as_frame=True, return_X_y=True)
X = X[["mean texture", "mean smoothness", "mean symmetry", "texture error"]]
search = AutoMLClassifier(max_evaluations=24, n_jobs=2, random_state=0, verbose=0).fit(X, y)

folds = search.history_.dropna(subset="score").groupby("number")["score"]
figure, ax = plt.subplots(figsize=(8, 3.4))
for number, scores in list(folds)[1:]:  # the first one is the constant baseline
    ax.plot([number] * len(scores), scores, "-", color="0.8", zorder=1)
    ax.scatter([number] * len(scores), scores, s=10, color="tab:blue", alpha=0.6, zorder=2)
ax.set_xlabel("pipelines in the order of asking; a point is a fold")
ax.set_ylabel(search.metric_)
figure.tight_layout()

# %%
# The correction
# --------------
#
# The best of many is lucky. Rows are drawn with replacement, and the whole choice is made again on
# them. The rows that were not drawn judge its result. The mean loss is taken off the score. The
# gain of learning from all rows is added.

score = search.honest_score_
steps = {
    "mean over the folds": score.naive,
    "less the luck": score.estimate - score.growth,
    "plus more rows": score.estimate,
}
figure, ax = plt.subplots(figsize=(7, 3.2))
ax.plot(list(steps), list(steps.values()), "o-", color="black")
ax.vlines(2, score.low, score.high, color="tab:blue", linewidth=8, alpha=0.4)
ax.axhline(score.baseline, color="tab:red", linestyle="--", label=score.compared_with)
ax.set_xlim(-0.4, 2.4)
ax.set_ylabel(score.metric)
ax.legend(frameon=False)
figure.tight_layout()
