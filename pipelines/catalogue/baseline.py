"""The constant predictor of each task: always evaluated, never bred from."""

from automl.pipelines.operator import Gappy, Operator, Prediction, Task

BASELINES: dict[Task, Operator] = {
    "classification": Operator(
        name="dummy_classifier",
        path="sklearn.dummy.DummyClassifier",
        takes=Gappy,
        gives=Prediction,
        tasks=("classification",),
    ),
    "regression": Operator(
        name="dummy_regressor",
        path="sklearn.dummy.DummyRegressor",
        takes=Gappy,
        gives=Prediction,
        tasks=("regression",),
    ),
}
