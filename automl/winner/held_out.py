"""What the winner predicts for rows that its fits did not see, kept in memory for a report."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from automl.pipelines import Rescaling
from automl.selection import Choice
from automl.selection.evidence import Evidence
from automl.selection.rescaling import cross_rescaled


@dataclass(frozen=True, eq=False)
class HeldOutRows:
    """The held-out rows of the first draw of the folds; a row may come twice."""

    target: NDArray[np.float64]
    """Numbers, or the places of labels among the classes."""
    predictions: NDArray[np.float32]
    """Probabilities of shape (n_rows, n_classes), or numbers of shape (n_rows, n_outputs)."""
    weights: NDArray[np.float64] | None
    """The weights of the rows; None where all count the same."""


def held_out_rows(choice: Choice, rescaling: Rescaling | None, evidence: Evidence) -> HeldOutRows:
    """Return what a choice predicts for held-out rows.

    Parameters
    ----------
    choice : Choice
    rescaling : Rescaling or None
        Of its probabilities. The rows of a fold are rescaled by what the other folds say.
    evidence : Evidence
    """
    averages = evidence.average(choice.members, np.array(choice.weights))
    predictions = np.concatenate([averages[fold] for fold in range(len(evidence.folds))])
    if rescaling is not None:
        predictions = cross_rescaled(predictions, evidence).astype(np.float32)
    is_weighted = evidence.problem.dataset.sample_weight is not None
    weights = evidence.row_weights[evidence.rows] if is_weighted else None
    return HeldOutRows(evidence.target, predictions, weights)
