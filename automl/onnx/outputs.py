"""Probabilities out of raw values."""

import numpy as np

from automl.onnx.graph import Graph


def pair_of(graph: Graph, probability: str) -> str:
    """Return the probabilities of two classes, by that of the second of shape (n_rows, 1)."""
    first = graph.add("Sub", graph.constant(np.float64(1)), probability)
    return graph.add("Concat", first, probability, axis=1)


def probabilities_of(graph: Graph, raw: str, n_classes: int) -> str:
    """Return probabilities by the logistic function or softmax.

    Parameters
    ----------
    graph : Graph
    raw : str
        Of shape (n_rows, 1) for two classes, and else of (n_rows, n_classes).
    n_classes : int
    """
    if n_classes == 2:
        return pair_of(graph, graph.add("Sigmoid", raw))
    return graph.add("Softmax", raw, axis=1)


def shares_of(graph: Graph, tensors: list[str]) -> str:
    """Return probabilities that sum to one; they are equal where all tensors are zero.

    Parameters
    ----------
    graph : Graph
    tensors : list of str
        One of shape (n_rows, 1) for each class.
    """
    joined = graph.add("Concat", *tensors, axis=1)
    total = graph.add("ReduceSum", joined, graph.constant([1]), keepdims=1)
    is_zero = graph.add("Equal", total, graph.constant(0.0))
    level = graph.constant(1 / len(tensors))
    return graph.add("Where", is_zero, level, graph.add("Div", joined, total))


def mean_of(graph: Graph, tensors: list[str], weights: list[float] | None = None) -> str:
    """Return the weighted mean of tensors of one shape.

    Parameters
    ----------
    graph : Graph
    tensors : list of str
    weights : list of float, optional
        None if all of them count alike.
    """
    weights = weights or [1.0] * len(tensors)
    total = sum(weights)
    parts = [
        graph.add("Mul", tensor, graph.constant(np.float64(weight / total)))
        for tensor, weight in zip(tensors, weights, strict=True)
    ]
    return parts[0] if len(parts) == 1 else graph.add("Sum", *parts)
