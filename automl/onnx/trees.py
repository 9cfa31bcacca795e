"""Trees as nodes of ONNX, in doubles and with sets of categories.

::

    Tree: a row for each node          TreeEnsemble: splits and leaves apart
    ┌ 0 ┬ feature, threshold ┐         splits ──► the sum of the leaves, a target for each tree
    ├ 1 ┼ value              ├──────►  or
    └ 2 ┴ value              ┘         splits ──► the number of the leaf ──Gather──► rows, summed

Converters of other packages write floats, so that a cell beside a threshold may go the other way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from automl.onnx.graph import ML, Graph

LESS_EQUAL, LESS, MEMBER = 0, 1, 6  # modes of a split, as ONNX numbers them
SUM = 1


@dataclass(frozen=True)
class Tree:
    """A binary tree: a row for each node, the root first."""

    feature: NDArray[np.int64]
    """The column of a split."""
    threshold: NDArray[np.float64]
    """Cells up to it, or below it, go left."""
    left_child: NDArray[np.int64]
    """The left child of a split; below 0 for a leaf."""
    right_child: NDArray[np.int64]
    """The right child."""
    missing_left: NDArray[np.bool_]
    """Whether missing cells go left."""
    value: NDArray[np.float64]
    """The value of a leaf, or its row of values."""
    mode: int = LESS_EQUAL
    """How thresholds are compared."""
    members: Mapping[int, Sequence[int]] = field(default_factory=dict)
    """The categories that go left, for splits by category."""


class _Splits:
    """The attributes of a TreeEnsemble, tree by tree."""

    def __init__(self, trees: Sequence[Tree]) -> None:
        self.features: list[int] = []
        self.thresholds: list[float] = []
        self.modes: list[int] = []
        self.missing_left: list[int] = []
        self.members: list[float] = []
        self.roots: list[int] = []
        self.children: dict[str, list[int]] = {"true": [], "false": []}
        self.are_leaves: dict[str, list[int]] = {"true": [], "false": []}
        self.leaves: list[tuple[int, int]] = []
        for number, tree in enumerate(trees):
            self._add(number, tree)

    def _add(self, number: int, tree: Tree) -> None:
        splits = np.flatnonzero(tree.left_child >= 0).tolist()
        leaves = np.flatnonzero(tree.left_child < 0).tolist()
        first_leaf, first_split = len(self.leaves), len(self.features)
        self.leaves += [(number, leaf) for leaf in leaves]
        self.roots.append(first_split)
        if not splits:  # the root has to be a split
            self._split(0, 0.0, LESS_EQUAL, False, ((first_leaf, 1), (first_leaf, 1)))
            return
        places = {leaf: (first_leaf + place, 1) for place, leaf in enumerate(leaves)}
        places |= {split: (first_split + place, 0) for place, split in enumerate(splits)}
        for split in splits:
            categories = tree.members.get(split)
            if categories is not None:
                # onnxruntime takes no empty set, and no category has the place -1.
                self.members += [*(map(float, categories) if len(categories) else [-1.0]), np.nan]
            self._split(
                int(tree.feature[split]),
                0.0 if categories is not None else float(tree.threshold[split]),
                tree.mode if categories is None else MEMBER,
                bool(tree.missing_left[split]),
                (places[int(tree.left_child[split])], places[int(tree.right_child[split])]),
            )

    def _split(
        self,
        feature: int,
        threshold: float,
        mode: int,
        missing_left: bool,
        children: tuple[tuple[int, int], tuple[int, int]],
    ) -> None:
        self.features.append(feature)
        self.thresholds.append(threshold)
        self.modes.append(mode)
        self.missing_left.append(int(missing_left))
        for side, (place, is_leaf) in zip(("true", "false"), children, strict=True):
            self.children[side].append(place)
            self.are_leaves[side].append(is_leaf)

    def node(self, graph: Graph, tensor: str, targets: Sequence[int], weights: Sequence[float],
             n_targets: int) -> str:  # fmt: skip
        """Add the node, with a target and a weight for each leaf."""
        members = {"membership_values": np.array(self.members)} if self.members else {}
        return graph.add(
            "TreeEnsemble",
            tensor,
            domain=ML,
            aggregate_function=SUM,
            n_targets=n_targets,
            tree_roots=self.roots,
            nodes_featureids=self.features,
            nodes_splits=np.array(self.thresholds),
            nodes_modes=np.array(self.modes, np.uint8),
            nodes_missing_value_tracks_true=self.missing_left,
            nodes_truenodeids=self.children["true"],
            nodes_trueleafs=self.are_leaves["true"],
            nodes_falsenodeids=self.children["false"],
            nodes_falseleafs=self.are_leaves["false"],
            leaf_targetids=list(targets),
            leaf_weights=np.array(weights, np.float64),
            **members,
        )


def sum_of_trees(graph: Graph, tensor: str, trees: Sequence[Tree], targets: Sequence[int]) -> str:
    """Return the sum of the trees of each target, of shape (n_rows, n_targets).

    Parameters
    ----------
    graph : Graph
    tensor : str
        Cells as doubles.
    trees : sequence of Tree
        A number in each leaf.
    targets : sequence of int
        The target that each tree counts for.
    """
    splits = _Splits(trees)
    weights = [float(trees[number].value[leaf]) for number, leaf in splits.leaves]
    of_leaves = [targets[number] for number, _ in splits.leaves]
    return splits.node(graph, tensor, of_leaves, weights, max(targets) + 1)


def sum_of_rows(graph: Graph, tensor: str, trees: Sequence[Tree]) -> str:
    """Return the sum of the rows in the leaves, of shape (n_rows, n_values).

    Parameters
    ----------
    graph : Graph
    tensor : str
        Cells as doubles.
    trees : sequence of Tree
        A row of values in each leaf.
    """
    splits = _Splits(trees)
    # A leaf of ONNX has one target, so trees give the numbers of leaves, and a table their rows.
    of_leaves = [number for number, _ in splits.leaves]
    numbers = splits.node(
        graph, tensor, of_leaves, [float(place) for place in range(len(of_leaves))], len(trees)
    )
    table = np.array([trees[number].value[leaf] for number, leaf in splits.leaves], np.float64)
    rows = graph.add("Gather", graph.constant(table), graph.cast(numbers, np.int64), axis=0)
    return graph.add("ReduceSum", rows, graph.constant([1]), keepdims=0)


def as_single(graph: Graph, tensor: str) -> str:
    """Return doubles with the digits of floats, for trees that see no others."""
    return graph.cast(graph.cast(tensor, np.float32), np.float64)
