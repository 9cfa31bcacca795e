"""Shortcuts for the declarations of models: records without the fields that all models share."""

from functools import partial

from automl.pipelines.operators.flow_types import Prediction
from automl.pipelines.operators.operator import Operator

classifier = partial(Operator, gives=Prediction, tasks=("classification",))
regressor = partial(Operator, gives=Prediction, tasks=("regression",))
