"""Generalized linear models of counts and of amounts, whose target has a least value."""

from automl.pipelines.catalogue.models import regressor
from automl.pipelines.operators.domains import Real
from automl.pipelines.operators.flow_types import Wide

# Their loss is that of the mean row, so that strengths do not depend on the number of rows.
ALPHA = Real(1e-6, 10.0, default=1.0, log=True)
STEPS = {"max_iter": 300}
REASONS = {"max_iter": "the class's own bound stops before convergence on one-hot data"}
LEAST_AMOUNT = 1e-12  # a gamma distribution has no zero

OPERATORS = (
    regressor(
        name="poisson_regressor",
        path="sklearn.linear_model.PoissonRegressor",
        takes=Wide,
        domains={"alpha": ALPHA},
        fixed=STEPS,
        min_target=0.0,
        one_output=True,
        reasons=REASONS,
    ),
    regressor(
        name="gamma_regressor",
        path="sklearn.linear_model.GammaRegressor",
        takes=Wide,
        domains={"alpha": ALPHA},
        fixed=STEPS,
        min_target=LEAST_AMOUNT,
        one_output=True,
        reasons=REASONS,
    ),
    regressor(
        name="tweedie_regressor",
        path="sklearn.linear_model.TweedieRegressor",
        takes=Wide,
        domains={"alpha": ALPHA, "power": Real(1.05, 1.95, default=1.5)},
        fixed={**STEPS, "link": "log"},
        parts=("sklearn._loss.loss.HalfTweedieLoss",),
        min_target=0.0,
        one_output=True,
        reasons={
            **REASONS,
            "power": "between Poisson and gamma; the class's own 0 is ridge regression",
            "link": "what the class's own 'auto' means for these powers",
        },
    ),
)
