"""Rows with a target and predictions for them: held-out rows of the fit, or new ones."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from automl.errors import DataError, SettingsError
from automl.evaluation.held_out import CachingPredictor
from automl.problem.arrays import read_weights
from automl.problem.dataset import as_frame
from automl.problem.labels import Classes, by_target, parts_of
from automl.problem.metric import PROBABILITY_SCORES, Metric
from automl.winner.default_output import default_output
from automl.winner.fitted import Fitted
from automl.winner.held_out import rows_digest
from automl.winner.new_rows import with_names


@dataclass(frozen=True, eq=False)
class ScoredRows:
    """Rows with a target and predictions for them."""

    places: NDArray[np.intp]
    """The position of each among the rows that were given; a row may come twice."""
    y: NDArray[Any]
    """The target: labels or numbers."""
    predictions: NDArray[Any]
    """Probabilities of shape (n_rows, n_classes), or numbers of shape (n_rows, n_outputs)."""
    weights: NDArray[np.float64] | None
    """The weights of the rows; None where all count the same."""
    units: NDArray[np.intp]
    """What resampling draws as a whole: a group of the fit, or else the row."""


def are_of_fit(fitted: Fitted, X: Any, target: NDArray[Any]) -> bool:
    """Tell whether rows are those of the fit, in their order.

    Parameters
    ----------
    fitted : Fitted
        A loaded model does not know them.
    X : dataframe or array-like of shape (n_rows, n_columns)
    target : ndarray of shape (n_rows,) or (n_rows, n_outputs)
        As `read_target` gives it.
    """
    origin, frame = fitted.search.origin, with_names(as_frame(X), fitted.names)
    if origin is None or not set(fitted.columns.names) <= set(frame):
        return False
    return rows_digest(fitted.columns.read(frame), target) == origin.rows_digest


def held_out_scored(fitted: Fitted, target: NDArray[Any]) -> ScoredRows:
    """Return the held-out rows of the fit.

    Parameters
    ----------
    fitted : Fitted
    target : ndarray of shape (n_rows,) or (n_rows, n_outputs)
        That of the fit.

    Raises
    ------
    SettingsError
        If their predictions are not there.
    """
    rows = fitted.held_out
    if rows is None or rows.places is None:
        raise SettingsError(
            "expected rows that the search has not seen, got those of the fit, for which this "
            "model holds no held-out predictions; give new rows, or the estimator that was fitted"
        )
    places = rows.places
    y = target[places.rows]
    predictions = _decided(rows.predictions, fitted)
    return ScoredRows(places.rows, y, predictions, rows.weights, places.units)


def new_scored(
    search: Any, metric: Metric, X: Any, target: NDArray[Any], sample_weight: ArrayLike | None
) -> ScoredRows:
    """Return new rows with what a fitted estimator predicts for them.

    Parameters
    ----------
    search : AutoMLClassifier or AutoMLRegressor
    metric : Metric
        Where it tunes a threshold, labels are predicted and not probabilities.
    X : dataframe or array-like of shape (n_rows, n_columns)
    target : ndarray of shape (n_rows,) or (n_rows, n_outputs)
    sample_weight : array-like of shape (n_rows,) or None

    Raises
    ------
    DataError
        If the target has labels that the fit has not seen.
    """
    fitted: Fitted = search._fitted
    frame = search._frame(X)
    predictor = CachingPredictor(search.ensemble_, fitted.classes)
    with default_output():
        # Which class a row is of depends on the threshold, and a probability does not show it.
        predictions = predictor.predictions(frame, labels=metric.threshold is not None)
    weights = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    rows = np.arange(len(frame))
    return ScoredRows(rows, target, _decided(predictions, fitted), weights, rows)


def _decided(predictions: NDArray[Any], fitted: Fitted) -> NDArray[Any]:
    """Return probabilities as scores take them: of labels, as those that a threshold decides."""
    if fitted.threshold is None or fitted.metric in PROBABILITY_SCORES:
        return predictions
    is_second = predictions[:, 1] >= fitted.threshold.value
    return np.column_stack([~is_second, is_second]).astype(predictions.dtype)


def check_rows(
    fitted: Fitted, X: Any, target: NDArray[Any], sample_weight: ArrayLike | None
) -> None:
    """Raise an error if rows cannot be scored.

    Parameters
    ----------
    fitted : Fitted
    X : dataframe or array-like of shape (n_rows, n_columns)
    target : ndarray of shape (n_rows,) or (n_rows, n_outputs)
    sample_weight : array-like of shape (n_rows,) or None

    Raises
    ------
    DataError
        If there are none, their numbers differ, labels are new, or weights are none.
    """
    if isinstance(sample_weight, str):
        raise DataError(
            f"expected sample_weight with a weight for each row, got the name {sample_weight!r}"
        )
    n_rows = {"X": len(as_frame(X)), "y": len(target)}
    if sample_weight is not None:
        n_rows["sample_weight"] = len(read_weights(sample_weight))
    if len(set(n_rows.values())) > 1 or not n_rows["X"]:
        raise DataError(f"expected as many rows in each, and at least one, got {n_rows}")
    if fitted.classes is not None:
        _check_labels(target, fitted.classes)


def _check_labels(target: NDArray[Any], classes: Classes) -> None:
    for labels, expected in zip(by_target(target), parts_of(classes), strict=True):
        if unknown := sorted(set(labels.tolist()) - set(expected.tolist()), key=str)[:5]:
            raise DataError(
                f"expected labels of the fit, {expected.tolist()[:5]}, got {unknown} besides; "
                "drop these rows"
            )
