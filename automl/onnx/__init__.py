"""What predicts as an ONNX model, measured beside the Python that it comes from.

::

    Columns ──inputs──► a tensor a column ──steps──► predictions ──► model ──checking──► a file
                                            │
            text encoders, scalers, kernels, trees, around models: own converters
            all other steps: skl2onnx

`graph` alone knows the package onnx, `library` alone skl2onnx, and `session` alone onnxruntime.
"""

from automl.onnx.export import DifferenceError, OnnxExport, export_onnx, model_of
from automl.onnx.refusal import StepError

__all__ = ["DifferenceError", "OnnxExport", "StepError", "export_onnx", "model_of"]
