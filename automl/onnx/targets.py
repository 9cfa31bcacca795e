"""The way back from a transformed target, and calibrated probabilities: curves of one number."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from automl.onnx.curves import interpolate
from automl.onnx.graph import Graph
from automl.onnx.refusal import StepError


def inverse(graph: Graph, transformer: Any, tensor: str) -> str:
    """Return predictions on the scale of the target.

    Parameters
    ----------
    graph : Graph
    transformer : transformer
        Fitted to the target.
    tensor : str
        Of shape (n_rows, 1).
    """
    name = type(transformer).__name__
    if name == "Pipeline":
        for _, step in reversed(transformer.steps):
            tensor = inverse(graph, step, tensor)
        return tensor
    if name == "BoundedTarget":
        clipped = _clip(graph, tensor, transformer.low_, transformer.high_)
        back = inverse(graph, transformer.transformer_, clipped)
        return _clip(graph, back, transformer.lowest_, transformer.highest_)
    if name == "StandardScaler":
        scaled = graph.add("Mul", tensor, graph.constant(np.float64(transformer.scale_[0])))
        return graph.add("Add", scaled, graph.constant(np.float64(transformer.mean_[0])))
    if name == "FunctionTransformer" and transformer.inverse_func is np.expm1:
        return graph.add("Sub", graph.add("Exp", tensor), graph.constant(1.0))
    if name == "PowerTransformer":
        return _of_power(graph, transformer, tensor)
    if name == "QuantileTransformer":
        return _of_quantiles(graph, transformer, tensor)
    raise StepError(f"has a target that was transformed by {name}")


def _of_power(graph: Graph, transformer: Any, tensor: str) -> str:
    """Return the inverse of Yeo and Johnson's power, whose sides have exponents of their own."""
    power, unit = float(transformer.lambdas_[0]), graph.constant(1.0)
    # The scaler has no public name.
    tensor = inverse(graph, transformer._scaler, tensor)
    sides = []
    for exponent, sign in ((power, 1.0), (2.0 - power, -1.0)):
        size = graph.add("Max", graph.add("Mul", tensor, graph.constant(sign)), graph.constant(0.0))
        if abs(exponent) < np.finfo(np.float64).eps:
            grown = graph.add("Exp", size)
        else:
            base = graph.add("Add", graph.add("Mul", size, graph.constant(exponent)), unit)
            grown = graph.add("Pow", base, graph.constant(1.0 / exponent))
        sides.append(graph.add("Mul", graph.add("Sub", grown, unit), graph.constant(sign)))
    is_below = graph.add("Less", tensor, graph.constant(0.0))
    return graph.add("Where", is_below, sides[1], sides[0])


def _of_quantiles(graph: Graph, transformer: Any, tensor: str) -> str:
    if transformer.output_distribution == "normal":
        scaled = graph.add("Div", tensor, graph.constant(np.sqrt(2.0)))
        error = graph.cast(graph.add("Erf", graph.cast(scaled, np.float32)), np.float64)
        half = graph.constant(0.5)
        tensor = graph.add("Add", graph.add("Mul", error, half), half)
    return interpolate(graph, tensor, transformer.references_, transformer.quantiles_[:, 0])


def calibrate(graph: Graph, calibrator: Any, tensor: str) -> str:
    """Return the probability of a class by its score, of shape (n_rows, 1).

    Parameters
    ----------
    graph : Graph
    calibrator : estimator
        Fitted.
    tensor : str
        Of shape (n_rows, 1).
    """
    name = type(calibrator).__name__
    if name == "_SigmoidCalibration":
        line = graph.add("Mul", tensor, graph.constant(np.float64(-calibrator.a_)))
        return graph.add(
            "Sigmoid", graph.add("Sub", line, graph.constant(np.float64(calibrator.b_)))
        )
    if name == "IsotonicRegression":
        x, y = calibrator.X_thresholds_, calibrator.y_thresholds_
        return interpolate(graph, tensor, x, y)
    raise StepError(f"calibrates probabilities by {name}")


def logarithm(graph: Graph, probabilities: str) -> str:
    """Return the logarithms of probabilities that may be 0."""
    # The same small number as in scikit-learn.
    return graph.add("Log", graph.add("Add", probabilities, graph.constant(1e-12)))


def temper(graph: Graph, calibrator: Any, scores: str) -> str:
    """Return probabilities that were moved towards equal ones, or away from them.

    Parameters
    ----------
    graph : Graph
    calibrator : estimator
        Fitted.
    scores : str
        Of shape (n_rows, n_classes).
    """
    scaled = graph.add("Mul", scores, graph.constant(np.float64(calibrator.beta_)))
    return graph.add("Softmax", scaled, axis=1)


def _clip(graph: Graph, tensor: str, low: ArrayLike, high: ArrayLike) -> str:
    bounds = (np.float64(np.ravel(bound)[0]) for bound in (low, high))
    return graph.add("Clip", tensor, *map(graph.constant, bounds))
