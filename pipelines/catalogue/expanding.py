"""More columns from the ones that are there."""

from automl.pipelines.domains import Choice, Integer
from automl.pipelines.operator import Operator, Scaled

OPERATORS = (
    Operator(
        name="polynomial_features",
        path="sklearn.preprocessing.PolynomialFeatures",
        takes=Scaled,
        gives=Scaled,
        domains={"interaction_only": Choice((False, True), default=False)},
        fixed={"include_bias": False},
        max_columns=50,
        reasons={"include_bias": "every model has an intercept of its own"},
    ),
    Operator(
        name="spline_transformer",
        path="sklearn.preprocessing.SplineTransformer",
        takes=Scaled,
        gives=Scaled,
        domains={"n_knots": Integer(4, 20, default=5, log=True)},
        fixed={"include_bias": False, "knots": "quantile"},
        max_columns=100,
        reasons={
            "include_bias": "every model has an intercept of its own",
            "knots": "even spacing leaves most knots where there are no rows",
        },
    ),
)
