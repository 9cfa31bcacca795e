"""Curves: lines from point to point, ranks by quantiles, splines and bins, column by column."""

from math import factorial
from typing import Any

import numpy as np
from numpy.polynomial import Chebyshev, Polynomial
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from automl.onnx.graph import Block, Graph
from automl.onnx.refusal import StepError

LEAST = 1e-7  # the rank that `QuantileTransformer` takes for an end of a normal distribution
DEGREE = 28  # of the polynomial for normal quantiles, which is exact to 1e-12 then


def interpolate(graph: Graph, tensor: str, x: ArrayLike, y: ArrayLike) -> str:
    """Return the values of a line from point to point, level before and behind it.

    Parameters
    ----------
    graph : Graph
    tensor : str
        Of shape (n_rows, 1).
    x, y : array-like of shape (n_points,)
        The points; x ascends.
    """
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    widths, rises = np.diff(x), np.diff(y)
    is_slope = widths > 0
    starts, widths, rises = x[:-1][is_slope], widths[is_slope], rises[is_slope]
    shares = graph.add("Div", graph.add("Sub", tensor, graph.constant(starts[None, :])),
                       graph.constant(widths[None, :]))  # fmt: skip
    parts = graph.add("Clip", shares, graph.constant(0.0), graph.constant(1.0))
    risen = graph.add("MatMul", parts, graph.constant(rises[:, None]))
    return graph.add("Add", risen, graph.constant(np.float64(y[0])))


def rank(graph: Graph, transformer: Any, block: Block) -> Block:
    """Return ranks by quantiles, or the quantiles of a normal distribution at these ranks.

    Parameters
    ----------
    graph : Graph
    transformer : QuantileTransformer
        Fitted.
    block : Block
    """
    is_normal = transformer.output_distribution == "normal"
    slack = LEAST if is_normal else 0.0
    ranks = []
    for place, points in enumerate(transformer.quantiles_.T):
        column = graph.columns(block.name, [place])
        ranks.append(Block(_rank(graph, column, points, transformer.references_, slack), 1))
    joined = graph.concat(ranks)
    return Block(_normal(graph, joined.name), block.width) if is_normal else joined


def _rank(
    graph: Graph, column: str, points: NDArray[Any], ranks: NDArray[Any], slack: float
) -> str:
    tensor = interpolate(graph, column, points, ranks)
    is_jump = np.diff(points) == 0
    if is_jump.any():  # a cell at a jump is half-way up
        jumps = graph.constant(points[:-1][is_jump][None, :])
        halves = graph.constant(np.diff(ranks)[is_jump][:, None] / 2)
        for operation in ("Greater", "GreaterOrEqual"):
            passed = graph.cast(graph.add(operation, column, jumps), np.float64)
            tensor = graph.add("Add", tensor, graph.add("MatMul", passed, halves))
    is_high = graph.add("GreaterOrEqual", column, graph.constant(np.float64(points[-1] - slack)))
    tensor = graph.add("Where", is_high, graph.constant(1.0), tensor)
    is_low = graph.add("LessOrEqual", column, graph.constant(np.float64(points[0] + slack)))
    return graph.add("Where", is_low, graph.constant(0.0), tensor)


def _normal(graph: Graph, ranks: str) -> str:
    """Return the quantiles of a normal distribution.

    ONNX has no inverse of the error function. Over the root of the logarithm of the smaller tail,
    it is a smooth curve.
    """
    ends = np.sqrt(-2 * np.log([0.5, LEAST]))
    curve = Chebyshev.interpolate(lambda x: -ndtri(np.exp(-(x**2) / 2)), DEGREE, domain=ends)
    low, high, half = map(graph.constant, (LEAST, 1 - LEAST, 0.5))
    share = graph.add("Clip", ranks, low, high)
    is_upper = graph.add("Greater", share, half)
    smaller = graph.add("Where", is_upper, graph.add("Sub", graph.constant(1.0), share), share)
    root = graph.add("Sqrt", graph.add("Mul", graph.add("Log", smaller), graph.constant(-2.0)))
    offset, scale = curve.mapparms()
    place = graph.add("Mul", root, graph.constant(np.float64(scale)))
    place = graph.add("Add", place, graph.constant(np.float64(offset)))
    powers = curve.convert(domain=curve.domain, kind=Polynomial, window=curve.window).coef
    size = graph.constant(np.float64(powers[-1]))
    for power in powers[-2::-1]:
        product = graph.add("Mul", size, place)
        size = graph.add("Add", product, graph.constant(np.float64(power)))
    return graph.add("Where", is_upper, size, graph.add("Neg", size))


def spline(graph: Graph, transformer: Any, block: Block) -> Block:
    """Return the values of splines, which are polynomials between two knots.

    Parameters
    ----------
    graph : Graph
    transformer : SplineTransformer
        Fitted.
    block : Block
    """
    if transformer.extrapolation != "constant":
        raise StepError(f"extrapolates splines as {transformer.extrapolation!r}")
    parts = []
    for place, curve in enumerate(transformer.bsplines_):
        column = graph.columns(block.name, [place])
        n_splines = curve.c.shape[1] - (not transformer.include_bias)
        parts.append(Block(_spline(graph, column, curve, n_splines), n_splines))
    return graph.concat(parts)


def _spline(graph: Graph, column: str, curve: Any, n_splines: int) -> str:
    degree = curve.k
    knots = curve.t[degree : len(curve.t) - degree]
    starts, ends = knots[:-1], curve(knots[[0, -1]])
    ends[0, degree:], ends[1, :-degree] = 0.0, 0.0  # as scikit-learn has it
    reached = graph.add("GreaterOrEqual", column, graph.constant(starts[None, 1:]))
    number = graph.add("ReduceSum", graph.cast(reached, np.int64), graph.constant([1]), keepdims=0)
    start = graph.add("Reshape", graph.add("Gather", graph.constant(starts), number),
                      graph.constant([-1, 1]))  # fmt: skip
    away = graph.add("Sub", column, start)
    value = ""
    for order in range(degree, -1, -1):
        table = graph.constant(curve(starts, nu=order)[:, :n_splines] / factorial(order))
        rows = graph.add("Gather", table, number, axis=0)
        value = graph.add("Add", graph.add("Mul", value, away), rows) if value else rows
    for operation, knot, row in (("Less", knots[0], ends[0]), ("Greater", knots[-1], ends[1])):
        is_outside = graph.add(operation, column, graph.constant(np.float64(knot)))
        value = graph.add("Where", is_outside, graph.constant(row[None, :n_splines]), value)
    return value


def bin_up(graph: Graph, discretizer: Any, block: Block) -> Block:
    """Return a column of zeros and ones for each bin.

    Parameters
    ----------
    graph : Graph
    discretizer : KBinsDiscretizer
        Fitted.
    block : Block
    """
    if not discretizer.encode.startswith("onehot"):
        raise StepError(f"encodes bins as {discretizer.encode!r}")
    parts = []
    for place, edges in enumerate(discretizer.bin_edges_):
        column = graph.columns(block.name, [place])
        # The last edge is out of reach, so that a single bin has an edge, too.
        ends = graph.constant(np.append(edges[1:-1], np.inf)[None, :])
        passed = graph.cast(graph.add("GreaterOrEqual", column, ends), np.float64)
        n_bins = len(edges) - 1
        moves = graph.constant(np.eye(n_bins, k=1) - np.eye(n_bins))
        moved = graph.add("MatMul", passed, moves)
        first = graph.constant(np.eye(1, n_bins))
        parts.append(Block(graph.add("Add", moved, first), n_bins))
    return graph.concat(parts)
