"""Nearest neighbors."""

from automl.pipelines.catalogue.models import classifier, regressor
from automl.pipelines.operators.domains import Choice, Domain
from automl.pipelines.operators.flow_types import Wide
from automl.pipelines.operators.operator import Rounds

DOMAINS: dict[str, Domain] = {
    "weights": Choice(("uniform", "distance"), default="uniform"),
    "p": Choice((1, 2), default=2),
}
COUNTED = Rounds("n_neighbors", "n_neighbors_", inner=10)

OPERATORS = (
    classifier(
        name="k_neighbors_classifier",
        path="automl.pipelines.search_only.neighbors.CountingNeighborsClassifier",
        final_path="sklearn.neighbors.KNeighborsClassifier",
        takes=Wide,
        domains=DOMAINS,
        rounds=COUNTED,
        max_rows=100_000,
    ),
    regressor(
        name="k_neighbors_regressor",
        path="automl.pipelines.search_only.neighbors.CountingNeighborsRegressor",
        final_path="sklearn.neighbors.KNeighborsRegressor",
        takes=Wide,
        domains=DOMAINS,
        rounds=COUNTED,
        max_rows=100_000,
    ),
)
