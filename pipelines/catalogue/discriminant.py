"""Linear and quadratic discriminant analysis, with shrinkage."""

from automl.pipelines.catalogue.models import classifier
from automl.pipelines.operators.domains import Choice, Real
from automl.pipelines.operators.flow_types import Scaled

OPERATORS = (
    classifier(
        name="linear_discriminant_analysis",
        path="sklearn.discriminant_analysis.LinearDiscriminantAnalysis",
        takes=Scaled,
        domains={
            "shrinkage": Choice(("auto", 0.0, 0.01, 0.1, 0.3, 0.6, 1.0), default="auto"),
        },
        fixed={"solver": "lsqr"},
        max_columns=1_000,  # it solves for a covariance of columns by columns
        reasons={
            "shrinkage": "without it one-hot columns make the covariance singular",
            "solver": "the class's own knows no shrinkage",
        },
    ),
    classifier(
        name="quadratic_discriminant_analysis",
        path="sklearn.discriminant_analysis.QuadraticDiscriminantAnalysis",
        takes=Scaled,
        domains={"reg_param": Real(1e-4, 1.0, default=0.01, log=True)},
        max_columns=500,  # a covariance for every class
        reasons={"reg_param": "without it one-hot columns make the covariances singular"},
    ),
)
