"""Boosted trees of four packages, read from what each of them tells of its trees."""

import json
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from automl.onnx.graph import Block, Graph
from automl.onnx.outputs import probabilities_of
from automl.onnx.refusal import StepError
from automl.onnx.trees import LESS, Tree, as_single, sum_of_rows, sum_of_trees

RAW_OBJECTIVES = {  # whose predictions are sums of leaves
    "xgboost": ("reg:squarederror", "reg:quantileerror", "reg:absoluteerror"),
    "lightgbm": ("regression", "regression_l1", "quantile", "huber"),
    "catboost": ("RMSE", "MAE", "Quantile"),
}
CLASS_OBJECTIVES = {
    "xgboost": ("binary:logistic", "multi:softprob"),
    "lightgbm": ("binary", "multiclass"),
    "catboost": ("Logloss", "MultiClass"),
}


def hist_gradient_boosting(graph: Graph, estimator: Any, block: Block) -> str:
    """Return the raw values of scikit-learn's histogram boosting.

    Parameters
    ----------
    graph : Graph
    estimator : estimator
        Fitted.
    block : Block
    """
    # The trees have no public name.
    predictors = estimator._predictors
    tensor, categories = _sorted_categories(graph, estimator, block)
    trees, targets = [], []
    for iteration in predictors:
        for target, predictor in enumerate(iteration):
            trees.append(_hist_tree(predictor, categories))
            targets.append(target)
    total = sum_of_trees(graph, tensor, trees, targets)
    baseline = np.asarray(estimator._baseline_prediction, np.float64).reshape(1, -1)
    return graph.add("Add", total, graph.constant(baseline))


def _sorted_categories(graph: Graph, estimator: Any, block: Block) -> tuple[str, list[int]]:
    """Return the columns as the trees number them, the categories first."""
    preprocessor = estimator._preprocessor
    if preprocessor is None:
        return block.name, []
    first = [place for place in range(block.width) if place in block.categories]
    encoder = preprocessor.named_transformers_["encoder"]
    for place, texts in zip(first, encoder.categories_, strict=True):
        present = [text for text in texts if isinstance(text, str)]
        if present != list(block.categories[place]):
            raise StepError("has learnt from rows without some of the categories")
    numbers = [place for place in range(block.width) if place not in block.categories]
    return graph.columns(block.name, [*first, *numbers]), first


def _hist_tree(predictor: Any, categories: list[int]) -> Tree:
    nodes = predictor.nodes
    is_leaf = nodes["is_leaf"].astype(bool)
    members = {}
    for place in np.flatnonzero(nodes["is_categorical"].astype(bool) & ~is_leaf).tolist():
        bits = predictor.raw_left_cat_bitsets[nodes["bitset_idx"][place]]
        members[place] = [code for code in range(256) if bits[code // 32] >> (code % 32) & 1]
    return Tree(
        feature=nodes["feature_idx"].astype(np.int64),
        threshold=nodes["num_threshold"],
        left_child=np.where(is_leaf, -1, nodes["left"].astype(np.int64)),
        right_child=nodes["right"].astype(np.int64),
        missing_left=nodes["missing_go_to_left"].astype(bool),
        value=nodes["value"],
        members=members,
    )


def lightgbm(graph: Graph, estimator: Any, block: Block) -> str:
    """Return the raw values of LightGBM, or its probabilities for classes.

    Parameters
    ----------
    graph : Graph
    estimator : estimator
        Fitted.
    block : Block
    """
    facts = estimator.booster_.dump_model()
    objective = facts["objective"].split()[0]
    raw = _raw_lightgbm(graph, facts, block)
    return _finished(graph, raw, "lightgbm", objective, estimator)


def lightgbm_decision(graph: Graph, estimator: Any, block: Block) -> str:
    """Return the raw values of LightGBM.

    Parameters
    ----------
    graph : Graph
    estimator : estimator
        Fitted.
    block : Block
    """
    return _raw_lightgbm(graph, estimator.booster_.dump_model(), block)


def _raw_lightgbm(graph: Graph, facts: dict[str, Any], block: Block) -> str:
    n_targets = facts["num_tree_per_iteration"]
    structures = [tree["tree_structure"] for tree in facts["tree_info"]]
    children = ("left_child", "right_child")
    trees = [_nested_tree(_rows_of(root, _lightgbm_row, children)) for root in structures]
    targets = [number % n_targets for number in range(len(trees))]
    return sum_of_trees(graph, block.name, trees, targets)


def _rows_of(
    root: Any, row_of: Callable[[Any], dict[str, Any]], sides: tuple[str, str]
) -> list[dict[str, Any]]:
    """Return a row for each node of nested records, the root first.

    Parameters
    ----------
    root : mapping
    row_of : callable
        Returns the row of a node; a leaf has a value.
    sides : (str, str)
        The keys of the left and the right child of a node.
    """
    rows: list[dict[str, Any]] = []
    stack = [(root, -1, "")]
    while stack:
        node, parent, side = stack.pop()
        place, row = len(rows), row_of(node)
        rows.append(row)
        if parent >= 0:
            rows[parent][side] = place
        if "value" not in row:
            children = zip(sides, ("left", "right"), strict=True)
            # The last is taken first, so that the rows of the left side come before the others.
            stack += [(node[key], place, side) for key, side in children][::-1]
    return rows


def _lightgbm_row(node: Any) -> dict[str, Any]:
    if "leaf_value" in node:
        return {"value": node["leaf_value"]}
    row: dict[str, Any] = {"feature": node["split_feature"]}
    if node["decision_type"] == "==":
        return row | {"members": [int(code) for code in node["threshold"].split("||")]}
    # Without gaps in training, a missing cell counts as 0.
    has_gaps = node["missing_type"] == "NaN"
    missing_left = node["default_left"] if has_gaps else node["threshold"] >= 0
    return row | {"threshold": node["threshold"], "missing_left": missing_left}


def _nested_tree(rows: Sequence[dict[str, Any]]) -> Tree:
    def column(name: str, gap: Any) -> Any:
        return np.array([row.get(name, gap) for row in rows])

    return Tree(
        feature=column("feature", 0),
        threshold=column("threshold", 0.0),
        left_child=column("left", -1),
        right_child=column("right", -1),
        missing_left=column("missing_left", False),
        value=column("value", 0.0),
        members={place: row["members"] for place, row in enumerate(rows) if "members" in row},
    )


def xgboost(graph: Graph, estimator: Any, block: Block) -> str:
    """Return the raw values of XGBoost, or its probabilities for classes.

    Parameters
    ----------
    graph : Graph
    estimator : estimator
        Fitted.
    block : Block
    """
    learner = json.loads(bytes(estimator.get_booster().save_raw("json")))["learner"]
    if learner["gradient_booster"]["name"] != "gbtree":
        raise StepError("boosts no plain trees")
    objective, model = learner["objective"]["name"], learner["gradient_booster"]["model"]
    trees = [_xgboost_tree(tree) for tree in model["trees"]]
    raw = sum_of_trees(graph, as_single(graph, block.name), trees, model["tree_info"])
    base = np.array(json.loads(learner["learner_model_param"]["base_score"]), np.float64)
    if objective == "binary:logistic":  # it is a probability there
        base = np.log(base / (1 - base))
    raw = graph.add("Add", raw, graph.constant(base.reshape(1, -1)))
    return _finished(graph, raw, "xgboost", objective, estimator)


def _xgboost_tree(tree: Any) -> Tree:
    left_child = np.array(tree["left_children"])
    right_child = np.array(tree["right_children"])
    is_missing_left = np.array(tree["default_left"], bool)
    starts, sizes = tree["categories_segments"], tree["categories_sizes"]
    members = {}
    for node, start, size in zip(tree["categories_nodes"], starts, sizes, strict=True):
        # The categories of a set go right, so that the sides change places.
        members[node] = tree["categories"][start : start + size]
        left_child[node], right_child[node] = right_child[node], left_child[node]
        is_missing_left[node] = not is_missing_left[node]
    conditions = np.array(tree["split_conditions"], np.float32).astype(np.float64)
    return Tree(
        feature=np.array(tree["split_indices"]),
        threshold=conditions,
        left_child=left_child,
        right_child=right_child,
        missing_left=is_missing_left,
        value=conditions,
        mode=LESS,
        members=members,
    )


def catboost(graph: Graph, estimator: Any, block: Block) -> str:
    """Return the raw values of CatBoost, or its probabilities for classes.

    Parameters
    ----------
    graph : Graph
    estimator : estimator
        Fitted.
    block : Block
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.json")
        estimator.save_model(str(path), format="json")
        facts = json.loads(path.read_text("utf-8"))
    if facts["features_info"].get("categorical_features"):
        raise StepError("encodes categories by their rows in training, which ONNX cannot hold")
    features = facts["features_info"]["float_features"]
    treatments = [feature["nan_value_treatment"] for feature in features]
    nested = facts.get("trees") or [_unfolded(tree) for tree in facts["oblivious_trees"]]
    rows = [_catboost_rows(root, treatments) for root in nested]
    scale, bias = facts["scale_and_bias"]
    trees = [_nested_tree(tree) for tree in rows]
    tensor = as_single(graph, block.name)
    if trees[0].value.ndim > 1:
        raw = sum_of_rows(graph, tensor, trees)
    else:
        raw = sum_of_trees(graph, tensor, trees, [0] * len(trees))
    raw = graph.add("Mul", raw, graph.constant(np.float64(scale)))
    raw = graph.add("Add", raw, graph.constant(np.reshape(bias, (1, -1)).astype(np.float64)))
    objective = estimator.get_all_params()["loss_function"].split(":")[0]
    return _finished(graph, raw, "catboost", objective, estimator)


def _unfolded(tree: Any) -> Any:
    """Return a symmetric tree as nested records; bit i of the place of a leaf is split i."""
    values = np.array(tree["leaf_values"])
    n_leaves = 2 ** len(tree["splits"] or [])
    values = values.reshape(n_leaves, -1)
    nodes: list[Any] = [
        {"value": row.tolist() if values.shape[1] > 1 else float(row[0])} for row in values
    ]
    # The last split has the highest bit, so that it stands at the root.
    for split in tree["splits"] or []:
        pairs = zip(nodes[::2], nodes[1::2], strict=True)
        nodes = [{"split": split, "left": below, "right": above} for below, above in pairs]
    return nodes[0]


def _catboost_rows(root: Any, treatments: Sequence[str]) -> list[dict[str, Any]]:
    """Return a row for each node of CatBoost's nested records, the root first."""

    def row_of(node: Any) -> dict[str, Any]:
        if "split" not in node:
            return {"value": node["value"]}
        feature = node["split"]["float_feature_index"]
        missing_left = treatments[feature] != "AsTrue"
        threshold = node["split"]["border"]
        return {"feature": feature, "threshold": threshold, "missing_left": missing_left}

    rows = _rows_of(root, row_of, ("left", "right"))
    width = next(np.size(row["value"]) for row in rows if "value" in row)
    if width > 1:
        for row in rows:
            row.setdefault("value", [0.0] * width)
    return rows


def _finished(graph: Graph, raw: str, package: str, objective: str, estimator: Any) -> str:
    """Return the probabilities of raw values, or the values themselves."""
    if objective in RAW_OBJECTIVES[package]:
        return raw
    if objective in CLASS_OBJECTIVES[package]:
        return probabilities_of(graph, raw, len(estimator.classes_))
    raise StepError(f"has the objective {objective!r}, which has no ONNX form here")
