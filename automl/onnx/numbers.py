"""Steps from numbers to numbers for which skl2onnx has no converter in doubles."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from automl.onnx.graph import Block, Graph
from automl.onnx.refusal import StepError


def impute(graph: Graph, imputer: Any, block: Block) -> Block:
    """Return numbers without gaps, and the indicators of gaps where the imputer adds them.

    Parameters
    ----------
    graph : Graph
    imputer : estimator
        Fitted.
    block : Block
    """
    is_missing = graph.add("IsNaN", block.name)
    values = np.asarray(imputer.statistics_, np.float64).reshape(1, -1)
    if np.isnan(values).any():
        raise StepError("leaves out columns that were empty in training")
    filled = graph.add("Where", is_missing, graph.constant(values), block.name)
    blocks = [Block(filled, block.width)]
    if imputer.indicator_ is not None:
        places = imputer.indicator_.features_
        indicators = graph.cast(graph.columns(is_missing, places), np.float64)
        blocks.append(Block(indicators, len(places)))
    return graph.concat(blocks)


def indicate(graph: Graph, transformer: Any, block: Block) -> Block:
    """Return which cells are missing, or the cells as they are; refuse other functions.

    Parameters
    ----------
    graph : Graph
    transformer : estimator
        Fitted.
    block : Block
    """
    if transformer.func is None:
        return block
    if getattr(transformer.func, "__name__", "") != "missing_cells":
        raise StepError(f"calls the function {transformer.func!r}")
    return Block(graph.cast(graph.add("IsNaN", block.name), np.float64), block.width)


def select(graph: Graph, selector: Any, block: Block) -> Block:
    """Return the columns that a selector keeps.

    Parameters
    ----------
    graph : Graph
    selector : estimator
        Fitted.
    block : Block
    """
    places = selector.get_support(indices=True)
    return Block(graph.columns(block.name, places), len(places))


def scale(graph: Graph, scaler: Any, block: Block) -> Block:
    """Return numbers that a line was fitted to, column by column.

    The order of the operations is scikit-learn's, so that equal cells stay equal to the last digit.

    Parameters
    ----------
    graph : Graph
    scaler : StandardScaler, RobustScaler, MinMaxScaler or MaxAbsScaler
        Fitted.
    block : Block
    """
    tensor = block.name
    if hasattr(scaler, "data_range_"):
        tensor = graph.add("Mul", tensor, graph.constant(scaler.scale_[None, :]))
        tensor = graph.add("Add", tensor, graph.constant(scaler.min_[None, :]))
        if scaler.clip:
            tensor = graph.add(
                "Clip", tensor, *map(graph.constant, map(float, scaler.feature_range))
            )
        return Block(tensor, block.width)
    center = getattr(scaler, "mean_", getattr(scaler, "center_", None))
    if center is not None:
        tensor = graph.add("Sub", tensor, graph.constant(center[None, :]))
    if scaler.scale_ is not None:
        tensor = graph.add("Div", tensor, graph.constant(scaler.scale_[None, :]))
    return Block(tensor, block.width)


def normalize(graph: Graph, normalizer: Any, block: Block) -> Block:
    """Return rows as shares of their length; a row of zeros stays.

    Parameters
    ----------
    graph : Graph
    normalizer : Normalizer
        Fitted.
    block : Block
    """
    operation = {"l1": "ReduceL1", "l2": "ReduceL2", "max": "ReduceMax"}[normalizer.norm]
    tensor = graph.add("Abs", block.name) if normalizer.norm == "max" else block.name
    length = graph.add(operation, tensor, graph.constant([1]), keepdims=1)
    is_zero = graph.add("Equal", length, graph.constant(0.0))
    divisor = graph.add("Where", is_zero, graph.constant(1.0), length)
    return Block(graph.add("Div", block.name, divisor), block.width)


def pool(graph: Graph, agglomeration: Any, block: Block) -> Block:
    """Return the means of groups of columns.

    Parameters
    ----------
    graph : Graph
    agglomeration : FeatureAgglomeration
        Fitted.
    block : Block
    """
    if agglomeration.pooling_func is not np.mean:
        raise StepError(f"pools columns by {agglomeration.pooling_func!r}")
    return project(graph, agglomeration.transform, block)


def pair(graph: Graph, features: Any, block: Block) -> Block:
    """Return numbers with the products and ratios of pairs of them.

    Parameters
    ----------
    graph : Graph
    features : estimator
        Fitted.
    block : Block
    """
    first = graph.columns(block.name, features.first_)
    partner = graph.columns(block.name, features.second_)
    unit, least = graph.constant(1.0), graph.constant(0.1)
    below = graph.add("Less", partner, graph.constant(0.0))
    sign = graph.add("Where", below, graph.constant(-1.0), unit)
    size = graph.add("Max", graph.add("Abs", partner), least)
    away = graph.add("Mul", size, sign)
    factor = graph.add(
        "Where", graph.constant(features.is_ratio_), graph.add("Div", unit, away), partner
    )
    product = graph.add("Mul", first, factor)
    low, high = graph.constant(-1e3), graph.constant(1e3)
    clipped = graph.add("Clip", product, low, high)
    return graph.concat([block, Block(clipped, len(features.first_))])


def squash(graph: Graph, scaler: Any, block: Block) -> Block:
    """Return numbers that were scaled and pressed into bounds.

    Parameters
    ----------
    graph : Graph
    scaler : estimator
        Fitted.
    block : Block
    """
    slopes, centers = np.zeros(block.width), np.zeros(block.width)
    if scaler.robust_scaler_ is not None:
        slopes[scaler.robust_cols_] = 1 / scaler.robust_scaler_.scale_
        centers[scaler.robust_cols_] = scaler.robust_scaler_.center_
    if scaler.minmax_scaler_ is not None:
        slopes[scaler.minmax_cols_] = scaler.minmax_scaler_.scale_
        centers[scaler.minmax_cols_] = scaler.minmax_scaler_.median_
    away = graph.add("Sub", block.name, graph.constant(centers[None, :]))
    scaled = graph.add("Mul", away, graph.constant(slopes[None, :]))
    share = graph.add("Div", scaled, graph.constant(np.float64(scaler.max_absolute_value)))
    length = graph.add("Add", graph.add("Mul", share, share), graph.constant(1.0))
    return Block(graph.add("Div", scaled, graph.add("Sqrt", length)), block.width)


def project(
    graph: Graph, method: Callable[[NDArray[np.float64]], NDArray[Any]], block: Block
) -> Block:
    """Return what a method makes that only adds and multiplies by constants.

    Parameters
    ----------
    graph : Graph
    method : callable
        The `transform` or `predict` of a fitted estimator.
    block : Block
    """
    rows = np.vstack([np.zeros((1, block.width)), np.eye(block.width)])
    start, *ends = np.asarray(method(rows), np.float64).reshape(len(rows), -1)
    weights = graph.constant(np.array(ends) - start)
    product = graph.add("MatMul", block.name, weights)
    return Block(graph.add("Add", product, graph.constant(start[None, :])), len(start))


def compare_groups(graph: Graph, statistics: Any, block: Block) -> Block:
    """Return numbers with their distances and ranks in the groups of their categories.

    Parameters
    ----------
    graph : Graph
    statistics : estimator
        Fitted.
    block : Block
    """
    blocks = [block]
    gap = graph.constant(np.nan)
    for (number, category), rows in zip(statistics.pairs_, statistics.tables_, strict=True):
        codes = graph.columns(block.name, [category])
        # The last row is that of categories that are new or missing.
        is_gap = graph.add("IsNaN", codes)
        places = graph.add("Where", is_gap, graph.constant(float(len(rows) - 1)), codes)
        flat = graph.add("Reshape", graph.cast(places, np.int64), graph.constant([-1]))
        of_row = graph.add("Gather", graph.constant(rows), flat, axis=0)
        values = graph.columns(block.name, [number])
        distance = graph.add("Sub", values, graph.columns(of_row, [0]))
        quantiles = graph.columns(of_row, range(1, rows.shape[1]))
        above = graph.cast(graph.add("Greater", values, quantiles), np.float64)
        share = graph.add("ReduceMean", above, graph.constant([1]), keepdims=1)
        rank = graph.add("Where", graph.add("IsNaN", distance), gap, share)
        blocks += [Block(distance, 1), Block(rank, 1)]
    return graph.concat(blocks)


def sum_up(graph: Graph, statistics: Any, block: Block) -> Block:
    """Return six statistics of the cells of a row.

    Parameters
    ----------
    graph : Graph
    statistics : estimator
        Fitted.
    block : Block
    """
    axis, zero = graph.constant([1]), graph.constant(0.0)
    is_gap = graph.add("IsNaN", block.name)
    present = graph.cast(graph.add("Not", is_gap), np.float64)

    def total(tensor: str) -> str:
        return graph.add("ReduceSum", tensor, axis, keepdims=1)

    n_present = graph.add("Max", total(present), graph.constant(1.0))
    cells = graph.add("Where", is_gap, zero, block.name)
    mean = graph.add("Div", total(cells), n_present)
    apart = graph.add("Mul", graph.add("Sub", cells, mean), present)
    spread = graph.add("Div", total(graph.add("Mul", apart, apart)), n_present)
    is_zero = graph.cast(graph.add("Equal", block.name, zero), np.float64)
    is_empty = graph.add("Equal", total(present), zero)
    ends = []
    for operation, far in (("ReduceMin", np.inf), ("ReduceMax", -np.inf)):
        filled = graph.add("Where", is_gap, graph.constant(far), block.name)
        end = graph.add(operation, filled, axis, keepdims=1)
        ends.append(graph.add("Where", is_empty, zero, end))
    n_gaps = total(graph.cast(is_gap, np.float64))
    parts = [n_gaps, total(is_zero), mean, graph.add("Sqrt", spread), *ends]
    return graph.concat([Block(part, 1) for part in parts])
