"""Steps from numbers to numbers for which skl2onnx has no converter in doubles."""

from typing import Any

import numpy as np

from automl.onnx.graph import Block, Graph
from automl.onnx.refusal import StepError


def impute(graph: Graph, imputer: Any, block: Block) -> Block:
    """Return numbers without gaps, and the indicators of gaps where the imputer adds them."""
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
    """Return which cells are missing, or refuse another function."""
    if getattr(transformer.func, "__name__", "") != "missing_cells":
        raise StepError(f"calls the function {transformer.func!r}")
    return Block(graph.cast(graph.add("IsNaN", block.name), np.float64), block.width)


def select(graph: Graph, selector: Any, block: Block) -> Block:
    """Return the columns that a selector keeps."""
    places = selector.get_support(indices=True)
    return Block(graph.columns(block.name, places), len(places))


def scale_kernel(graph: Graph, scaler: Any, block: Block) -> Block:
    """Return numbers times the factor of a kernel."""
    factor = graph.constant(np.float64(scaler.factor_))
    return Block(graph.add("Mul", block.name, factor), block.width)


def pair(graph: Graph, features: Any, block: Block) -> Block:
    """Return numbers with the products and ratios of pairs of them."""
    first = graph.columns(block.name, features.first_)
    partner = graph.columns(block.name, features.second_)
    one, least = graph.constant(1.0), graph.constant(0.1)
    below = graph.add("Less", partner, graph.constant(0.0))
    sign = graph.add("Where", below, graph.constant(-1.0), one)
    size = graph.add("Max", graph.add("Abs", partner), least)
    away = graph.add("Mul", size, sign)
    factor = graph.add(
        "Where", graph.constant(features.is_ratio_), graph.add("Div", one, away), partner
    )
    product = graph.add("Mul", first, factor)
    low, high = graph.constant(-1e3), graph.constant(1e3)
    clipped = graph.add("Clip", product, low, high)
    return graph.concat([block, Block(clipped, len(features.first_))])
