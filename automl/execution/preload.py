"""What the server of the worker processes imports once, so that no worker has to."""

import sklearn.calibration  # noqa: F401
import sklearn.ensemble  # noqa: F401
import sklearn.feature_selection  # noqa: F401
import sklearn.kernel_approximation  # noqa: F401
import sklearn.linear_model  # noqa: F401
import sklearn.neighbors  # noqa: F401
import sklearn.neural_network  # noqa: F401
import sklearn.svm  # noqa: F401
import xgboost  # noqa: F401

import automl.execution.worker  # noqa: F401
