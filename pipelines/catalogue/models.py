"""Shortcuts for the declarations of models: records without the fields that all models share."""

from functools import partial

from automl.pipelines.operators.flow_types import Prediction
from automl.pipelines.operators.operator import Operator

# Of the classifiers, few learn several targets; these say so.
classifier = partial(Operator, gives=Prediction, tasks=("classification",), one_output=True)
regressor = partial(Operator, gives=Prediction, tasks=("regression",))
