"""What the winner predicts for rows that its fits did not see, kept in memory for a report."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from automl.selection import Choice
from automl.selection.evidence import Evidence


@dataclass(frozen=True, eq=False)
class HeldOutRows:
    """The held-out rows of the first draw of the folds; a row may come twice."""

    target: NDArray[np.float64]
    """Numbers, or the places of labels among the classes."""
    predictions: NDArray[np.float32]
    """Probabilities of shape (n_rows, n_classes), or numbers of shape (n_rows, n_outputs)."""
    weights: NDArray[np.float64] | None
    """The weights of the rows; None where all count the same."""


def held_out_rows(choice: Choice, evidence: Evidence) -> HeldOutRows:
    """Return what a choice predicts for held-out rows."""
    by_fold = choice.held_out(evidence)
    predictions = np.concatenate([by_fold[fold] for fold in range(len(evidence.folds))])
    is_weighted = evidence.problem.dataset.sample_weight is not None
    weights = evidence.row_weights[evidence.rows] if is_weighted else None
    return HeldOutRows(evidence.target, predictions, weights)
