"""The decision functions of classifiers, which calibration and probabilities are made of."""

from collections.abc import Callable
from typing import Any

import numpy as np

from automl.onnx import boosters, forests
from automl.onnx.graph import Block, Graph
from automl.onnx.kernels import kernel_with
from automl.onnx.library import converted
from automl.onnx.refusal import StepError


def decision(graph: Graph, model: Any, block: Block) -> str | None:
    """Return the decision function of a classifier, or None if it has none.

    Its shape is (n_rows, 1) for two classes, and else (n_rows, n_classes).

    Parameters
    ----------
    graph : Graph
    model : classifier
        Fitted.
    block : Block

    Raises
    ------
    StepError
        If it has no ONNX form.
    """
    own = DECISIONS.get(type(model).__name__)
    if own is not None:
        return own(graph, model, block)
    if not hasattr(model, "decision_function"):
        return None
    if not hasattr(model, "coef_"):
        raise StepError(f"calibrates the decision function of {type(model).__name__}")
    return _linear(graph, model, block)


def _linear(graph: Graph, model: Any, block: Block) -> str:
    product = graph.add("MatMul", block.name, graph.constant(np.asarray(model.coef_, float).T))
    offset = np.asarray(model.intercept_, np.float64).reshape(1, -1)
    return graph.add("Add", product, graph.constant(offset))


def _machine(graph: Graph, model: Any, block: Block) -> str:
    if len(model.classes_) > 2:
        return converted(graph, model, block, is_decision=True)
    return machine(graph, model, block)


def machine(graph: Graph, model: Any, block: Block) -> str:
    """Return what a support vector machine sums up, for two classes or a number.

    The operation of ONNX for it takes floats only.

    Parameters
    ----------
    graph : Graph
    model : SVC, NuSVC, SVR or NuSVR
        Fitted.
    block : Block
    """
    kernel = kernel_with(graph, model, model.support_vectors_, block)
    weights = graph.constant(np.asarray(model.dual_coef_, np.float64).T)
    product = graph.add("MatMul", kernel, weights)
    return graph.add("Add", product, graph.constant(model.intercept_[None, :]))


def _quadratic(graph: Graph, model: Any, block: Block) -> str:
    """Return the logarithms of densities times shares, up to a constant."""
    parts = []
    for mean, share, rotation, scaling in zip(
        model.means_, model.priors_, model.rotations_, model.scalings_, strict=True
    ):
        away = graph.add("Sub", block.name, graph.constant(mean[None, :]))
        turned = graph.add("MatMul", away, graph.constant(rotation * scaling**-0.5))
        squares = graph.add("Mul", turned, turned)
        length = graph.add("ReduceSum", squares, graph.constant([1]), keepdims=1)
        top = np.log(share) - np.sum(np.log(scaling)) / 2
        fallen = graph.add("Mul", length, graph.constant(-0.5))
        parts.append(graph.add("Add", fallen, graph.constant(np.float64(top))))
    if len(parts) == 2:
        return graph.add("Sub", parts[1], parts[0])
    return graph.add("Concat", *parts, axis=1)


def _adaptive(graph: Graph, model: Any, block: Block) -> str:
    votes = forests.ada_boost_votes(graph, model, block)
    n_classes = len(model.classes_)
    if n_classes == 2:
        return graph.add("Mul", graph.columns(votes, [1]), graph.constant(2.0))
    return graph.add("Mul", votes, graph.constant(float(n_classes - 1)))


DECISIONS: dict[str, Callable[[Graph, Any, Block], str]] = {
    "SVC": _machine,
    "NuSVC": _machine,
    "HistGradientBoostingClassifier": boosters.hist_gradient_boosting,
    "GradientBoostingClassifier": forests.gradient_boosting,
    "AdaBoostClassifier": _adaptive,
    "LGBMClassifier": boosters.lightgbm_decision,
    "QuadraticDiscriminantAnalysis": _quadratic,
}
