"""
Text, dates, and cells as people write them
===========================================

A table of offers has free text, dates, prices with a currency sign, and gaps. `describe` shows how
the columns are read. The search does the rest.
"""

# %%
# A made table
# ------------

import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import automl

rng = np.random.default_rng(0)
n_rows = 300
wares = ["old bicycle", "oak table", "garden chair", "racing bicycle", "kitchen table"]
words = ["with scratches", "like new", "needs repair", "hardly used", "a gift"]
ware = rng.choice(wares, n_rows)
remark = rng.choice(words, n_rows)
number = rng.integers(1, 500, n_rows)
frame = pd.DataFrame(
    {
        "text": [f"{a}, {b}, item {c}" for a, b, c in zip(ware, remark, number, strict=True)],
        "offered": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 700, n_rows), "D"),
        "asked": [f"${price:,.2f}" for price in rng.uniform(20, 2000, n_rows)],
        "city": rng.choice(["Oslo", "Rome", "Graz", None], n_rows, p=[0.4, 0.3, 0.2, 0.1]),
    }
)
worth = 40.0 * np.char.find(ware.astype(str), "bicycle").clip(-1, 0) + 25.0 * (remark == "like new")
sold_for = worth + 10.0 * frame["offered"].dt.month.isin([5, 6, 7]) + rng.normal(0, 5, n_rows)
frame.head()

# %%
# How the columns are read
# ------------------------

automl.describe(frame)

# %%
# Fit, and see what matters
# -------------------------
#
# The importance is that of the raw columns: the fall of the score when their cells are shuffled.

search = automl.AutoMLRegressor(max_evaluations=8, n_jobs=2, random_state=0, verbose=0)
with warnings.catch_warnings():  # a fit warns of dates, in case that the future is to be predicted
    warnings.simplefilter("ignore", automl.AutoMLWarning)
    search.fit(frame, sold_for)
    explanation = search.explain(frame, sold_for, seconds=600)
print(search.best_genome_)

figure, ax = plt.subplots(figsize=(6, 2.8))
automl.plots.ImportancesDisplay.from_estimator(search, ax=ax)
figure.tight_layout()
