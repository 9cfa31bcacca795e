"""Columns to comparable size."""

from automl.pipelines.operators.domains import Choice, Integer, Real
from automl.pipelines.operators.flow_types import Matrix, Scaled
from automl.pipelines.operators.operator import Operator

SQUASHING_PARTS = ("skrub._squashing_scaler.SquashingScaler",)
# All kinds of scalers, because a search cannot know which columns have long tails or zeros.
OPERATORS = (
    Operator(
        name="standard_scaler",
        path="sklearn.preprocessing.StandardScaler",
        takes=Matrix,
        gives=Scaled,
    ),
    Operator(
        name="min_max_scaler",
        path="sklearn.preprocessing.MinMaxScaler",
        takes=Matrix,
        gives=Scaled,
    ),
    Operator(
        name="robust_scaler",
        path="sklearn.preprocessing.RobustScaler",
        takes=Matrix,
        gives=Scaled,
        domains={
            "quantile_range": Choice(((25, 75), (10, 90), (5, 95), (1, 99)), default=(25, 75))
        },
    ),
    Operator(
        name="quantile_transformer",
        path="sklearn.preprocessing.QuantileTransformer",
        takes=Matrix,
        gives=Scaled,
        domains={
            "n_quantiles": Integer(10, 200, default=200, log=True),
            "output_distribution": Choice(("uniform", "normal"), default="uniform"),
        },
        min_rows=200,  # no more quantiles than rows
        reasons={"n_quantiles": "the class's 1000 needs as many rows"},
    ),
    Operator(
        name="power_transformer",
        path="sklearn.preprocessing.PowerTransformer",
        takes=Matrix,
        gives=Scaled,
    ),
    Operator(
        name="max_abs_scaler",
        path="sklearn.preprocessing.MaxAbsScaler",
        takes=Matrix,
        gives=Scaled,
    ),
    # Robust, and bounded by a smooth function, as networks want it: outliers stay in their order.
    # Holzmüller and others (2024), Better by default, arXiv:2407.04491.
    Operator(
        name="squashing_scaler",
        path="skrub.SquashingScaler",
        takes=Matrix,
        gives=Scaled,
        domains={"max_absolute_value": Real(1.0, 10.0, default=3.0, log=True)},
        parts=SQUASHING_PARTS,
    ),
)
# It scales rows and not columns, so it cannot take the place of a scaler.
ROWS = (
    Operator(
        name="normalizer",
        path="sklearn.preprocessing.Normalizer",
        takes=Scaled,
        gives=Scaled,
        domains={"norm": Choice(("l1", "l2", "max"), default="l2")},
    ),
)
