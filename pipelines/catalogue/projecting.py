"""Projections of columns onto fewer or other axes."""

from automl.pipelines.operators.domains import Choice, Integer, Real
from automl.pipelines.operators.flow_types import Scaled, Spread, Wide
from automl.pipelines.operators.operator import Operator

AXES = Integer(2, 50, default=10, log=True)

OPERATORS = (
    Operator(
        name="pca",
        path="sklearn.decomposition.PCA",
        takes=Scaled,
        gives=Scaled,
        domains={
            "n_components": Real(0.5, 0.999, default=0.95),
            "whiten": Choice((False, True), default=False),
        },
        max_columns=2_000,  # it decomposes a covariance of columns by columns
        reasons={"n_components": "keeping all, the class's own, only turns the axes"},
    ),
    Operator(
        name="truncated_svd",
        path="sklearn.decomposition.TruncatedSVD",
        takes=Wide,
        gives=Scaled,
        domains={"n_components": AXES},
        reasons={"n_components": "as many as are often enough"},
    ),
    Operator(
        name="fast_ica",
        path="sklearn.decomposition.FastICA",
        takes=Scaled,
        gives=Scaled,
        domains={
            "n_components": Integer(2, 50, default=5, log=True),
            "fun": Choice(("logcosh", "exp", "cube"), default="logcosh"),
        },
        max_columns=500,
        reasons={"n_components": "as many as are often enough"},
    ),
    Operator(
        name="kernel_pca",
        path="sklearn.decomposition.KernelPCA",
        takes=Spread,
        gives=Scaled,
        domains={"n_components": AXES, "kernel": Choice(("rbf", "poly", "sigmoid"), default="rbf")},
        fixed={"gamma": 1.0},
        max_rows=2_000,  # it decomposes a kernel of rows by rows
        reasons={
            "n_components": "all, the class's own, would be as many as rows",
            "kernel": "the class's own, linear, is plain PCA",
            "gamma": "kernel_scaler sets the width",
        },
    ),
    Operator(
        name="nystroem",
        path="sklearn.kernel_approximation.Nystroem",
        takes=Spread,
        gives=Scaled,
        domains={"n_components": Integer(20, 500, default=100, log=True)},
        fixed={"gamma": 1.0},
        min_rows=625,  # it samples up to 500 rows, and inner folds have fewer rows
        reasons={"gamma": "kernel_scaler sets the width"},
    ),
    Operator(
        name="rbf_sampler",
        path="sklearn.kernel_approximation.RBFSampler",
        takes=Spread,
        gives=Scaled,
        domains={"n_components": Integer(50, 500, default=100, log=True)},
    ),
    Operator(
        name="feature_agglomeration",
        path="sklearn.cluster.FeatureAgglomeration",
        takes=Scaled,
        gives=Scaled,
        domains={
            "n_clusters": Integer(2, 50, default=10, log=True),
            "linkage": Choice(("ward", "complete", "average"), default="ward"),
        },
        max_columns=2_000,  # it merges columns by the distances of all pairs
        parts=("numpy.mean",),
        reasons={"n_clusters": "two, the class's own, leave next to nothing"},
    ),
    Operator(
        name="discriminant_scores",
        path="automl.pipelines.carried.projecting.DiscriminantScores",
        takes=Scaled,
        gives=Scaled,
        tasks=("classification",),
        one_output=True,
        max_columns=1_000,  # as many as linear discriminant analysis takes
    ),
    Operator(
        name="pls_scores",
        path="automl.pipelines.carried.projecting.PLSScores",
        takes=Scaled,
        gives=Scaled,
        tasks=("regression",),
        domains={"n_components": Integer(1, 10, default=2)},
    ),
)
