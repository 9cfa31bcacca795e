"""The outputs of a model as columns of numbers, whatever it predicts."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.problem.labels import parts_of
from automl.winner.fitted import Fitted


@dataclass(frozen=True)
class Outputs:
    """The outputs of a model, in the order of their columns."""

    names: tuple[str, ...]
    """The target, its quantiles, or its classes; of two classes the second stands for both."""
    method: str
    """The method of a predictor that gives them."""
    sizes: tuple[int, ...]
    """The number of classes of each target; none for numbers."""

    def predicted(self, predictor: Any, frame: pd.DataFrame) -> NDArray[np.float64]:
        """Return what a predictor says of some rows.

        Parameters
        ----------
        predictor : Pipeline
        frame : DataFrame of shape (n_rows, n_columns)

        Returns
        -------
        ndarray of shape (n_rows, n_outputs)
        """
        predictions = getattr(predictor, self.method)(frame)
        parts = predictions if isinstance(predictions, list) else [predictions]
        if self.sizes:  # of two probabilities, one tells the other
            pairs = zip(parts, self.sizes, strict=True)
            parts = [part[:, 1:] if size == 2 else part for part, size in pairs]
        return np.hstack([np.reshape(part, (len(frame), -1)) for part in parts]).astype(float)


def outputs_of(fitted: Fitted) -> Outputs:
    """Return the outputs of what a fitted estimator predicts.

    Parameters
    ----------
    fitted : Fitted
    """
    target = fitted.names.target
    targets = [target] if isinstance(target, str) else target
    if fitted.classes is None:
        levels = fitted.script.levels if fitted.script else ()
        names = [f"{target} at {level:g}" for level in levels] if len(levels) > 1 else targets
        return Outputs(tuple(names), "predict", ())
    parts = parts_of(fitted.classes)
    several = len(targets) > 1
    names = [
        f"{target}: {label}" if several else str(label)
        for target, labels in zip(targets, parts, strict=True)
        for label in (labels[1:] if len(labels) == 2 else labels).tolist()
    ]
    return Outputs(tuple(names), "predict_proba", tuple(len(labels) for labels in parts))
