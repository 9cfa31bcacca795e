"""What predicts, written as an ONNX model after it was compared with Python."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import is_classifier

from automl.errors import AutoMLError, DataError, SettingsError
from automl.files import check_writable, write_whole
from automl.onnx.graph import Graph, Kind, plain
from automl.onnx.inputs import LABEL, PREDICTION, PROBABILITIES, Inputs, tensors_of
from automl.onnx.session import check_packages, run
from automl.onnx.steps import predicted
from automl.outcome import cause_of
from automl.pipelines import Columns
from automl.winner.fitted import Fitted
from automl.winner.new_rows import readable

# Of a probability, or of the range of predicted numbers: packages that sum in floats differ by a
# thousandth of it, and a wrong converter by far more.
MOST = 1e-3


@dataclass(frozen=True)
class OnnxExport:
    """The inputs of an ONNX model, and how far it is from the Python that it was made of.

    Examples
    --------
    >>> print(OnnxExport(2.2e-16, 150, 0, {"age": "number"}))
    ONNX and Python differ by 2.2e-16 at most on 150 rows.
    """

    largest_difference: float
    """The largest difference of a probability, or of a predicted number."""
    n_rows: int
    """The rows on which it was measured."""
    n_other_labels: int
    """The rows for which the label is another."""
    inputs: Mapping[str, Kind]
    """The names of the inputs, each of shape (n_rows, 1), and their kinds: "number" or "text"."""

    def __str__(self) -> str:
        labels = f"; {self.n_other_labels:,} labels differ" if self.n_other_labels else ""
        rows = "1 row" if self.n_rows == 1 else f"{self.n_rows:,} rows"
        return f"ONNX and Python differ by {self.largest_difference:.2g} at most on {rows}{labels}."


class DifferenceError(SettingsError):
    """An ONNX model would predict something else than Python."""

    def __init__(self, export: OnnxExport, bound: float) -> None:
        self.export, self.bound = export, bound
        super().__init__(
            f"no ONNX model is written, for it would predict something else. {export} At most "
            f"{bound:.2g} was expected; use search.export(...) or automl serve instead"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.export, self.bound)


def export_onnx(fitted: Fitted, frame: pd.DataFrame, path: str | os.PathLike[str]) -> OnnxExport:
    """Write what predicts as an ONNX model, if it predicts the same for some rows.

    Parameters
    ----------
    fitted : Fitted
    frame : DataFrame of shape (n_rows, n_columns)
        The rows on which the model is compared with Python.
    path : path

    Raises
    ------
    DataError, FileError, SettingsError
        If there are no rows, the file cannot be written, a package is missing, a step has no ONNX
        form, or the model predicts something else.
    """
    check_packages()
    check_writable(path)
    if not len(frame):
        raise DataError("expected one row or more to compare the ONNX model on, got 0")
    if fitted.n_outputs > 1 or (fitted.script is not None and len(fitted.script.levels) > 1):
        raise SettingsError(
            "an ONNX model predicts one target, and this predicts several numbers or labels; use "
            "search.export(...) or automl serve"
        )
    with _explained(), readable():
        model, export = model_of(fitted.predictor, fitted.columns, frame)
    write_whole(path, model)
    return export


@contextmanager
def _explained() -> Iterator[None]:
    """Say errors of the packages in a sentence, such as those of a model of more than 2 GiB."""
    try:
        yield
    except AutoMLError:
        raise
    except Exception as error:
        raise SettingsError(
            f"the ONNX model cannot be made: {cause_of(error)[:200]}; use search.export(...) or "
            "automl serve instead"
        ) from error


def model_of(predictor: Any, columns: Columns, frame: pd.DataFrame) -> tuple[bytes, OnnxExport]:
    """Return the bytes of an ONNX model that predicts as a fitted pipeline does.

    Parameters
    ----------
    predictor : Pipeline
        Its first step reads the cells.
    columns : Columns
    frame : DataFrame of shape (n_rows, n_columns)
        The rows on which both are compared.

    Raises
    ------
    SettingsError
        If a step has no ONNX form, or the model predicts something else.
    """
    _, *steps = predictor.steps
    graph = Graph()
    inputs = Inputs(graph, columns)
    tensor = predicted(graph, type(predictor)(steps), inputs)
    if not is_classifier(predictor):
        vector = graph.add("Reshape", tensor, graph.constant([-1]))
        graph.output(PREDICTION, vector, np.dtype(np.float64), None)
        notes = {}
    else:
        classes = np.asarray(predictor.classes_)
        _add_labels(graph, tensor, classes, _threshold_of(steps))
        notes = {"classes": json.dumps(classes.tolist())}
    notes["inputs"] = json.dumps(inputs.used)
    model = graph.model(notes)
    return model, _compared(model, predictor, columns, frame, inputs.used)


def _threshold_of(steps: Sequence[tuple[str, Any]]) -> float | None:
    """Return the probability from which a row is of the second class, if it was set or tuned."""
    model = steps[-1][1]
    if hasattr(model, "best_threshold_"):
        return float(model.best_threshold_)
    is_fixed = type(model).__name__ == "FixedThresholdClassifier"
    return float(model.threshold) if is_fixed else None


def _add_labels(
    graph: Graph, probabilities: str, classes: NDArray[Any], threshold: float | None
) -> None:
    if threshold is None:
        place = graph.add("ArgMax", probabilities, axis=1, keepdims=0)
    else:
        second = graph.columns(probabilities, [1])
        is_second = graph.add("GreaterOrEqual", second, graph.constant(np.float64(threshold)))
        place = graph.add("Reshape", graph.cast(is_second, np.int64), graph.constant([-1]))
    labels = plain(classes)  # a label of 8 bits leaves as one of 64
    graph.output(LABEL, graph.add("Gather", graph.constant(labels), place), labels.dtype, None)
    graph.output(PROBABILITIES, probabilities, np.dtype(np.float64), len(classes))


def _compared(
    model: bytes,
    predictor: Any,
    columns: Columns,
    frame: pd.DataFrame,
    kinds: Mapping[str, Kind],
) -> OnnxExport:
    """Compare a model with Python.

    Raises
    ------
    DifferenceError
        If they differ.
    """
    tensors = tensors_of(frame, columns, kinds)
    if is_classifier(predictor):
        labels, values = run(model, tensors, (LABEL, PROBABILITIES))
        expected, bound = predictor.predict_proba(frame), MOST
        n_other = int(np.sum(labels != predictor.predict(frame)))
    else:
        (values,) = run(model, tensors, (PREDICTION,))
        expected = np.reshape(predictor.predict(frame), -1)
        bound, n_other = MOST * float(np.ptp(expected) or np.abs(expected).max()), 0
    difference = float(np.max(np.abs(values - expected)))
    export = OnnxExport(difference, len(frame), n_other, dict(kinds))
    if not difference <= bound:  # NaN is none, either
        raise DifferenceError(export, bound)
    return export
