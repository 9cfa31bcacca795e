"""A fitted pipeline as nodes: what stands around other estimators here, single steps elsewhere.

::

    Frame (a block a column) ──ColumnTransformer──► Block ──step──► Block ──model──► predictions
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

import numpy as np
from sklearn.base import is_classifier

from automl.onnx import boosters, curves, decisions, forests, kernels, numbers, targets, texts
from automl.onnx.graph import Block, Graph
from automl.onnx.library import converted
from automl.onnx.outputs import mean_of, pair_of, probabilities_of, shares_of
from automl.onnx.refusal import Refusals, StepError, check_classes, within
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
    return _through(graph, pipeline.steps, flow)


def _through(graph: Graph, steps: Sequence[tuple[str, Any]], flow: Flow) -> Flow:
    """Return what transformers make of their input, one after the other."""
    for name, step in steps:
        if step != "passthrough":
            with within(name):
                flow = transformed(graph, step, flow)
    return flow


def _columns(graph: Graph, transformer: Any, flow: Flow) -> Block:
    assert not isinstance(flow, Block)
    parts, refusals = [], Refusals()
    for name, step, columns in transformer.transformers_:
        if step == "drop" or not len(columns):
            continue
        with refusals.collected(name):
            if absent := [column for column in columns if column not in flow]:
                raise StepError(f"reads dates or free text, the columns {absent}")
            block: Flow = graph.concat([flow[column] for column in columns])
            parts.append(block if step == "passthrough" else transformed(graph, step, block))
    refusals.raise_any()
    return graph.concat([_block(graph, part) for part in parts])


def _union(graph: Graph, union: Any, flow: Flow) -> Block:
    parts, refusals = [], Refusals()
    for name, step in union.transformer_list:
        with refusals.collected(name):
            parts.append(_block(graph, transformed(graph, step, flow)))
    refusals.raise_any()
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
    flow = _through(graph, steps, flow)
    with within(name):
        return predicted(graph, model, flow)


def _voting(graph: Graph, ensemble: Any, flow: Flow) -> str:
    tensors, refusals = [], Refusals()
    for name, member in zip(ensemble.named_estimators_, ensemble.estimators_, strict=True):
        with refusals.collected(name):
            tensors.append(predicted(graph, member, flow))
    refusals.raise_any()
    return mean_of(graph, tensors, ensemble.weights)


def _fold_bagging(graph: Graph, bagging: Any, flow: Flow) -> str:
    check_classes(bagging, bagging.pipelines_)
    tensors = [predicted(graph, pipeline, flow) for pipeline in bagging.pipelines_]
    return mean_of(graph, tensors)


def _bagging(graph: Graph, bagging: Any, flow: Flow) -> str:
    check_classes(bagging, bagging.estimators_)
    block, tensors = _block(graph, flow), []
    for member, places in zip(bagging.estimators_, bagging.estimators_features_, strict=True):
        if is_classifier(bagging) and not hasattr(member, "predict_proba"):
            raise StepError("has members that vote")
        columns = Block(graph.columns(block.name, places), len(places))
        tensors.append(predicted(graph, member, columns))
    return mean_of(graph, tensors)


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
    block, members = _block(graph, flow), classifier.calibrated_classifiers_
    tensors = [_calibrated_member(graph, member, block) for member in members]
    return mean_of(graph, tensors)


def _calibrated_member(graph: Graph, member: Any, block: Block) -> str:
    is_pair = len(member.classes) == 2
    decision = decisions.decision(graph, member.estimator, block)
    scores = predicted(graph, member.estimator, block) if decision is None else decision
    if member.method == "temperature":
        if decision is None:
            scores = targets.logarithm(graph, scores)
        elif is_pair:
            scores = graph.add("Concat", graph.add("Neg", scores), scores, axis=1)
        return targets.temper(graph, member.calibrators[0], scores)
    if is_pair:
        second = graph.columns(scores, [1]) if decision is None else scores
        return pair_of(graph, targets.calibrate(graph, member.calibrators[0], second))
    parts = [
        targets.calibrate(graph, calibrator, graph.columns(scores, [place]))
        for place, calibrator in enumerate(member.calibrators)
    ]
    return shares_of(graph, parts)


def _by_decision(graph: Graph, model: Any, block: Block) -> str:
    """Return probabilities by the logistic function or softmax of a decision function."""
    scores = decisions.decision(graph, model, block)
    assert scores is not None
    return probabilities_of(graph, scores, len(model.classes_))


def _projected(graph: Graph, transformer: Any, block: Block) -> Block:
    return numbers.project(graph, transformer.transform, block)


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
    "StandardScaler": numbers.scale,
    "RobustScaler": numbers.scale,
    "MinMaxScaler": numbers.scale,
    "MaxAbsScaler": numbers.scale,
    "KernelScaler": kernels.scale_kernel,
    "PairFeatures": numbers.pair,
    "Normalizer": numbers.normalize,
    "SquashingScaler": numbers.squash,
    "GroupStatistics": numbers.compare_groups,
    "RowStatistics": numbers.sum_up,
    "PLSScores": _projected,
    "FastICA": _projected,
    "DiscriminantScores": _projected,
    "RandomTreesEmbedding": forests.embedding,
    "QuantileTransformer": curves.rank,
    "SplineTransformer": curves.spline,
    "KBinsDiscretizer": curves.bin_up,
    "Nystroem": kernels.compare_rows,
    "KMeans": kernels.distances,
    "RBFSampler": kernels.sample_waves,
    "FeatureAgglomeration": numbers.pool,
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
    "HistGradientBoostingClassifier": _by_decision,
    "HistGradientBoostingRegressor": boosters.hist_gradient_boosting,
    "LGBMModel": boosters.lightgbm,
    "XGBModel": boosters.xgboost,
    "CatBoost": boosters.catboost,
    "BaseForest": forests.forest,
    "BaseDecisionTree": forests.forest,
    "LinearDiscriminantAnalysis": _by_decision,
    "QuadraticDiscriminantAnalysis": _by_decision,
    "PLSRegression": _least_squares,
    "SVR": decisions.machine,
    "NuSVR": decisions.machine,
    "AdaBoostClassifier": forests.ada_boost,
    "GradientBoostingClassifier": _by_decision,
    "GradientBoostingRegressor": forests.gradient_boosting,
}
