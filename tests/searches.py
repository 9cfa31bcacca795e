"""Small data with two targets, and searches for them that take a second or two."""

import numpy as np
import pandas as pd

from automl import AutoMLClassifier, AutoMLRegressor, NestedCV, catalogue

N = 150
RNG = np.random.default_rng(0)
X = pd.DataFrame(RNG.normal(size=(N, 3)), columns=list("abc")).assign(
    kind=RNG.choice(["red", "green"], N)
)
NUMBERS = pd.Series(X["a"] + np.sin(3 * X["b"]) + 0.5 * RNG.normal(size=N), name="price")
# Like rows after a split: their index is not their place.
X.index = NUMBERS.index = RNG.permutation(N) + 1000
STEPS = ["simple_imputer", "standard_scaler", "one_hot_encoder"]
CLASSES = ["logistic_regression", "k_neighbors_classifier", "gaussian_nb"]
REGRESSORS = ["ridge", "k_neighbors_regressor", "svr_rbf"]
QUICK = {
    "max_evaluations": 4,
    "time_budget": None,
    "n_jobs": 1,
    "verbose": 0,
    "random_state": 0,
    "cv": NestedCV(outer=3, repeats=1, tuner=None),
}


def labels(share):
    """Return labels of which a share is "yes"."""
    is_high = NUMBERS.quantile(1 - share) < NUMBERS
    return pd.Series(np.where(is_high, "yes", "no"), name="sold", index=X.index)


def classifier(*models, **options):
    """Return a search for classes, not fitted."""
    operators = catalogue("default").only(*(models or CLASSES), *STEPS)
    return AutoMLClassifier(**QUICK | {"catalogue": operators} | options)


def regressor(*models, **options):
    """Return a search for numbers, not fitted."""
    operators = catalogue("default").only(*(models or REGRESSORS), *STEPS)
    return AutoMLRegressor(**QUICK | {"catalogue": operators} | options)
