"""The GPUs that CUDA sees here, and the packages that were built for it.

This file is also run as a script, in a process of its own: a process that has asked CUDA for
anything cannot fork any more, and packages print what they lack.
"""

import ctypes
import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

LIBRARIES = ("libcuda.so.1", "nvcuda.dll")  # of the driver, on Linux and on Windows
LONGEST = 120.0  # seconds: a driver that does not answer is none


@dataclass(frozen=True)
class Cuda:
    """What there is for fits on a GPU."""

    n_devices: int
    """The number of GPUs that are visible, also by `CUDA_VISIBLE_DEVICES`."""
    packages: frozenset[str]
    """The packages of boosted trees that were built for CUDA."""


@cache
def find_cuda() -> Cuda:
    """Return what there is for fits on a GPU; it takes some seconds, once a process."""
    # Without `-P`, files of this folder, such as `xgboost.py`, would hide packages.
    command = [sys.executable, "-P", __file__]
    with suppress(OSError, ValueError, subprocess.SubprocessError):
        answer = subprocess.run(command, capture_output=True, timeout=LONGEST, check=True)
        n_devices, *packages = json.loads(answer.stdout.splitlines()[-1])
        return Cuda(int(n_devices), frozenset(packages))
    return Cuda(0, frozenset())


def count_devices() -> int:
    """Return the number of GPUs that the driver shows."""
    for name in LIBRARIES:
        with suppress(OSError):
            driver = ctypes.CDLL(name)
            number = ctypes.c_int(0)
            if driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(number)) == 0:
                return number.value
    return 0


def has_xgboost() -> bool:
    """Tell whether XGBoost was built for CUDA."""
    import xgboost

    return bool(xgboost.build_info().get("USE_CUDA"))


def has_lightgbm() -> bool:
    """Tell whether LightGBM was built for CUDA, which only a fit tells."""
    import lightgbm

    data = lightgbm.Dataset([[float(row)] for row in range(4)], label=[0.0, 1.0, 0.0, 1.0])
    settings = {"device_type": "cuda", "min_data_in_leaf": 1, "min_data_in_bin": 1}
    try:
        lightgbm.train(settings, data, num_boost_round=1)
    except lightgbm.basic.LightGBMError as error:
        return "not enabled in this build" not in str(error)
    return True


def has_catboost() -> bool:
    """Tell whether CatBoost was built for CUDA, and can use a GPU that is here."""
    from catboost.utils import get_gpu_device_count

    return bool(get_gpu_device_count() > 0)


def main() -> None:
    """Print the number of GPUs and the packages for them."""
    packages = {"xgboost": has_xgboost, "lightgbm": has_lightgbm, "catboost": has_catboost}
    built = []
    for package, is_built in packages.items():
        with suppress(Exception):  # it is not installed, or the driver is too old for it
            if is_built():
                built.append(package)
    sys.stdout.write("\n" + json.dumps([count_devices(), *built]) + "\n")


if __name__ == "__main__":
    main()
