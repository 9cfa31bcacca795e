"""Fewer, or other, axes."""

from automl.pipelines.domains import Choice, Integer, Real
from automl.pipelines.operator import Operator, Scaled, Spread

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
        max_columns=2_000,
        reasons={"n_components": "keeping all, the class's own, only turns the axes"},
    ),
    Operator(
        name="nystroem",
        path="sklearn.kernel_approximation.Nystroem",
        takes=Spread,
        gives=Scaled,
        domains={"n_components": Integer(20, 300, default=100, log=True)},
        fixed={"gamma": 1.0},
        min_rows=500,
        reasons={"gamma": "kernel_scaler sets the width"},
    ),
)
