"""Support vector machines, and the step that sets the width of a kernel.

The kernels' own gamma is 1 throughout: `kernel_scaler` before them makes that `gamma` times
scikit-learn's "scale".
"""

from functools import partial

from automl.pipelines.catalogue.models import classifier, regressor
from automl.pipelines.operators.calls import Call
from automl.pipelines.operators.domains import Choice, Domain, Integer, Real
from automl.pipelines.operators.flow_types import Scaled, Spread
from automl.pipelines.operators.operator import Operator, Wrapper

MAX_ROWS = 20_000  # libsvm's time grows faster than the square of the rows
C_CLASSIFICATION = Real(1e-2, 1e4, default=1.0, log=True)
C_REGRESSION = Real(1e-1, 1e3, default=1.0, log=True)
EPSILON = Real(1e-3, 1.0, default=0.1, log=True)
DEGREE = Integer(2, 4, default=3)
COEF0 = Real(0.0, 2.0, default=0.0)
CLASS_WEIGHT = Choice((None, "balanced"), default=None)
KERNELS: dict[str, dict[str, Domain]] = {
    "rbf": {},
    "poly": {"degree": DEGREE, "coef0": COEF0},
    "sigmoid": {"coef0": COEF0},
}

# Support vector machines and hinge losses give distances; every metric of probabilities needs more.
# Without an ensemble it holds one model, which the script can show.
CALIBRATED_PARTS = (
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
)
CALIBRATED = Wrapper(
    "sklearn.calibration.CalibratedClassifierCV",
    "estimator",
    {"cv": 3, "ensemble": False},
    CALIBRATED_PARTS,
)
SCALE = Call("sklearn.preprocessing.StandardScaler")
# With two quantiles, the least and the greatest, it brings a target to [0, 1], and its inverse ends
# there, however far a model goes. Without it, a polynomial kernel was off by four times the range.
RANGE = Call("sklearn.preprocessing.QuantileTransformer", {"n_quantiles": 2, "subsample": None})
_target = partial(Wrapper, "sklearn.compose.TransformedTargetRegressor", "regressor")
STANDARDIZED = _target({"transformer": SCALE})
BOUNDED = _target(
    {
        "transformer": Call(
            "sklearn.pipeline.Pipeline", {"steps": [("range", RANGE), ("scale", SCALE)]}
        )
    }
)


def _reasons(kernel: str) -> dict[str, str]:
    reasons = {"gamma": "kernel_scaler sets the width, relative to the class's own 'scale'"}
    return reasons if kernel == "rbf" else {**reasons, "kernel": f"this is the {kernel} kernel"}


SCALER = Operator(
    name="kernel_scaler",
    path="automl.pipelines.carried.kernels.KernelScaler",
    takes=Scaled,
    gives=Spread,
    domains={"gamma": Real(1e-3, 10.0, default=1.0, log=True)},
)
# A linear kernel has no width, so it takes scaled columns without the scaler.
LINEAR = (
    classifier(
        name="svc_linear",
        path="sklearn.svm.SVC",
        takes=Scaled,
        domains={"C": C_CLASSIFICATION, "class_weight": CLASS_WEIGHT},
        fixed={"kernel": "linear"},
        wrapper=CALIBRATED,
        max_rows=MAX_ROWS,
        reasons={"kernel": "this is the linear kernel"},
    ),
    regressor(
        name="svr_linear",
        path="sklearn.svm.SVR",
        takes=Scaled,
        domains={"C": C_REGRESSION, "epsilon": EPSILON},
        one_output=True,
        fixed={"kernel": "linear"},
        wrapper=STANDARDIZED,
        max_rows=MAX_ROWS,
        reasons={"kernel": "this is the linear kernel"},
    ),
)
CLASSIFIERS = tuple(
    classifier(
        name=f"svc_{kernel}",
        path="sklearn.svm.SVC",
        takes=Spread,
        domains={"C": C_CLASSIFICATION, "class_weight": CLASS_WEIGHT, **domains},
        fixed={"kernel": kernel, "gamma": 1.0},
        wrapper=CALIBRATED,
        max_rows=MAX_ROWS,
        reasons=_reasons(kernel),
    )
    for kernel, domains in KERNELS.items()
)
REGRESSORS = tuple(
    regressor(
        name=f"svr_{kernel}",
        path="sklearn.svm.SVR",
        takes=Spread,
        domains={"C": C_REGRESSION, "epsilon": EPSILON, **domains},
        one_output=True,
        fixed={"kernel": kernel, "gamma": 1.0},
        wrapper=BOUNDED,
        max_rows=MAX_ROWS,
        reasons=_reasons(kernel),
    )
    for kernel, domains in KERNELS.items()
)
# The same kernel with another parameter: `nu` bounds the share of rows inside the margin.
NU = (
    classifier(
        name="nu_svc_rbf",
        path="sklearn.svm.NuSVC",
        takes=Spread,
        domains={"nu": Real(0.05, 0.5, default=0.5), "class_weight": CLASS_WEIGHT},
        fixed={"gamma": 1.0},
        wrapper=CALIBRATED,
        max_rows=MAX_ROWS,
        reasons=_reasons("rbf"),
    ),
    regressor(
        name="nu_svr_rbf",
        path="sklearn.svm.NuSVR",
        takes=Spread,
        domains={"nu": Real(0.05, 1.0, default=0.5), "C": C_REGRESSION},
        fixed={"gamma": 1.0},
        wrapper=BOUNDED,
        max_rows=MAX_ROWS,
        one_output=True,
        reasons=_reasons("rbf"),
    ),
)
MODELS = (*LINEAR, *CLASSIFIERS, *REGRESSORS, *NU)
