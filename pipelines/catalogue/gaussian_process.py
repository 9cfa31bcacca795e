"""Gaussian processes, for few rows: the time grows with their cube."""

from automl.pipelines.catalogue.models import classifier, regressor
from automl.pipelines.operators.calls import Call
from automl.pipelines.operators.domains import Real
from automl.pipelines.operators.flow_types import Scaled

# The bounds are those of standardized columns: a shorter length fits single rows, a longer one is a
# straight line.
KERNELS = "sklearn.gaussian_process.kernels"
WIDTH = {"length_scale": 3.0, "length_scale_bounds": (1e-2, 1e3)}
SMOOTH = Call(f"{KERNELS}.Matern", {**WIDTH, "nu": 2.5})
AMOUNT = Call(f"{KERNELS}.ConstantKernel", {"constant_value_bounds": (1e-3, 1e4)})
SIGNAL = Call(f"{KERNELS}.Product", {"k1": AMOUNT, "k2": SMOOTH})
NOISE = Call(f"{KERNELS}.WhiteKernel", {"noise_level": 0.1, "noise_level_bounds": (1e-6, 10.0)})
KERNEL_PARTS = tuple(f"{KERNELS}.{name}" for name in ("ConstantKernel", "Matern", "Product"))
KERNEL = "the class's own is not fitted to the data"

OPERATORS = (
    classifier(
        name="gaussian_process_classifier",
        path="sklearn.gaussian_process.GaussianProcessClassifier",
        takes=Scaled,
        fixed={"kernel": SIGNAL},
        max_rows=500,  # a process for every class, each with dozens of factorizations
        parts=(
            *KERNEL_PARTS,
            "sklearn.gaussian_process._gpc._BinaryGaussianProcessClassifierLaplace",
        ),
        reasons={"kernel": KERNEL},
    ),
    regressor(
        name="gaussian_process_regressor",
        path="sklearn.gaussian_process.GaussianProcessRegressor",
        takes=Scaled,
        domains={"alpha": Real(1e-10, 1e-2, default=1e-10, log=True)},
        fixed={
            "kernel": Call(f"{KERNELS}.Sum", {"k1": SIGNAL, "k2": NOISE}),
            "normalize_y": True,
        },
        max_rows=2_000,  # every step of the fit factors a matrix of rows by rows
        parts=(*KERNEL_PARTS, f"{KERNELS}.Sum", f"{KERNELS}.WhiteKernel"),
        reasons={"kernel": KERNEL, "normalize_y": "a target far from 0 would have no good prior"},
    ),
)
