"""Steps that take categories: all of them look texts up in tables."""

import warnings
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.onnx.graph import ML, Block, Graph

NEW = "\x00"  # no text of a cell: no file can hold it


def encode(graph: Graph, encoder: Any, block: Block) -> Block:
    """Return the columns of an encoder, whichever it is: the encoder itself fills the tables.

    Parameters
    ----------
    graph : Graph
    encoder : transformer
        It encodes every column by itself.
    block : Block
        Texts.
    """
    names = list(encoder.feature_names_in_)
    # Our encoder of counts has texts, all others have categories.
    columns = encoder.texts_ if hasattr(encoder, "texts_") else encoder.categories_
    texts = [[text for text in column if isinstance(text, str)] for column in columns]
    base = _encoded(encoder, pd.DataFrame({name: [np.nan] for name in names}, dtype=object))[0]
    parts, places = [], []
    for place, (name, column_texts) in enumerate(zip(names, texts, strict=True)):
        cells = [*column_texts, NEW, np.nan]
        frame = pd.DataFrame(dict.fromkeys(names, [np.nan] * len(cells)), dtype=object)
        frame[name] = pd.Series(cells, dtype=object)
        table = _encoded(encoder, frame)
        differs = ~((table == base) | (np.isnan(table) & np.isnan(base))).all(axis=0)
        if differs.any():
            places += np.flatnonzero(differs).tolist()
            column = graph.columns(block.name, [place])
            parts.append(_looked_up(graph, column, column_texts, table[:, differs]))
    name = graph.constant(base.reshape(1, -1))
    if parts:
        name = _with_constants(graph, parts, places, base)
    return Block(name, len(base), categories=_categories_of(encoder, texts))


def _encoded(encoder: Any, frame: pd.DataFrame) -> NDArray[np.float64]:
    """Return what an encoder makes of texts; pandas' categories as their places."""
    with warnings.catch_warnings():  # of new categories, which are meant here
        warnings.simplefilter("ignore")
        encoded = encoder.transform(frame)
    if isinstance(encoded, pd.DataFrame):
        codes = {name: _numbers(column) for name, column in encoded.items()}
        return np.column_stack(list(codes.values()))
    return np.asarray(encoded.toarray() if hasattr(encoded, "toarray") else encoded, np.float64)


def _numbers(column: "pd.Series[Any]") -> NDArray[np.float64]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = column.cat.codes.to_numpy(np.float64)
        return np.where(codes < 0, np.nan, codes)
    return column.to_numpy(np.float64)


def _looked_up(graph: Graph, column: str, texts: list[str], table: NDArray[np.float64]) -> str:
    """Return the rows of a table for texts; its last rows are for new and for missing ones."""
    keys = [*texts, ""]
    numbers = [*range(len(texts)), len(texts) + 1]
    place = graph.add(
        "LabelEncoder",
        column,
        domain=ML,
        keys_strings=keys,
        values_int64s=numbers,
        default_int64=len(texts),
    )
    flat = graph.add("Reshape", place, graph.constant([-1]))
    return graph.add("Gather", graph.constant(table), flat, axis=0)


def _with_constants(
    graph: Graph, parts: list[str], places: list[int], base: NDArray[np.float64]
) -> str:
    """Return looked-up columns in their places, between those that never change."""
    constant = sorted(set(range(len(base))) - set(places))
    joined = graph.add("Concat", *parts, axis=1)
    if constant:
        zeros = graph.add("Mul", graph.columns(joined, [0]), graph.constant(0.0))
        clean = graph.add("Where", graph.add("IsNaN", zeros), graph.constant(0.0), zeros)
        fixed = graph.add("Add", clean, graph.constant(base[constant].reshape(1, -1)))
        joined = graph.add("Concat", joined, fixed, axis=1)
    order = np.argsort([*places, *constant])
    return graph.columns(joined, order)


def _categories_of(encoder: Any, texts: list[list[str]]) -> dict[int, tuple[str, ...]]:
    if type(encoder).__name__ != "CategoryEncoder":
        return {}
    return {place: tuple(column) or ("",) for place, column in enumerate(texts)}


def cross(graph: Graph, crosser: Any, block: Block) -> Block:
    """Return the texts of pairs of columns, joined.

    Parameters
    ----------
    graph : Graph
    crosser : estimator
        Fitted.
    block : Block
    """
    is_missing = graph.add("Equal", block.name, graph.constant(np.array("", object)))
    texts = graph.add("Where", is_missing, graph.constant(np.array("missing", object)), block.name)
    parts = []
    for first, *partners in crosser.pairs_:
        joined = graph.columns(texts, [first])
        for place in partners:
            marked = graph.add("StringConcat", joined, graph.constant(np.array(" & ", object)))
            joined = graph.add("StringConcat", marked, graph.columns(texts, [place]))
        parts.append(Block(joined, 1, "text"))
    return graph.concat(parts)
