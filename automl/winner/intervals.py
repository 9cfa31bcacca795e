"""Prediction intervals, from the errors on held-out rows."""

from math import ceil

import numpy as np
from numpy.typing import NDArray

from automl.errors import SettingsError
from automl.selection import Choice
from automl.selection.evidence import Evidence


def residuals(choice: Choice, evidence: Evidence) -> NDArray[np.float64]:
    """Return the absolute errors of a choice on held-out rows, sorted.

    They are none for classes, several targets and quantiles, which have no such intervals.

    Parameters
    ----------
    choice : Choice
    evidence : Evidence

    Returns
    -------
    ndarray of shape (n_rows,)
    """
    problem = evidence.problem
    is_mean = not problem.dataset.is_classification and problem.metric.quantile is None
    if not is_mean or not problem.averages:
        return np.empty(0)
    held_out = evidence.average(choice.members, np.array(choice.weights))
    predicted = np.concatenate([held_out[fold] for fold in range(len(evidence.folds))])
    return np.sort(np.abs(problem.dataset.y[evidence.rows] - predicted[:, 0]))


def half_width(residuals: NDArray[np.float64], coverage: float) -> float:
    """Return the distance within which a share of new targets should be predicted.

    Parameters
    ----------
    residuals : ndarray of shape (n_rows,)
        The absolute errors of predictions for held-out rows, sorted.
    coverage : float

    Raises
    ------
    SettingsError
        If there are no residuals, or too few for the coverage.
    """
    if not 0 < coverage < 1:
        raise SettingsError(f"expected a coverage between 0 and 1, got {coverage!r}")
    if not len(residuals):
        raise SettingsError(
            "intervals need one target, whose mean is predicted, and the predictions of a search. "
            "A pipeline that was selected by hand has none: take the estimator of the search. For "
            "quantiles as ends, fit AutoMLRegressor(scoring=Quantile([0.05, 0.95]))"
        )
    place = ceil((len(residuals) + 1) * coverage)
    if place > len(residuals):
        raise SettingsError(
            f"a coverage of {coverage} needs {ceil(coverage / (1 - coverage))} rows or more that "
            f"were held out, got {len(residuals)}; ask for less"
        )
    return float(residuals[place - 1])
