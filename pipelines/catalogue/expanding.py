"""More columns, made of the existing ones."""

from automl.pipelines.catalogue.trees import TREE_PARTS
from automl.pipelines.operators.domains import Choice, Integer
from automl.pipelines.operators.flow_types import Counts, Gappy, Matrix, Scaled, Table
from automl.pipelines.operators.operator import Operator

OPERATORS = (
    Operator(
        name="polynomial_features",
        path="sklearn.preprocessing.PolynomialFeatures",
        takes=Scaled,
        gives=Scaled,
        domains={"interaction_only": Choice((False, True), default=False)},
        fixed={"include_bias": False},
        max_columns=50,  # these make 1,275 products
        reasons={"include_bias": "every model has an intercept of its own"},
    ),
    Operator(
        name="spline_transformer",
        path="sklearn.preprocessing.SplineTransformer",
        takes=Scaled,
        gives=Scaled,
        domains={
            "n_knots": Integer(4, 20, default=5, log=True),
            "degree": Integer(2, 3, default=3),
        },
        fixed={"include_bias": False, "knots": "quantile"},
        max_columns=100,  # with 20 knots, each makes up to 21 columns
        parts=(
            "scipy._lib.array_api_compat.numpy._aliases.asarray",
            "scipy.interpolate._bsplines.BSpline",
        ),
        reasons={
            "include_bias": "every model has an intercept of its own",
            "knots": "even spacing leaves most knots where there are no rows",
        },
    ),
    Operator(
        name="pair_features",
        path="automl.pipelines.carried.expanding.PairFeatures",
        takes=Scaled,
        gives=Scaled,
        domains={"n_pairs": Integer(2, 50, default=10, log=True)},
    ),
    Operator(
        name="row_statistics",
        path="automl.pipelines.carried.expanding.RowStatistics",
        takes=Gappy,
        gives=Matrix,
    ),
    # Erickson and others (2026), TabPrep, arXiv:2606.02384: trees find neither by themselves.
    Operator(
        name="group_statistics",
        path="automl.pipelines.carried.grouping.GroupStatistics",
        takes=Table,
        gives=Table,
        domains={"n_pairs": Integer(2, 100, default=20, log=True)},
        max_columns=200,  # each category is compared with each number
    ),
    Operator(
        name="k_bins_discretizer",
        path="sklearn.preprocessing.KBinsDiscretizer",
        takes=Matrix,
        gives=Counts,
        domains={
            "n_bins": Integer(3, 32, default=5, log=True),
            "strategy": Choice(("uniform", "quantile", "kmeans"), default="quantile"),
        },
        max_columns=500,  # each makes up to 32 columns of zeros and ones
    ),
    Operator(
        name="random_trees_embedding",
        path="sklearn.ensemble.RandomTreesEmbedding",
        takes=Matrix,
        gives=Counts,
        domains={
            "n_estimators": Integer(10, 100, default=100, log=True),
            "max_depth": Integer(2, 6, default=5),
        },
        parts=TREE_PARTS,
    ),
    Operator(
        name="k_means",
        path="sklearn.cluster.KMeans",
        takes=Scaled,
        gives=Scaled,
        domains={"n_clusters": Integer(4, 32, default=8, log=True)},
        max_rows=100_000,
    ),
)
