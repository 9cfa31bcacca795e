"""The protocol between the suite and a tool that it measures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.tasks.task import Kind

SCRIPT = "best.py"
"""The name of an exported script among the artifacts of an adapter."""

LABELS = "labels.json"
"""The name of the list of predicted labels that such a script has to give again."""


@dataclass(frozen=True)
class Settings:
    """The settings of a job."""

    # Told, not found out, so that no tool mistakes numbered classes for a regression.
    kind: Kind
    """The kind of prediction."""
    budget: float
    """The seconds that `fit` may take."""
    # The process is bound to so many cores, too: a tool that does not listen gains nothing.
    jobs: int
    """The cores that it may use."""
    seed: int
    """The seed of its randomness."""


@dataclass(frozen=True)
class Predictions:
    """The predictions of an adapter for the rows that were held out."""

    values: NDArray[np.float64]
    """Numbers of shape (n_rows,), or probabilities of shape (n_rows, n_classes)."""
    classes: list[Any]
    """The labels of the columns of the probabilities, in any order; none for a regression."""


class Adapter(Protocol):
    """A tool under measurement; it lives in a process of its own."""

    preparation: str
    """The preparation of the dataframe before the tool saw it."""

    def __init__(self, settings: Settings) -> None: ...

    def fit(self, X: pd.DataFrame, y: pd.Series[Any]) -> None:
        """Fit; these seconds are measured and should stay within the budget."""

    def predict(self, X: pd.DataFrame) -> Predictions:
        """Predict numbers or probabilities; these seconds are measured too."""

    def extras(self, X: pd.DataFrame, folder: Path) -> dict[str, Any]:
        """Return further facts for the journal, after the measured part.

        An adapter whose tool exports a script leaves it in the folder as `SCRIPT` and, for classes,
        the labels that were predicted for `X` as `LABELS`; the suite then runs the script and
        compares.

        Parameters
        ----------
        X : dataframe
            The features of the rows that were held out.
        folder : path
            An empty folder for artifacts.
        """
