"""Nearest neighbors."""

from automl.pipelines.catalogue.models import classifier, regressor
from automl.pipelines.operators.domains import Choice, Domain
from automl.pipelines.operators.flow_types import Wide
from automl.pipelines.operators.operator import Rounds

DOMAINS: dict[str, Domain] = {
    "weights": Choice(("uniform", "distance"), default="uniform"),
    "p": Choice((1, 2), default=2),
}
# The search's classes find the number of neighbors, so it is no hyperparameter. A model inside a
# stack gets ten: its class there is the plain one.
COUNTED = Rounds("n_neighbors", "n_neighbors_", inner=10)
# scikit-learn chooses a tree or none by the number of columns, and sparse rows stay sparse.
NEIGHBOR_PARTS = (
    "scipy.sparse._csr.csr_matrix",
    "sklearn.metrics._dist_metrics.EuclideanDistance64",
    "sklearn.metrics._dist_metrics.ManhattanDistance64",
    "sklearn.neighbors._ball_tree.BallTree",
    "sklearn.neighbors._kd_tree.KDTree",
)

OPERATORS = (
    classifier(
        name="k_neighbors_classifier",
        path="automl.pipelines.search_only.neighbors.CountingNeighborsClassifier",
        final_path="sklearn.neighbors.KNeighborsClassifier",
        takes=Wide,
        one_output=False,
        domains=DOMAINS,
        rounds=COUNTED,
        max_rows=100_000,
        parts=NEIGHBOR_PARTS,
    ),
    regressor(
        name="k_neighbors_regressor",
        path="automl.pipelines.search_only.neighbors.CountingNeighborsRegressor",
        final_path="sklearn.neighbors.KNeighborsRegressor",
        takes=Wide,
        domains=DOMAINS,
        rounds=COUNTED,
        max_rows=100_000,
        parts=NEIGHBOR_PARTS,
    ),
)
