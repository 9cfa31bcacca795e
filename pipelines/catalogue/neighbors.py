"""Nearest neighbors."""

from automl.pipelines.domains import Choice, Domain, Integer
from automl.pipelines.operator import Operator, Prediction, Scaled

DOMAINS: dict[str, Domain] = {
    "n_neighbors": Integer(1, 100, default=5, log=True),
    "weights": Choice(("uniform", "distance"), default="uniform"),
    "p": Choice((1, 2), default=2),
}

OPERATORS = (
    Operator(
        name="k_neighbors_classifier",
        path="sklearn.neighbors.KNeighborsClassifier",
        takes=Scaled,
        gives=Prediction,
        tasks=("classification",),
        domains=DOMAINS,
        max_rows=100_000,
    ),
    Operator(
        name="k_neighbors_regressor",
        path="sklearn.neighbors.KNeighborsRegressor",
        takes=Scaled,
        gives=Prediction,
        tasks=("regression",),
        domains=DOMAINS,
        max_rows=100_000,
    ),
)
