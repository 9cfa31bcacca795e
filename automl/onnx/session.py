"""A model that is run by onnxruntime, as a user will run it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.errors import SettingsError


def check_packages() -> None:
    """Raise an error if the packages of the extra are not there.

    Raises
    ------
    SettingsError
    """
    try:
        import onnx
        import onnxruntime
        import skl2onnx
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"an ONNX model needs {error.name}, which is not installed: "
            "pip install 'automl-gp[onnx]'"
        ) from error
    del onnx, onnxruntime, skl2onnx


BLOCK = 10_000  # rows: a forest of several classes needs a number for each row, tree and class


def run(
    model: bytes,
    tensors: Mapping[str, NDArray[np.generic]],
    outputs: Sequence[str] | None = None,
) -> list[NDArray[Any]]:
    """Return outputs of a model, block by block.

    Parameters
    ----------
    model : bytes
    tensors : mapping of str to ndarray
        Its inputs.
    outputs : sequence of str, optional
        Their names; None for all.
    """
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.log_severity_level = 3  # errors: warnings of shapes mean nothing to a user
    session = InferenceSession(model, options, providers=["CPUExecutionProvider"])
    n_rows = len(next(iter(tensors.values())))
    parts = [
        session.run(outputs, {name: rows[start : start + BLOCK] for name, rows in tensors.items()})
        for start in range(0, n_rows, BLOCK)
    ]
    return [np.concatenate(values) for values in zip(*parts, strict=True)]
