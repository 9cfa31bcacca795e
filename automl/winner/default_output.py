"""What transformers return in a fit and in a prediction: arrays, whatever the user has set."""

from functools import partial

from sklearn import config_context

# Pipelines are made for arrays; `sklearn.set_config` of the user would give them dataframes.
default_output = partial(config_context, transform_output="default")
