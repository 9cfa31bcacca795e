"""What the winner predicts for rows that its fits did not see, kept in memory for a report."""

from dataclasses import dataclass
from typing import Any

import joblib
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.outcome import HeldOut
from automl.selection import Choice
from automl.selection.evidence import Evidence

SAMPLED_ROWS = 2_000  # whose cells tell data apart: all cells of a large table take seconds


@dataclass(frozen=True, eq=False)
class RowPlaces:
    """The places of held-out rows in the data of the fit."""

    rows: NDArray[np.intp]
    """The position of each."""
    units: NDArray[np.intp]
    """The unit of each: its group, or else the row itself."""


@dataclass(frozen=True, eq=False)
class HeldOutRows:
    """The held-out rows of the first draw of the folds; a row may come twice."""

    target: NDArray[np.float64]
    """Numbers, or the places of labels among the classes."""
    predictions: HeldOut
    """Probabilities of shape (n_rows, n_classes), or numbers of shape (n_rows, n_outputs)."""
    weights: NDArray[np.float64] | None
    """The weights of the rows; None where all count the same."""
    places: RowPlaces | None = None
    """Where they stand in the data of the fit; None for a part of them."""


def held_out_rows(choice: Choice, evidence: Evidence) -> HeldOutRows:
    """Return what a choice predicts for held-out rows."""
    by_fold = choice.held_out(evidence)
    predictions = np.concatenate([by_fold[fold] for fold in range(len(evidence.folds))])
    is_weighted = evidence.problem.dataset.sample_weight is not None
    weights = evidence.row_weights[evidence.rows] if is_weighted else None
    places = RowPlaces(evidence.rows, evidence.units[evidence.rows])
    return HeldOutRows(evidence.target, predictions, weights, places)


def rows_digest(cells: pd.DataFrame, y: NDArray[Any]) -> str:
    """Return a fingerprint of rows, by which those of the fit are known again.

    Parameters
    ----------
    cells : DataFrame of shape (n_rows, n_columns)
        As `Columns.read` gives them.
    y : ndarray of shape (n_rows,) or (n_rows, n_outputs)
    """
    sample = np.linspace(0, len(cells) - 1, min(len(cells), SAMPLED_ROWS)).astype(int)
    parts = (cells.iloc[sample], pd.DataFrame(y))
    hashes = [pd.util.hash_pandas_object(part, index=False).to_numpy() for part in parts]
    return str(joblib.hash([len(cells), list(cells.columns), *hashes]))
