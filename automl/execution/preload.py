"""Imports that the nursery makes once, so that no worker has to.

The packages are those of most pipelines; a worker imports others with the first pipeline that needs
them.
"""

import pandas as pd
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

# pandas keeps texts by pyarrow, which reserves a GiB of address space with its first array. In a
# worker that would count as the memory of a job.
pd.Series(["text"])
