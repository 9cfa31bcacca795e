"""Predictions as JSON can hold them.

Labels and probabilities come of one pass through the pipeline where that gives the same as two:
cells are read once, and the probabilities of an ensemble decide its labels.
"""

import logging
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import VotingClassifier
from sklearn.model_selection import FixedThresholdClassifier

from automl.errors import AutoMLWarning, SettingsError
from automl.pipelines.carried.rescaling import RescaledClassifier
from automl.problem.labels import parts_of
from automl.serving.rows import SHOWN, Request
from automl.winner.default_output import default_output
from automl.winner.fitted import Fitted
from automl.winner.intervals import half_width
from automl.winner.new_rows import columns_of_fit, readable

COVERAGE = 0.9  # of intervals, unless a request says another
NOT_AS_IN_TRAINING = "are not as in training"  # of the warnings of `CellReader`
LOGGER = logging.getLogger("automl.serving")


class Predictions:
    """Answers to requests.

    Parameters
    ----------
    fitted : Fitted
    """

    def __init__(self, fitted: Fitted) -> None:
        self._fitted = fitted
        predictor: Any = fitted.predictor
        self._before, self._last = predictor[:-1], predictor.steps[-1][1]
        script = fitted.script
        levels = script.levels if script is not None else ()
        target = fitted.names.target
        # Several quantiles, or several targets, have a prediction each.
        self._names = None if isinstance(target, str) else list(target)
        if script is not None and isinstance(script.quantile, tuple):
            self._names = [str(level) for level in levels]

    def answer(self, request: Request) -> dict[str, Any]:
        """Return the content of an answer: predictions, and what is known of them.

        Parameters
        ----------
        request : Request

        Raises
        ------
        DataError
            If no cell of a column can be read.
        SettingsError
            If a coverage is asked for that the model cannot have.
        """
        with warnings.catch_warnings(record=True) as caught, default_output():
            warnings.simplefilter("always")
            content = self._content(request)
        sentences = []
        if request.unseen:
            names = list(request.unseen[:SHOWN])
            sentences.append(f"columns that fit has not seen are ignored: {names}")
        for warning in caught:
            text = str(warning.message)
            if isinstance(warning.message, AutoMLWarning) or NOT_AS_IN_TRAINING in text:
                sentences.append(text)
            else:
                LOGGER.info("%s: %s", warning.category.__name__, text)
        return {**content, "warnings": sentences} if sentences else content

    def has_intervals(self) -> bool:
        """Tell whether answers have intervals without being asked for them."""
        try:
            half_width(self._fitted.residuals, COVERAGE)
        except SettingsError:
            return False
        return True

    def _content(self, request: Request) -> dict[str, Any]:
        frame = columns_of_fit(request.frame, self._fitted)
        classes = self._fitted.classes
        if classes is None:
            return self._numbers(frame, request.coverage)
        if request.coverage is not None:
            raise SettingsError("this model has classes and no intervals; leave coverage out")
        with readable():
            values = self._before.transform(frame)
            probabilities = self._last.predict_proba(values)
            labels = labels_of(self._last, values, probabilities)
        return {
            "predictions": self._rows(labels),
            "probabilities": self._by_class(parts_of(classes), parts_of(probabilities)),
        }

    def _numbers(self, frame: pd.DataFrame, coverage: float | None) -> dict[str, Any]:
        """Return predictions of numbers, with intervals where there are such."""
        width = None
        if coverage is not None or self.has_intervals():
            width = half_width(self._fitted.residuals, COVERAGE if coverage is None else coverage)
        with readable():
            predicted = np.asarray(self._last.predict(self._before.transform(frame)))
        content: dict[str, Any] = {"predictions": self._rows(predicted)}
        if width is not None:
            ends = predicted.astype(np.float64)[:, None] + np.array([-width, width])
            content["intervals"] = in_json(ends)
            content["coverage"] = COVERAGE if coverage is None else coverage
        return content

    def _rows(self, predicted: NDArray[Any]) -> list[Any]:
        """Return a value for each row, or an object with one for each target or quantile."""
        if self._names is None:
            return in_json(predicted)
        return [dict(zip(self._names, row, strict=True)) for row in in_json(predicted)]

    def _by_class(
        self, classes: Sequence[NDArray[Any]], probabilities: Sequence[NDArray[Any]]
    ) -> list[dict[str, Any]]:
        """Return the probabilities of each row by class, or by target and class."""
        parts = [
            _objects([str(label) for label in labels.tolist()], in_json(values))
            for labels, values in zip(classes, probabilities, strict=True)
        ]
        if self._names is None:
            return parts[0]
        return _objects(self._names, zip(*parts, strict=True))


def labels_of(model: Any, values: Any, probabilities: Any) -> NDArray[Any]:
    """Return what a classifier predicts where its probabilities are there already.

    Parameters
    ----------
    model : classifier
        Fitted.
    values : array-like of shape (n_rows, n_columns)
    probabilities : ndarray of shape (n_rows, n_classes), or a list of such
        Those of the model for these values.
    """
    labels: NDArray[Any]
    if isinstance(model, FixedThresholdClassifier):  # of two classes, by the second
        labels = model.classes_[(probabilities[:, 1] >= model.threshold).astype(int)]
    elif isinstance(model, RescaledClassifier | VotingClassifier):
        labels = model.classes_[probabilities.argmax(axis=1)]
    else:  # such as a support vector machine, whose probabilities need not agree with its labels
        labels = np.asarray(model.predict(values))
    return labels


def in_json(values: Any) -> list[Any]:
    """Return the values of an array as JSON can hold them; what is not finite is null."""
    array = np.asarray(values)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        holes = ~np.isfinite(array)
        array = array.astype(object)
        array[holes] = None
    elements: list[Any] = array.tolist()
    return elements


def _objects(names: Sequence[str], rows: Any) -> list[dict[str, Any]]:
    return [dict(zip(names, row, strict=True)) for row in rows]
