"""The constant predictor of each task: always evaluated, never bred from."""

from automl.pipelines.catalogue.models import classifier, regressor
from automl.pipelines.operators.flow_types import Gappy
from automl.pipelines.operators.operator import QUANTILE, Operator, Task

# They take any input: without gaps in their way, they can be fitted to whatever a user brings.
BASELINES: dict[Task, Operator] = {
    "classification": classifier(
        name="dummy_classifier",
        path="sklearn.dummy.DummyClassifier",
        takes=Gappy,
        one_output=False,
    ),
    "regression": regressor(
        name="dummy_regressor",
        path="sklearn.dummy.DummyRegressor",
        takes=Gappy,
        quantile={"strategy": "quantile", "quantile": QUANTILE},
    ),
}
