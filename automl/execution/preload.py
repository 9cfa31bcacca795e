"""What the server of the worker processes imports once, so that no worker has to."""

import sklearn.calibration
import sklearn.ensemble
import sklearn.feature_selection
import sklearn.kernel_approximation
import sklearn.linear_model
import sklearn.neighbors
import sklearn.neural_network
import sklearn.svm
import xgboost

import automl.execution.worker
