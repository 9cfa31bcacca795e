"""A fitted pipeline as nodes: what stands around other estimators here, single steps elsewhere.

::

    Frame (a block a column) ──ColumnTransformer──► Block ──step──► Block ──model──► predictions
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

import numpy as np
from sklearn.base import is_classifier

from automl.onnx import boosters, forests, numbers, targets, texts
from automl.onnx.graph import Block, Graph
from automl.onnx.library import converted
from automl.onnx.outputs import mean_of, pair_of, probabilities_of
from automl.onnx.refusal import StepError, within
from automl.pipelines.operators.operator import PACKAGES

Frame: TypeAlias = Mapping[str, Block]
Flow: TypeAlias = Frame | Block
Entry = TypeVar("Entry")


def transformed(graph: Graph, estimator: Any, flow: Flow) -> Flow:
    """Return what a fitted transformer makes of its input.

    Parameters
    ----------
    graph : Graph
    estimator : transformer
    flow : Block or mapping of str to Block

    Raises
    ------
    StepError
        If a step has no ONNX form.
    """
    around = _entry(AROUND, estimator)
    if around is not None:
        return around(graph, estimator, flow)
    block = _block(graph, flow)
    own = _entry(TRANSFORMERS, estimator)
    if own is not None:
        return own(graph, estimator, block)
    if block.kind == "text":
        raise StepError(f"({type(estimator).__name__}) takes texts")
    if own_class := _own_class(estimator):
        raise StepError(f"({own_class}) has no converter")
    name = converted(graph, estimator, block)
    return Block(name, len(estimator.get_feature_names_out()))


def predicted(graph: Graph, estimator: Any, flow: Flow) -> str:
    """Return probabilities of shape (n_rows, n_classes), or numbers of (n_rows, 1).

    Parameters
    ----------
    graph : Graph
    estimator : classifier or regressor
        Fitted.
    flow : Block or mapping of str to Block

    Raises
    ------
    StepError
        If a step has no ONNX form.
    """
    around = _entry(MODELS_AROUND, estimator)
    if around is not None:
        return around(graph, estimator, flow)
    block = _block(graph, flow)
    own = _entry(MODELS, estimator)
    if own is not None:
        return own(graph, estimator, block)
    if own_class := _own_class(estimator):
        raise StepError(f"({own_class}) has no converter")
    outcome = converted(graph, estimator, block)
    # Regressors of skl2onnx give a column or a vector.
    column = graph.constant([-1, 1])
    return outcome if is_classifier(estimator) else graph.add("Reshape", outcome, column)


def _entry(table: Mapping[str, Entry], estimator: Any) -> Entry | None:
    """Return the entry of an estimator's class, or of one that it derives from."""
    for class_ in type(estimator).__mro__:
        if class_.__name__ in table and class_.__module__.split(".")[0] in PACKAGES:
            return table[class_.__name__]
    return None


def _own_class(estimator: Any) -> str | None:
    """Return the name of a class that skl2onnx cannot know."""
    class_ = type(estimator)
    return None if class_.__module__.startswith("sklearn.") else class_.__name__


def _block(graph: Graph, flow: Flow) -> Block:
    return flow if isinstance(flow, Block) else graph.concat(list(flow.values()))


def _pipeline(graph: Graph, pipeline: Any, flow: Flow) -> Flow:
    for name, step in pipeline.steps:
        if step != "passthrough":
            with within(name):
                flow = transformed(graph, step, flow)
    return flow


def _columns(graph: Graph, transformer: Any, flow: Flow) -> Block:
    assert not isinstance(flow, Block)
    parts = []
    for name, step, columns in transformer.transformers_:
        if step == "drop" or not len(columns):
            continue
        with within(name):
            if absent := [column for column in columns if column not in flow]:
                raise StepError(f"reads dates or free text, the columns {absent}")
            block: Flow = graph.concat([flow[column] for column in columns])
            parts.append(block if step == "passthrough" else transformed(graph, step, block))
    return graph.concat([_block(graph, part) for part in parts])


def _union(graph: Graph, union: Any, flow: Flow) -> Block:
    parts = []
    for name, step in union.transformer_list:
        with within(name):
            parts.append(_block(graph, transformed(graph, step, flow)))
    return graph.concat(parts)


def _out_of_fold(graph: Graph, stack: Any, flow: Flow) -> Block:
    predictions = predicted(graph, stack.estimator_, flow)
    if not is_classifier(stack.estimator_):
        return Block(predictions, 1)
    n_classes = len(stack.estimator_.classes_)
    if n_classes == 2:  # one tells the other
        return Block(graph.columns(predictions, [1]), 1)
    return Block(predictions, n_classes)


def _as_is(graph: Graph, step: Any, flow: Flow) -> Flow:
    return flow


def _pipeline_model(graph: Graph, pipeline: Any, flow: Flow) -> str:
    *steps, (name, model) = pipeline.steps
    for step_name, step in steps:
        with within(step_name):
            flow = transformed(graph, step, flow)
    with within(name):
        return predicted(graph, model, flow)


def _voting(graph: Graph, ensemble: Any, flow: Flow) -> str:
    tensors = []
    for name, member in zip(ensemble.named_estimators_, ensemble.estimators_, strict=True):
        with within(name):
            tensors.append(predicted(graph, member, flow))
    return mean_of(graph, tensors, ensemble.weights)


def _fold_bagging(graph: Graph, bagging: Any, flow: Flow) -> str:
    for pipeline in bagging.pipelines_:
        if is_classifier(bagging) and len(pipeline.classes_) < len(bagging.classes_):
            raise StepError("has members that have not seen all classes")
    tensors = [predicted(graph, pipeline, flow) for pipeline in bagging.pipelines_]
    return mean_of(graph, tensors, [1.0] * len(tensors))


def _bagging(graph: Graph, bagging: Any, flow: Flow) -> str:
    block, tensors = _block(graph, flow), []
    for member, places in zip(bagging.estimators_, bagging.estimators_features_, strict=True):
        if is_classifier(bagging) and len(member.classes_) < len(bagging.classes_):
            raise StepError("has members that have not seen all classes")
        if is_classifier(bagging) and not hasattr(member, "predict_proba"):
            raise StepError("has members that vote")
        columns = Block(graph.columns(block.name, places), len(places))
        tensors.append(predicted(graph, member, columns))
    return mean_of(graph, tensors, [1.0] * len(tensors))


def _rescaled(graph: Graph, classifier: Any, flow: Flow) -> str:
    probabilities = predicted(graph, classifier.estimator_, flow)
    # The same small number as in `RescaledClassifier`.
    logs = graph.add("Log", graph.add("Add", probabilities, graph.constant(1e-4)))
    scaled = graph.add("Mul", logs, graph.constant(np.float64(classifier.slope)))
    shifts = graph.constant(np.asarray(classifier.shifts, np.float64)[None, :])
    return graph.add("Softmax", graph.add("Add", scaled, shifts), axis=1)


def _inside(graph: Graph, estimator: Any, flow: Flow) -> str:
    """Return the predictions of what a threshold stands around; labels are made at the end."""
    return predicted(graph, estimator.estimator_, flow)


def _transformed_target(graph: Graph, regressor: Any, flow: Flow) -> str:
    tensor = predicted(graph, regressor.regressor_, flow)
    return targets.inverse(graph, regressor.transformer_, tensor)


def _calibrated(graph: Graph, classifier: Any, flow: Flow) -> str:
    block, tensors = _block(graph, flow), []
    n_classes = len(classifier.classes_)
    for member in classifier.calibrated_classifiers_:
        scores = _scores(graph, member.estimator, block)
        parts = [
            targets.calibrate(
                graph, calibrator, scores if n_classes == 2 else graph.columns(scores, [place])
            )
            for place, calibrator in enumerate(member.calibrators)
        ]
        if n_classes == 2:
            tensors.append(pair_of(graph, parts[0]))
            continue
        joined = graph.add("Concat", *parts, axis=1)
        total = graph.add("ReduceSum", joined, graph.constant([1]), keepdims=1)
        tensors.append(graph.add("Div", joined, total))
    return mean_of(graph, tensors, [1.0] * len(tensors))


def _scores(graph: Graph, model: Any, block: Block) -> str:
    """Return what is calibrated: a decision function, or else probabilities."""
    if type(model).__name__ in ("SVC", "NuSVC"):
        scores = converted(graph, model, block, is_decision=True)
        return graph.columns(scores, [1]) if len(model.classes_) == 2 else scores
    if hasattr(model, "coef_") and hasattr(model, "decision_function"):
        return _linear(graph, model, block)
    if hasattr(model, "decision_function"):
        raise StepError(f"calibrates the decision function of {type(model).__name__}")
    probabilities = predicted(graph, model, block)
    is_pair = len(model.classes_) == 2
    return graph.columns(probabilities, [1]) if is_pair else probabilities


def _linear(graph: Graph, model: Any, block: Block) -> str:
    """Return the decision function of a linear model."""
    product = graph.add("MatMul", block.name, graph.constant(np.asarray(model.coef_, float).T))
    offset = np.asarray(model.intercept_, np.float64).reshape(1, -1)
    return graph.add("Add", product, graph.constant(offset))


def _hist_model(graph: Graph, model: Any, block: Block) -> str:
    raw = boosters.hist_gradient_boosting(graph, model, block)
    return probabilities_of(graph, raw, len(model.classes_)) if is_classifier(model) else raw


def _discriminant(graph: Graph, model: Any, block: Block) -> str:
    return probabilities_of(graph, _linear(graph, model, block), len(model.classes_))


def _projected(graph: Graph, transformer: Any, block: Block) -> Block:
    return numbers.project(graph, transformer.transform, block)


def _refused(graph: Graph, transformer: Any, block: Block) -> Block:
    # The converter of skl2onnx takes minutes for a column.
    raise StepError(f"({type(transformer).__name__}) has no converter that is quick enough")


def _least_squares(graph: Graph, model: Any, block: Block) -> str:
    return numbers.project(graph, model.predict, block).name


AROUND: dict[str, Callable[[Graph, Any, Flow], Flow]] = {
    "Pipeline": _pipeline,
    "ColumnTransformer": _columns,
    "FeatureUnion": _union,
    "OutOfFold": _out_of_fold,
    "ColumnNumberer": _as_is,
}
TRANSFORMERS: dict[str, Callable[[Graph, Any, Block], Block]] = {
    "OneHotEncoder": texts.encode,
    "OrdinalEncoder": texts.encode,
    "TargetEncoder": texts.encode,
    "CountEncoder": texts.encode,
    "CategoryEncoder": texts.encode,
    "CategoryCrosser": texts.cross,
    "SimpleImputer": numbers.impute,
    "FunctionTransformer": numbers.indicate,
    "SelectorMixin": numbers.select,
    "KernelScaler": numbers.scale_kernel,
    "PairFeatures": numbers.pair,
    "SquashingScaler": numbers.squash,
    "GroupStatistics": numbers.compare_groups,
    "RowStatistics": numbers.sum_up,
    "PLSScores": _projected,
    "FastICA": _projected,
    "DiscriminantScores": _projected,
    "RandomTreesEmbedding": forests.embedding,
    "QuantileTransformer": _refused,
}
MODELS_AROUND: dict[str, Callable[[Graph, Any, Flow], str]] = {
    "Pipeline": _pipeline_model,
    "VotingClassifier": _voting,
    "VotingRegressor": _voting,
    "FoldBaggingClassifier": _fold_bagging,
    "FoldBaggingRegressor": _fold_bagging,
    "BaggingClassifier": _bagging,
    "BaggingRegressor": _bagging,
    "RescaledClassifier": _rescaled,
    "FixedThresholdClassifier": _inside,
    "TunedThresholdClassifierCV": _inside,
    "TransformedTargetRegressor": _transformed_target,
    "CalibratedClassifierCV": _calibrated,
}
MODELS: dict[str, Callable[[Graph, Any, Block], str]] = {
    "HistGradientBoostingClassifier": _hist_model,
    "HistGradientBoostingRegressor": _hist_model,
    "LGBMModel": boosters.lightgbm,
    "XGBModel": boosters.xgboost,
    "CatBoost": boosters.catboost,
    "BaseForest": forests.forest,
    "BaseDecisionTree": forests.forest,
    "LinearDiscriminantAnalysis": _discriminant,
    "PLSRegression": _least_squares,
    "AdaBoostClassifier": forests.ada_boost,
    "BaseGradientBoosting": forests.gradient_boosting,
}
