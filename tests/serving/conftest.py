"""A dataframe of many kinds, and estimators that are fitted to it."""

import numpy as np
import pandas as pd
import pytest

from automl import AutoMLClassifier, AutoMLRegressor
from tests.serving.clients import QUICK, mixed_frame


@pytest.fixture(scope="session")
def frame():
    return mixed_frame()


@pytest.fixture(scope="session")
def of_classes(frame):
    """Return an estimator of two classes."""
    y = pd.Series(np.where(frame["age"].fillna(50) + frame["rooms"] > 54, "yes", "no"), name="buys")
    return AutoMLClassifier(**QUICK).fit(frame, y)


@pytest.fixture(scope="session")
def of_numbers(frame):
    """Return an estimator of a number."""
    y = pd.Series(frame["age"].fillna(50) * 2 + frame["rooms"], name="value")
    return AutoMLRegressor(**QUICK).fit(frame, y)
