"""The environment of a measured process: the same for all, whatever the user's shell says."""

import os
from pathlib import Path

from benchmarks.running.provenance import ROOT

# A shell that sets one of these would slow down some tools and not others; cores are limited for
# whole processes instead.
THREAD_VARIABLES = (
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
)


def script_environment(folder: Path) -> dict[str, str]:
    """Return the environment of an exported script, which can import only what is installed.

    Parameters
    ----------
    folder : path
        Takes temporary files, so that they vanish with the job.
    """
    left_out = {*THREAD_VARIABLES, "PYTHONPATH"}
    return {name: value for name, value in os.environ.items() if name not in left_out} | {
        # Threads that spin while they wait make a fit 30 times slower when anything else runs.
        "OMP_WAIT_POLICY": "PASSIVE",
        "PYTHONHASHSEED": "0",
        "TMPDIR": str(folder),
    }


def adapter_environment(folder: Path) -> dict[str, str]:
    """Return the environment of an adapter, which can import the suite and the user's own adapters.

    Parameters
    ----------
    folder : path
        Takes temporary files, so that they vanish with the job.
    """
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    return script_environment(folder) | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
