"""This project as a framework of AMLB, in whose own process this module runs, on Python 3.9."""

from typing import Any

from amlb.utils import call_script_in_same_dir
from frameworks.shared.caller import run_in_venv


def setup(*args: Any, **kwargs: Any) -> None:
    """Make the virtual environment in which `run` runs."""
    call_script_in_same_dir(__file__, "setup.sh", *args, **kwargs)


def run(dataset: Any, config: Any) -> Any:
    """Search, predict and save the predictions of one fold.

    Parameters
    ----------
    dataset : amlb.data.Dataset
    config : amlb.benchmark.TaskConfig

    Returns
    -------
    dict
        What AMLB writes beside the scores: durations and the number of models.
    """
    data = {
        "train": {"X": dataset.train.X, "y": dataset.train.y},
        "test": {"X": dataset.test.X, "y": dataset.test.y},
    }
    dense = {"serialization": {"sparse_dataframe_deserialized_format": "dense"}}
    return run_in_venv(
        __file__, "exec.py", input_data=data, dataset=dataset, config=config, options=dense
    )
