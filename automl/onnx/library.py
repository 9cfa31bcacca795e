"""Single steps by skl2onnx."""

import warnings
from copy import copy
from typing import Any

import numpy as np
from sklearn.base import is_classifier

from automl.onnx.graph import ML, OPSETS, Block, Graph
from automl.onnx.refusal import StepError
from automl.onnx.session import run

DEPRECATED = {"TreeEnsembleClassifier", "TreeEnsembleRegressor"}  # in the opset of this project


def converted(graph: Graph, estimator: Any, block: Block, *, is_decision: bool = False) -> str:
    """Add the nodes of an estimator, and return its last output, in doubles.

    That is a matrix for a transformer, and probabilities for a classifier.

    Parameters
    ----------
    graph : Graph
    estimator : estimator
        Fitted, with a matrix of numbers as its input.
    block : Block
    is_decision : bool
        Whether a classifier gives its decision function instead.

    Raises
    ------
    StepError
        If skl2onnx has no converter for it.
    """
    options = {}
    if is_classifier(estimator):
        options = {"zipmap": False, "raw_scores": True} if is_decision else {"zipmap": False}
    model, dtype = _model_of(_numbered(estimator), block.width, options)
    return graph.cast(graph.splice(model, graph.cast(block.name, dtype))[-1], np.float64)


def _numbered(estimator: Any) -> Any:
    """Return a classifier whose labels are numbers: not all labels have an ONNX form."""
    if not is_classifier(estimator):
        return estimator
    numbered = copy(estimator)
    numbered.classes_ = np.arange(len(estimator.classes_))
    return numbered


def _model_of(estimator: Any, width: int, options: dict[str, bool]) -> tuple[Any, type[Any]]:
    """Return the model of an estimator in doubles, or in floats where it has no other."""
    from skl2onnx import convert_sklearn
    from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType

    reason = ""
    for dtype, type_ in ((np.float64, DoubleTensorType), (np.float32, FloatTensorType)):
        try:
            with (
                warnings.catch_warnings()
            ):  # of attributes that scikit-learn will not have for ever
                warnings.simplefilter("ignore")
                model = convert_sklearn(
                    estimator,
                    initial_types=[("X", type_([None, width]))],
                    target_opset={"": OPSETS[""], ML: 3},
                    options={id(estimator): options} if options else None,
                )
            # Not all operations of ONNX take doubles everywhere.
            run(model.SerializeToString(), {"X": np.zeros((1, width), dtype)})
        except Exception as error:  # noqa: BLE001 skl2onnx raises errors of many kinds
            first = str(error).partition("\n")[0]
            reason = "" if "Missing" in type(error).__name__ else f": {first:.100}"
        else:
            if model.functions:
                raise StepError(
                    f"({type(estimator).__name__}) needs operations that are not standard"
                )
            if not DEPRECATED.isdisjoint(node.op_type for node in model.graph.node):
                raise StepError("has trees in it that this project cannot convert")
            return model, dtype
    raise StepError(f"({type(estimator).__name__}) has no converter in skl2onnx that works{reason}")
