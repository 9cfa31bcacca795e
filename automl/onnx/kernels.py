"""Kernels, in doubles: of support vector machines and of steps that stand for a kernel."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.onnx.graph import Block, Graph
from automl.onnx.refusal import StepError


def kernel_with(graph: Graph, estimator: Any, rows: NDArray[Any], block: Block) -> str:
    """Return the kernel of each row of a block with each of other rows.

    Parameters
    ----------
    graph : Graph
    estimator : estimator
        It has a kernel with its settings.
    rows : ndarray of shape (n_rows, n_columns)
    block : Block

    Raises
    ------
    StepError
        If the kernel is none of this project's, or its width is not fixed.
    """
    name, gamma = estimator.kernel, estimator.gamma
    if name not in ("linear", "rbf", "poly", "sigmoid"):
        raise StepError(f"has the kernel {name!r}")
    rows = np.asarray(rows, np.float64)
    products = graph.add("MatMul", block.name, graph.constant(rows.T))
    if name == "linear":
        return products
    if not isinstance(gamma, float):
        raise StepError(f"has a kernel whose gamma is {gamma!r}, and no number")
    if name == "rbf":
        away = _squared_distances(graph, block, rows, products)
        return graph.add("Exp", graph.add("Mul", away, graph.constant(-gamma)))
    # A matrix, for a scalar would be merged into the product of matrices, as a float.
    factors = graph.constant(np.full((1, len(rows)), gamma))
    shift = graph.constant(0.0 if estimator.coef0 is None else float(estimator.coef0))
    inner = graph.add("Add", graph.add("Mul", products, factors), shift)
    if name == "sigmoid":
        return graph.add("Tanh", inner)
    return graph.add("Pow", inner, graph.constant(float(estimator.degree)))


def _squared_distances(graph: Graph, block: Block, rows: NDArray[Any], products: str) -> str:
    squares = graph.add("Mul", block.name, block.name)
    length = graph.add("ReduceSum", squares, graph.constant([1]), keepdims=1)
    doubled = graph.add("Add", products, products)
    lengths = graph.constant(np.sum(rows**2, axis=1)[None, :])
    distance = graph.add("Add", graph.add("Sub", length, doubled), lengths)
    return graph.add("Max", distance, graph.constant(0.0))


def distances(graph: Graph, clusters: Any, block: Block) -> Block:
    """Return the distances from the centers of clusters.

    Parameters
    ----------
    graph : Graph
    clusters : KMeans
        Fitted.
    block : Block
    """
    centers = np.asarray(clusters.cluster_centers_, np.float64)
    products = graph.add("MatMul", block.name, graph.constant(centers.T))
    squared = _squared_distances(graph, block, centers, products)
    return Block(graph.add("Sqrt", squared), len(centers))


def scale_kernel(graph: Graph, scaler: Any, block: Block) -> Block:
    """Return numbers times the factor of a kernel.

    Parameters
    ----------
    graph : Graph
    scaler : estimator
        Fitted.
    block : Block
    """
    # A scalar would be merged into a product of matrices, as a float.
    factor = graph.constant(np.full((1, block.width), scaler.factor_))
    return Block(graph.add("Mul", block.name, factor), block.width)


def compare_rows(graph: Graph, transformer: Any, block: Block) -> Block:
    """Return a kernel between rows and a sample of the rows of training, made into columns.

    Parameters
    ----------
    graph : Graph
    transformer : Nystroem
        Fitted.
    block : Block
    """
    kernel = kernel_with(graph, transformer, transformer.components_, block)
    weights = graph.constant(np.asarray(transformer.normalization_, np.float64).T)
    width = len(transformer.components_)
    return Block(graph.add("MatMul", kernel, weights), width)


def sample_waves(graph: Graph, transformer: Any, block: Block) -> Block:
    """Return the waves of random lengths that stand for a kernel.

    Parameters
    ----------
    graph : Graph
    transformer : RBFSampler
        Fitted.
    block : Block
    """
    weights, offset = transformer.random_weights_, transformer.random_offset_
    product = graph.add("MatMul", block.name, graph.constant(weights))
    angle = graph.add("Add", product, graph.constant(offset[None, :]))
    height = graph.constant(np.sqrt(2 / len(offset)))
    return Block(graph.add("Mul", graph.add("Cos", angle), height), len(offset))
