"""Operators around a model: another scale for its target, or calibrated probabilities."""

from functools import partial

from automl.pipelines.catalogue.kernels import CALIBRATED_PARTS
from automl.pipelines.operators.calls import Call, Name
from automl.pipelines.operators.domains import Choice
from automl.pipelines.operators.flow_types import Output, Prediction
from automl.pipelines.operators.operator import Operator

finish = partial(Operator, takes=Prediction, gives=Output, role="finish")
rescaled = partial(
    finish,
    path="sklearn.compose.TransformedTargetRegressor",
    argument="regressor",
    tasks=("regression",),
)
LOG = Call(
    "sklearn.preprocessing.FunctionTransformer",
    {"func": Name("numpy.log1p"), "inverse_func": Name("numpy.expm1"), "check_inverse": False},
)
QUANTILES = Call(
    "sklearn.preprocessing.QuantileTransformer",
    {"n_quantiles": 200, "output_distribution": "normal", "random_state": 0},
)


# Predictions far out have no inverse under a power, and a huge one under a logarithm.
TARGET_PARTS = ("automl.pipelines.carried.targets.BoundedTarget",)


def _bounded(transformer: Call) -> Call:
    return Call("automl.pipelines.carried.targets.BoundedTarget", {"transformer": transformer})


OPERATORS = (
    rescaled(
        name="log_target",
        fixed={"transformer": _bounded(LOG)},
        min_target=0.0,  # log1p has no values below -1, and amounts are not negative
        parts=(*TARGET_PARTS, "numpy.expm1", "numpy.log1p"),
        reasons={"transformer": "amounts are often spread over several powers of ten"},
    ),
    rescaled(
        name="power_target",
        fixed={"transformer": _bounded(Call("sklearn.preprocessing.PowerTransformer"))},
        parts=TARGET_PARTS,
        reasons={"transformer": "it makes the target as normal as a power can"},
    ),
    rescaled(
        name="quantile_target",
        fixed={"transformer": _bounded(QUANTILES), "check_inverse": False},
        parts=TARGET_PARTS,
        min_rows=200,  # no more quantiles than rows
        reasons={
            "transformer": "it makes the target normal whatever it is",
            "check_inverse": "between the quantiles it is an inverse in part only",
        },
    ),
    finish(
        name="calibrated",
        path="sklearn.calibration.CalibratedClassifierCV",
        argument="estimator",
        tasks=("classification",),
        one_output=True,
        domains={"method": Choice(("sigmoid", "isotonic", "temperature"), default="sigmoid")},
        fixed={"cv": 3, "ensemble": False},
        parts=(*CALIBRATED_PARTS, "sklearn.calibration._TemperatureScaling"),
        reasons={
            "cv": "three inner folds cost less, and calibration has few parameters",
            "ensemble": "one model that can be read, rather than one a fold",
        },
    ),
)
