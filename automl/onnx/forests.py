"""scikit-learn's own trees, alone and in ensembles; they see cells as floats."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import is_classifier

from automl.onnx.graph import Block, Graph
from automl.onnx.outputs import pair_of
from automl.onnx.refusal import check_classes
from automl.onnx.trees import Tree, as_single, sum_of_rows, sum_of_trees


def forest(graph: Graph, estimator: Any, block: Block) -> str:
    """Return the mean of the trees of a forest, or what a single tree predicts.

    Parameters
    ----------
    graph : Graph
    estimator : estimator
        Fitted.
    block : Block
    """
    trees = getattr(estimator, "estimators_", [estimator])
    values = [tree.tree_.value[:, 0, :] / len(trees) for tree in trees]
    return _summed(graph, trees, values, block, is_classifier(estimator))


def ada_boost(graph: Graph, estimator: Any, block: Block) -> str:
    """Return the probabilities of boosting by weights of rows.

    Parameters
    ----------
    graph : Graph
    estimator : estimator
        Fitted.
    block : Block
    """
    return graph.add("Softmax", ada_boost_votes(graph, estimator, block), axis=1)


def ada_boost_votes(graph: Graph, estimator: Any, block: Block) -> str:
    """Return the sums of votes of which these probabilities are the softmax.

    Parameters
    ----------
    graph : Graph
    estimator : estimator
        Fitted.
    block : Block
    """
    check_classes(estimator, estimator.estimators_)
    n_classes = len(estimator.classes_)
    weights = estimator.estimator_weights_[: len(estimator.estimators_)]
    weights = weights / weights.sum()
    values = []
    for tree, weight in zip(estimator.estimators_, weights, strict=True):
        votes = tree.tree_.value[:, 0, :].argmax(axis=1)
        coded = np.where(votes[:, None] == np.arange(n_classes), 1.0, -1.0 / (n_classes - 1))
        values.append(weight * coded / (n_classes - 1))
    tensor = as_single(graph, block.name)
    return sum_of_rows(graph, tensor, _trees(estimator.estimators_, values))


def gradient_boosting(graph: Graph, estimator: Any, block: Block) -> str:
    """Return what gradient boosting sums up: a decision function or numbers.

    Parameters
    ----------
    graph : Graph
    estimator : estimator
        Fitted.
    block : Block
    """
    members = estimator.estimators_
    rate, targets = estimator.learning_rate, np.arange(members.size) % members.shape[1]
    values = [rate * tree.tree_.value[:, 0, 0] for tree in members.ravel()]
    tensor = as_single(graph, block.name)
    trees = _trees(members.ravel().tolist(), values)
    raw = sum_of_trees(graph, tensor, trees, targets.tolist())
    # The start is what is left of any row's value without its trees.
    row = np.zeros((1, block.width))
    leaves = [rate * tree.predict(row)[0] for tree in members.ravel()]
    method = "decision_function" if is_classifier(estimator) else "predict"
    start = np.reshape(getattr(estimator, method)(row), (1, -1)).astype(np.float64)
    start = start - np.sum(np.reshape(leaves, members.shape), axis=0)
    return graph.add("Add", raw, graph.constant(start))


def embedding(graph: Graph, estimator: Any, block: Block) -> Block:
    """Return a column of zeros and ones for each leaf of the trees.

    Parameters
    ----------
    graph : Graph
    estimator : estimator
        Fitted.
    block : Block
    """
    width = estimator.one_hot_encoder_.get_feature_names_out().size
    values, start = [], 0
    for tree, leaves in zip(
        estimator.estimators_, estimator.one_hot_encoder_.categories_, strict=True
    ):
        rows = np.zeros((tree.tree_.node_count, width))
        rows[leaves, start + np.arange(len(leaves))] = 1.0
        start += len(leaves)
        values.append(rows)
    tensor = as_single(graph, block.name)
    return Block(sum_of_rows(graph, tensor, _trees(estimator.estimators_, values)), width)


def _summed(
    graph: Graph, trees: Sequence[Any], values: list[NDArray[Any]], block: Block, has_classes: bool
) -> str:
    tensor = as_single(graph, block.name)
    n_values = values[0].shape[1]
    if has_classes and n_values == 2:
        second = _trees(trees, [rows[:, 1] for rows in values])
        return pair_of(graph, sum_of_trees(graph, tensor, second, [0] * len(trees)))
    if n_values == 1:
        numbers = _trees(trees, [rows[:, 0] for rows in values])
        return sum_of_trees(graph, tensor, numbers, [0] * len(trees))
    return sum_of_rows(graph, tensor, _trees(trees, values))


def _trees(estimators: Sequence[Any], values: Sequence[NDArray[Any]]) -> list[Tree]:
    trees = []
    for estimator, rows in zip(estimators, values, strict=True):
        tree = estimator.tree_
        trees.append(
            Tree(
                feature=tree.feature,
                threshold=tree.threshold,
                left_child=tree.children_left,
                right_child=tree.children_right,
                missing_left=tree.missing_go_to_left.astype(bool),
                value=rows,
            )
        )
    return trees
