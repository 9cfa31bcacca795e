"""A GPU that is not there: catalogues for it, and a model that behaves as if on one."""

import os
import time
from pathlib import Path
from unittest.mock import patch

from sklearn.linear_model import LogisticRegression

from automl.pipelines import Operator, Prediction, Scaled, load_catalogue
from automl.pipelines.catalogue.cuda import Cuda
from automl.pipelines.catalogue.devices import DEVICE

PACKAGES = ("xgboost", "lightgbm", "catboost")
BUSY = 0.05  # seconds of a fit: so that another one, if it may, begins beside it


def gpu_catalogue(*packages, n_devices=1, **options):
    """Return a catalogue for a machine with a GPU and packages that were built for it."""
    cuda = Cuda(n_devices, frozenset(packages or PACKAGES))
    with patch("automl.pipelines.catalogue.devices.find_cuda", return_value=cuda):
        return load_catalogue(**{"device": "cuda"} | options)


class GpuModel(LogisticRegression):
    """A logistic regression that may be fitted only while no other process fits one.

    Its GPU has memory for a number of rows.
    """

    def __init__(self, device="cpu", folder=".", most_rows=1000):
        super().__init__()
        self.device = device
        self.folder = folder
        self.most_rows = most_rows

    def fit(self, X, y, sample_weight=None):
        if self.device == "cuda":
            owner = Path(self.folder, "owner")
            os.close(os.open(owner, os.O_CREAT | os.O_EXCL))  # an error if another one has it
            time.sleep(BUSY)
            owner.unlink()
            if len(X) > self.most_rows:
                raise RuntimeError("CUDA error 2: out of memory")
        Path(self.folder, f"{self.device}-{time.monotonic_ns()}").touch()
        return super().fit(X, y, sample_weight)


def gpu_operator(folder, **fixed):
    return Operator(
        name="gpu_model",
        path="tests.gpu.GpuModel",
        takes=Scaled,
        gives=Prediction,
        tasks=("classification",),
        fixed={"device": DEVICE, "folder": str(folder), **fixed},
    )


def devices_in(folder):
    """Return the devices of the fits."""
    return {path.name.partition("-")[0] for path in Path(folder).iterdir()}
