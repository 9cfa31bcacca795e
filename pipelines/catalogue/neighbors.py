"""Nearest neighbors."""

from automl.pipelines.catalogue.models import classifier, regressor
from automl.pipelines.domains import Choice, Domain, Integer
from automl.pipelines.operator import Wide

DOMAINS: dict[str, Domain] = {
    "n_neighbors": Integer(1, 200, default=5, log=True),
    "weights": Choice(("uniform", "distance"), default="uniform"),
    "p": Choice((1, 2), default=2),
}

OPERATORS = (
    classifier(
        name="k_neighbors_classifier",
        path="sklearn.neighbors.KNeighborsClassifier",
        takes=Wide,
        domains=DOMAINS,
        max_rows=100_000,
    ),
    regressor(
        name="k_neighbors_regressor",
        path="sklearn.neighbors.KNeighborsRegressor",
        takes=Wide,
        domains=DOMAINS,
        max_rows=100_000,
    ),
)
