"""Probabilities that come true: another scale for them, where held-out rows say that it helps."""

from dataclasses import replace
from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from automl.pipelines import Rescaling
from automl.selection.evidence import Evidence, standard_error
from automl.selection.honesty import RESCALED_ROWS, Choice
from automl.selection.measure import EPSILON, Numbers

OFFSET = 1e-4  # of probabilities, as in `RescaledClassifier`: forests are sure of much
LEAST_SLOPE = 0.05  # the order of probabilities is kept
CERTAINTY = 2.0  # standard errors by which rescaled probabilities have to be better
DIGITS = 6  # that are enough of a slope or shift


def calibrated(choice: Choice, evidence: Evidence) -> tuple[Choice, Rescaling | None]:
    """Rescale the probabilities of a choice, if that makes them better.

    Slope and shifts are found on the other folds before the rows of a fold are judged. They help if
    the log loss falls by two standard errors or more, and the metric is not worse.

    Parameters
    ----------
    choice : Choice
        Of a classification.
    evidence : Evidence

    Returns
    -------
    Choice
        With what its units add to the score after that.
    Rescaling or None
        None if nothing is gained. Nor is anything rescaled with sample weights: these are not the
        frequencies that probabilities are about.

    References
    ----------
    Platt, J. (1999). Probabilistic outputs for support vector machines. Advances in Large Margin
    Classifiers. For more than two classes as one slope and a shift for each: Guo, C. and others
    (2017). On calibration of modern neural networks. ICML 34.
    """
    if evidence.problem.dataset.sample_weight is not None or len(evidence.folds) < 2:
        return choice, None
    held = evidence.average(choice.members, np.array(choice.weights))
    codes = evidence.target.astype(np.intp)
    ends = np.cumsum([len(rows) for rows in evidence.folds])[:-1]
    parts = np.split(np.arange(len(codes)), ends)
    before = np.concatenate([held[fold] for fold in range(len(parts))]).astype(np.float64)
    after = np.empty_like(before)
    for part in parts:
        others = np.setdiff1d(np.arange(len(codes)), part)
        after[part] = _rescaled(before[part], _fitted(before[others], codes[others]))
    gains = evidence.by_unit(_log_likelihood(after, codes) - _log_likelihood(before, codes))
    if not np.average(gains, weights=evidence.sizes) > CERTAINTY * standard_error(
        gains, evidence.sizes
    ):
        return choice, None
    changed = {fold: after[part].astype(np.float32) for fold, part in enumerate(parts)}
    lead = evidence.values(changed) - evidence.values(held)
    gain = float(np.average(lead, weights=evidence.sizes))
    if gain < -standard_error(lead, evidence.sizes):  # labels may be worse, or ranks of folds
        return choice, None
    better = replace(
        choice,
        values=choice.values + lead,
        naive=choice.naive + gain,
        estimate=choice.estimate + gain,
    )
    return better, _fitted(before, codes)


def _fitted(probabilities: Numbers, codes: NDArray[np.intp]) -> Rescaling:
    """Return slope and shifts with the least log loss."""
    step = ceil(len(codes) / RESCALED_ROWS)
    logs, codes = np.log(probabilities[::step] + OFFSET), codes[::step]
    picked = np.arange(len(codes)), codes

    def loss(theta: Numbers) -> tuple[float, Numbers]:
        found = log_softmax(theta[0] * logs + np.append(0, theta[1:]), axis=1)
        slopes = np.exp(found)
        slopes[picked] -= 1
        gradient = np.append((slopes * logs).sum(), slopes.sum(axis=0)[1:])
        return -float(found[picked].mean()), gradient / len(codes)

    n_classes = probabilities.shape[1]
    start = np.append(1.0, np.zeros(n_classes - 1))
    bounds = [(LEAST_SLOPE, None), *[(None, None)] * (n_classes - 1)]
    theta = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    slope, *shifts = (float(f"{number:.{DIGITS}g}") for number in theta)
    return Rescaling(slope, (0.0, *shifts))


def _rescaled(probabilities: Numbers, rescaling: Rescaling) -> Numbers:
    logs = np.log(probabilities + OFFSET)
    return np.asarray(softmax(rescaling.slope * logs + np.array(rescaling.shifts), axis=1))


def _log_likelihood(probabilities: Numbers, codes: NDArray[np.intp]) -> Numbers:
    return np.log(np.clip(probabilities[np.arange(len(codes)), codes], EPSILON, 1))
