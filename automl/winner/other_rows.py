"""What predicts, fitted on other rows than those of the search: the same members and settings."""

import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone
from threadpoolctl import threadpool_limits

from automl.errors import DataError, SettingsError
from automl.pipelines.carried.frame import UnreadableError
from automl.problem.labels import classes_of, parts_of
from automl.report import structure_table
from automl.winner.fitted import Fitted
from automl.winner.script_facts import ScriptFacts, check_predictions


def fitted_on(
    fitted: Fitted,
    frame: pd.DataFrame,
    target: NDArray[Any],
    weights: NDArray[np.float64] | None,
    threads: int,
) -> Fitted:
    """Return what predicts, fitted on other rows.

    Settings, weights of members, rescaling, threshold and the reading of columns stay.

    Parameters
    ----------
    fitted : Fitted
    frame : DataFrame of shape (n_rows, n_columns)
        With the columns of fit.
    target : ndarray of shape (n_rows,) or (n_rows, n_outputs)
    weights : ndarray of shape (n_rows,) or None
    threads : int
        The most that a model may use.

    Raises
    ------
    DataError
        If the classes are others, or the pipelines cannot be fitted.
    SettingsError
        If weights do not go with what predicts.
    """
    script = fitted.script
    if script is None:
        raise SettingsError("nothing predicts after refit=False; fit best_pipeline_ yourself")
    if weights is not None:
        _check_takes_weights(fitted, script)
        counted = weights > 0  # the others are learnt by nobody
        frame, target, weights = frame[counted], target[counted], weights[counted]
    target = _target_of_fit(target, fitted)
    _check_readable(fitted.pipelines[0], frame)
    try:
        # As in the search: more threads sum in another order, which solvers amplify.
        with threadpool_limits({"blas": 1, "openmp": threads}), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pipelines = [_fitted(pipe, frame, target, weights) for pipe in fitted.pipelines]
    except Exception as error:
        raise DataError(
            f"what predicts cannot be fitted on these rows ({type(error).__name__}: {error}); "
            "give more or other rows, or fit a new search on them"
        ) from error
    refitted = replace(
        fitted,
        pipelines=tuple(pipelines),
        honest_score=None,
        residuals=np.empty(0),
        structure=structure_table([]),
        held_out=None,
        price=None,
        has_other_rows=True,
        script=replace(script, is_weighted=weights is not None, n_rows=len(frame), n_learnt=None),
    )
    places, values = check_predictions(refitted.predictor, frame, fitted.task)
    facts = replace(refitted.script, check_rows=places, check_values=values)  # type: ignore[type-var]
    return replace(refitted, script=facts)


def _check_takes_weights(fitted: Fitted, script: ScriptFacts) -> None:
    if script.rescaling is not None or script.tunes_threshold or fitted.threshold is not None:
        raise SettingsError(
            "sample_weight does not go with rescaled probabilities and decision thresholds, which "
            "this model has; leave the weights out, or give them to a search"
        )


def _target_of_fit(target: NDArray[Any], fitted: Fitted) -> NDArray[Any]:
    """Return a target in the type of that of fit.

    Raises
    ------
    DataError
        If its number of columns or its classes are others.
    """
    n_outputs = 1 if target.ndim == 1 else target.shape[1]
    if n_outputs != fitted.n_outputs:
        raise DataError(f"expected {fitted.n_outputs} target(s) as in fit, got {n_outputs}")
    if fitted.classes is None:
        return target
    classes, labels = parts_of(fitted.classes), parts_of(classes_of(target))
    for expected, actual in zip(classes, labels, strict=True):
        if not np.array_equal(expected, actual):
            raise DataError(
                f"expected the classes of fit, {expected.tolist()}, got {actual.tolist()}; rows of "
                "other classes, or without one of these, need a new search"
            )
    return target.astype(classes[0].dtype) if n_outputs == 1 else target


def _check_readable(pipeline: BaseEstimator, frame: pd.DataFrame) -> None:
    """Warn of cells that cannot be read, as predictions do."""
    try:
        clone(pipeline.steps[0][1]).fit(frame).transform(frame)
    except UnreadableError as error:
        raise DataError(f"{error}; write them as in training, or leave the cells empty") from error


def _fitted(
    pipeline: BaseEstimator,
    frame: pd.DataFrame,
    target: NDArray[Any],
    weights: NDArray[np.float64] | None,
) -> BaseEstimator:
    options = {} if weights is None else {f"{pipeline.steps[-1][0]}__sample_weight": weights}
    return clone(pipeline).fit(frame, target, **options)
